/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-run-row.h"
#include "spot-words.h"

#include "spot-run-view.h"

struct _SpotRunView
{
  GtkWidget           parent_instance;

  SpotRunColumns     *columns;   /* (owned) */
  SpotRunList        *list;      /* (owned) (nullable) */
  GtkSingleSelection *selection; /* (owned): over `list` */
  SpotRun            *run;       /* (owned) (nullable): the selected one, even while it is out of the list */
  gboolean            single_click;
  gboolean            switching; /* another list is being set: what the selection says meanwhile means nothing */
  guint               follow_id; /* tick callback that brings the list back to its top */
  guint               n_frames;  /* for which it has been there */
  guint               open_id;   /* idle source that emits `opened` */
  guint               focus_id;  /* idle source that gives the keyboard to the list */
  gboolean            wants_focus;  /* as soon as there are rows, if the focus is still at `focus_before` */
  gpointer            focus_before; /* (unowned) (nullable): only to be compared with */

  GtkWidget          *overlay;
  GtkScrolledWindow  *scrolled;
  GtkListView        *list_view;
  GtkRevealer        *new_revealer;
  GtkWidget          *new_button;
  GtkLabel           *new_label;
};

enum {
  PROP_0,
  PROP_RUN,
  PROP_SINGLE_CLICK,
  N_PROPS,
};

enum {
  SIGNAL_OPENED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotRunView, spot_run_view, GTK_TYPE_WIDGET)

/* Following: the list stands at its top, where new runs come in. */

static gboolean
is_at_top (SpotRunView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  return gtk_adjustment_get_value (adjustment) <= gtk_adjustment_get_lower (adjustment) + 1.0;
}

static void
scroll_to (SpotRunView *self,
           guint        position)
{
  if (position < spot_run_view_get_n_shown (self))
    gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", position);
}

static GtkWidget *
get_focus (SpotRunView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return root ? gtk_root_get_focus (root) : NULL;
}

static gboolean
focus_cb (gpointer user_data)
{
  SpotRunView *self = user_data;

  self->focus_id = 0;
  if (self->wants_focus && get_focus (self) == self->focus_before)
    spot_run_view_take_focus (self);
  self->wants_focus = FALSE;
  return G_SOURCE_REMOVE;
}

static void
give_focus (SpotRunView *self)
{
  if (self->wants_focus && self->focus_id == 0 && self->follow_id == 0)
    self->focus_id = g_idle_add (focus_cb, self);
}

static gboolean
follow_cb (GtkWidget     *widget,
           GdkFrameClock *frame_clock,
           gpointer       user_data)
{
  SpotRunView *self = SPOT_RUN_VIEW (widget);

  /* Where the top is, the view knows only after it has laid the new rows out. */
  if (!is_at_top (self))
    {
      GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_lower (adjustment));
      self->n_frames = 0;
    }
  else if (++self->n_frames >= 2)
    {
      self->follow_id = 0;
      give_focus (self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
follow (SpotRunView *self)
{
  if (self->list == NULL || spot_run_list_get_held (self->list) || spot_run_view_get_n_shown (self) == 0)
    return;
  /* A list view keeps its first row where it is, so new rows would come in above, out of sight. */
  scroll_to (self, 0);
  self->n_frames = 0;
  if (self->follow_id == 0)
    self->follow_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), follow_cb, NULL, NULL);
}

static void
stop_following (SpotRunView *self)
{
  if (self->follow_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->follow_id);
  self->follow_id = 0;
}

/* Who scrolls must win against runs that come in by the frame. */
static gboolean
event_cb (SpotRunView *self,
          GdkEvent    *event)
{
  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_ENTER_NOTIFY:
    case GDK_LEAVE_NOTIFY:
    case GDK_FOCUS_CHANGE:
      break;
    case GDK_MOTION_NOTIFY:
      if (gdk_event_get_modifier_state (event) & GDK_BUTTON1_MASK)
        stop_following (self);
      break;
    default:
      stop_following (self);
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
scrolled_cb (SpotRunView *self)
{
  if (self->list == NULL || self->follow_id != 0 || self->switching)
    return;
  spot_run_list_set_held (self->list, !is_at_top (self));
}

static void
update_new_button (SpotRunView *self)
{
  guint n_waiting = self->list ? spot_run_list_get_n_waiting (self->list) : 0;
  g_autofree char *text = NULL;

  if (n_waiting > 0)
    {
      text = spot_words_new_runs (n_waiting);
      gtk_label_set_label (self->new_label, text);
    }
  gtk_revealer_set_reveal_child (self->new_revealer, n_waiting > 0);
  gtk_widget_set_can_target (GTK_WIDGET (self->new_revealer), n_waiting > 0);
}

/* Selection. */

static void
selection_changed_cb (SpotRunView *self)
{
  SpotRun *run = gtk_single_selection_get_selected_item (self->selection);

  /* A run that leaves the list, because of a filter or a tag, stays the one that the user looks at. */
  if (self->switching || run == NULL || run == self->run)
    return;
  g_set_object (&self->run, run);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

static void
keep_selection (SpotRunView *self)
{
  guint position;

  if (self->run == NULL || gtk_single_selection_get_selected_item (self->selection) == (gpointer) self->run)
    return;
  if (spot_run_list_find (self->list, self->run, &position))
    gtk_single_selection_set_selected (self->selection, position);
}

static void
items_changed_cb (SpotRunView *self,
                  guint        position,
                  guint        removed,
                  guint        added)
{
  keep_selection (self);
  if (position == 0)
    follow (self);
  update_new_button (self);
  if (added > 0)
    give_focus (self);
}

static GtkWidget *
find_item (SpotRunView *self,
           SpotRun     *run)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->list_view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (SPOT_IS_RUN_ROW (row) && spot_run_row_get_run (SPOT_RUN_ROW (row)) == run)
        return item;
    }
  return NULL;
}

