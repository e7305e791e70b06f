/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-shape-log-private.h"

#define UP_TO_DATE "{\"headers\":{\"control\":\"up-to-date\"}}"
#define KEY "\\\"public\\\".\\\"TaskRun\\\"/\\\"%s\\\""

/* What a log knows of its rows beside what it gives out. */

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  spot_shape_log_take_event (user_data, event);
}

/* Rows in few letters: `+a:E7` inserts a run that executes and was changed last at second 7, `*a:C8` updates it to be
 * canceled, `*a` nothing of it, `-a` deletes it, `u` is up-to-date. */
static char *
write_body (const char *words)
{
  g_auto(GStrv) parts = g_strsplit (words, " ", -1);
  g_autoptr(GString) body = g_string_new ("[");

  for (guint i = 0; parts[i]; i++)
    {
      g_auto(GStrv) halves = NULL;
      const char *id;

      if (parts[i][0] == '\0')
        continue;
      if (body->len > 1)
        g_string_append_c (body, ',');
      if (parts[i][0] == 'u')
        {
          g_string_append (body, UP_TO_DATE);
          continue;
        }
      halves = g_strsplit (parts[i] + 1, ":", 2);
      id = halves[0];
      g_string_append_printf (body, "{\"key\":\"" KEY "\",\"value\":{\"id\":\"%s\"", id, id);
      if (parts[i][0] == '+')
        g_string_append_printf (body, ",\"friendlyId\":\"run_%s\",\"taskIdentifier\":\"task\","
                                "\"createdAt\":\"2026-08-21 09:12:00\"", id);
      if (halves[1])
        g_string_append_printf (body, ",\"status\":\"%s\",\"updatedAt\":\"2026-08-21 09:13:0%s\",\"completedAt\":%s",
                                halves[1][0] == 'C' ? "CANCELED" : halves[1][0] == 'E' ? "EXECUTING" : "PENDING",
                                halves[1] + 1, halves[1][0] == 'C' ? "\"2026-08-21 09:13:59\"" : "null");
      g_string_append_printf (body, "},\"headers\":{\"operation\":\"%s\"}}",
                              parts[i][0] == '+' ? "insert" : parts[i][0] == '*' ? "update" : "delete");
    }
  g_string_append_c (body, ']');

  return g_string_free (g_steal_pointer (&body), FALSE);
}

static char *
read_batch (SpotRunBatch *batch)
{
  static const char *const kinds[] = { "PREVIEW", "SNAPSHOT", "REFETCH", "CHANGES", "CATCH_UP" };
  GString *words;

  if (!batch)
    return g_strdup ("nothing");
  words = g_string_new (kinds[batch->kind]);
  for (guint i = 0; i < batch->changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);

      g_string_append_printf (words, " %s%s:%c", change->removed ? "-" : "",
                              spot_run_record_get_id (change->record) + strlen ("run_"),
                              spot_run_record_get_status_word (change->record)[0]);
    }

  return g_string_free (words, FALSE);
}

/* Reads a body to its end; says what comes of it. */
static void
assert_body (SpotShapeLog *log,
             gboolean      may_be_old,
             const char   *words,
             const char   *wanted)
{
  g_autofree char *body = write_body (words);
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, log);
  g_autoptr(SpotRunBatch) batch = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *found = NULL;

  spot_shape_log_begin_body (log);
  if (may_be_old)
    spot_shape_log_expect_old_rows (log);
  g_assert_true (spot_shape_reader_feed (reader, body, strlen (body), &error));
  g_assert_true (spot_shape_reader_finish (reader, &error));
  g_assert_no_error (error);
  spot_shape_log_end_body (log, &batch);
  found = read_batch (batch);
  g_assert_cmpstr (found, ==, wanted);
}

static void
test_unfinished (void)
{
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();

  assert_body (log, FALSE, "+a:P1 +b:C1", "nothing");
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 0);
  assert_body (log, FALSE, "+c:E1 u", "SNAPSHOT a:P b:C c:E");
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 2);
  assert_body (log, FALSE, "*a:E2 u", "CHANGES a:E");
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 2);
  assert_body (log, FALSE, "*a:C3 +d:P3 +e:P3 u", "CHANGES a:C d:P e:P");
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 3);
  assert_body (log, FALSE, "-d -b u", "CHANGES -d:P -b:C");
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 2);
  spot_shape_log_reset (log);
  assert_body (log, FALSE, "+c:E1 u", "REFETCH -a:C -e:P");
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 1);
}

