/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-shape-log-private.h"
#include "spot-shared-text.h"
#include "spot-test-http.h"

#define UP_TO_DATE "{\"headers\":{\"control\":\"up-to-date\"}}"
#define REFETCH "{\"headers\":{\"control\":\"must-refetch\"}}"

/* A log under test, with all that it has given out applied as a listener would. */
typedef struct
{
  SpotShapeLog *log;
  GHashTable   *view; /* what the listener sees: run id to record */
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->log = spot_shape_log_new ();
  fixture->view = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_run_record_unref);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  spot_shape_log_free (fixture->log);
  g_hash_table_unref (fixture->view);
  g_assert_cmpuint (spot_atom_count (), ==, 0);
}

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  spot_shape_log_take_event (user_data, event);
}

static void
feed (Fixture    *fixture,
      const char *body,
      gsize       length)
{
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, fixture->log);
  g_autoptr(GError) error = NULL;

  g_assert_true (spot_shape_reader_feed (reader, body, length, &error));
  g_assert_true (spot_shape_reader_finish (reader, &error));
  g_assert_no_error (error);
}

/* Rows in few letters, to be fed: `+a:1` inserts a run called a whose number is 1, `*a:2` updates its number, `*a`
 * nothing of it, `-a` deletes it, `!a` inserts one with a number that is none, `u` is up-to-date, `r` is must-refetch.
 * The row's key may follow an @, else it is the run. */
static char *
write_body (const char *words)
{
  g_auto(GStrv) parts = g_strsplit (words, " ", -1);
  g_autoptr(GString) body = g_string_new ("[");

  for (guint i = 0; parts[i]; i++)
    {
      g_auto(GStrv) halves = NULL;
      g_autofree char *run = NULL;
      const char *key;
      const char *number;
      char *at;

      if (parts[i][0] == '\0')
        continue;
      if (body->len > 1)
        g_string_append_c (body, ',');
      if (parts[i][0] == 'u' || parts[i][0] == 'r')
        {
          g_string_append (body, parts[i][0] == 'u' ? UP_TO_DATE : REFETCH);
          continue;
        }
      halves = g_strsplit (parts[i] + 1, ":", 2);
      number = halves[1];
      at = strchr (halves[0], '@');
      key = at ? at + 1 : halves[0];
      run = at ? g_strndup (halves[0], (gsize) (at - halves[0])) : g_strdup (halves[0]);
      switch (parts[i][0])
        {
        case '+':
        case '!':
          g_string_append_printf (body,
                                  "{\"key\":\"%s\",\"value\":{\"id\":\"%s\",\"friendlyId\":\"run_%s\",\"status\":\"PENDING\","
                                  "\"taskIdentifier\":\"task\",\"createdAt\":\"%s\",\"number\":\"%s\"},"
                                  "\"headers\":{\"operation\":\"insert\"}}",
                                  key, key, run, parts[i][0] == '!' ? "none" : "2026-08-21 09:12:00",
                                  parts[i][0] == '!' ? "0" : number);
          break;
        case '*':
          g_string_append_printf (body, "{\"key\":\"%s\",\"value\":{\"id\":\"%s\"%s%s%s},\"headers\":{\"operation\":\"update\"}}",
                                  key, key, number ? ",\"number\":\"" : "", number ? number : "", number ? "\"" : "");
          break;
        case '-':
          g_string_append_printf (body, "{\"key\":\"%s\",\"value\":{\"id\":\"%s\"},\"headers\":{\"operation\":\"delete\"}}", key,
                                  key);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  g_string_append_c (body, ']');

  return g_string_free (g_steal_pointer (&body), FALSE);
}

/* A batch in as many words: `SNAPSHOT a=1 -b=2 bad=1`. Applies it to the view. */
static char *
read_batch (Fixture      *fixture,
            SpotRunBatch *batch)
{
  static const char *const kinds[] = { "PREVIEW", "SNAPSHOT", "REFETCH", "CHANGES", "CATCH_UP" };
  g_autoptr(GString) words = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (!batch)
    return g_strdup ("nothing");
  words = g_string_new (kinds[batch->kind]);
  for (guint i = 0; i < batch->changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);
      const char *id = spot_run_record_get_id (change->record);

      /* One change per run. */
      g_assert_true (g_hash_table_add (seen, (gpointer) id));
      g_assert_true (spot_run_record_is_showable (change->record));
      g_assert_cmpint (change->key == NULL, ==, batch->kind == SPOT_RUN_BATCH_PREVIEW);
      g_string_append_printf (words, " %s%s=%" G_GINT64_FORMAT, change->removed ? "-" : "", id + strlen ("run_"),
                              spot_run_record_get_number (change->record));
      if (change->removed)
        g_assert_true (g_hash_table_remove (fixture->view, id));
      else
        g_hash_table_insert (fixture->view, g_strdup (id), spot_run_record_ref (change->record));
    }
  if (batch->n_bad_rows > 0)
    {
      g_assert_nonnull (batch->diagnostic);
      g_string_append_printf (words, " bad=%u", batch->n_bad_rows);
    }

  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* The keys of the rows that a body's commit is about, with a blank between them. */
static char *
read_keys (Fixture    *fixture,
           const char *words)
{
  g_autofree char *body = write_body (words);
  g_autoptr(SpotRunBatch) batch = NULL;
  g_autoptr(GString) keys = g_string_new (NULL);

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, body, strlen (body));
  g_assert_true (spot_shape_log_end_body (fixture->log, &batch));
  for (guint i = 0; batch && i < batch->changes->len; i++)
    {
      const char *key = g_array_index (batch->changes, SpotRunChange, i).key;

      g_string_append_printf (keys, "%s%s", i > 0 ? " " : "", key ? key : "none");
    }

  return g_string_free (g_steal_pointer (&keys), FALSE);
}

/* Reads a body to its end; says what comes of it. */
static void
assert_body (Fixture    *fixture,
             const char *words,
             const char *wanted)
{
  g_autofree char *body = write_body (words);
  g_autoptr(SpotRunBatch) batch = NULL;
  g_autofree char *found = NULL;
  gboolean up_to_date;

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, body, strlen (body));
  up_to_date = spot_shape_log_end_body (fixture->log, &batch);
  g_assert_cmpint (up_to_date, ==, strstr (body, "up-to-date") && !strstr (body, "must-refetch"));
  g_assert_true (up_to_date || !batch);
  found = read_batch (fixture, batch);
  g_assert_cmpstr (found, ==, wanted);
}

