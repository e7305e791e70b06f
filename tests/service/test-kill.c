/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <gio/gio.h>
#include <sqlite3.h>

#include "spot-dev-server.h"

/* How often the program is killed; KILLS=200 for the long series. */
#define USUAL_KILLS 25

#define PATIENCE_S 60
#define MAX_ON 12

/* A server of the native kind gives its newest rows only, and what becomes of the others nobody tells. */
#define NATIVE_CAP 950

/* A server whose runs begin and end, and a program that is killed all the time. What it tells over all of its lives is held
 * against what it has seen. */
typedef struct
{
  SpotDevServer *server;
  SpotDevDialect dialect;
  GRand         *dice;
  char          *folder;
  char          *journal;
  char          *log;
  GSubprocess   *program;

  guint          n_all_kills;
  guint          n_kills; /* so far */
  guint          n_runs;  /* made so far */
  GPtrArray     *on;      /* (element-type utf8): those that go on */
  GHashTable    *ended;   /* run id → status */
  gsize          n_read;  /* of the log */
  GHashTable    *seen;    /* run ids */
  GHashTable    *told;    /* run id → set of notice ids */
  GHashTable    *states;  /* run id → status, as the program says at the end */
  guint          n_told;
  guint          n_summaries;
  gboolean       is_live;
  gboolean       is_at_end;
} World;

static void
put (World      *self,
     const char *run_id,
     const char *status,
     gboolean    ended)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *columns = NULL;
  g_autoptr(GError) error = NULL;

  columns = g_strdup_printf ("{\"friendlyId\":\"%s\",\"taskIdentifier\":\"task\",\"status\":\"%s\",\"completedAt\":%s%s%s%s}",
                             run_id, status, ended ? "\"" : "", ended ? time : "null", ended ? ".123Z" : "",
                             ended ? "\"" : "");
  spot_dev_server_put_run (self->server, NULL, columns, &error);
  g_assert_no_error (error);
}

static char *
pick_running (World *self)
{
  return self->on->pdata[g_rand_int_range (self->dice, 0, (gint32) self->on->len)];
}

static void
end_run (World *self,
         char  *run_id)
{
  static const char *const ends[] = { "COMPLETED_SUCCESSFULLY", "COMPLETED_WITH_ERRORS", "CANCELED", "CRASHED" };
  const char *status = ends[g_rand_int_range (self->dice, 0, G_N_ELEMENTS (ends))];

  put (self, run_id, status, TRUE);
  g_hash_table_insert (self->ended, g_strdup (run_id), g_strdup (status));
  g_ptr_array_remove_fast (self->on, run_id);
}

/* So that a long series has something to do to its end. */
static gboolean
may_make (World *self)
{
  return self->dialect == SPOT_DEV_DIALECT_ELECTRIC || self->n_runs < NATIVE_CAP * (self->n_kills + 1) / self->n_all_kills;
}

/* Something happens to some run. */
static void
act (World *self)
{
  guint what = (guint) g_rand_int_range (self->dice, 0, 10);

  if (may_make (self) && (self->on->len == 0 || (what < 3 && self->on->len < MAX_ON)))
    {
      char *run_id = g_strdup_printf ("run_%06u", ++self->n_runs);

      put (self, run_id, "PENDING", FALSE);
      g_ptr_array_add (self->on, run_id);
    }
  else if (self->on->len == 0)
    {
      return;
    }
  else if (what < 7)
    {
      put (self, pick_running (self), "EXECUTING", FALSE);
    }
  else
    {
      end_run (self, pick_running (self));
    }
}

/* ---- what the program says ---- */

