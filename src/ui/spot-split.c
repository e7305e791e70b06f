/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-split.h"

#define SIDEBAR_WIDTH 218
#define DETAIL_LEAST 344
#define DETAIL_MOST 760
#define DETAIL_SHARE 0.36

struct _SpotSplit
{
  GtkWidget     parent_instance;

  GtkWidget    *panes[SPOT_SPLIT_N_PANES];          /* (owned by the widget tree) (nullable) */
  GtkWidget    *separators[SPOT_SPLIT_N_PANES - 1]; /* (owned by the widget tree): after the sidebar, after the content */
  SpotSplitPane front;
  gboolean      show_sidebar;
  guint         n_panes;     /* for how many there is room */
  guint         arrangement; /* bits of the panes in sight */
  guint         notify_id;   /* idle source that tells of a new arrangement */
};

enum {
  PROP_0,
  PROP_SIDEBAR,
  PROP_CONTENT,
  PROP_DETAIL,
  PROP_FRONT,
  PROP_SHOW_SIDEBAR,
  PROP_N_PANES,
  PROP_ARRANGEMENT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ENUM_TYPE (SpotSplitPane,
                    spot_split_pane,
                    G_DEFINE_ENUM_VALUE (SPOT_SPLIT_SIDEBAR, "sidebar"),
                    G_DEFINE_ENUM_VALUE (SPOT_SPLIT_CONTENT, "content"),
                    G_DEFINE_ENUM_VALUE (SPOT_SPLIT_DETAIL, "detail"))

G_DEFINE_FINAL_TYPE (SpotSplit, spot_split, GTK_TYPE_WIDGET)

#define BIT(pane) (1u << (pane))

static int
pane_least (SpotSplit     *self,
            SpotSplitPane  pane)
{
  int least = 0;

  if (self->panes[pane] != NULL && gtk_widget_get_visible (self->panes[pane]))
    gtk_widget_measure (self->panes[pane], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* Which panes are in sight when there is room for @n_panes of them. */
static guint
arrange (SpotSplit *self,
         guint      n_panes)
{
  if (n_panes == 3)
    return BIT (SPOT_SPLIT_CONTENT) | BIT (SPOT_SPLIT_DETAIL) | (self->show_sidebar ? BIT (SPOT_SPLIT_SIDEBAR) : 0);
  if (n_panes == 2)
    return BIT (SPOT_SPLIT_CONTENT)
           | (self->front == SPOT_SPLIT_SIDEBAR ? BIT (SPOT_SPLIT_SIDEBAR) : BIT (SPOT_SPLIT_DETAIL));
  return BIT (self->front);
}

static void
update_actions (SpotSplit *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "split.back",
                                 self->n_panes < 3 && self->front != SPOT_SPLIT_SIDEBAR);
}

static gboolean
notify_cb (gpointer user_data)
{
  SpotSplit *self = user_data;

  self->notify_id = 0;
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PANES]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARRANGEMENT]);
  return G_SOURCE_REMOVE;
}

/* The keyboard must not stay in a pane that has gone out of sight. */
static void
rescue_focus (SpotSplit *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
    if (focus != NULL && self->panes[pane] != NULL && !(self->arrangement & BIT (pane))
        && (focus == self->panes[pane] || gtk_widget_is_ancestor (focus, self->panes[pane])))
      {
        GtkWidget *front = self->panes[spot_split_is_in_sight (self, self->front) ? self->front : SPOT_SPLIT_CONTENT];

        if (front == NULL || !gtk_widget_child_focus (front, GTK_DIR_TAB_FORWARD))
          gtk_root_set_focus (root, NULL);
        return;
      }
}

