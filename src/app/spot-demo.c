/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-app"

#include "config.h"

#include <glib/gi18n.h>

#include "spot-demo.h"
#include "spot-dev-server.h"

struct _SpotDemo
{
  SpotDevServer   *server;      /* owned */
  SpotEnvironment *environment; /* owned */
  SpotWatch       *batch_watch; /* of environment */
};

/**
 * spot_demo_start:
 * @monitor: what is to watch the demo
 * @error: return location
 *
 * Starts the server and adds its environment, with a watch of each kind, to @monitor.
 *
 * Returns: (transfer full) (nullable): the demo, %NULL with @error set when no port could be had
 */
SpotDemo *
spot_demo_start (SpotMonitor *monitor,
                 GError     **error)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_CALM, .speed = 1.0, .seed = 1 };
  g_autoptr (SpotDevServer) server = NULL;
  SpotEnvironment *environment;
  SpotDemo *self;
  const char *tags[2] = { NULL, NULL };

  g_return_val_if_fail (SPOT_IS_MONITOR (monitor), NULL);

  server = spot_dev_server_new (&options);
  if (!spot_dev_server_start (server, error))
    return NULL;
  environment = spot_monitor_add_environment (monitor, _ ("Demo"), spot_dev_server_get_url (server),
                                              spot_dev_server_get_key (server), FALSE, error);
  if (environment == NULL)
    return NULL;

  self = g_new0 (SpotDemo, 1);
  self->server = g_steal_pointer (&server);
  self->environment = g_object_ref (environment);

  tags[0] = spot_dev_server_get_demo_tag (self->server);
  spot_environment_watch_all (environment, NULL);
  spot_environment_watch_tags (environment, NULL, tags);
  /* Translators: name of a batch in the demo */
  self->batch_watch =
    spot_environment_watch_batch (environment, _ ("Newsletter"), spot_dev_server_get_demo_batch (self->server));
  /* Translators: name of a run in the demo */
  spot_environment_watch_run (environment, _ ("Customer import"), spot_dev_server_get_demo_run (self->server));
  return self;
}

/**
 * spot_demo_free:
 * @self: (transfer full): a demo
 *
 * Stops the server. The environment belongs to the monitor and stays.
 */
void
spot_demo_free (SpotDemo *self)
{
  g_return_if_fail (self != NULL);

  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
  g_object_unref (self->environment);
  g_free (self);
}

/**
 * spot_demo_get_environment:
 * @self: a demo
 *
 * Returns: (transfer none): its environment
 */
SpotEnvironment *
spot_demo_get_environment (SpotDemo *self)
{
  return self->environment;
}

/**
 * spot_demo_get_run:
 * @self: a demo
 *
 * Returns: (transfer none): id of the run that has a watch of its own
 */
const char *
spot_demo_get_run (SpotDemo *self)
{
  return spot_dev_server_get_demo_run (self->server);
}

/**
 * spot_demo_get_batch_watch:
 * @self: a demo
 *
 * Returns: (transfer none): the watch over its batch
 */
SpotWatch *
spot_demo_get_batch_watch (SpotDemo *self)
{
  return self->batch_watch;
}

static void
count_run (gpointer data,
           gpointer user_data)
{
  SpotRun *run = data;
  GHashTable *counts = user_data;
  const char *word = spot_run_status_to_seed (spot_run_get_status (run));
  guint n;

  if (word == NULL)
    word = "unknown";
  n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, word));
  g_hash_table_insert (counts, (gpointer) word, GUINT_TO_POINTER (n + 1));
}

/**
 * spot_demo_dup_summary:
 * @self: a demo
 *
 * What the program has seen of the demo so far, in two lines for a terminal: runs by status, and changes applied live.
 *
 * Returns: (transfer full): the text, untranslated because scripts read it
 */
char *
spot_demo_dup_summary (SpotDemo *self)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) words = NULL;
  g_autoptr (GString) text = g_string_new ("runs by status:");
  SpotConnection *connection = spot_environment_get_connection (self->environment);

  spot_run_store_foreach (spot_environment_get_store (self->environment), count_run, counts);
  words = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) g_strcmp0);
  for (GList *l = words; l != NULL; l = l->next)
    g_string_append_printf (text, " %s %u%s", (char *) l->data,
                            GPOINTER_TO_UINT (g_hash_table_lookup (counts, l->data)), l->next ? "," : "");
  g_string_append_printf (text, "\nlive updates applied: %" G_GUINT64_FORMAT, spot_connection_get_updates (connection));
  return g_strdup (text->str);
}