static void
assert_preview (Fixture    *fixture,
                const char *wanted)
{
  g_autoptr(SpotRunBatch) batch = spot_shape_log_take_preview (fixture->log);
  g_autofree char *found = read_batch (fixture, batch);

  g_assert_cmpstr (found, ==, wanted);
}

static gint
compare_words (gconstpointer a,
               gconstpointer b)
{
  return strcmp (a, b);
}

/* What the listener sees, and that the log agrees. */
static void
assert_view (Fixture    *fixture,
             const char *wanted)
{
  g_autoptr(GList) ids = g_list_sort (g_hash_table_get_keys (fixture->view), compare_words);
  g_autoptr(GString) words = g_string_new (NULL);

  for (GList *l = ids; l; l = l->next)
    {
      SpotRunRecord *record = g_hash_table_lookup (fixture->view, l->data);

      g_assert_true (spot_shape_log_peek (fixture->log, l->data) == record);
      g_string_append_printf (words, "%s%s=%" G_GINT64_FORMAT, words->len > 0 ? " " : "", (char *) l->data + strlen ("run_"),
                              spot_run_record_get_number (record));
    }
  g_assert_cmpstr (words->str, ==, wanted);
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, g_hash_table_size (fixture->view));
}

static void
test_first_commit (Fixture      *fixture,
                   gconstpointer data)
{
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, 0);
  assert_body (fixture, "+b:1 +a:2", "nothing");
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, 0);
  g_assert_null (spot_shape_log_peek (fixture->log, "run_a"));
  assert_body (fixture, "+c:3", "nothing");
  assert_body (fixture, "*b:4 u", "SNAPSHOT b=4 a=2 c=3");
  assert_view (fixture, "a=2 b=4 c=3");
  g_assert_null (spot_shape_log_peek (fixture->log, "run_x"));
}

static void
test_empty_shape (Fixture      *fixture,
                  gconstpointer data)
{
  assert_body (fixture, "", "nothing");
  assert_body (fixture, "u", "SNAPSHOT");
  assert_body (fixture, "u", "nothing");
  assert_body (fixture, "", "nothing");
  assert_body (fixture, "+a:1 u", "CHANGES a=1");
  assert_view (fixture, "a=1");
}