static void
apply_arrangement (SpotSplit *self,
                   guint      n_panes)
{
  guint arrangement = arrange (self, n_panes);

  if (n_panes == self->n_panes && arrangement == self->arrangement)
    return;
  self->n_panes = n_panes;
  self->arrangement = arrangement;
  for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
    if (self->panes[pane] != NULL)
      gtk_widget_set_child_visible (self->panes[pane], (arrangement & BIT (pane)) != 0);
  gtk_widget_set_child_visible (self->separators[0],
                                (arrangement & BIT (SPOT_SPLIT_SIDEBAR)) && (arrangement & BIT (SPOT_SPLIT_CONTENT)));
  gtk_widget_set_child_visible (self->separators[1],
                                (arrangement & BIT (SPOT_SPLIT_CONTENT)) && (arrangement & BIT (SPOT_SPLIT_DETAIL)));
  /* Later, because this happens in the middle of an allocation, and who listens asks for a new one. */
  if (self->notify_id == 0)
    self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_cb, self, NULL);
}

static void
rearrange (SpotSplit *self)
{
  apply_arrangement (self, self->n_panes);
  rescue_focus (self);
  update_actions (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static guint
room_for (SpotSplit *self,
          int        width)
{
  int sidebar = MAX (SIDEBAR_WIDTH, pane_least (self, SPOT_SPLIT_SIDEBAR));
  int content = pane_least (self, SPOT_SPLIT_CONTENT);
  int detail = pane_least (self, SPOT_SPLIT_DETAIL);

  if (width >= MAX (SPOT_SPLIT_THREE_PANES, sidebar + content + detail + 2))
    return 3;
  if (width >= MAX (SPOT_SPLIT_TWO_PANES, content + MAX (sidebar, detail) + 1))
    return 2;
  return 1;
}

static GtkSizeRequestMode
spot_split_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
spot_split_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  SpotSplit *self = SPOT_SPLIT (widget);

  *minimum = 0;
  *natural = 0;
  for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
    {
      int pane_minimum;
      int pane_natural;

      if (self->panes[pane] == NULL || !gtk_widget_get_visible (self->panes[pane]))
        continue;
      gtk_widget_measure (self->panes[pane], orientation, -1, &pane_minimum, &pane_natural, NULL, NULL);
      *minimum = MAX (*minimum, pane_minimum);
      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        *natural += pane_natural;
      else
        *natural = MAX (*natural, pane_natural);
    }
  *natural = MAX (*natural, *minimum);
}

static void
allocate_at (SpotSplit *self,
             GtkWidget *child,
             int        start,
             int        child_width,
             int        width,
             int        height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_size_allocate (
      child, &(GtkAllocation) { rtl ? width - start - child_width : start, 0, child_width, height }, -1);
}

static void
spot_split_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  SpotSplit *self = SPOT_SPLIT (widget);
  int widths[SPOT_SPLIT_N_PANES] = { 0 };
  int start = 0;

  apply_arrangement (self, room_for (self, width));

  if (self->arrangement & BIT (SPOT_SPLIT_SIDEBAR))
    widths[SPOT_SPLIT_SIDEBAR] = self->arrangement == BIT (SPOT_SPLIT_SIDEBAR)
                                   ? width
                                   : MAX (SIDEBAR_WIDTH, pane_least (self, SPOT_SPLIT_SIDEBAR));
  if (self->arrangement & BIT (SPOT_SPLIT_DETAIL))
    {
      int rest = width - (widths[SPOT_SPLIT_SIDEBAR] ? widths[SPOT_SPLIT_SIDEBAR] + 1 : 0) - 1;
      int least = MAX (pane_least (self, SPOT_SPLIT_DETAIL), MIN (DETAIL_LEAST, rest / 2));
      int most = rest - pane_least (self, SPOT_SPLIT_CONTENT);

      widths[SPOT_SPLIT_DETAIL] = self->arrangement == BIT (SPOT_SPLIT_DETAIL)
                                    ? width
                                    : MIN (MAX (MIN ((int) (rest * DETAIL_SHARE), DETAIL_MOST), least), most);
    }
  if (self->arrangement & BIT (SPOT_SPLIT_CONTENT))
    {
      int others = 0;

      for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
        if (widths[pane] > 0)
          others += widths[pane] + 1;
      widths[SPOT_SPLIT_CONTENT] = width - others;
    }

  for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
    {
      if (widths[pane] == 0)
        continue;
      allocate_at (self, self->panes[pane], start, widths[pane], width, height);
      start += widths[pane];
      if (pane < SPOT_SPLIT_N_PANES - 1 && start < width)
        {
          allocate_at (self, self->separators[pane], start, 1, width, height);
          start += 1;
        }
    }
}

