/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "spot-clock.h"
#include "spot-compat.h"
#include "spot-format.h"
#include "spot-status.h"
#include "spot-text.h"
#include "spot-words.h"

#include "spot-run-row.h"

/* Longer texts are cut before they are laid out: no list is wide enough for them. */
#define MAX_TEXT_CHARACTERS 240
#define MAX_CHIPS 10
#define CHIP_PADDING 7
#define CHIP_GAP 4
#define BAR_HEIGHT 6
#define ICON_GAP 8

typedef enum {
  TEXT_STATUS,
  TEXT_TASK,
  TEXT_HEADLINE,
  TEXT_PERCENT,
  TEXT_AGE,
  TEXT_DURATION,
  N_TEXTS,
} Text;

struct _SpotRunRow
{
  GtkWidget       parent_instance;

  SpotRunColumns *columns;          /* (owned) */
  SpotRun        *run;              /* (owned) (nullable) */
  gulong          changed_id;
  PangoLayout    *texts[N_TEXTS];   /* (owned) (nullable): made when first drawn */
  PangoLayout    *chips[MAX_CHIPS]; /* (owned) (nullable): of the tags, then of how many more there are */
  guint           n_chips;
  PangoLayout    *more;             /* (owned) (nullable): how many tags there was no room for */
  double          progress;         /* -1 for none */
  char           *words;            /* (owned) (nullable): accessible name */
  gboolean        dirty;            /* texts are those of an older state */
};

enum {
  PROP_0,
  PROP_COLUMNS,
  PROP_RUN,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotRunRow, spot_run_row, GTK_TYPE_WIDGET)

/* Whether the layout has a new text. */
static gboolean
set_text (PangoLayout *layout,
          const char  *text)
{
  g_autofree char *line = spot_text_dup_line (text, -1, MAX_TEXT_CHARACTERS);

  if (strcmp (pango_layout_get_text (layout), line) == 0)
    return FALSE;
  pango_layout_set_text (layout, line, -1);
  return TRUE;
}

static PangoLayout *
new_layout (SpotRunRow *self,
            double      scale,
            gboolean    figures,
            gboolean    strong)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  if (scale != 1.0)
    pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (figures)
    pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (strong)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_MEDIUM));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

static void
ensure_layouts (SpotRunRow *self)
{
  if (self->texts[0] != NULL)
    return;
  for (Text text = 0; text < N_TEXTS; text++)
    self->texts[text] = new_layout (self, 1.0, text >= TEXT_PERCENT, text == TEXT_TASK);
}

/* Whether one of the two texts that time changes is another one now. */
static gboolean
update_times (SpotRunRow *self)
{
  gint64 now_us = g_get_real_time ();
  gint64 created_us = spot_run_get_time (self->run, SPOT_COLUMN_CREATED_AT);
  gint64 wall_ms = spot_run_get_wall_ms (self->run, now_us);
  g_autofree char *age = created_us != SPOT_TIME_NONE ? spot_format_age (created_us, now_us) : NULL;
  g_autofree char *duration = wall_ms >= 0 ? spot_format_duration (wall_ms) : NULL;
  gboolean changed = set_text (self->texts[TEXT_AGE], age);

  return set_text (self->texts[TEXT_DURATION], duration) || changed;
}

static void
update_texts (SpotRunRow *self)
{
  g_autofree char *status = NULL;
  g_autofree char *percent = NULL;
  const char *const *tags;
  const char *task;

  self->dirty = FALSE;
  ensure_layouts (self);
  status = spot_status_dup_label (spot_run_get_status (self->run), spot_run_get_status_word (self->run));
  task = spot_run_get_task (self->run);
  self->progress = spot_run_get_progress (self->run);
  /* How far an ended run got is for the detail: here there is room for its error, or nothing to say. */
  if (spot_run_get_ended (self->run))
    self->progress = -1;
  if (self->progress >= 0)
    percent = spot_format_percent (self->progress);

  set_text (self->texts[TEXT_STATUS], status);
  set_text (self->texts[TEXT_TASK], task ? task : spot_run_get_id (self->run));
  set_text (self->texts[TEXT_HEADLINE], spot_run_get_headline (self->run));
  set_text (self->texts[TEXT_PERCENT], percent);
  update_times (self);

  tags = spot_run_get_tags (self->run);
  self->n_chips = 0;
  for (guint i = 0; tags != NULL && tags[i] != NULL && self->n_chips < MAX_CHIPS; i++)
    {
      if (self->chips[self->n_chips] == NULL)
        self->chips[self->n_chips] = new_layout (self, 0.86, FALSE, FALSE);
      set_text (self->chips[self->n_chips++], tags[i]);
    }
}