static void
test_changes (Fixture      *fixture,
              gconstpointer data)
{
  static const struct
  {
    const char *body;
    const char *wanted;
    const char *view;
  } rows[] = {
    { "u", "nothing", "a=1 b=2" },
    { "*a:5 u", "CHANGES a=5", "a=5 b=2" },
    { "*a:6 *b:7 *a:8 u", "CHANGES a=8 b=7", "a=8 b=7" },
    { "*a:9 *a:8 u", "nothing", "a=8 b=7" },
    { "*a u", "nothing", "a=8 b=7" },
    { "+a:8 +b:7 u", "nothing", "a=8 b=7" },
    { "+a:9 u", "CHANGES a=9", "a=9 b=7" },
    { "-a u", "CHANGES -a=9", "b=7" },
    { "-a u", "nothing", "b=7" },
    { "-x u", "nothing", "b=7" },
    { "+a:1 -a +a:2 u", "CHANGES a=2", "a=2 b=7" },
    { "+c:1 -c u", "nothing", "a=2 b=7" },
    { "-a +a:2 u", "nothing", "a=2 b=7" },
    { "*a:3 -a u", "CHANGES -a=3", "b=7" },
    { "*n:1 u", "nothing", "b=7" },
    { "*n:2 -n u", "nothing", "b=7" },
    { "*n:2 +n:3 u", "CHANGES n=3", "b=7 n=3" },
    { "+m:1 *n:4 -b u", "CHANGES m=1 n=4 -b=7", "m=1 n=4" },
    { "u +b:1", "CHANGES b=1", "b=1 m=1 n=4" },
  };

  assert_body (fixture, "+a:1 +b:2 u", "SNAPSHOT a=1 b=2");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].body);
      assert_body (fixture, rows[i].body, rows[i].wanted);
      assert_view (fixture, rows[i].view);
    }
}

static void
test_held_bodies (Fixture      *fixture,
                  gconstpointer data)
{
  assert_body (fixture, "+a:1 u", "SNAPSHOT a=1");
  assert_body (fixture, "*a:2 +b:1", "nothing");
  assert_view (fixture, "a=1");
  assert_body (fixture, "*a:3", "nothing");
  assert_view (fixture, "a=1");
  assert_body (fixture, "u", "CHANGES a=3 b=1");
  assert_view (fixture, "a=3 b=1");
}

static void
test_partial_and_whole (Fixture      *fixture,
                        gconstpointer data)
{
  SpotRunRecord *record;

  assert_body (fixture, "+a:1 u", "SNAPSHOT a=1");
  assert_body (fixture, "*a:2 u", "CHANGES a=2");
  record = g_hash_table_lookup (fixture->view, "run_a");
  g_assert_cmpstr (spot_run_record_get_task (record), ==, "task");
  g_assert_cmpint (spot_run_record_get_status (record), ==, SPOT_RUN_STATUS_PENDING);
}

static void
test_bad_rows (Fixture      *fixture,
               gconstpointer data)
{
  assert_body (fixture, "+a:1 !b +c:1 !d u", "SNAPSHOT a=1 c=1 bad=2");
  assert_body (fixture, "*a:x u", "CHANGES bad=1");
  assert_view (fixture, "a=1 c=1");
  assert_body (fixture, "u", "nothing");
  assert_body (fixture, "!a", "nothing");
  assert_body (fixture, "*c:2 !e u", "CHANGES c=2 bad=2");
  assert_view (fixture, "a=1 c=2");
}

static void
abort_body (Fixture    *fixture,
            const char *words)
{
  g_autofree char *body = write_body (words);

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, body, strlen (body));
  spot_shape_log_abort_body (fixture->log);
}

static void
test_abort (Fixture      *fixture,
            gconstpointer data)
{
  static const char *const bodies[]
    = { "", "u", "*a:5", "*a:5 *b:6 +c:7 *a:8 u", "-a -b", "-a +a:9", "+c:1 -c", "!a !c", "*n:1 -n *n:2", "r", "*a:5 r", "+a:2" };

  assert_body (fixture, "+a:1 +b:2 u", "SNAPSHOT a=1 b=2");
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_test_message ("%s", bodies[i]);
      abort_body (fixture, bodies[i]);
      assert_view (fixture, "a=1 b=2");
      assert_body (fixture, "u", "nothing");
      assert_view (fixture, "a=1 b=2");
    }

  /* What bodies before it did stays, and so do the last words of what they deleted. */
  assert_body (fixture, "*a:3 *b:9 -b !x", "nothing");
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    abort_body (fixture, bodies[i]);
  abort_body (fixture, "+b:7 -b");
  assert_body (fixture, "u", "CHANGES a=3 -b=9 bad=1");
  assert_view (fixture, "a=3");

  /* A body that begins aborts the one before it. */
  spot_shape_log_begin_body (fixture->log);
  feed (fixture, "[" REFETCH "]", strlen ("[" REFETCH "]"));
  assert_body (fixture, "u", "nothing");
  g_assert_false (spot_shape_log_saw_refetch (fixture->log));
}

static void
test_abort_in_first_snapshot (Fixture      *fixture,
                              gconstpointer data)
{
  assert_body (fixture, "+a:1", "nothing");
  abort_body (fixture, "*a:2 +b:1 u");
  abort_body (fixture, "+b:1 +c:1");
  assert_body (fixture, "+c:2 u", "SNAPSHOT a=1 c=2");
  assert_view (fixture, "a=1 c=2");
}

