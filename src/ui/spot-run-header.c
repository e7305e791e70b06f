/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-run-header.h"

/* How far a title's button reaches beyond its column on both sides; the style's padding brings the text back. */
#define REACH 6

struct _SpotRunHeader
{
  GtkWidget       parent_instance;

  SpotRunColumns *columns;                   /* (owned) (nullable) */
  SpotRunList    *list;                      /* (owned) (nullable) */
  GtkWidget      *buttons[SPOT_N_RUN_CELLS]; /* (owned by the widget tree) */
  GtkWidget      *arrows[SPOT_N_RUN_CELLS];  /* (owned by the widget tree) */
};

enum {
  PROP_0,
  PROP_COLUMNS,
  PROP_LIST,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotRunHeader, spot_run_header, GTK_TYPE_WIDGET)

static const struct
{
  const char *title;
  SpotRunSort sort;
  gboolean    at_end;
} titles[SPOT_N_RUN_CELLS] = {
  [SPOT_RUN_CELL_STATUS] = { NC_ ("column", "Status"), SPOT_RUN_SORT_STATUS, FALSE },
  [SPOT_RUN_CELL_TASK] = { NC_ ("column", "Task"), SPOT_RUN_SORT_TASK, FALSE },
  [SPOT_RUN_CELL_PROGRESS] = { NC_ ("column", "Progress"), SPOT_RUN_SORT_PROGRESS, FALSE },
  [SPOT_RUN_CELL_TAGS] = { NC_ ("column", "Tags"), SPOT_RUN_SORT_TAGS, FALSE },
  [SPOT_RUN_CELL_AGE] = { NC_ ("column", "Age"), SPOT_RUN_SORT_CREATED, TRUE },
  [SPOT_RUN_CELL_DURATION] = { NC_ ("column", "Duration"), SPOT_RUN_SORT_DURATION, TRUE },
};

