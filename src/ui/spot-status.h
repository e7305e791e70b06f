/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-run.h"

G_BEGIN_DECLS

/* How a status looks: a word, a shape and a colour, each enough by itself. */

const char *spot_status_get_label       (SpotRunStatus  status);   /* "Executing"; translated */
char       *spot_status_dup_label       (SpotRunStatus  status,
                                         const char    *word);     /* an unknown word as it is */
const char *spot_status_get_explanation (SpotRunStatus  status);   /* one sentence; translated */
const char *spot_status_get_icon_name   (SpotRunStatus  status);   /* shipped symbolic icon, a shape per meaning */
/* "success", "error", "warning", "accent" or "dim-label" */
const char *spot_status_get_css_class   (SpotRunStatus  status);
/* The status colour for drawing by hand, for the style in use; contrast at least 4.5:1 on the view background. */
void        spot_status_get_color       (SpotRunStatus  status,
                                         gboolean       dark,
                                         GdkRGBA       *color);

G_END_DECLS