static gboolean
spot_split_focus (GtkWidget        *widget,
                  GtkDirectionType  direction)
{
  SpotSplit *self = SPOT_SPLIT (widget);
  GtkWidget *focus = gtk_widget_get_focus_child (widget);
  gboolean forward = direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_RIGHT || direction == GTK_DIR_DOWN;
  int step = forward ? 1 : -1;
  int pane = forward ? 0 : SPOT_SPLIT_N_PANES - 1;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL
      && (direction == GTK_DIR_LEFT || direction == GTK_DIR_RIGHT))
    {
      step = -step;
      pane = SPOT_SPLIT_N_PANES - 1 - pane;
    }
  for (int i = 0; i < SPOT_SPLIT_N_PANES; i++)
    if (focus != NULL && self->panes[i] == focus)
      {
        if (gtk_widget_child_focus (focus, direction))
          return TRUE;
        pane = i + step;
        break;
      }
  for (; pane >= 0 && pane < SPOT_SPLIT_N_PANES; pane += step)
    if (self->panes[pane] != NULL && gtk_widget_get_child_visible (self->panes[pane])
        && gtk_widget_child_focus (self->panes[pane], direction))
      return TRUE;
  return FALSE;
}

static void
back_cb (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  spot_split_back (SPOT_SPLIT (widget));
}

static void
sidebar_cb (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  spot_split_toggle_sidebar (SPOT_SPLIT (widget));
}

