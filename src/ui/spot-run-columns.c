/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-run-columns.h"

/* Widths are counted in ems (the width of a digit times two is near enough), so that a larger font folds earlier. */
#define COMPACT_BELOW 34.0
#define DEFAULT_EM 15.0
#define DEFAULT_LINE 19

/* Space above and below the text of a row, in pixels. */
#define PADDING_ONE_LINE 9
#define PADDING_TWO_LINES 8

struct _SpotRunColumns
{
  GObject     parent_instance;

  double      em;
  int         line;       /* height of a line of text, pixels */
  int         row_width;  /* of the rows as last allocated, 0 for none */
  guint       changed_id; /* idle source that emits `changed` */
  GHashTable *icons;      /* (owned) icon name → GdkPaintable, for one theme and scale */
  int         icon_scale;
  gulong      theme_id;
  GtkIconTheme *theme;    /* (owned) (nullable): the theme of `icons` */
};

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotRunColumns, spot_run_columns, G_TYPE_OBJECT)

/* In ems: what a cell needs, how much of the rest it takes, and what is enough for it. */
static const struct
{
  double least;
  double share;
  double most;
} cells[SPOT_N_RUN_CELLS] = {
  [SPOT_RUN_CELL_STATUS] = { 5.9, 0.6, 10.0 },
  [SPOT_RUN_CELL_TASK] = { 6.4, 2.0, 22.0 },
  [SPOT_RUN_CELL_PROGRESS] = { 6.0, 2.4, 1000.0 },
  [SPOT_RUN_CELL_TAGS] = { 6.0, 2.2, 24.0 },
  [SPOT_RUN_CELL_AGE] = { 2.9, 0.0, 2.9 },
  [SPOT_RUN_CELL_DURATION] = { 3.6, 0.0, 3.6 },
};

/* What is left out first where there is not room for all; what is not named here is never left out. */
static const SpotRunCell optional[] = { SPOT_RUN_CELL_TAGS, SPOT_RUN_CELL_DURATION };

static void
forget_icons (SpotRunColumns *self)
{
  g_hash_table_remove_all (self->icons);
}

static void
spot_run_columns_dispose (GObject *object)
{
  SpotRunColumns *self = SPOT_RUN_COLUMNS (object);

  g_clear_handle_id (&self->changed_id, g_source_remove);
  if (self->theme != NULL)
    g_clear_signal_handler (&self->theme_id, self->theme);
  g_clear_object (&self->theme);
  G_OBJECT_CLASS (spot_run_columns_parent_class)->dispose (object);
}

static void
spot_run_columns_finalize (GObject *object)
{
  SpotRunColumns *self = SPOT_RUN_COLUMNS (object);

  g_hash_table_unref (self->icons);
  G_OBJECT_CLASS (spot_run_columns_parent_class)->finalize (object);
}

static void
spot_run_columns_class_init (SpotRunColumnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = spot_run_columns_dispose;
  object_class->finalize = spot_run_columns_finalize;

  /**
   * SpotRunColumns::changed:
   *
   * Where the columns stand may have changed.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
spot_run_columns_init (SpotRunColumns *self)
{
  self->em = DEFAULT_EM;
  self->line = DEFAULT_LINE;
  self->icons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

static gboolean
changed_cb (gpointer user_data)
{
  SpotRunColumns *self = user_data;

  self->changed_id = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Later, because widgets tell their size while they are being allocated, when nobody may ask for a new layout. */
static void
queue_changed (SpotRunColumns *self)
{
  if (self->changed_id == 0)
    self->changed_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, changed_cb, self, NULL);
}

/**
 * spot_run_columns_new:
 *
 * Returns: (transfer full): columns for a run list
 */
SpotRunColumns *
spot_run_columns_new (void)
{
  return g_object_new (SPOT_TYPE_RUN_COLUMNS, NULL);
}

/**
 * spot_run_columns_is_compact:
 * @self: columns
 * @width: of a row, in pixels
 *
 * Returns: whether a row of that width is written on two lines
 */
gboolean
spot_run_columns_is_compact (SpotRunColumns *self,
                             int             width)
{
  g_return_val_if_fail (SPOT_IS_RUN_COLUMNS (self), FALSE);

  return width < COMPACT_BELOW * self->em;
}

/**
 * spot_run_columns_layout:
 * @self: columns
 * @width: of a row, in pixels
 * @geometry: (out caller-allocates): where its cells stand
 *
 * Gives every cell what it needs, and shares out the rest. A cell that there is no room for is left out.
 */