static void
test_refetch (Fixture      *fixture,
              gconstpointer data)
{
  assert_body (fixture, "+a:1 +b:2 +c:3 +d:4 u", "SNAPSHOT a=1 b=2 c=3 d=4");
  assert_body (fixture, "*a:9 +x:1", "nothing");
  assert_body (fixture, "*a:8 r", "nothing");
  g_assert_true (spot_shape_log_saw_refetch (fixture->log));
  spot_shape_log_reset (fixture->log);

  /* Until the new snapshot is whole, all is as it was. */
  assert_view (fixture, "a=1 b=2 c=3 d=4");
  assert_body (fixture, "+e:5 +c:3", "nothing");
  g_assert_false (spot_shape_log_saw_refetch (fixture->log));
  assert_view (fixture, "a=1 b=2 c=3 d=4");
  abort_body (fixture, "+b:2 +a:7 u");
  g_assert_null (spot_shape_log_take_preview (fixture->log));
  assert_body (fixture, "+a:7 u", "REFETCH e=5 a=7 -b=2 -d=4");
  assert_view (fixture, "a=7 c=3 e=5");

  /* Then it goes on as ever. */
  assert_body (fixture, "*c:4 u", "CHANGES c=4");
  assert_body (fixture, "-b u", "nothing");
  assert_view (fixture, "a=7 c=4 e=5");
}

static void
test_refetch_of_the_same (Fixture      *fixture,
                          gconstpointer data)
{
  assert_body (fixture, "+a:1 +b:2 u", "SNAPSHOT a=1 b=2");
  spot_shape_log_reset (fixture->log);
  spot_shape_log_reset (fixture->log);
  assert_body (fixture, "+b:2 *b:3 +a:1 *b:2 u", "REFETCH");
  assert_view (fixture, "a=1 b=2");
  spot_shape_log_reset (fixture->log);
  assert_body (fixture, "u", "REFETCH -a=1 -b=2");
  assert_view (fixture, "");
}

static void
test_refetch_first (Fixture      *fixture,
                    gconstpointer data)
{
  assert_body (fixture, "r", "nothing");
  spot_shape_log_reset (fixture->log);
  assert_body (fixture, "+a:1", "nothing");
  spot_shape_log_reset (fixture->log);
  assert_body (fixture, "+b:1 u", "SNAPSHOT b=1");
  assert_view (fixture, "b=1");
}

static void
test_preview (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *one = write_body ("+a:1 +b:2 *n:1");
  g_autofree char *two = write_body ("+c:3 *a:4 -b");

  g_assert_null (spot_shape_log_take_preview (fixture->log));
  spot_shape_log_begin_body (fixture->log);
  assert_preview (fixture, "nothing");
  feed (fixture, one, strlen (one));
  assert_preview (fixture, "PREVIEW a=1 b=2");
  assert_preview (fixture, "nothing");
  feed (fixture, two, strlen (two));
  assert_preview (fixture, "PREVIEW c=3 a=4");
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, 0);
  g_assert_null (spot_shape_log_peek (fixture->log, "run_a"));
  spot_shape_log_abort_body (fixture->log);

  /* The next try has b again, not c. The commit repeats what was shown and takes back what was not true. */
  assert_body (fixture, "+b:2 +d:1", "nothing");
  assert_body (fixture, "*d:2 +a:4 u", "SNAPSHOT b=2 d=2 a=4 -c=3");
  assert_view (fixture, "a=4 b=2 d=2");
  spot_shape_log_begin_body (fixture->log);
  feed (fixture, two, strlen (two));
  assert_preview (fixture, "nothing");
}

static void
test_preview_then_refetch (Fixture      *fixture,
                           gconstpointer data)
{
  g_autofree char *one = write_body ("+a:1 +b:2");

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, one, strlen (one));
  assert_preview (fixture, "PREVIEW a=1 b=2");
  spot_shape_log_reset (fixture->log);
  assert_body (fixture, "+b:3 u", "SNAPSHOT b=3 -a=1");
  assert_view (fixture, "b=3");
}

static void
test_preview_then_delete (Fixture      *fixture,
                          gconstpointer data)
{
  g_autofree char *one = write_body ("+a:1 +b:2");
  g_autoptr(SpotRunBatch) batch = NULL;

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, one, strlen (one));
  assert_preview (fixture, "PREVIEW a=1 b=2");
  g_assert_false (spot_shape_log_end_body (fixture->log, &batch));
  assert_body (fixture, "*a:5 -a u", "SNAPSHOT -a=5 b=2");
  assert_view (fixture, "b=2");
}

/* Reads a body as it stands. */
static void
assert_text_body (Fixture    *fixture,
                  const char *body,
                  const char *wanted)
{
  g_autoptr(SpotRunBatch) batch = NULL;
  g_autofree char *found = NULL;

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, body, strlen (body));
  spot_shape_log_end_body (fixture->log, &batch);
  found = read_batch (fixture, batch);
  g_assert_cmpstr (found, ==, wanted);
}