static void
spot_split_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SpotSplit *self = SPOT_SPLIT (object);

  switch (prop_id)
    {
    case PROP_SIDEBAR:
    case PROP_CONTENT:
    case PROP_DETAIL:
      g_value_set_object (value, self->panes[prop_id - PROP_SIDEBAR]);
      break;
    case PROP_FRONT:
      g_value_set_enum (value, self->front);
      break;
    case PROP_SHOW_SIDEBAR:
      g_value_set_boolean (value, self->show_sidebar);
      break;
    case PROP_N_PANES:
      g_value_set_uint (value, self->n_panes);
      break;
    case PROP_ARRANGEMENT:
      g_value_set_uint (value, self->arrangement);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_split_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  SpotSplit *self = SPOT_SPLIT (object);

  switch (prop_id)
    {
    case PROP_SIDEBAR:
    case PROP_CONTENT:
    case PROP_DETAIL:
      spot_split_set_pane (self, prop_id - PROP_SIDEBAR, g_value_get_object (value));
      break;
    case PROP_FRONT:
      spot_split_set_front (self, g_value_get_enum (value));
      break;
    case PROP_SHOW_SIDEBAR:
      spot_split_set_show_sidebar (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_split_dispose (GObject *object)
{
  SpotSplit *self = SPOT_SPLIT (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->panes); i++)
    g_clear_pointer (&self->panes[i], gtk_widget_unparent);
  for (guint i = 0; i < G_N_ELEMENTS (self->separators); i++)
    g_clear_pointer (&self->separators[i], gtk_widget_unparent);
  G_OBJECT_CLASS (spot_split_parent_class)->dispose (object);
}

static void
spot_split_class_init (SpotSplitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = spot_split_get_property;
  object_class->set_property = spot_split_set_property;
  object_class->dispose = spot_split_dispose;
  widget_class->get_request_mode = spot_split_get_request_mode;
  widget_class->measure = spot_split_measure;
  widget_class->size_allocate = spot_split_size_allocate;
  widget_class->focus = spot_split_focus;

  /**
   * SpotSplit:sidebar:
   *
   * The first pane.
   */
  properties[PROP_SIDEBAR] = g_param_spec_object ("sidebar", NULL, NULL, GTK_TYPE_WIDGET, writable);
  /**
   * SpotSplit:content:
   *
   * The second pane.
   */
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, writable);
  /**
   * SpotSplit:detail:
   *
   * The third pane.
   */
  properties[PROP_DETAIL] = g_param_spec_object ("detail", NULL, NULL, GTK_TYPE_WIDGET, writable);
  /**
   * SpotSplit:front:
   *
   * The pane that is in sight when there is room for only one, and that is sure to be when there is room for two.
   */
  properties[PROP_FRONT] = g_param_spec_enum ("front", NULL, NULL, SPOT_TYPE_SPLIT_PANE, SPOT_SPLIT_CONTENT, writable);
  /**
   * SpotSplit:show-sidebar:
   *
   * Whether the sidebar is in sight when there is room for three panes.
   */
  properties[PROP_SHOW_SIDEBAR] = g_param_spec_boolean ("show-sidebar", NULL, NULL, TRUE, writable);
  /**
   * SpotSplit:n-panes:
   *
   * For how many panes there is room: 1 to 3.
   */
  properties[PROP_N_PANES] = g_param_spec_uint ("n-panes", NULL, NULL, 1, 3, 3, readable);
  /**
   * SpotSplit:arrangement:
   *
   * The panes that are in sight: a bit, 1 << #SpotSplitPane, for each.
   */
  properties[PROP_ARRANGEMENT] = g_param_spec_uint ("arrangement", NULL, NULL, 0, 7, 7, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "split.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "split.sidebar", NULL, sidebar_cb);
  gtk_widget_class_set_css_name (widget_class, "split");
}

static void
spot_split_init (SpotSplit *self)
{
  self->front = SPOT_SPLIT_CONTENT;
  self->show_sidebar = TRUE;
  self->n_panes = 3;
  self->arrangement = arrange (self, 3);
  for (guint i = 0; i < G_N_ELEMENTS (self->separators); i++)
    {
      self->separators[i] = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
      gtk_widget_set_parent (self->separators[i], GTK_WIDGET (self));
    }
  update_actions (self);
}

/**
 * spot_split_new:
 *
 * Returns: (transfer floating): a split without panes
 */
GtkWidget *
spot_split_new (void)
{
  return g_object_new (SPOT_TYPE_SPLIT, NULL);
}

/**
 * spot_split_get_pane:
 * @self: a split
 * @pane: which
 *
 * Returns: (transfer none) (nullable): the widget in the pane
 */
GtkWidget *
spot_split_get_pane (SpotSplit     *self,
                     SpotSplitPane  pane)
{
  g_return_val_if_fail (SPOT_IS_SPLIT (self), NULL);
  g_return_val_if_fail (pane < SPOT_SPLIT_N_PANES, NULL);

  return self->panes[pane];
}

/**
 * spot_split_set_pane:
 * @self: a split
 * @pane: which
 * @child: (nullable): the widget to put there
 */
void
spot_split_set_pane (SpotSplit     *self,
                     SpotSplitPane  pane,
                     GtkWidget     *child)
{
  g_return_if_fail (SPOT_IS_SPLIT (self));
  g_return_if_fail (pane < SPOT_SPLIT_N_PANES);
  g_return_if_fail (child == NULL || GTK_IS_WIDGET (child));

  if (self->panes[pane] == child)
    return;
  g_clear_pointer (&self->panes[pane], gtk_widget_unparent);
  self->panes[pane] = child;
  if (child != NULL)
    {
      gtk_widget_set_parent (child, GTK_WIDGET (self));
      gtk_widget_set_child_visible (child, (self->arrangement & BIT (pane)) != 0);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIDEBAR + pane]);
}

/**
 * spot_split_get_front:
 * @self: a split
 *
 * Returns: the pane in front
 */
SpotSplitPane
spot_split_get_front (SpotSplit *self)
{
  g_return_val_if_fail (SPOT_IS_SPLIT (self), SPOT_SPLIT_CONTENT);

  return self->front;
}

/**
 * spot_split_set_front:
 * @self: a split
 * @pane: the pane to be in sight
 */
void
spot_split_set_front (SpotSplit     *self,
                      SpotSplitPane  pane)
{
  g_return_if_fail (SPOT_IS_SPLIT (self));
  g_return_if_fail (pane < SPOT_SPLIT_N_PANES);

  if (self->front == pane)
    return;
  self->front = pane;
  rearrange (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRONT]);
}