void
spot_run_columns_layout (SpotRunColumns  *self,
                         int              width,
                         SpotRunGeometry *geometry)
{
  double free_space = width - 2.0 * SPOT_RUN_MARGIN + SPOT_RUN_GAP;
  double shares = 0.0;
  double start = SPOT_RUN_MARGIN;
  double widths[SPOT_N_RUN_CELLS] = { 0 };

  g_return_if_fail (SPOT_IS_RUN_COLUMNS (self));
  g_return_if_fail (geometry != NULL);

  *geometry = (SpotRunGeometry) { 0 };
  geometry->compact = spot_run_columns_is_compact (self, width);
  if (geometry->compact)
    return;

  for (guint i = 0; i < SPOT_N_RUN_CELLS; i++)
    {
      widths[i] = cells[i].least * self->em;
      free_space -= widths[i] + SPOT_RUN_GAP;
      shares += cells[i].share;
    }
  for (guint i = 0; i < G_N_ELEMENTS (optional) && free_space < 0.0; i++)
    {
      free_space += widths[optional[i]] + SPOT_RUN_GAP;
      shares -= cells[optional[i]].share;
      widths[optional[i]] = 0.0;
    }

  /* A cell that is as wide as is good for it leaves its share to those after it; the widest of all has no limit. */
  for (guint pass = 0; pass < 2 && free_space > 0.0; pass++)
    {
      double given = 0.0;
      double open_shares = 0.0;

      for (guint i = 0; i < SPOT_N_RUN_CELLS; i++)
        {
          double more;

          if (widths[i] == 0.0 || cells[i].share == 0.0)
            continue;
          more = MIN (free_space * cells[i].share / shares, MAX (0.0, cells[i].most * self->em - widths[i]));
          widths[i] += more;
          given += more;
          if (widths[i] < cells[i].most * self->em)
            open_shares += cells[i].share;
        }
      free_space -= given;
      shares = MAX (open_shares, 0.1);
    }
  widths[SPOT_RUN_CELL_PROGRESS] += MAX (free_space, 0.0);

  for (guint i = 0; i < SPOT_N_RUN_CELLS; i++)
    {
      if (widths[i] == 0.0)
        continue;
      geometry->cells[i].start = (int) start;
      geometry->cells[i].width = (int) (start + widths[i]) - (int) start;
      start += widths[i] + SPOT_RUN_GAP;
    }
}

/**
 * spot_run_columns_set_font:
 * @self: columns
 * @em: twice the width of a digit in the font in use, in pixels
 * @line: the height of one of its lines, in pixels
 */
void
spot_run_columns_set_font (SpotRunColumns *self,
                           double          em,
                           int             line)
{
  g_return_if_fail (SPOT_IS_RUN_COLUMNS (self));

  em = CLAMP (em, 4.0, 200.0);
  line = CLAMP (line, 4, 200);
  if (em == self->em && line == self->line)
    return;
  self->em = em;
  self->line = line;
  queue_changed (self);
}

/**
 * spot_run_columns_get_line:
 * @self: columns
 *
 * Returns: the height of a line of text in pixels
 */
int
spot_run_columns_get_line (SpotRunColumns *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_COLUMNS (self), 0);

  return self->line;
}

/**
 * spot_run_columns_get_row_height:
 * @self: columns
 * @width: of a row, in pixels
 *
 * Returns: how high each row of that width is, in pixels
 */
int
spot_run_columns_get_row_height (SpotRunColumns *self,
                                 int             width)
{
  g_return_val_if_fail (SPOT_IS_RUN_COLUMNS (self), 0);

  if (spot_run_columns_is_compact (self, width))
    return 2 * self->line + 2 + 2 * PADDING_TWO_LINES;
  return self->line + 2 * PADDING_ONE_LINE;
}

/**
 * spot_run_columns_set_row_width:
 * @self: columns
 * @width: what a row was allocated, in pixels
 *
 * Tells the header how wide rows are, which is less than its own width where a scroll bar takes room.
 */
void
spot_run_columns_set_row_width (SpotRunColumns *self,
                                int             width)
{
  g_return_if_fail (SPOT_IS_RUN_COLUMNS (self));

  if (width == self->row_width)
    return;
  self->row_width = width;
  queue_changed (self);
}

/**
 * spot_run_columns_get_row_width:
 * @self: columns
 *
 * Returns: how wide rows are in pixels, 0 when there were none yet
 */
int
spot_run_columns_get_row_width (SpotRunColumns *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_COLUMNS (self), 0);

  return self->row_width;
}

/**
 * spot_run_columns_get_icon:
 * @self: columns
 * @widget: the widget that draws it
 * @icon_name: a symbolic icon
 *
 * Looks the icon up once for all rows.
 *
 * Returns: (transfer none): the icon; it is a `GtkSymbolicPaintable`
 */
GdkPaintable *
spot_run_columns_get_icon (SpotRunColumns *self,
                           GtkWidget      *widget,
                           const char     *icon_name)
{
  GtkIconTheme *theme;
  GdkPaintable *icon;
  int scale;

  g_return_val_if_fail (SPOT_IS_RUN_COLUMNS (self), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);
  g_return_val_if_fail (icon_name != NULL, NULL);

  theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  scale = gtk_widget_get_scale_factor (widget);
  if (theme != self->theme)
    {
      if (self->theme != NULL)
        g_clear_signal_handler (&self->theme_id, self->theme);
      g_set_object (&self->theme, theme);
      self->theme_id = g_signal_connect_swapped (theme, "changed", G_CALLBACK (forget_icons), self);
      forget_icons (self);
    }
  if (scale != self->icon_scale)
    {
      forget_icons (self);
      self->icon_scale = scale;
    }

  icon = g_hash_table_lookup (self->icons, icon_name);
  if (icon == NULL)
    {
      icon = GDK_PAINTABLE (gtk_icon_theme_lookup_icon (theme, icon_name, NULL, SPOT_RUN_ICON, scale,
                                                        gtk_widget_get_direction (widget), 0));
      g_hash_table_insert (self->icons, g_strdup (icon_name), icon);
    }
  return icon;
}