static void
activate_cb (SpotRunView *self,
             guint        position)
{
  gtk_single_selection_set_selected (self->selection, position);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

static gboolean
open_cb (gpointer user_data)
{
  SpotRunView *self = user_data;

  self->open_id = 0;
  if (self->run != NULL)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0);
  return G_SOURCE_REMOVE;
}

static void
released_cb (SpotRunView *self,
             int          n_press,
             double       x,
             double       y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self->list_view), x, y, GTK_PICK_DEFAULT);

  /* After the list has selected what was clicked. */
  if (self->single_click && picked != NULL && picked != GTK_WIDGET (self->list_view) && self->open_id == 0)
    self->open_id = g_idle_add (open_cb, self);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          SpotRunView              *self)
{
  gtk_list_item_set_child (list_item, spot_run_row_new (self->columns));
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         SpotRunView              *self)
{
  spot_run_row_set_run (SPOT_RUN_ROW (gtk_list_item_get_child (list_item)), gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           SpotRunView              *self)
{
  spot_run_row_set_run (SPOT_RUN_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static void
spot_run_view_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  SpotRunView *self = SPOT_RUN_VIEW (object);

  switch (prop_id)
    {
    case PROP_RUN:
      g_value_set_object (value, self->run);
      break;
    case PROP_SINGLE_CLICK:
      g_value_set_boolean (value, self->single_click);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_view_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SINGLE_CLICK:
      spot_run_view_set_single_click (SPOT_RUN_VIEW (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
clear_list (SpotRunView *self)
{
  if (self->list == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->list, self);
  /* Nobody looks at it any more, so nothing has to wait. */
  spot_run_list_set_held (self->list, FALSE);
  g_clear_object (&self->list);
}

static void
spot_run_view_dispose (GObject *object)
{
  SpotRunView *self = SPOT_RUN_VIEW (object);

  clear_list (self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  stop_following (self);
  g_clear_handle_id (&self->open_id, g_source_remove);
  g_clear_handle_id (&self->focus_id, g_source_remove);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->run);
  g_clear_object (&self->columns);
  G_OBJECT_CLASS (spot_run_view_parent_class)->dispose (object);
}

static void
spot_run_view_class_init (SpotRunViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = spot_run_view_get_property;
  object_class->set_property = spot_run_view_set_property;
  object_class->dispose = spot_run_view_dispose;

  /**
   * SpotRunView:run:
   *
   * The selected run; %NULL for none.
   */
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, SPOT_TYPE_RUN, G_PARAM_READABLE | flags);
  /**
   * SpotRunView:single-click:
   *
   * Whether one click opens a run, because the detail is not in sight.
   */
  properties[PROP_SINGLE_CLICK] = g_param_spec_boolean ("single-click", NULL, NULL, FALSE, G_PARAM_READWRITE | flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * SpotRunView::opened:
   *
   * The selected run was activated: the user wants to look at it closely.
   */
  signals[SIGNAL_OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-run-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotRunView, overlay);
  gtk_widget_class_bind_template_child (widget_class, SpotRunView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, SpotRunView, list_view);
  gtk_widget_class_bind_template_child (widget_class, SpotRunView, new_revealer);
  gtk_widget_class_bind_template_child (widget_class, SpotRunView, new_button);
  gtk_widget_class_bind_template_child (widget_class, SpotRunView, new_label);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, released_cb);
  gtk_widget_class_bind_template_callback (widget_class, event_cb);
  gtk_widget_class_bind_template_callback (widget_class, spot_run_view_show_new);
}

static void
spot_run_view_init (SpotRunView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->columns = spot_run_columns_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->columns, "changed", G_CALLBACK (gtk_widget_queue_resize), self->list_view,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, FALSE);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selection_changed_cb), self);
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_object_unref (factory);

  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scrolled), "value-changed",
                           G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
}

/**
 * spot_run_view_get_columns:
 * @self: a view
 *
 * Returns: (transfer none): where the columns of its rows stand, for a header to share
 */
SpotRunColumns *
spot_run_view_get_columns (SpotRunView *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_VIEW (self), NULL);

  return self->columns;
}

/**
 * spot_run_view_get_list:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): the list in sight
 */
SpotRunList *
spot_run_view_get_list (SpotRunView *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_VIEW (self), NULL);

  return self->list;
}