/**
 * spot_split_get_show_sidebar:
 * @self: a split
 *
 * Returns: whether the sidebar is in sight when there is room for three panes
 */
gboolean
spot_split_get_show_sidebar (SpotSplit *self)
{
  g_return_val_if_fail (SPOT_IS_SPLIT (self), TRUE);

  return self->show_sidebar;
}

/**
 * spot_split_set_show_sidebar:
 * @self: a split
 * @show_sidebar: whether the sidebar is to be in sight when there is room for three panes
 */
void
spot_split_set_show_sidebar (SpotSplit *self,
                             gboolean   show_sidebar)
{
  g_return_if_fail (SPOT_IS_SPLIT (self));

  show_sidebar = !!show_sidebar;
  if (self->show_sidebar == show_sidebar)
    return;
  self->show_sidebar = show_sidebar;
  rearrange (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_SIDEBAR]);
}

/**
 * spot_split_toggle_sidebar:
 * @self: a split
 *
 * Shows the sidebar when it is out of sight, and hides it when it is in sight, in whatever way there is room for.
 */
void
spot_split_toggle_sidebar (SpotSplit *self)
{
  g_return_if_fail (SPOT_IS_SPLIT (self));

  if (self->n_panes == 3)
    spot_split_set_show_sidebar (self, !self->show_sidebar);
  else
    spot_split_set_front (self,
                          spot_split_is_in_sight (self, SPOT_SPLIT_SIDEBAR) ? SPOT_SPLIT_CONTENT : SPOT_SPLIT_SIDEBAR);
}

/**
 * spot_split_back:
 * @self: a split
 *
 * Goes one pane back while folded: from the detail to the content, from there to the sidebar. Where both are in sight, the
 * step between them is skipped, since it would change nothing.
 *
 * Returns: whether there was anything to go back to
 */
gboolean
spot_split_back (SpotSplit *self)
{
  g_return_val_if_fail (SPOT_IS_SPLIT (self), FALSE);

  if (self->n_panes == 3 || self->front == SPOT_SPLIT_SIDEBAR)
    return FALSE;
  spot_split_set_front (self, self->n_panes == 2 ? SPOT_SPLIT_SIDEBAR : self->front - 1);
  return TRUE;
}

/**
 * spot_split_get_n_panes:
 * @self: a split
 *
 * Returns: for how many panes there is room, 1 to 3
 */
guint
spot_split_get_n_panes (SpotSplit *self)
{
  g_return_val_if_fail (SPOT_IS_SPLIT (self), 3);

  return self->n_panes;
}

/**
 * spot_split_is_in_sight:
 * @self: a split
 * @pane: which
 *
 * Returns: whether the pane is shown in the present arrangement
 */
gboolean
spot_split_is_in_sight (SpotSplit     *self,
                        SpotSplitPane  pane)
{
  g_return_val_if_fail (SPOT_IS_SPLIT (self), FALSE);
  g_return_val_if_fail (pane < SPOT_SPLIT_N_PANES, FALSE);

  return (self->arrangement & BIT (pane)) != 0;
}
