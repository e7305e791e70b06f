/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What tasks have written to their data streams. Not thread-safe; its owner has a lock. */
typedef struct _SpotDevStreams SpotDevStreams;

/**
 * SpotDevRecord:
 * @time_ms: when it was written, milliseconds since 1970
 * @serial: which of those of one millisecond it is
 * @chunk: a JSON text, or for some writers any line
 */
typedef struct
{
  gint64 time_ms;
  guint  serial;
  char  *chunk;
} SpotDevRecord;

typedef void (*SpotDevStreamFunc) (gpointer user_data);

SpotDevStreams *spot_dev_streams_new    (SpotDevStreamFunc  written,
                                         gpointer           user_data);
void            spot_dev_streams_free   (SpotDevStreams    *self);
void            spot_dev_streams_append (SpotDevStreams    *self,
                                         const char        *run_id,
                                         const char        *key,
                                         gint64             time_ms,
                                         const char        *chunk);
GArray         *spot_dev_streams_get    (SpotDevStreams    *self,
                                         const char        *run_id,
                                         const char        *key);
void            spot_dev_streams_forget (SpotDevStreams    *self,
                                         const char        *run_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevStreams, spot_dev_streams_free)

G_END_DECLS
