/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-clock.h"

struct _SpotClock
{
  GObject parent_instance;

  guint n_mapped;
  guint source_id; /* 0 while no attached widget is mapped */
};

G_DEFINE_FINAL_TYPE (SpotClock, spot_clock, G_TYPE_OBJECT)

enum
{
  TICK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* One attachment: ends with its widget. */
typedef struct
{
  SpotClock *clock; /* owned */
  GtkWidget *widget;
  GCallback  callback;
  gpointer   user_data;
  gulong     tick_id; /* 0 while the widget is not mapped */
} Attachment;

static gboolean
tick_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[TICK], 0);
  return G_SOURCE_CONTINUE;
}

static void
attachment_tick_cb (Attachment *self)
{
  ((void (*) (GtkWidget *, gpointer)) self->callback) (self->widget, self->user_data);
}

static void
attachment_start (Attachment *self)
{
  if (self->tick_id != 0)
    return;
  self->tick_id = g_signal_connect_swapped (self->clock, "tick", G_CALLBACK (attachment_tick_cb), self);
  if (self->clock->n_mapped++ == 0)
    {
      self->clock->source_id = g_timeout_add_seconds (1, tick_cb, self->clock);
      g_source_set_name_by_id (self->clock->source_id, "[runspotter] clock");
    }
}

static void
attachment_stop (Attachment *self)
{
  if (self->tick_id == 0)
    return;
  g_clear_signal_handler (&self->tick_id, self->clock);
  if (--self->clock->n_mapped == 0)
    g_clear_handle_id (&self->clock->source_id, g_source_remove);
}

static void
map_cb (Attachment *self)
{
  attachment_start (self);
  /* What the widget shows is as old as its last sight. */
  attachment_tick_cb (self);
}

static void
unmap_cb (Attachment *self)
{
  attachment_stop (self);
}

static void
attachment_free (gpointer  data,
                 GClosure *closure)
{
  Attachment *self = data;

  attachment_stop (self);
  g_object_unref (self->clock);
  g_free (self);
}

static void
spot_clock_finalize (GObject *object)
{
  SpotClock *self = SPOT_CLOCK (object);

  g_clear_handle_id (&self->source_id, g_source_remove);
  G_OBJECT_CLASS (spot_clock_parent_class)->finalize (object);
}

static void
spot_clock_class_init (SpotClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_clock_finalize;

  /**
   * SpotClock::tick:
   *
   * A second has passed. Only while an attached widget is mapped.
   */
  signals[TICK] = g_signal_new ("tick", SPOT_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
spot_clock_init (SpotClock *self)
{
}

/**
 * spot_clock_get_default:
 *
 * Returns: (transfer none): the one clock of the program
 */
SpotClock *
spot_clock_get_default (void)
{
  static SpotClock *clock = NULL;

  if (clock == NULL)
    clock = g_object_new (SPOT_TYPE_CLOCK, NULL);
  return clock;
}

/**
 * spot_clock_attach:
 * @self: a `SpotClock`
 * @widget: whose times tick
 * @callback: `void (*) (GtkWidget *widget, gpointer user_data)`: called at once when @widget is mapped, then every
 *   second while it is
 * @user_data: data for @callback; must live as long as @widget
 *
 * Ties @callback to the clock for as long as @widget lives. The clock has a timer only while one attached widget is
 * mapped.
 */
void
spot_clock_attach (SpotClock *self,
                   GtkWidget *widget,
                   GCallback  callback,
                   gpointer   user_data)
{
  Attachment *attachment;

  g_return_if_fail (SPOT_IS_CLOCK (self));
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (callback != NULL);

  attachment = g_new0 (Attachment, 1);
  attachment->clock = g_object_ref (self);
  attachment->widget = widget;
  attachment->callback = callback;
  attachment->user_data = user_data;

  g_signal_connect_swapped (widget, "map", G_CALLBACK (map_cb), attachment);
  /* The closure that goes last frees the attachment: both go together, with the widget. */
  g_signal_connect_data (widget, "unmap", G_CALLBACK (unmap_cb), attachment, attachment_free, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (widget))
    attachment_start (attachment);
}
