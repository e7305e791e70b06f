/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-run-status.h"

G_BEGIN_DECLS

/* Pure functions that .ui files call in <closure>. The first argument is the template's object and is not looked at.
 * Texts are (transfer full), as expressions want them. */

char    *spot_closure_status_label       (gpointer       object,
                                          SpotRunStatus  status,
                                          const char    *word);
char    *spot_closure_status_icon        (gpointer       object,
                                          SpotRunStatus  status);
char    *spot_closure_status_explanation (gpointer       object,
                                          SpotRunStatus  status);
char    *spot_closure_line               (gpointer       object,
                                          const char    *text);
gboolean spot_closure_is_set             (gpointer       object,
                                          const char    *text);
gboolean spot_closure_has_progress       (gpointer       object,
                                          double         progress);
double   spot_closure_fraction           (gpointer       object,
                                          double         progress);
char    *spot_closure_percent            (gpointer       object,
                                          double         progress);

/* Makes all of them known to a template, in class_init. */
void     spot_closures_bind              (GtkWidgetClass *klass);

G_END_DECLS
