/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-dev-server.h"
#include "spot-run-row.h"
#include "spot-runs-pane.h"
#include "spot-watches-pane.h"
#include "spot-window.h"

#include "ui-rig.h"

/* A program with a journal, and what it watches. */
typedef struct
{
  SpotDevServer *server;
  char          *folder;
  char          *path;
  SpotJournal   *journal;
  SpotMonitor   *monitor;
  SpotWatch     *watch;
  SpotWindow    *window;
} Fixture;

static void
start (Fixture *self)
{
  SpotEnvironmentOptions options = {
    .id = "env", .name = "Test", .api_url = spot_dev_server_get_url (self->server),
    .credential = spot_dev_server_get_key (self->server),
  };
  SpotEnvironment *environment;
  g_autoptr (GError) error = NULL;

  self->journal = spot_journal_new (self->path);
  self->monitor = spot_monitor_new ();
  spot_monitor_set_journal (self->monitor, self->journal);
  environment = spot_monitor_add_environment_full (self->monitor, &options, &error);
  g_assert_no_error (error);
  self->watch = spot_environment_watch_all (environment, "All runs");
  self->window = spot_window_new (ui_rig_application (), self->monitor);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  spot_journal_close_finish (SPOT_JOURNAL (source), result, NULL);
  *(gboolean *) user_data = TRUE;
}

static void
stop (Fixture *self)
{
  gboolean closed = FALSE;

  gtk_window_destroy (GTK_WINDOW (self->window));
  UI_RIG_WAIT (self->window == NULL);
  spot_monitor_stop (self->monitor);
  spot_journal_close_async (self->journal, NULL, closed_cb, &closed);
  UI_RIG_WAIT (closed);
  g_clear_object (&self->monitor);
  g_clear_object (&self->journal);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1, .hold_ms = 500 };
  g_autoptr (GError) error = NULL;

  self->server = spot_dev_server_new (&options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);
  spot_dev_server_put_run (self->server, NULL,
                           "{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"import-csv\",\"status\":\"EXECUTING\"}", &error);
  g_assert_no_error (error);
  self->folder = g_dir_make_tmp ("history-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "journal.db", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  const char *const argv[] = { "rm", "-rf", self->folder, NULL };

  stop (self);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (self->folder);
  g_free (self->path);
}

static const char *
get_subtitle (Fixture *self)
{
  GtkWidget *pane = ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_RUNS_PANE);

  return adw_window_title_get_subtitle (ADW_WINDOW_TITLE (ui_rig_find (pane, ADW_TYPE_WINDOW_TITLE)));
}

/* What was known is there without a server, and says of when it is. */
static void
test_as_of (Fixture       *self,
            gconstpointer  data)
{
  start (self);
  UI_RIG_WAIT (g_str_equal (get_subtitle (self), "Live"));
  UI_RIG_WAIT (ui_rig_count_mapped (GTK_WIDGET (self->window), SPOT_TYPE_RUN_ROW) == 1);
  stop (self);

  spot_dev_server_stop (self->server);
  start (self);
  UI_RIG_WAIT (ui_rig_count_mapped (GTK_WIDGET (self->window), SPOT_TYPE_RUN_ROW) == 1);
  UI_RIG_WAIT (strstr (get_subtitle (self), " · as of ") != NULL);
  spot_dev_server_start (self->server, NULL);
  spot_monitor_refresh (self->monitor);
  UI_RIG_WAIT (g_str_equal (get_subtitle (self), "Live"));
}

/* No history is worth a sentence, and nothing more. */
static void
test_problem (Fixture       *self,
              gconstpointer  data)
{
  GtkWidget *pane;
  GtkWidget *revealer;
  GtkWidget *label;

  g_file_set_contents (self->path, "This is no database, and long enough to tell so at a glance.", -1, NULL);
  start (self);
  pane = ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_WATCHES_PANE);
  revealer = ui_rig_find (pane, GTK_TYPE_REVEALER);
  label = gtk_revealer_get_child (GTK_REVEALER (revealer));
  UI_RIG_WAIT (gtk_revealer_get_reveal_child (GTK_REVEALER (revealer)));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, spot_journal_get_problem (self->journal));
  UI_RIG_WAIT (ui_rig_count_mapped (GTK_WIDGET (self->window), SPOT_TYPE_RUN_ROW) == 1);
  UI_RIG_WAIT (g_str_equal (get_subtitle (self), "Live"));
}

/* All is well. */
static void
test_no_problem (Fixture       *self,
                 gconstpointer  data)
{
  GtkWidget *pane;

  start (self);
  pane = ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_WATCHES_PANE);
  UI_RIG_WAIT (g_str_equal (get_subtitle (self), "Live"));
  g_assert_cmpint (spot_journal_get_state (self->journal), ==, SPOT_JOURNAL_STATE_READY);
  g_assert_false (gtk_revealer_get_reveal_child (GTK_REVEALER (ui_rig_find (pane, GTK_TYPE_REVEALER))));
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add ("/known-before/as-of", Fixture, NULL, set_up, test_as_of, tear_down);
  g_test_add ("/known-before/problem", Fixture, NULL, set_up, test_problem, tear_down);
  g_test_add ("/known-before/no-problem", Fixture, NULL, set_up, test_no_problem, tear_down);
  return g_test_run ();
}