static void
take_line (World      *self,
           const char *line)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 3);

  if (g_str_equal (words[0], "seen"))
    {
      g_hash_table_add (self->seen, g_strdup (words[1]));
    }
  else if (g_str_equal (words[0], "tell"))
    {
      GHashTable *ids = g_hash_table_lookup (self->told, words[1]);

      if (ids == NULL)
        {
          ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
          g_hash_table_insert (self->told, g_strdup (words[1]), ids);
        }
      g_hash_table_add (ids, g_strdup (words[2]));
      self->n_told++;
      self->n_summaries += g_str_has_prefix (words[2], "away:");
    }
  else if (g_str_equal (words[0], "run"))
    {
      g_hash_table_insert (self->states, g_strdup (words[1]), g_strdup (words[2]));
    }
  else if (g_str_equal (words[0], "live"))
    {
      self->is_live = TRUE;
    }
  else if (g_str_equal (words[0], "end"))
    {
      self->is_at_end = TRUE;
    }
  else
    {
      g_error ("The program says: %s", line);
    }
}

static void
read_log (World *self)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  char *line;
  char *end;

  if (!g_file_get_contents (self->log, &text, &length, NULL))
    return;
  for (line = text + self->n_read; (end = strchr (line, '\n')) != NULL; line = end + 1)
    {
      *end = '\0';
      take_line (self, line);
      self->n_read = (gsize) (end + 1 - text);
    }
}

/* ---- the program's lives ---- */

static void
start (World *self)
{
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, "service", "kill-program", NULL);
  g_autoptr(GError) error = NULL;

  self->is_live = FALSE;
  self->is_at_end = FALSE;
  self->program = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, path, spot_dev_server_get_url (self->server),
                                    spot_dev_server_get_key (self->server), self->journal, self->log, NULL);
  g_assert_no_error (error);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Things happen for so long, one every few milliseconds. */
static void
live (World  *self,
      gint64  time_us)
{
  gint64 until_us = g_get_monotonic_time () + time_us;

  while (g_get_monotonic_time () < until_us)
    {
      act (self);
      g_usleep ((gulong) g_rand_int_range (self->dice, 1, 25) * 1000);
    }
}

#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 deadline_us_ = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;                                       \
    while (read_log (self), !(condition) && g_get_monotonic_time () < deadline_us_)                                    \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

static void
kill_program (World *self)
{
  g_autoptr(GError) error = NULL;

  g_subprocess_force_exit (self->program);
  g_subprocess_wait (self->program, NULL, &error);
  g_assert_no_error (error);
  /* It has not ended by itself, for whatever reason. */
  g_assert_true (g_subprocess_get_if_signaled (self->program));
  g_assert_cmpint (g_subprocess_get_term_sig (self->program), ==, 9);
  g_clear_object (&self->program);
  read_log (self);
}

static void
end_program (World *self)
{
  g_autoptr(GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->program), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (self->program, NULL, &error);
  g_assert_no_error (error);
  read_log (self);
  g_assert_true (self->is_at_end);
  g_clear_object (&self->program);
}

/* ---- what has to hold ---- */

static void
check_told (World *self)
{
  GHashTableIter iter;
  const char *run_id;
  GHashTable *ids;
  guint n_lost = 0;

  g_hash_table_iter_init (&iter, self->ended);
  while (g_hash_table_iter_next (&iter, (gpointer *) &run_id, NULL))
    if (g_hash_table_contains (self->seen, run_id) && !g_hash_table_contains (self->told, run_id))
      {
        g_test_message ("%s was seen unfinished, and its end was never told", run_id);
        n_lost++;
      }
  g_assert_cmpuint (n_lost, ==, 0);
  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, (gpointer *) &run_id, (gpointer *) &ids))
    {
      g_assert_true (g_hash_table_contains (self->ended, run_id));
      if (g_hash_table_size (ids) != 1)
        {
          g_autofree char **names = (char **) g_hash_table_get_keys_as_array (ids, NULL);
          g_autofree char *all = g_strjoinv (" ", names);

          g_error ("%s was told twice: %s", run_id, all);
        }
    }
}

static void
check_states (World *self)
{
  GHashTableIter iter;
  const char *run_id;
  const char *status;

  g_assert_cmpuint (g_hash_table_size (self->states), ==, self->n_runs);
  g_hash_table_iter_init (&iter, self->ended);
  while (g_hash_table_iter_next (&iter, (gpointer *) &run_id, (gpointer *) &status))
    g_assert_cmpstr (g_hash_table_lookup (self->states, run_id), ==, status);
}

