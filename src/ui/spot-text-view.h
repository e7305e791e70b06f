/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotTextView:
 *
 * Text from a server to be read: monospace, not editable. A very long text is cut until the user asks for all of it.
 * New text replaces only what differs, so that the place that is read stays in sight.
 */
#define SPOT_TYPE_TEXT_VIEW (spot_text_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotTextView, spot_text_view, SPOT, TEXT_VIEW, GtkWidget)

void  spot_text_view_set_text (SpotTextView *self,
                               const char   *text,
                               gssize        length);
char *spot_text_view_dup_shown (SpotTextView *self);
guint spot_text_view_search   (SpotTextView *self,
                               const char   *needle);
guint spot_text_view_step     (SpotTextView *self,
                               int           step);
guint spot_text_view_get_n_matches (SpotTextView *self);

G_END_DECLS
