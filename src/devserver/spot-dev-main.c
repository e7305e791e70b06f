/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <locale.h>
#include <stdlib.h>

#include <glib-unix.h>

#include "spot-dev-server.h"

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* A server that is restarted over the database that it had. */
typedef struct
{
  SpotDevServer *server;
  guint          away_ms;
} Restart;

static gboolean
come_back_cb (gpointer user_data)
{
  Restart *restart = user_data;
  g_autoptr(GError) error = NULL;

  if (spot_dev_server_start (restart->server, &error))
    return G_SOURCE_REMOVE;
  g_printerr ("%s\n", error->message);
  return G_SOURCE_CONTINUE;
}

static gboolean
hang_up_cb (gpointer user_data)
{
  Restart *restart = user_data;

  if (!spot_dev_server_is_running (restart->server))
    return G_SOURCE_CONTINUE;
  spot_dev_server_stop (restart->server);
  g_timeout_add (restart->away_ms, come_back_cb, restart);
  return G_SOURCE_CONTINUE;
}

static gboolean
parse_words (const char  *dialect,
             const char  *scenario,
             SpotDevOptions *options)
{
  static const char *const scenarios[] = { "empty", "calm", "burst", "flaky", "hostile", "huge" };

  if (g_strcmp0 (dialect, "native") == 0)
    options->dialect = SPOT_DEV_DIALECT_NATIVE;
  else if (dialect != NULL && !g_str_equal (dialect, "electric"))
    return FALSE;

  if (scenario == NULL)
    scenario = "calm";
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (g_str_equal (scenario, scenarios[i]))
      {
        options->scenario = i;
        return TRUE;
      }
  return FALSE;
}

int
main (int    argc,
      char **argv)
{
  SpotDevOptions options = { .seed = 1, .speed = 1 };
  g_autofree char *dialect = NULL;
  g_autofree char *scenario = NULL;
  int port = 0, hold_ms = 0, away_ms = 1000, n_runs = 0, changes_per_s = 0;
  gint64 seed = 1;
  Restart restart;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &port, "Port to listen on; 0 for any", "PORT" },
    { "dialect", 'd', 0, G_OPTION_ARG_STRING, &dialect, "Which server to imitate: electric or native", "DIALECT" },
    { "scenario", 's', 0, G_OPTION_ARG_STRING, &scenario, "What happens: empty, calm, burst, flaky, hostile or huge", "SCENARIO" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of everything that looks random", "NUMBER" },
    { "epoch", 0, 0, G_OPTION_ARG_INT64, &options.epoch_ms, "When the scenario began; 0 for now", "MS-SINCE-1970" },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &options.speed, "How fast the scenario runs", "FACTOR" },
    { "hold-ms", 0, 0, G_OPTION_ARG_INT, &hold_ms, "How long a live poll is held; 0 for 20 s", "MS" },
    { "away-ms", 0, 0, G_OPTION_ARG_INT, &away_ms, "How long it is away when SIGHUP restarts it", "MS" },
    { "runs", 0, 0, G_OPTION_ARG_INT, &n_runs, "How many runs the huge scenario has; 0 for 10,000", "NUMBER" },
    { "changes", 0, 0, G_OPTION_ARG_INT, &changes_per_s, "How many changes a second; 0 for 100", "NUMBER" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("- a local Realtime API");
  g_autoptr(SpotDevServer) server = NULL;
  g_autoptr(GMainLoop) loop = NULL;
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, "SIGHUP cuts every connection and stops it from listening for a while; then it goes "
                                    "on with the same runs.");
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  if (argc > 1 || port < 0 || port > G_MAXUINT16 || hold_ms < 0 || away_ms < 0 || n_runs < 0 || changes_per_s < 0 ||
      seed < 0 || seed > G_MAXUINT32 ||
      options.epoch_ms < 0 || !(options.speed > 0) || !parse_words (dialect, scenario, &options))
    {
      g_printerr ("Wrong options; see --help\n");
      return EXIT_FAILURE;
    }
  options.port = (guint16) port;
  options.hold_ms = (guint) hold_ms;
  options.seed = (guint32) seed;
  options.n_runs = (guint) n_runs;
  options.changes_per_s = (guint) changes_per_s;

  server = spot_dev_server_new (&options);
  if (!spot_dev_server_start (server, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  g_print ("url %s\n", spot_dev_server_get_url (server));
  g_print ("key %s\n", spot_dev_server_get_key (server));
  g_print ("epoch %" G_GINT64_FORMAT "\n", spot_dev_server_get_epoch_ms (server));

  loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, quit_cb, loop);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  restart.server = server;
  restart.away_ms = (guint) away_ms;
  g_unix_signal_add (SIGHUP, hang_up_cb, &restart);
  g_main_loop_run (loop);
  spot_dev_server_stop (server);
  return EXIT_SUCCESS;
}
