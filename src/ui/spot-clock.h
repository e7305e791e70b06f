/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotClock:
 *
 * The one clock that relative times tick by: emits `tick` once a second while at least one mapped widget is attached,
 * and has no timer otherwise.
 */
#define SPOT_TYPE_CLOCK (spot_clock_get_type ())
G_DECLARE_FINAL_TYPE (SpotClock, spot_clock, SPOT, CLOCK, GObject)

SpotClock *spot_clock_get_default (void);
/* @callback (widget, user_data) runs each second while @widget is mapped; ends with the widget. */
void       spot_clock_attach      (SpotClock   *self,
                                   GtkWidget   *widget,
                                   GCallback    callback,
                                   gpointer     user_data);

G_END_DECLS
