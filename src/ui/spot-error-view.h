/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-run-error.h"

G_BEGIN_DECLS

/**
 * SpotErrorView:
 *
 * Why a run broke: name, message, what the server's codes mean, stack and causes, to be copied as Markdown.
 */
#define SPOT_TYPE_ERROR_VIEW (spot_error_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotErrorView, spot_error_view, SPOT, ERROR_VIEW, GtkWidget)

void spot_error_view_take_error (SpotErrorView *self,
                                 SpotRunError  *error,
                                 const char    *run_id,
                                 const char    *task);

G_END_DECLS