#define ROW(key, run, more) "{\"key\":\"" key "\",\"value\":{\"id\":\"" key "\",\"friendlyId\":\"" run "\"," \
                            "\"status\":\"PENDING\",\"createdAt\":\"2026-08-21 09:12:00\"" more "},\"headers\":"

#define INSERT "{\"operation\":\"insert\"}}"
#define UPDATE "{\"operation\":\"update\"}}"

/* A null where there must be a value costs the row, which is counted, and not the others. */
static void
test_null_in_not_null (Fixture      *fixture,
                       gconstpointer data)
{
  assert_text_body (fixture,
                    "[" ROW ("a", "run_a", "") INSERT "," ROW ("b", "run_b", ",\"status\":null") INSERT ","
                    "{\"key\":\"c\",\"value\":{\"id\":\"c\",\"friendlyId\":null},\"headers\":" INSERT ","
                    ROW ("d", "run_d", ",\"number\":\"4\"") INSERT "," UP_TO_DATE "]",
                    "SNAPSHOT a=0 d=4 bad=2");
  /* One that is there already stays as it was. */
  assert_text_body (fixture, "[" ROW ("d", "run_d", ",\"createdAt\":null,\"number\":\"5\"") UPDATE "," UP_TO_DATE "]",
                    "CHANGES bad=1");
  assert_view (fixture, "a=0 d=4");
}

/* An insert says all there is to say: what it leaves out is not kept from before, as an update would. */
static void
test_insert_replaces (Fixture      *fixture,
                      gconstpointer data)
{
  SpotRunRecord *record;

  assert_text_body (fixture, "[" ROW ("a", "run_a", ",\"number\":\"1\",\"ttl\":\"1h\"") INSERT "," UP_TO_DATE "]",
                    "SNAPSHOT a=1");
  assert_text_body (fixture, "[" ROW ("a", "run_a", ",\"number\":\"2\"") UPDATE "," UP_TO_DATE "]", "CHANGES a=2");
  record = g_hash_table_lookup (fixture->view, "run_a");
  g_assert_true (spot_run_record_has (record, SPOT_COLUMN_TTL));
  assert_text_body (fixture, "[" ROW ("a", "run_a", ",\"number\":\"3\"") INSERT "," UP_TO_DATE "]", "CHANGES a=3");
  record = g_hash_table_lookup (fixture->view, "run_a");
  g_assert_false (spot_run_record_has (record, SPOT_COLUMN_TTL));
  g_assert_false (spot_run_record_get_known (record) & SPOT_COLUMN_BIT (SPOT_COLUMN_TTL));
}

/* A changed key as Electric sends it: a delete and an insert that name each other. */
static void
test_key_change_headers (Fixture      *fixture,
                         gconstpointer data)
{
  assert_text_body (fixture, "[" ROW ("a", "run_a", ",\"number\":\"1\"") INSERT "," UP_TO_DATE "]", "SNAPSHOT a=1");
  assert_text_body (fixture,
                    "[{\"key\":\"a\",\"value\":{\"id\":\"a\"},"
                    "\"headers\":{\"operation\":\"delete\",\"key_change_to\":\"b\"}},"
                    ROW ("b", "run_a", ",\"number\":\"2\"") "{\"operation\":\"insert\",\"key_change_from\":\"a\"}},"
                    UP_TO_DATE "]",
                    "CHANGES a=2");
  assert_body (fixture, "-a u", "nothing");
  assert_view (fixture, "a=2");
}

/* The row of a run gets another key: the run has not left. */
static void
test_key_change (Fixture      *fixture,
                 gconstpointer data)
{
  assert_body (fixture, "+a:1 +b:2 u", "SNAPSHOT a=1 b=2");
  assert_body (fixture, "-a +a@a2:3 u", "CHANGES a=3");
  assert_view (fixture, "a=3 b=2");
  assert_body (fixture, "+a@a3:3 -a@a2 -b u", "CHANGES a=3 -b=2");
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, 1);
}