static int
row_cb (void  *data,
        int    n_columns,
        char **values,
        char **names)
{
  g_ptr_array_add (data, g_strdup (values[0]));
  return 0;
}

static void
check_file (World *self)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) folder = g_dir_open (self->folder, 0, NULL);
  sqlite3 *db = NULL;
  const char *name;

  g_assert_cmpint (sqlite3_open_v2 (self->journal, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA integrity_check", row_cb, rows, NULL), ==, SQLITE_OK);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (rows->pdata[0], ==, "ok");
  g_assert_cmpint (sqlite3_exec (db, "SELECT count(*) FROM announced WHERE is_done = 0", row_cb, rows, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpstr (rows->pdata[1], ==, "0");
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  while ((name = g_dir_read_name (folder)) != NULL)
    g_assert_null (strstr (name, "damaged"));
}

static void
test_kill (gconstpointer dialect)
{
  const SpotDevOptions options = { .dialect = (SpotDevDialect) GPOINTER_TO_INT (dialect),
                                   .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1, .hold_ms = 300 };
  const char *wanted = g_getenv ("KILLS");
  guint n_kills = wanted != NULL ? (guint) atoi (wanted) : USUAL_KILLS;
  World world = { .dialect = options.dialect, .n_all_kills = n_kills, .dice = g_rand_new_with_seed ((guint32) g_test_rand_int ()) };
  World *self = &world;
  guint waker = g_timeout_add (20, wake_cb, NULL);
  guint n_repeated;
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp ("kill-XXXXXX", &error);
  g_assert_no_error (error);
  self->journal = g_build_filename (self->folder, "journal.db", NULL);
  self->log = g_build_filename (self->folder, "log", NULL);
  self->on = g_ptr_array_new_with_free_func (g_free);
  self->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->server = spot_dev_server_new (&options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);

  /* It knows the environment, and ends well. */
  act (self);
  start (self);
  wait_for (self->is_live && g_hash_table_size (self->seen) == 1);
  end_program (self);

  for (guint i = 0; i < n_kills; i++)
    {
      self->n_kills = i;
      start (self);
      /* In most lives it comes to something, in some to nothing. */
      live (self, g_rand_int_range (self->dice, 0, i % 4 == 3 ? 1500 : 500) * 1000);
      kill_program (self);
      if (i % 5 == 4)
        live (self, g_rand_int_range (self->dice, 0, 100) * 1000);
    }

  /* What goes on ends while it is away, and it is told all that is missing. */
  while (self->on->len > 0)
    end_run (self, self->on->pdata[0]);
  start (self);
  wait_for (self->is_live);
  for (guint i = 0; i < self->n_runs; i++)
    {
      g_autofree char *run_id = g_strdup_printf ("run_%06u", i + 1);

      if (g_hash_table_contains (self->seen, run_id))
        wait_for (g_hash_table_contains (self->told, run_id));
    }
  end_program (self);
  check_told (self);
  check_states (self);
  check_file (self);
  g_test_message ("%u kills, %u runs, %u of them seen unfinished, %u ends told, %u of them in summaries", n_kills, self->n_runs,
                  g_hash_table_size (self->seen), g_hash_table_size (self->told), self->n_summaries);

  /* And then there is nothing left to tell. */
  n_repeated = self->n_told - g_hash_table_size (self->told);
  g_test_message ("%u told again under the same id", n_repeated);
  start (self);
  wait_for (self->is_live);
  end_program (self);
  check_told (self);
  g_assert_cmpuint (self->n_told, ==, g_hash_table_size (self->told) + n_repeated);

  {
    const char *const argv[] = { "rm", "-rf", self->folder, NULL };

    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  }
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
  g_rand_free (self->dice);
  g_ptr_array_unref (self->on);
  g_hash_table_unref (self->ended);
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->states);
  g_free (self->folder);
  g_free (self->journal);
  g_free (self->log);
  g_source_remove (waker);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/kill/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_kill);
  g_test_add_data_func ("/kill/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test_kill);
  return g_test_run ();
}