/* A whole answer of a server of the native kind may be some time old. */
static void
test_old_rows (void)
{
  static const struct
  {
    const char *known;
    const char *told;
    const char *wanted; /* NULL: it counts as not sent */
  } rows[] = {
    { "+a:E5", "+a:P4", NULL },
    { "+a:E5", "+a:P6", "CHANGES a:P" },
    { "+a:E5", "+a:P5", "CHANGES a:P" },
    { "+a:E5", "+a:C5", "CHANGES a:C" },
    { "+a:E5", "+a:C4", "CHANGES a:C" },
    { "+a:C5", "+a:E4", NULL },
    { "+a:C5", "+a:E5", NULL },
    { "+a:C5", "+a:E6", "CHANGES a:E" },
    { "+a:E5", "-a", "CHANGES -a:E" },
    { "+a:E5", "*a:P4", "CHANGES a:P" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
      g_autofree char *known = g_strconcat (rows[i].known, " u", NULL);
      g_autofree char *told = g_strconcat (rows[i].told, " u", NULL);
      g_autofree char *first = g_strdup_printf ("SNAPSHOT a:%c", rows[i].known[3]);

      g_test_message ("%s, then %s", rows[i].known, rows[i].told);
      assert_body (log, FALSE, known, first);
      assert_body (log, TRUE, told, rows[i].wanted ? rows[i].wanted : "nothing");
      /* One that is not said to be old is taken as it is. */
      assert_body (log, FALSE, "+a:P1 u", "CHANGES a:P");
    }
}

/* What a log commits when it is told @words. (transfer full) */
static SpotRunBatch *
make_rows (const char *words)
{
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
  g_autofree char *body = write_body (words);
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, log);
  SpotRunBatch *batch = NULL;

  spot_shape_log_begin_body (log);
  g_assert_true (spot_shape_reader_feed (reader, body, strlen (body), NULL));
  g_assert_true (spot_shape_reader_finish (reader, NULL));
  spot_shape_log_end_body (log, &batch);

  return batch;
}

static void
test_seed (void)
{
  g_autoptr(SpotRunBatch) rows = make_rows ("+a:P1 +b:E1 +c:C1 u");
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();

  g_assert_true (spot_shape_log_seed (log, rows));
  g_assert_cmpuint (spot_shape_log_get_n_rows (log), ==, 3);
  g_assert_cmpuint (spot_shape_log_get_n_unfinished (log), ==, 2);
  assert_body (log, FALSE, "*a:E2", "nothing");
  assert_body (log, FALSE, "*b u", "CATCH_UP a:E");
  assert_body (log, FALSE, "u", "nothing");
  assert_body (log, FALSE, "-c *a:C3 u", "CHANGES -c:C a:C");
}

/* The log that the rows are of is gone. */
static void
test_seed_and_reset (void)
{
  g_autoptr(SpotRunBatch) rows = make_rows ("+a:P1 +b:E1 +c:C1 u");
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();

  g_assert_true (spot_shape_log_seed (log, rows));
  spot_shape_log_reset (log);
  g_assert_cmpuint (spot_shape_log_get_n_rows (log), ==, 3);
  assert_body (log, FALSE, "+b:E1 +a:C2", "nothing");
  assert_body (log, FALSE, "+d:P1 u", "CATCH_UP a:C d:P -c:C");
  spot_shape_log_reset (log);
  assert_body (log, FALSE, "+a:C2 +b:E1 +d:P1 u", "REFETCH");
}

/* Nothing is told before the first commit, and it is told even if it says nothing. */
static void
test_seed_is_told_once (void)
{
  g_autoptr(SpotRunBatch) rows = make_rows ("+a:P1 u");
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
  g_autofree char *body = write_body ("+b:E1");
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, log);

  g_assert_true (spot_shape_log_seed (log, rows));
  spot_shape_log_begin_body (log);
  g_assert_true (spot_shape_reader_feed (reader, body, strlen (body), NULL));
  g_assert_null (spot_shape_log_take_preview (log));
  spot_shape_log_abort_body (log);
  assert_body (log, FALSE, "u", "CATCH_UP");
  assert_body (log, FALSE, "u", "nothing");
}

/* Rows that cannot be gone on from. */
static void
test_seed_incomplete (void)
{
  g_autoptr(SpotRunBatch) rows = make_rows ("+a:P1 +b:E1 u");
  SpotRunChange *first = &g_array_index (rows->changes, SpotRunChange, 0);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
      g_autoptr(SpotRunBatch) seeds = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);
      g_autoptr(SpotRunRecord) nothing = spot_run_record_new (NULL, NULL, 0, NULL);

      spot_run_batch_add_row (seeds, first->record, FALSE, first->key, strlen (first->key));
      switch (i)
        {
        case 0:
          spot_run_batch_add (seeds, first->record, FALSE);
          break;
        case 1:
          spot_run_batch_add_row (seeds, nothing, FALSE, "k", 1);
          break;
        case 2:
          spot_shape_log_set_max_rows (log, 1);
          spot_run_batch_add_row (seeds, first->record, FALSE, "k", 1);
          break;
        default:
          /* One that was there twice, or has left, is no trouble. */
          spot_run_batch_add_row (seeds, first->record, FALSE, first->key, strlen (first->key));
          spot_run_batch_add_row (seeds, first->record, TRUE, "k", 1);
          break;
        }
      g_assert_cmpint (spot_shape_log_seed (log, seeds), ==, i == 3);
      g_assert_cmpuint (spot_shape_log_get_n_rows (log), ==, 1);
      assert_body (log, FALSE, "*a:C3 u", "CATCH_UP a:C");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape-log-rows/unfinished", test_unfinished);
  g_test_add_func ("/shape-log-rows/old-rows", test_old_rows);
  g_test_add_func ("/shape-log-rows/seed", test_seed);
  g_test_add_func ("/shape-log-rows/seed-and-reset", test_seed_and_reset);
  g_test_add_func ("/shape-log-rows/seed-is-told-once", test_seed_is_told_once);
  g_test_add_func ("/shape-log-rows/seed-incomplete", test_seed_incomplete);
  return g_test_run ();
}
