/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A development server in a process of its own, and what the soak test tells it. Calls are sent in order, one at a time, again
 * when they fail: what is told arrives, whatever happens to the server meanwhile. Main thread only. */
typedef struct _SoakServer SoakServer;

SoakServer *soak_server_new      (const char  *program,
                                  const char  *name,
                                  const char  *dialect,
                                  guint        seed,
                                  double       speed,
                                  int          away_ms,
                                  const char  *log_path);
void        soak_server_free     (SoakServer  *self);
const char *soak_server_get_name (SoakServer  *self);
const char *soak_server_get_url  (SoakServer  *self);
const char *soak_server_get_key  (SoakServer  *self);
gboolean    soak_server_is_alive (SoakServer  *self);
gboolean    soak_server_is_idle  (SoakServer  *self);

/* Takes @body. */
void        soak_server_tell     (SoakServer  *self,
                                  const char  *method,
                                  const char  *path,
                                  char        *body);
/* Cuts every connection, and refuses new ones for a while. */
void        soak_server_restart  (SoakServer  *self);
/* A feed's rows, straight from the server. NULL while it does not answer. */
JsonNode   *soak_server_fetch    (SoakServer  *self,
                                  const char  *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakServer, soak_server_free)

G_END_DECLS