static void
update_words (SpotRunRow *self)
{
  g_autofree char *words = self->run ? spot_words_run (self->run, g_get_real_time ()) : NULL;
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (g_strcmp0 (words, self->words) == 0)
    return;
  g_free (self->words);
  self->words = g_steal_pointer (&words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->words ? self->words : "",
                                  -1);
  /* What has the focus, and is read out, is the list item around us. */
  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, self->words ? self->words : "",
                                    -1);
}

static void
changed_cb (SpotRunRow *self)
{
  self->dirty = TRUE;
  update_words (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotRunRow *self = SPOT_RUN_ROW (widget);

  if (self->run == NULL)
    return;
  update_words (self);
  if (!self->dirty && self->texts[0] != NULL && update_times (self))
    gtk_widget_queue_draw (widget);
}

/* Everything below draws in coordinates that count from the side that reading begins at. */
typedef struct
{
  SpotRunRow  *row;
  GtkSnapshot *snapshot;
  int          width;
  gboolean     rtl;
  GdkRGBA      color;
  GdkRGBA      dim;
  GdkRGBA      faint;
  GdkRGBA      status;
} Brush;

static void
draw_box (Brush         *brush,
          double         start,
          double         top,
          double         width,
          double         height,
          const GdkRGBA *color)
{
  graphene_rect_t bounds
    = GRAPHENE_RECT_INIT (brush->rtl ? brush->width - start - width : start, top, width, height);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, height / 2);
  gtk_snapshot_push_rounded_clip (brush->snapshot, &outline);
  gtk_snapshot_append_color (brush->snapshot, color, &bounds);
  gtk_snapshot_pop (brush->snapshot);
}

/* Returns how wide the text is. */
static int
draw_text (Brush         *brush,
           PangoLayout   *layout,
           int            start,
           int            width,
           int            top,
           int            height,
           gboolean       at_end,
           const GdkRGBA *color)
{
  PangoRectangle logical;
  int offset;

  if (width <= 0)
    return 0;
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_pixel_extents (layout, NULL, &logical);
  offset = at_end ? width - logical.width : 0;
  if (brush->rtl)
    offset = brush->width - (start + offset) - logical.width;
  else
    offset = start + offset;
  gtk_snapshot_save (brush->snapshot);
  gtk_snapshot_translate (brush->snapshot,
                          &GRAPHENE_POINT_INIT (offset - logical.x, top + (height - logical.height) / 2));
  gtk_snapshot_append_layout (brush->snapshot, layout, color);
  gtk_snapshot_restore (brush->snapshot);
  return logical.width;
}

static void
draw_icon (Brush *brush,
           int    start,
           int    top,
           int    height)
{
  SpotRunRow *self = brush->row;
  GdkPaintable *icon = spot_run_columns_get_icon (self->columns, GTK_WIDGET (self),
                                                  spot_status_get_icon_name (spot_run_get_status (self->run)));

  gtk_snapshot_save (brush->snapshot);
  gtk_snapshot_translate (brush->snapshot,
                          &GRAPHENE_POINT_INIT (brush->rtl ? brush->width - start - SPOT_RUN_ICON : start,
                                                top + (height - SPOT_RUN_ICON) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), brush->snapshot, SPOT_RUN_ICON, SPOT_RUN_ICON,
                                            &brush->status, 1);
  gtk_snapshot_restore (brush->snapshot);
}

static void
draw_bar (Brush *brush,
          int    start,
          int    width,
          int    top,
          int    height)
{
  SpotRunRow *self = brush->row;
  double bar_top = top + (height - BAR_HEIGHT) / 2;

  if (width < 2 * BAR_HEIGHT)
    return;
  draw_box (brush, start, bar_top, width, BAR_HEIGHT, &brush->faint);
  if (self->progress > 0)
    draw_box (brush, start, bar_top, MAX (CLAMP (self->progress, 0.0, 1.0) * width, BAR_HEIGHT), BAR_HEIGHT,
              &brush->status);
}

