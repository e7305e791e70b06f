/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "monitor-rig.h"
#include "spot-watch-store.h"

typedef struct
{
  char           *folder;
  GFile          *file;
  SpotMonitor    *monitor;
  SpotWatchStore *store;
} Fixture;

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
load (SpotWatchStore *store)
{
  g_autoptr(GAsyncResult) result = NULL;

  spot_watch_store_load_async (store, NULL, finished_cb, &result);
  wait_for (result != NULL);
  return spot_watch_store_load_finish (store, result, NULL);
}

/* The program starts: nothing but the file is left of the time before. */
static void
start (Fixture *self)
{
  self->monitor = spot_monitor_new ();
  self->store = spot_watch_store_new (self->file);
}

static void
stop (Fixture *self)
{
  spot_monitor_stop (self->monitor);
  g_clear_object (&self->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->monitor);
}

/* Nothing listens there: what a watch asks for does not matter here. */
static SpotEnvironment *
add_environment (Fixture *self)
{
  g_autoptr(GError) error = NULL;
  SpotEnvironment *environment =
    spot_monitor_add_environment (self->monitor, NULL, "http://127.0.0.1:9", "tr_dev_x", FALSE, &error);

  g_assert_no_error (error);
  return environment;
}

static char *
read_file (Fixture *self)
{
  char *text = NULL;

  g_file_load_contents (self->file, NULL, &text, NULL, NULL, NULL);
  return text;
}

static gboolean
file_has (Fixture    *self,
          const char *part)
{
  g_autofree char *text = read_file (self);

  return text != NULL && strstr (text, part) != NULL;
}

static char *
dup_names (SpotEnvironment *environment)
{
  GListModel *watches = spot_environment_get_watches (environment);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", spot_watch_get_name (watch));
    }
  return g_string_free (names, FALSE);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *path = NULL;

  self->folder = g_dir_make_tmp ("watches-XXXXXX", NULL);
  path = g_build_filename (self->folder, "not", "there", "watches.json", NULL);
  self->file = g_file_new_for_path (path);
  start (self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->folder);

  stop (self);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_object_unref (self->file);
  g_free (self->folder);
}

/* Whatever is done to a watch is there at the next start. */
static void
test_restart (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr(SpotWatchSpec) spec = NULL;
  g_autofree char *names = NULL;
  g_autofree char *id = NULL;
  SpotEnvironment *environment = add_environment (self);
  SpotWatch *all;
  SpotWatch *run;
  GStatBuf buffer;

  g_assert_true (load (self->store));
  spot_watch_store_attach (self->store, environment);
  all = spot_environment_watch_all (environment, NULL);
  run = spot_environment_watch_run (environment, NULL, "run_1");
  spot_environment_watch_batch (environment, NULL, "batch_1");
  wait_for (file_has (self, "batch_1"));
  g_assert_cmpint (g_stat (g_file_peek_path (self->file), &buffer), ==, 0);
  g_assert_cmpint (buffer.st_mode & 0777, ==, 0600);

  spec = spot_watch_spec_copy (spot_watch_get_spec (run));
  spec->name = g_strdup ("Mine");
  spec->paused = TRUE;
  spot_environment_change_watch (environment, run, spec);
  wait_for (file_has (self, "Mine"));
  spot_environment_move_watch (environment, run, 0);
  spot_environment_remove_watch (environment, all);
  id = g_strdup (spot_watch_get_id (run));
  /* Not yet written: the end of the program does not wait for the time-out. */
  spot_watch_store_flush (self->store);
  stop (self);

  start (self);
  environment = add_environment (self);
  g_assert_true (load (self->store));
  spot_watch_store_attach (self->store, environment);
  names = dup_names (environment);
  g_assert_cmpstr (names, ==, "Mine batch_1");
  run = spot_environment_find_watch (environment, id);
  g_assert_nonnull (run);
  g_assert_true (spot_watch_get_spec (run)->paused);
  g_assert_null (spot_watch_store_get_problem (self->store));
}

/* Watches of an environment that is not there today are there tomorrow. */
static void
test_absent_environment (Fixture       *self,
                         gconstpointer  data)
{
  SpotEnvironment *environment = add_environment (self);
  SpotEnvironment *second = add_environment (self);

  g_assert_true (load (self->store));
  spot_watch_store_attach (self->store, environment);
  spot_watch_store_attach (self->store, second);
  spot_environment_watch_run (environment, NULL, "run_1");
  spot_environment_watch_run (second, NULL, "run_2");
  spot_watch_store_flush (self->store);
  g_assert_true (file_has (self, "run_1") && file_has (self, "run_2"));

  spot_watch_store_detach (self->store, second, FALSE);
  spot_monitor_remove_environment (self->monitor, second);
  spot_environment_watch_run (environment, NULL, "run_3");
  spot_watch_store_flush (self->store);
  g_assert_true (file_has (self, "run_2") && file_has (self, "run_3"));

  spot_watch_store_detach (self->store, environment, TRUE);
  spot_monitor_remove_environment (self->monitor, environment);
  spot_watch_store_flush (self->store);
  g_assert_true (file_has (self, "run_2"));
  g_assert_false (file_has (self, "run_1") || file_has (self, "run_3"));
}

/* What cannot be read is kept beside, said so, and does not stop anybody. */
static void
test_unreadable (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr(GFile) parent = g_file_get_parent (self->file);
  g_autoptr(GFile) aside = g_file_get_child (parent, "watches.json.unreadable");
  SpotEnvironment *environment = add_environment (self);
  g_autoptr(GError) error = NULL;

  g_file_make_directory_with_parents (parent, NULL, &error);
  g_assert_no_error (error);
  g_file_replace_contents (self->file, "{\"version\":9}", 13, NULL, FALSE, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (load (self->store));
  g_assert_nonnull (strstr (spot_watch_store_get_problem (self->store), "could not be read"));
  g_assert_true (g_file_query_exists (aside, NULL));
  g_assert_false (g_file_query_exists (self->file, NULL));

  spot_watch_store_attach (self->store, environment);
  spot_environment_watch_run (environment, NULL, "run_1");
  wait_for (file_has (self, "run_1"));
}

/* The folder is a file: nothing can be written, which is said, and said no more once it can. */
static void
test_unwritable (Fixture       *self,
                 gconstpointer  data)
{
  g_autofree char *block = g_build_filename (self->folder, "not", NULL);
  SpotEnvironment *environment = add_environment (self);
  g_autoptr(GError) error = NULL;

  g_assert_true (load (self->store));
  g_file_set_contents (block, "", 0, &error);
  g_assert_no_error (error);
  spot_watch_store_attach (self->store, environment);
  spot_environment_watch_run (environment, NULL, "run_1");
  wait_for (spot_watch_store_get_problem (self->store) != NULL);
  g_assert_nonnull (strstr (spot_watch_store_get_problem (self->store), "not being kept"));

  g_assert_cmpint (g_unlink (block), ==, 0);
  spot_environment_watch_run (environment, NULL, "run_2");
  wait_for (file_has (self, "run_2") && spot_watch_store_get_problem (self->store) == NULL);
  g_assert_true (file_has (self, "run_1"));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*func) (Fixture *self, gconstpointer data); } tests[] = {
    { "restart", test_restart }, { "absent-environment", test_absent_environment },
    { "unreadable", test_unreadable }, { "unwritable", test_unwritable } };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/watch-store/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  return g_test_run ();
}