static void
show_sort (SpotRunHeader *self)
{
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    {
      gboolean sorted = self->list != NULL && spot_run_list_get_sort (self->list) == titles[cell].sort;
      gboolean descending = sorted && spot_run_list_get_descending (self->list);
      GtkAccessibleSort sort = GTK_ACCESSIBLE_SORT_NONE;

      if (sorted)
        sort = descending ? GTK_ACCESSIBLE_SORT_DESCENDING : GTK_ACCESSIBLE_SORT_ASCENDING;
      gtk_widget_set_visible (self->arrows[cell], sorted);
      /* The newest first is the time of creation descending, but the age ascending: the arrow speaks of the title. */
      if (titles[cell].sort == SPOT_RUN_SORT_CREATED)
        descending = !descending;
      gtk_image_set_from_icon_name (GTK_IMAGE (self->arrows[cell]), descending ? "pan-down-symbolic" : "pan-up-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[cell]), GTK_ACCESSIBLE_PROPERTY_SORT, sort, -1);
    }
}

static void
clicked_cb (SpotRunHeader *self,
            GtkWidget     *button)
{
  if (self->list == NULL)
    return;
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    if (self->buttons[cell] == button)
      {
        gboolean again = spot_run_list_get_sort (self->list) == titles[cell].sort;

        spot_run_list_set_sort (self->list, titles[cell].sort,
                                again ? !spot_run_list_get_descending (self->list)
                                      : spot_run_sort_is_descending_first (titles[cell].sort));
      }
}

static int
row_width (SpotRunHeader *self,
           int            width)
{
  int rows = spot_run_columns_get_row_width (self->columns);

  /* Rows differ from the header by a scroll bar at most; anything else is an allocation that has not reached them yet. */
  return rows > 0 && ABS (rows - width) < 32 ? rows : width;
}

static void
spot_run_header_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  SpotRunHeader *self = SPOT_RUN_HEADER (widget);

  *minimum = 0;
  *natural = 0;
  if (self->columns == NULL || orientation == GTK_ORIENTATION_HORIZONTAL
      || spot_run_columns_is_compact (self->columns, for_size < 0 ? G_MAXINT : for_size))
    return;
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    {
      int child_minimum;
      int child_natural;

      gtk_widget_measure (self->buttons[cell], orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static GtkSizeRequestMode
spot_run_header_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
spot_run_header_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  SpotRunHeader *self = SPOT_RUN_HEADER (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  SpotRunGeometry geometry = { TRUE };
  int rows = width;

  if (self->columns != NULL)
    {
      rows = row_width (self, width);
      spot_run_columns_layout (self->columns, rows, &geometry);
    }
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    {
      gboolean shown = !geometry.compact && geometry.cells[cell].width > 0;
      int reach = titles[cell].at_end ? REACH + SPOT_RUN_GAP - 2 : REACH;
      int start = geometry.cells[cell].start - reach;
      int child_width = geometry.cells[cell].width + reach + REACH;
      int least;

      gtk_widget_set_child_visible (self->buttons[cell], shown);
      if (!shown)
        continue;
      gtk_widget_measure (self->buttons[cell], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      child_width = MAX (child_width, least);
      gtk_widget_size_allocate (
        self->buttons[cell],
        &(GtkAllocation) { rtl ? width - start - child_width - (width - rows) : start, 0, child_width, height }, -1);
    }
}

/* Tells the columns how wide and high letters are here. */
static void
measure_font (SpotRunHeader *self)
{
  PangoContext *context;
  PangoFontMetrics *metrics;

  if (self->columns == NULL)
    return;
  context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  metrics = pango_context_get_metrics (context, NULL, NULL);
  spot_run_columns_set_font (self->columns, 2.0 * pango_font_metrics_get_approximate_digit_width (metrics) / PANGO_SCALE,
                             PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics)
                                                + pango_font_metrics_get_descent (metrics)));
  pango_font_metrics_unref (metrics);
}

static void
spot_run_header_css_changed (GtkWidget         *widget,
                             GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (spot_run_header_parent_class)->css_changed (widget, change);
  measure_font (SPOT_RUN_HEADER (widget));
}

static void
spot_run_header_system_setting_changed (GtkWidget        *widget,
                                        GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (spot_run_header_parent_class)->system_setting_changed (widget, setting);
  measure_font (SPOT_RUN_HEADER (widget));
}

static void
spot_run_header_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SpotRunHeader *self = SPOT_RUN_HEADER (object);

  switch (prop_id)
    {
    case PROP_COLUMNS:
      g_value_set_object (value, self->columns);
      break;
    case PROP_LIST:
      g_value_set_object (value, self->list);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_header_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SpotRunHeader *self = SPOT_RUN_HEADER (object);

  switch (prop_id)
    {
    case PROP_COLUMNS:
      spot_run_header_set_columns (self, g_value_get_object (value));
      break;
    case PROP_LIST:
      spot_run_header_set_list (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_header_dispose (GObject *object)
{
  SpotRunHeader *self = SPOT_RUN_HEADER (object);

  if (self->columns != NULL)
    g_signal_handlers_disconnect_by_data (self->columns, self);
  g_clear_object (&self->columns);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  for (guint i = 0; i < G_N_ELEMENTS (self->buttons); i++)
    g_clear_pointer (&self->buttons[i], gtk_widget_unparent);
  G_OBJECT_CLASS (spot_run_header_parent_class)->dispose (object);
}

static void
spot_run_header_class_init (SpotRunHeaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = spot_run_header_get_property;
  object_class->set_property = spot_run_header_set_property;
  object_class->dispose = spot_run_header_dispose;
  widget_class->measure = spot_run_header_measure;
  widget_class->get_request_mode = spot_run_header_get_request_mode;
  widget_class->size_allocate = spot_run_header_size_allocate;
  widget_class->css_changed = spot_run_header_css_changed;
  widget_class->system_setting_changed = spot_run_header_system_setting_changed;

  /**
   * SpotRunHeader:columns:
   *
   * Where the columns stand.
   */
  properties[PROP_COLUMNS] = g_param_spec_object ("columns", NULL, NULL, SPOT_TYPE_RUN_COLUMNS, flags);
  /**
   * SpotRunHeader:list:
   *
   * The list that a click sorts; %NULL for none.
   */
  properties[PROP_LIST] = g_param_spec_object ("list", NULL, NULL, SPOT_TYPE_RUN_LIST, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "runheader");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);
}

static void
spot_run_header_init (SpotRunHeader *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    {
      const char *title = g_dpgettext2 (GETTEXT_PACKAGE, "column", titles[cell].title);
      GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_COLUMN_HEADER,
                                        "has-frame", FALSE, NULL);
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
      GtkWidget *label = gtk_label_new (title);
      GtkWidget *arrow = gtk_image_new ();

      gtk_image_set_pixel_size (GTK_IMAGE (arrow), 12);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_halign (box, titles[cell].at_end ? GTK_ALIGN_END : GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (box), titles[cell].at_end ? arrow : label);
      gtk_box_append (GTK_BOX (box), titles[cell].at_end ? label : arrow);
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
      gtk_widget_set_parent (button, GTK_WIDGET (self));
      self->buttons[cell] = button;
      self->arrows[cell] = arrow;
    }
  show_sort (self);
}

/**
 * spot_run_header_set_columns:
 * @self: a header
 * @columns: (nullable): where the columns stand
 */
void
spot_run_header_set_columns (SpotRunHeader  *self,
                             SpotRunColumns *columns)
{
  g_return_if_fail (SPOT_IS_RUN_HEADER (self));
  g_return_if_fail (columns == NULL || SPOT_IS_RUN_COLUMNS (columns));

  if (self->columns == columns)
    return;
  if (self->columns != NULL)
    g_signal_handlers_disconnect_by_data (self->columns, self);
  g_set_object (&self->columns, columns);
  if (columns != NULL)
    g_signal_connect_swapped (columns, "changed", G_CALLBACK (gtk_widget_queue_resize), self);
  measure_font (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLUMNS]);
}

/**
 * spot_run_header_set_list:
 * @self: a header
 * @list: (nullable): the list to sort
 */
void
spot_run_header_set_list (SpotRunHeader *self,
                          SpotRunList   *list)
{
  g_return_if_fail (SPOT_IS_RUN_HEADER (self));
  g_return_if_fail (list == NULL || SPOT_IS_RUN_LIST (list));

  if (self->list == list)
    return;
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_set_object (&self->list, list);
  if (list != NULL)
    {
      g_signal_connect_swapped (list, "notify::sort", G_CALLBACK (show_sort), self);
      g_signal_connect_swapped (list, "notify::descending", G_CALLBACK (show_sort), self);
    }
  show_sort (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIST]);
}

/**
 * spot_run_header_get_button:
 * @self: a header
 * @cell: a column
 *
 * Returns: (transfer none): the title of the column
 */
GtkWidget *
spot_run_header_get_button (SpotRunHeader *self,
                            SpotRunCell    cell)
{
  g_return_val_if_fail (SPOT_IS_RUN_HEADER (self), NULL);
  g_return_val_if_fail (cell < SPOT_N_RUN_CELLS, NULL);

  return self->buttons[cell];
}

/**
 * spot_run_sort_is_descending_first:
 * @sort: what a list is sorted by
 *
 * Returns: whether a list that is newly sorted so begins with the greatest
 */
gboolean
spot_run_sort_is_descending_first (SpotRunSort sort)
{
  return sort == SPOT_RUN_SORT_CREATED || sort == SPOT_RUN_SORT_PROGRESS || sort == SPOT_RUN_SORT_DURATION;
}