static int
chip_width (PangoLayout *layout,
            int          most)
{
  int width;

  pango_layout_set_width (layout, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return MIN (width + 2 * CHIP_PADDING, most);
}

static void
draw_chip (Brush       *brush,
           PangoLayout *layout,
           int          start,
           int          width,
           int          top,
           int          height)
{
  int chip_height;

  pango_layout_get_pixel_size (layout, NULL, &chip_height);
  chip_height += 2;
  draw_box (brush, start, top + (height - chip_height) / 2, width, chip_height, &brush->faint);
  draw_text (brush, layout, start + CHIP_PADDING, width - 2 * CHIP_PADDING, top, height, FALSE, &brush->dim);
}

/* As many tags as there is room for, then how many more there are. */
static void
draw_tags (Brush *brush,
           int    start,
           int    width,
           int    top,
           int    height)
{
  SpotRunRow *self = brush->row;
  int end = start + width;
  int widths[MAX_CHIPS];
  guint n_shown = 0;
  int used = 0;
  int more_width = 0;

  for (guint i = 0; i < self->n_chips; i++)
    widths[i] = chip_width (self->chips[i], width);
  while (n_shown < self->n_chips && used + widths[n_shown] <= width)
    used += widths[n_shown++] + CHIP_GAP;

  if (n_shown < self->n_chips)
    {
      g_autofree char *text = NULL;

      if (self->more == NULL)
        self->more = new_layout (self, 0.86, TRUE, FALSE);
      /* Leave a place for the count, but always show something of the first tag. */
      for (;; n_shown--)
        {
          g_free (text);
          /* Left to right in every language, or the sign ends up behind the number. */
          text = g_strdup_printf ("\u200e+%u", self->n_chips - MAX (n_shown, 1));
          pango_layout_set_text (self->more, text, -1);
          more_width = chip_width (self->more, width);
          if (n_shown == 0 || used + more_width <= width)
            break;
          used -= widths[n_shown - 1] + CHIP_GAP;
        }
      if (n_shown == 0)
        {
          n_shown = 1;
          if (self->n_chips == 1)
            more_width = 0;
          widths[0] = width - (more_width ? more_width + CHIP_GAP : 0);
        }
    }

  for (guint i = 0; i < n_shown; i++)
    {
      draw_chip (brush, self->chips[i], start, widths[i], top, height);
      start += widths[i] + CHIP_GAP;
    }
  if (more_width > 0 && start + more_width <= end)
    draw_chip (brush, self->more, start, more_width, top, height);
}

static void
draw_progress (Brush *brush,
               int    start,
               int    width,
               int    top,
               int    height)
{
  SpotRunRow *self = brush->row;
  int percent_width;

  if (self->progress < 0)
    {
      draw_text (brush, self->texts[TEXT_HEADLINE], start, width, top, height, FALSE, &brush->dim);
      return;
    }
  pango_layout_set_width (self->texts[TEXT_PERCENT], -1);
  pango_layout_get_pixel_size (self->texts[TEXT_PERCENT], &percent_width, NULL);
  /* Bars of all rows end at the same place, so that their lengths can be compared. */
  percent_width = MAX (percent_width, spot_run_columns_get_line (self->columns) * 2);
  draw_bar (brush, start, width - percent_width - ICON_GAP, top, height);
  draw_text (brush, self->texts[TEXT_PERCENT], start + width - percent_width, percent_width, top, height, TRUE,
             &brush->color);
}

static void
draw_one_line (Brush           *brush,
               SpotRunGeometry *geometry,
               int              height)
{
  SpotRunRow *self = brush->row;
  int start = geometry->cells[SPOT_RUN_CELL_STATUS].start;

  draw_icon (brush, start, 0, height);
  draw_text (brush, self->texts[TEXT_STATUS], start + SPOT_RUN_ICON + ICON_GAP,
             geometry->cells[SPOT_RUN_CELL_STATUS].width - SPOT_RUN_ICON - ICON_GAP, 0, height, FALSE, &brush->color);
  draw_text (brush, self->texts[TEXT_TASK], geometry->cells[SPOT_RUN_CELL_TASK].start,
             geometry->cells[SPOT_RUN_CELL_TASK].width, 0, height, FALSE, &brush->color);
  draw_progress (brush, geometry->cells[SPOT_RUN_CELL_PROGRESS].start, geometry->cells[SPOT_RUN_CELL_PROGRESS].width, 0,
                 height);
  if (self->n_chips > 0 && geometry->cells[SPOT_RUN_CELL_TAGS].width > 0)
    draw_tags (brush, geometry->cells[SPOT_RUN_CELL_TAGS].start, geometry->cells[SPOT_RUN_CELL_TAGS].width, 0, height);
  draw_text (brush, self->texts[TEXT_AGE], geometry->cells[SPOT_RUN_CELL_AGE].start,
             geometry->cells[SPOT_RUN_CELL_AGE].width, 0, height, TRUE, &brush->dim);
  draw_text (brush, self->texts[TEXT_DURATION], geometry->cells[SPOT_RUN_CELL_DURATION].start,
             geometry->cells[SPOT_RUN_CELL_DURATION].width, 0, height, TRUE, &brush->dim);
}

static void
draw_two_lines (Brush *brush,
                int    height)
{
  SpotRunRow *self = brush->row;
  int line = spot_run_columns_get_line (self->columns);
  int start = SPOT_RUN_MARGIN + SPOT_RUN_ICON + ICON_GAP + 2;
  int end = brush->width - SPOT_RUN_MARGIN;
  int first = (height - 2 * line - 2) / 2;
  int second = first + line + 2;
  int used;

  draw_icon (brush, SPOT_RUN_MARGIN, first, line);
  used = draw_text (brush, self->texts[TEXT_AGE], start, end - start, first, line, TRUE, &brush->dim);
  draw_text (brush, self->texts[TEXT_TASK], start, end - start - used - SPOT_RUN_GAP, first, line, FALSE, &brush->color);

  if (self->progress >= 0)
    {
      int bar = MIN ((end - start) / 2, 12 * line);

      draw_progress (brush, end - bar, bar, second, line);
      end -= bar + SPOT_RUN_GAP;
    }
  else
    end -= draw_text (brush, self->texts[TEXT_DURATION], start, end - start, second, line, TRUE, &brush->dim)
           + SPOT_RUN_GAP;
  start += draw_text (brush, self->texts[TEXT_STATUS], start, end - start, second, line, FALSE, &brush->status) + ICON_GAP;
  if (*pango_layout_get_text (self->texts[TEXT_HEADLINE]) != '\0')
    draw_text (brush, self->texts[TEXT_HEADLINE], start, end - start, second, line, FALSE, &brush->dim);
  else if (self->n_chips > 0 && end - start >= 4 * line)
    draw_tags (brush, start, end - start, second, line);
}

static void
spot_run_row_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  SpotRunRow *self = SPOT_RUN_ROW (widget);
  AdwStyleManager *style = adw_style_manager_get_default ();
  int height = gtk_widget_get_height (widget);
  SpotRunGeometry geometry;
  Brush brush = { self, snapshot, gtk_widget_get_width (widget),
                  gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL };

  if (self->run == NULL)
    return;
  if (self->dirty)
    update_texts (self);

  spot_compat_get_color (widget, &brush.color);
  brush.dim = brush.color;
  brush.faint = brush.color;
  brush.dim.alpha *= adw_style_manager_get_high_contrast (style) ? 0.95f : 0.72f;
  brush.faint.alpha *= adw_style_manager_get_high_contrast (style) ? 0.25f : 0.1f;
  spot_status_get_color (spot_run_get_status (self->run), adw_style_manager_get_dark (style), &brush.status);

  spot_run_columns_layout (self->columns, brush.width, &geometry);
  if (geometry.compact)
    draw_two_lines (&brush, height);
  else
    draw_one_line (&brush, &geometry, height);
}