/* Many rows, many changes, many aborts, against the simplest thing that could be right. */
static void
test_noise (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (3);
  gint64 held[40] = { 0 };
  gboolean has_committed = FALSE;

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr(GString) words = g_string_new (NULL);
      gint64 next[40];
      gint n_events = g_rand_int_range (random, 0, 12);
      gint end = g_rand_int_range (random, 0, 20);

      if (end == 19)
        {
          spot_shape_log_reset (fixture->log);
          memset (held, 0, sizeof held);
        }
      memcpy (next, held, sizeof held);
      for (gint j = 0; j < n_events; j++)
        {
          gint row = g_rand_int_range (random, 0, 40);
          gint number = g_rand_int_range (random, 1, 4);

          switch (g_rand_int_range (random, 0, 4))
            {
            case 0:
              g_string_append_printf (words, "-r%02d ", row);
              next[row] = 0;
              break;
            case 1:
              if (next[row] == 0)
                break;
              g_string_append_printf (words, "*r%02d:%d ", row, number);
              next[row] = number;
              break;
            default:
              g_string_append_printf (words, "+r%02d:%d ", row, number);
              next[row] = number;
              break;
            }
        }

      if (end < 5)
        {
          abort_body (fixture, words->str);
          continue;
        }
      memcpy (held, next, sizeof held);
      if (end < 9)
        {
          assert_body (fixture, words->str, "nothing");
        }
      else
        {
          g_autofree char *body = NULL;
          g_autofree char *found = NULL;
          g_autoptr(GString) view = g_string_new (NULL);
          g_autoptr(SpotRunBatch) batch = NULL;

          g_string_append (words, "u");
          body = write_body (words->str);
          spot_shape_log_begin_body (fixture->log);
          feed (fixture, body, strlen (body));
          g_assert_true (spot_shape_log_end_body (fixture->log, &batch));
          g_assert_true (has_committed || batch);
          has_committed = TRUE;
          found = read_batch (fixture, batch);
          for (guint row = 0; row < G_N_ELEMENTS (held); row++)
            {
              if (held[row] != 0)
                g_string_append_printf (view, "%sr%02u=%" G_GINT64_FORMAT, view->len > 0 ? " " : "", row, held[row]);
            }
          assert_view (fixture, view->str);
        }
    }
}

static void
test_many_rows (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr(GString) words = g_string_new (NULL);
  g_autofree char *body = NULL;
  g_autoptr(SpotRunBatch) batch = NULL;
  g_autoptr(SpotRunBatch) removal = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (words, "+r%05u:1 ", i);
  g_string_append (words, "u");
  body = write_body (words->str);
  spot_shape_log_begin_body (fixture->log);
  feed (fixture, body, strlen (body));
  g_assert_true (spot_shape_log_end_body (fixture->log, &batch));
  g_assert_cmpuint (batch->changes->len, ==, 20000);
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, 20000);

  spot_shape_log_reset (fixture->log);
  spot_shape_log_begin_body (fixture->log);
  feed (fixture, "[" UP_TO_DATE "]", strlen ("[" UP_TO_DATE "]"));
  g_assert_true (spot_shape_log_end_body (fixture->log, &removal));
  g_assert_cmpuint (removal->changes->len, ==, 20000);
  for (guint i = 0; i < removal->changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (removal->changes, SpotRunChange, i);
      g_autofree char *id = g_strdup_printf ("run_r%05u", i);

      /* In the order in which they came. */
      g_assert_true (change->removed);
      g_assert_cmpstr (spot_run_record_get_id (change->record), ==, id);
    }
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, 0);
}

/* As many rows as may be, and one more: that one is counted as unreadable, the others go on. */
static void
test_limit_rows (Fixture      *fixture,
                 gconstpointer data)
{
  spot_shape_log_set_max_rows (fixture->log, 3);
  assert_body (fixture, "+a:1 +b:1 +c:1 u", "SNAPSHOT a=1 b=1 c=1");
  assert_body (fixture, "+d:1 *a:2 *d:2 u", "CHANGES a=2 bad=2");
  assert_view (fixture, "a=2 b=1 c=1");
  /* There is room again once one has left. */
  assert_body (fixture, "-b u", "CHANGES -b=1");
  assert_body (fixture, "+d:3 u", "CHANGES d=3");
  assert_view (fixture, "a=2 c=1 d=3");
}

/* Reads recorded bodies one after the other. Returns the last batch. */
static SpotRunBatch *
replay (Fixture           *fixture,
        const char *const *paths)
{
  SpotRunBatch *batch = NULL;

  for (guint i = 0; paths[i]; i++)
    {
      g_autoptr(SpotTestHttp) http = spot_test_http_load (paths[i]);
      g_autofree char *words = NULL;

      g_clear_pointer (&batch, spot_run_batch_unref);
      spot_shape_log_begin_body (fixture->log);
      feed (fixture, http->body, http->body_length);
      if (spot_shape_log_end_body (fixture->log, &batch))
        words = read_batch (fixture, batch);
      if (spot_shape_log_saw_refetch (fixture->log))
        spot_shape_log_reset (fixture->log);
    }

  return batch;
}

static void
assert_status (Fixture      *fixture,
               const char   *id,
               SpotRunStatus status)
{
  SpotRunRecord *record = g_hash_table_lookup (fixture->view, id);

  g_assert_nonnull (record);
  g_assert_cmpint (spot_run_record_get_status (record), ==, status);
}

