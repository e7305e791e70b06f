/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-export.h"

G_BEGIN_DECLS

/* Runs into a file for other programs, written off the main thread. */

SpotExportFormat spot_run_export_get_format   (GFile               *file);
void             spot_run_export_write_async  (GFile               *file,
                                               GPtrArray           *records,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);
gboolean         spot_run_export_write_finish (GAsyncResult        *result,
                                               GError             **error);

/* Asks where to, and tells in the nearest toast overlay what came of it. */
void             spot_run_export_ask          (GtkWidget           *widget,
                                               GListModel          *runs,
                                               const char          *name);

G_END_DECLS