static GtkSizeRequestMode
spot_run_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
spot_run_row_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  SpotRunRow *self = SPOT_RUN_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 160;
      *natural = 600;
    }
  else
    {
      /* For no width in particular, the least that any width needs: the one line of a wide row. */
      *minimum = *natural = spot_run_columns_get_row_height (self->columns, for_size < 0 ? G_MAXINT : for_size);
    }
}

static void
spot_run_row_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  spot_run_columns_set_row_width (SPOT_RUN_ROW (widget)->columns, width);
}

/* The whole of what the row may have had to cut. */
static gboolean
spot_run_row_query_tooltip (GtkWidget  *widget,
                            int         x,
                            int         y,
                            gboolean    keyboard,
                            GtkTooltip *tooltip)
{
  SpotRunRow *self = SPOT_RUN_ROW (widget);
  SpotRunGeometry geometry;
  int at = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? gtk_widget_get_width (widget) - x : x;
  const char *text = NULL;
  g_autofree char *tags = NULL;

  if (self->run == NULL || self->texts[0] == NULL)
    return FALSE;
  spot_run_columns_layout (self->columns, gtk_widget_get_width (widget), &geometry);
  if (geometry.compact)
    return FALSE;
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    {
      if (at < geometry.cells[cell].start || at >= geometry.cells[cell].start + geometry.cells[cell].width)
        continue;
      if (cell == SPOT_RUN_CELL_TASK && pango_layout_is_ellipsized (self->texts[TEXT_TASK]))
        text = pango_layout_get_text (self->texts[TEXT_TASK]);
      else if (cell == SPOT_RUN_CELL_PROGRESS)
        text = pango_layout_get_text (self->texts[TEXT_HEADLINE]);
      else if (cell == SPOT_RUN_CELL_TAGS && self->n_chips > 0)
        {
          GString *all = g_string_new (NULL);

          for (guint i = 0; i < self->n_chips; i++)
            {
              if (i > 0)
                g_string_append (all, ", ");
              g_string_append (all, pango_layout_get_text (self->chips[i]));
            }
          text = tags = g_string_free (all, FALSE);
        }
      break;
    }
  if (text == NULL || *text == '\0')
    return FALSE;
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
spot_run_row_root (GtkWidget *widget)
{
  SpotRunRow *self = SPOT_RUN_ROW (widget);

  GTK_WIDGET_CLASS (spot_run_row_parent_class)->root (widget);
  /* There is a list item around us now. */
  g_clear_pointer (&self->words, g_free);
  update_words (self);
}

static void
spot_run_row_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotRunRow *self = SPOT_RUN_ROW (object);

  switch (prop_id)
    {
    case PROP_COLUMNS:
      g_value_set_object (value, self->columns);
      break;
    case PROP_RUN:
      g_value_set_object (value, self->run);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_row_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  SpotRunRow *self = SPOT_RUN_ROW (object);

  switch (prop_id)
    {
    case PROP_COLUMNS:
      self->columns = g_value_dup_object (value);
      break;
    case PROP_RUN:
      spot_run_row_set_run (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_row_dispose (GObject *object)
{
  SpotRunRow *self = SPOT_RUN_ROW (object);

  if (self->run != NULL)
    g_clear_signal_handler (&self->changed_id, self->run);
  g_clear_object (&self->run);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_clear_object (&self->texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->chips); i++)
    g_clear_object (&self->chips[i]);
  g_clear_object (&self->more);
  self->n_chips = 0;
  G_OBJECT_CLASS (spot_run_row_parent_class)->dispose (object);
}

static void
spot_run_row_finalize (GObject *object)
{
  SpotRunRow *self = SPOT_RUN_ROW (object);

  g_clear_object (&self->columns);
  g_free (self->words);
  G_OBJECT_CLASS (spot_run_row_parent_class)->finalize (object);
}

static void
spot_run_row_class_init (SpotRunRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_run_row_get_property;
  object_class->set_property = spot_run_row_set_property;
  object_class->dispose = spot_run_row_dispose;
  object_class->finalize = spot_run_row_finalize;
  widget_class->snapshot = spot_run_row_snapshot;
  widget_class->get_request_mode = spot_run_row_get_request_mode;
  widget_class->measure = spot_run_row_measure;
  widget_class->size_allocate = spot_run_row_size_allocate;
  widget_class->query_tooltip = spot_run_row_query_tooltip;
  widget_class->root = spot_run_row_root;

  /**
   * SpotRunRow:columns:
   *
   * Where the cells stand, shared by all rows and the header.
   */
  properties[PROP_COLUMNS] = g_param_spec_object ("columns", NULL, NULL, SPOT_TYPE_RUN_COLUMNS,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * SpotRunRow:run:
   *
   * The run that the row shows; %NULL for none.
   */
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, SPOT_TYPE_RUN,
                                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "runrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
spot_run_row_init (SpotRunRow *self)
{
  self->progress = -1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/**
 * spot_run_row_new:
 * @columns: where the cells stand
 *
 * Returns: (transfer floating): a row without a run
 */
GtkWidget *
spot_run_row_new (SpotRunColumns *columns)
{
  g_return_val_if_fail (SPOT_IS_RUN_COLUMNS (columns), NULL);

  return g_object_new (SPOT_TYPE_RUN_ROW, "columns", columns, NULL);
}

/**
 * spot_run_row_get_run:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the run that it shows
 */
SpotRun *
spot_run_row_get_run (SpotRunRow *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_ROW (self), NULL);

  return self->run;
}

/**
 * spot_run_row_set_run:
 * @self: a row
 * @run: (nullable): the run to show
 */
void
spot_run_row_set_run (SpotRunRow *self,
                      SpotRun    *run)
{
  g_return_if_fail (SPOT_IS_RUN_ROW (self));
  g_return_if_fail (run == NULL || SPOT_IS_RUN (run));

  if (self->run == run)
    return;
  if (self->run != NULL)
    g_clear_signal_handler (&self->changed_id, self->run);
  g_set_object (&self->run, run);
  if (run != NULL)
    {
      self->changed_id = g_signal_connect_swapped (run, "changed", G_CALLBACK (changed_cb), self);
      changed_cb (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

/**
 * spot_run_row_get_words:
 * @self: a row
 *
 * Returns: (nullable): its accessible name
 */
const char *
spot_run_row_get_words (SpotRunRow *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_ROW (self), NULL);

  return self->words;
}