static void
test_electric_run (Fixture      *fixture,
                   gconstpointer data)
{
  static const char *const start[]
    = { "electric/01-run-initial.http", "electric/02-run-catchup-up-to-date.http", "electric/03-run-live-status.http", NULL };
  static const char *const more[] = { "electric/04-run-live-metadata.http",
                                      "electric/05-run-live-one-transaction-two-updates.http",
                                      "electric/06-run-live-column-to-null-and-noop.http",
                                      "electric/07-run-catchup-three-commits.http",
                                      NULL };
  static const char *const end[] = { "electric/08-run-live-final-error.http", "electric/09-run-live-timeout.http", NULL };
  static const char *const gone[] = { "electric/10-run-live-delete.http", NULL };
  g_autoptr(SpotRunBatch) batch = replay (fixture, start);
  g_autofree char *tags = NULL;
  g_autofree char *error = NULL;
  SpotRunRecord *record;

  g_assert_cmpuint (batch->changes->len, ==, 1);
  assert_status (fixture, "run_00000001", SPOT_RUN_STATUS_DEQUEUED);
  spot_run_batch_unref (g_steal_pointer (&batch));

  batch = replay (fixture, more);
  record = g_hash_table_lookup (fixture->view, "run_00000001");
  g_assert_cmpstr (spot_run_record_get_task (record), ==, "resize-image");
  tags = g_strjoinv ("|", (char **) spot_run_record_get_tags (record));
  g_assert_cmpstr (tags, ==, "user_1|org:a b|q\"uote|back\\slash|comma,x|{brace}|NULL|");
  spot_run_batch_unref (g_steal_pointer (&batch));

  g_assert_false (spot_run_record_has_ended (record));
  batch = replay (fixture, end);
  g_assert_null (batch);
  record = g_hash_table_lookup (fixture->view, "run_00000001");
  g_assert_true (spot_run_record_has_ended (record));
  g_assert_true (spot_run_status_is_final (spot_run_record_get_status (record)));
  error = spot_run_record_dup_text (record, SPOT_COLUMN_ERROR, NULL);
  g_assert_true (g_str_has_prefix (error, "{\""));

  batch = replay (fixture, gone);
  g_assert_cmpuint (batch->changes->len, ==, 1);
  g_assert_true (g_array_index (batch->changes, SpotRunChange, 0).removed);
  g_assert_cmpuint (g_hash_table_size (fixture->view), ==, 0);
}

static void
test_electric_tags (Fixture      *fixture,
                    gconstpointer data)
{
  static const char *const paths[] = { "electric/18-tags-initial.http",
                                       "electric/19-tags-catchup.http",
                                       "electric/20-tags-live-insert.http",
                                       "electric/21-tags-live-move-in.http",
                                       "electric/22-tags-live-move-out.http",
                                       "electric/23-tags-live-primary-key-change.http",
                                       "electric/24-tags-live-insert-update-delete-one-transaction.http",
                                       NULL };
  static const char *const gone[] = { "electric/87-truncate-while-live.http", "electric/13-run-initial-empty-shape.http",
                                      "electric/14-run-empty-shape-catchup.http", NULL };
  g_autoptr(SpotRunBatch) batch = replay (fixture, paths);
  guint n_runs = g_hash_table_size (fixture->view);

  g_assert_cmpuint (n_runs, >, 1);
  g_assert_cmpuint (spot_shape_log_get_n_rows (fixture->log), ==, n_runs);
  g_assert_nonnull (g_hash_table_lookup (fixture->view, "run_00000013"));
  g_clear_pointer (&batch, spot_run_batch_unref);

  batch = replay (fixture, gone);
  g_assert_cmpint (batch->kind, ==, SPOT_RUN_BATCH_REFETCH);
  g_assert_cmpuint (batch->changes->len, ==, n_runs);
  g_assert_cmpuint (g_hash_table_size (fixture->view), ==, 0);
}

static void
test_native_run (Fixture      *fixture,
                 gconstpointer data)
{
  static const char *const start[] = { "trigger-native/01-run-initial.http", NULL };
  static const char *const again[] = { "trigger-native/02-run-catchup.http", NULL };
  static const char *const more[] = { "trigger-native/03-run-live-update.http", "trigger-native/04-run-live-metadata-unicode.http",
                                      "trigger-native/06-run-live-final.http", NULL };
  g_autoptr(SpotRunBatch) batch = replay (fixture, start);
  SpotRunRecord *record;

  g_assert_cmpint (batch->kind, ==, SPOT_RUN_BATCH_SNAPSHOT);
  assert_status (fixture, "run_0001", SPOT_RUN_STATUS_PENDING);
  g_clear_pointer (&batch, spot_run_batch_unref);

  /* The whole row again is no news. */
  batch = replay (fixture, again);
  g_assert_null (batch);

  batch = replay (fixture, more);
  g_assert_cmpint (batch->kind, ==, SPOT_RUN_BATCH_CHANGES);
  record = g_hash_table_lookup (fixture->view, "run_0001");
  g_assert_true (spot_run_record_has_ended (record));
  g_assert_cmpfloat (spot_run_record_get_cost (record), ==, 1e-7);
}

