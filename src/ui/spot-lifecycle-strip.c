/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-flow-layout.h"
#include "spot-lifecycle-strip.h"
#include "spot-status.h"

/* No part that took any time is drawn narrower, so that none is lost. In pixels. */
#define MIN_PART_WIDTH 3.0

struct _SpotLifecycleStrip
{
  GtkWidget parent_instance;

  GtkDrawingArea *bar;
  GtkWidget      *legend;
  GtkWidget      *swatches[SPOT_N_LIFECYCLE_PARTS];
  GtkLabel       *labels[SPOT_N_LIFECYCLE_PARTS];

  SpotLifecycle lifecycle;
  SpotRunStatus status;
};

G_DEFINE_FINAL_TYPE (SpotLifecycleStrip, spot_lifecycle_strip, GTK_TYPE_WIDGET)

/* Waiting is drawn quiet, running in the colour of how it stands or ended. */
static void
get_color (SpotLifecycleStrip *self,
           SpotLifecyclePart   part,
           GdkRGBA            *color)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  spot_status_get_color (part == SPOT_LIFECYCLE_RUNNING ? self->status : SPOT_RUN_STATUS_PENDING, dark, color);
  if (part == SPOT_LIFECYCLE_DELAYED)
    color->alpha = 0.35f;
  else if (part == SPOT_LIFECYCLE_QUEUED)
    color->alpha = 0.7f;
}

static void
draw_bar_cb (GtkDrawingArea *area,
             cairo_t        *cr,
             int             width,
             int             height,
             gpointer        user_data)
{
  SpotLifecycleStrip *self = user_data;
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double total = (double) (self->lifecycle.end_us - self->lifecycle.begin_us);
  double radius = height / 2.0;
  double spare = width;
  double x = 0.0;
  guint n_parts = 0;

  for (guint i = 0; i < SPOT_N_LIFECYCLE_PARTS; i++)
    n_parts += self->lifecycle.part_us[i] >= 0;
  if (n_parts == 0)
    return;
  spare -= n_parts * MIN_PART_WIDTH;

  cairo_new_sub_path (cr);
  cairo_arc (cr, width - radius, radius, radius, -G_PI_2, G_PI_2);
  cairo_arc (cr, radius, radius, radius, G_PI_2, 3 * G_PI_2);
  cairo_close_path (cr);
  cairo_clip (cr);
  for (guint i = 0; i < SPOT_N_LIFECYCLE_PARTS; i++)
    {
      GdkRGBA color;
      double part_width;

      if (self->lifecycle.part_us[i] < 0)
        continue;
      part_width
          = MIN_PART_WIDTH + (total > 0.0 ? spare * (double) self->lifecycle.part_us[i] / total : spare / n_parts);
      get_color (self, i, &color);
      gdk_cairo_set_source_rgba (cr, &color);
      /* One pixel of gap tells neighbours apart without colour. */
      cairo_rectangle (cr, rtl ? width - x - part_width : x, 0, MAX (part_width - 1.0, 1.0), height);
      cairo_fill (cr);
      x += part_width;
    }
}

static void
draw_swatch_cb (GtkDrawingArea *area,
                cairo_t        *cr,
                int             width,
                int             height,
                gpointer        user_data)
{
  SpotLifecycleStrip *self
      = SPOT_LIFECYCLE_STRIP (gtk_widget_get_ancestor (GTK_WIDGET (area), SPOT_TYPE_LIFECYCLE_STRIP));
  GdkRGBA color;

  get_color (self, GPOINTER_TO_UINT (user_data), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0, 0, 2 * G_PI);
  cairo_fill (cr);
}

static char *
dup_legend (SpotLifecyclePart part,
            gint64            duration_us,
            gboolean          goes_on)
{
  g_autofree char *duration = spot_format_duration (duration_us / 1000);

  switch (part)
    {
    case SPOT_LIFECYCLE_DELAYED:
      /* Translators: %s is a duration such as "2.1 s" */
      return goes_on ? g_strdup_printf (_ ("Delayed for %s so far"), duration)
                     : g_strdup_printf (_ ("Delayed %s"), duration);
    case SPOT_LIFECYCLE_QUEUED:
      /* Translators: %s is a duration such as "2.1 s" */
      return goes_on ? g_strdup_printf (_ ("Queued for %s so far"), duration)
                     : g_strdup_printf (_ ("Queued %s"), duration);
    case SPOT_LIFECYCLE_RUNNING:
    default:
      /* Translators: %s is a duration such as "2.1 s" */
      return goes_on ? g_strdup_printf (_ ("Running for %s so far"), duration)
                     : g_strdup_printf (_ ("Ran %s"), duration);
    }
}

static void
queue_draw (SpotLifecycleStrip *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self->bar));
  for (guint i = 0; i < SPOT_N_LIFECYCLE_PARTS; i++)
    gtk_widget_queue_draw (self->swatches[i]);
}

static void
spot_lifecycle_strip_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_LIFECYCLE_STRIP);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_lifecycle_strip_parent_class)->dispose (object);
}

static void
spot_lifecycle_strip_class_init (SpotLifecycleStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_lifecycle_strip_dispose;
  g_type_ensure (SPOT_TYPE_FLOW_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-lifecycle-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotLifecycleStrip, bar);
  gtk_widget_class_bind_template_child (widget_class, SpotLifecycleStrip, legend);
  gtk_widget_class_set_css_name (widget_class, "lifecycle");
}

static void
spot_lifecycle_strip_init (SpotLifecycleStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < SPOT_N_LIFECYCLE_PARTS; i++)
    {
      GtkWidget *entry = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *swatch = gtk_drawing_area_new ();
      GtkWidget *label = gtk_label_new (NULL);

      self->lifecycle.part_us[i] = -1;
      self->swatches[i] = swatch;
      self->labels[i] = GTK_LABEL (label);
      gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 9);
      gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 9);
      gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch_cb, GUINT_TO_POINTER (i), NULL);
      gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (label, "numeric");
      gtk_widget_set_margin_end (entry, 8);
      gtk_box_append (GTK_BOX (entry), swatch);
      gtk_box_append (GTK_BOX (entry), label);
      gtk_widget_set_visible (entry, FALSE);
      gtk_box_append (GTK_BOX (self->legend), entry);
    }
  gtk_drawing_area_set_draw_func (self->bar, draw_bar_cb, self, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (queue_draw), self,
                           G_CONNECT_SWAPPED);
}

/**
 * spot_lifecycle_strip_set_lifecycle:
 * @self: a `SpotLifecycleStrip`
 * @lifecycle: what to draw, which is copied
 * @status: how the run stands
 */
void
spot_lifecycle_strip_set_lifecycle (SpotLifecycleStrip  *self,
                                    const SpotLifecycle *lifecycle,
                                    SpotRunStatus        status)
{
  g_return_if_fail (SPOT_IS_LIFECYCLE_STRIP (self));

  self->lifecycle = *lifecycle;
  self->status = status;
  for (guint i = 0; i < SPOT_N_LIFECYCLE_PARTS; i++)
    {
      GtkWidget *entry = gtk_widget_get_parent (GTK_WIDGET (self->labels[i]));

      gtk_widget_set_visible (entry, lifecycle->part_us[i] >= 0);
      if (lifecycle->part_us[i] >= 0)
        {
          g_autofree char *text = dup_legend (i, lifecycle->part_us[i], lifecycle->running == (int) i);

          gtk_label_set_text (self->labels[i], text);
        }
    }
  queue_draw (self);
}