/**
 * spot_run_view_set_list:
 * @self: a view
 * @list: (nullable): the list to show
 *
 * Shows another list, from its top. The selected run stays so, and is seen to be when the list has it. The list that was
 * shown before is held no more.
 */
void
spot_run_view_set_list (SpotRunView *self,
                        SpotRunList *list)
{
  g_return_if_fail (SPOT_IS_RUN_VIEW (self));
  g_return_if_fail (list == NULL || SPOT_IS_RUN_LIST (list));

  if (self->list == list)
    return;
  self->switching = TRUE;
  clear_list (self);
  g_set_object (&self->list, list);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (list));
  if (list != NULL)
    {
      /* After the selection and the view, which have to know first. */
      g_signal_connect_swapped (list, "items-changed", G_CALLBACK (items_changed_cb), self);
      g_signal_connect_swapped (list, "notify::n-waiting", G_CALLBACK (update_new_button), self);
      keep_selection (self);
    }
  follow (self);
  self->switching = FALSE;
  update_new_button (self);
  if (spot_run_view_get_n_shown (self) > 0)
    give_focus (self);
}

/**
 * spot_run_view_get_n_shown:
 * @self: a view
 *
 * Returns: how many rows there are
 */
guint
spot_run_view_get_n_shown (SpotRunView *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_VIEW (self), 0);

  return self->list ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
}

/**
 * spot_run_view_get_run:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): the selected run
 */
SpotRun *
spot_run_view_get_run (SpotRunView *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_VIEW (self), NULL);

  return self->run;
}

/**
 * spot_run_view_forget_run:
 * @self: a view
 *
 * Forgets the selected run if the list does not have it.
 */
void
spot_run_view_forget_run (SpotRunView *self)
{
  guint position;

  g_return_if_fail (SPOT_IS_RUN_VIEW (self));

  if (self->run == NULL || (self->list != NULL && spot_run_list_find (self->list, self->run, &position)))
    return;
  g_clear_object (&self->run);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

/**
 * spot_run_view_select:
 * @self: a view
 * @run: a run
 *
 * Returns: whether the run is in the list; it is now selected and in sight
 */
gboolean
spot_run_view_select (SpotRunView *self,
                      SpotRun     *run)
{
  guint position;

  g_return_val_if_fail (SPOT_IS_RUN_VIEW (self), FALSE);
  g_return_val_if_fail (SPOT_IS_RUN (run), FALSE);

  if (self->list == NULL || !spot_run_list_find (self->list, run, &position))
    return FALSE;
  gtk_single_selection_set_selected (self->selection, position);
  stop_following (self);
  scroll_to (self, position);
  return TRUE;
}

/**
 * spot_run_view_move:
 * @self: a view
 * @step: how many rows down; negative: up
 *
 * Selects another run, and brings it into sight.
 */
void
spot_run_view_move (SpotRunView *self,
                    int          step)
{
  guint selected;
  guint n;
  gint64 position;

  g_return_if_fail (SPOT_IS_RUN_VIEW (self));

  n = spot_run_view_get_n_shown (self);
  if (n == 0)
    return;
  selected = gtk_single_selection_get_selected (self->selection);
  if (selected == GTK_INVALID_LIST_POSITION)
    position = step > 0 ? 0 : (gint64) n - 1;
  else
    position = CLAMP ((gint64) selected + step, 0, (gint64) n - 1);
  gtk_single_selection_set_selected (self->selection, (guint) position);
  stop_following (self);
  scroll_to (self, (guint) position);
}

/**
 * spot_run_view_take_focus:
 * @self: a view
 *
 * Gives the keyboard to the list, at the selected run if there is one. While there are no rows this waits for them, and is
 * forgotten when the user moves the focus meanwhile.
 */
void
spot_run_view_take_focus (SpotRunView *self)
{
  GtkWidget *item;

  g_return_if_fail (SPOT_IS_RUN_VIEW (self));

  self->wants_focus = spot_run_view_get_n_shown (self) == 0;
  self->focus_before = get_focus (self);
  if (self->wants_focus)
    return;
  item = self->run ? find_item (self, self->run) : NULL;
  if (item == NULL || !gtk_widget_grab_focus (item))
    gtk_widget_child_focus (GTK_WIDGET (self->list_view), GTK_DIR_TAB_FORWARD);
}

/**
 * spot_run_view_show_new:
 * @self: a view
 *
 * Lets the runs in that wait, and goes to the top of the list, where they are.
 */
void
spot_run_view_show_new (SpotRunView *self)
{
  g_return_if_fail (SPOT_IS_RUN_VIEW (self));

  if (self->list == NULL)
    return;
  spot_run_list_set_held (self->list, FALSE);
  follow (self);
}

/**
 * spot_run_view_set_single_click:
 * @self: a view
 * @single_click: whether one click opens a run
 */
void
spot_run_view_set_single_click (SpotRunView *self,
                                gboolean     single_click)
{
  g_return_if_fail (SPOT_IS_RUN_VIEW (self));

  single_click = !!single_click;
  if (self->single_click == single_click)
    return;
  self->single_click = single_click;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SINGLE_CLICK]);
}