/* The server changes from one implementation to the other under the feed: the same row in other words is the same
 * row. */
static void
test_native_after_electric (Fixture      *fixture,
                            gconstpointer data)
{
  static const char electric[]
    = "[{\"key\":\"k\",\"value\":{\"id\":\"a\",\"friendlyId\":\"run_a\",\"status\":\"PENDING\",\"isTest\":\"false\","
      "\"createdAt\":\"2026-08-21 09:12:00.1\",\"runTags\":\"{user:42,video}\",\"costInCents\":\"1e-07\",\"realtimeStreams\":\"{}\"},"
      "\"headers\":{\"operation\":\"insert\"}}," UP_TO_DATE "]";
  static const char native[]
    = "[{\"key\":\"k\",\"value\":{\"id\":\"a\",\"friendlyId\":\"run_a\",\"status\":\"PENDING\",\"isTest\":\"f\","
      "\"createdAt\":\"2026-08-21T09:12:00.100\",\"runTags\":\"{\\\"user:42\\\",\\\"video\\\"}\",\"costInCents\":\"1e-7\","
      "\"realtimeStreams\":\"{}\"},\"headers\":{\"operation\":\"update\"}}," UP_TO_DATE "]";
  g_autoptr(SpotRunBatch) first = NULL;
  g_autoptr(SpotRunBatch) second = NULL;

  spot_shape_log_begin_body (fixture->log);
  feed (fixture, electric, strlen (electric));
  g_assert_true (spot_shape_log_end_body (fixture->log, &first));
  g_assert_cmpuint (first->changes->len, ==, 1);
  spot_shape_log_begin_body (fixture->log);
  feed (fixture, native, strlen (native));
  g_assert_true (spot_shape_log_end_body (fixture->log, &second));
  g_assert_null (second);
}

#define ADD(path, test) g_test_add ("/shape-log/" path, Fixture, NULL, set_up, test, tear_down)

/* A commit names its rows as the log's next messages will. */
static void
test_names_rows (Fixture      *fixture,
                 gconstpointer data)
{
  static const char *const bodies[][2] = {
    { "+a:1 +b@k2:1 u", "a k2" },
    { "*b@k2:2 u", "k2" },
    { "-a +a@k3:3 u", "k3" },
    { "-a@k3 -b@k2 u", "k3 k2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *keys = read_keys (fixture, bodies[i][0]);

      g_assert_cmpstr (keys, ==, bodies[i][1]);
    }
}

static void
test_key_with_nul (void)
{
  g_autoptr(SpotRunBatch) batch = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);
  g_autoptr(SpotRunRecord) record = spot_run_record_new (NULL, NULL, 0, NULL);

  spot_run_batch_add_row (batch, record, FALSE, "a\0b", 3);
  spot_run_batch_add_row (batch, record, FALSE, "ab", 1);
  g_assert_null (g_array_index (batch->changes, SpotRunChange, 0).key);
  g_assert_cmpstr (g_array_index (batch->changes, SpotRunChange, 1).key, ==, "a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("22-first-commit", test_first_commit);
  ADD ("23-empty-shape", test_empty_shape);
  ADD ("35-37-39-40-41-42-changes", test_changes);
  ADD ("36-held-bodies", test_held_bodies);
  ADD ("38-partial-and-whole", test_partial_and_whole);
  ADD ("8-bad-rows", test_bad_rows);
  ADD ("abort", test_abort);
  ADD ("abort-in-first-snapshot", test_abort_in_first_snapshot);
  ADD ("51-refetch", test_refetch);
  ADD ("51-refetch-of-the-same", test_refetch_of_the_same);
  ADD ("54-refetch-first", test_refetch_first);
  ADD ("preview", test_preview);
  ADD ("preview-then-refetch", test_preview_then_refetch);
  ADD ("preview-then-delete", test_preview_then_delete);
  ADD ("11-null-in-not-null", test_null_in_not_null);
  ADD ("41-insert-replaces", test_insert_replaces);
  ADD ("42-key-change-headers", test_key_change_headers);
  ADD ("42-key-change", test_key_change);
  ADD ("names-rows", test_names_rows);
  g_test_add_func ("/shape-log/key-with-nul", test_key_with_nul);
  ADD ("noise", test_noise);
  ADD ("many-rows", test_many_rows);
  ADD ("limit-rows", test_limit_rows);
  ADD ("electric-run", test_electric_run);
  ADD ("42-electric-tags", test_electric_tags);
  ADD ("native-run", test_native_run);
  ADD ("80-native-after-electric", test_native_after_electric);
  return g_test_run ();
}
