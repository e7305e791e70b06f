/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-test-runs.h"

#define MAX_TEST_COLUMNS 32

static double serial_second = 1000000;

/* A time as a feed writes it. (transfer full) */
char *
spot_test_time (double second)
{
  gint64 time_us = SPOT_TEST_EPOCH_US + (gint64) (second * G_USEC_PER_SEC);
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03d", seconds, (int) (time_us % G_USEC_PER_SEC / 1000));
}

/* The bytes between the quotes of a JSON string. */
static char *
escape (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_printf (escaped, "\\%c", *text);
      else if ((guchar) *text < 0x20)
        g_string_append_printf (escaped, "\\u%04x", *text);
      else
        g_string_append_c (escaped, *text);
    }
  return g_string_free (escaped, FALSE);
}

static void
set_column (SpotColumnValue *value,
            GPtrArray       *texts,
            SpotColumn       column,
            const char      *text)
{
  char *escaped = text != NULL ? escape (text) : NULL;

  *value = (SpotColumnValue) {
    .column = column,
    .is_null = text == NULL,
    .is_string = text != NULL,
    .has_escapes = text != NULL && !g_str_equal (escaped, text),
    .text = text != NULL ? escaped : "null",
    .length = text != NULL ? strlen (escaped) : 4,
  };
  if (escaped != NULL)
    g_ptr_array_add (texts, escaped);
}

static SpotRunRecord *
make_record (const SpotRunRecord   *base,
             const SpotColumnValue *columns,
             guint                  n_columns)
{
  g_autoptr(GError) error = NULL;
  SpotRunRecord *record = spot_run_record_new (base, columns, n_columns, &error);

  g_assert_no_error (error);
  return record;
}

/* A record of pairs of SpotColumn and text, NULL for null, up to SPOT_TEST_END. */
SpotRunRecord *
spot_test_record (const SpotRunRecord *base,
                  ...)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  SpotColumnValue columns[MAX_TEST_COLUMNS];
  guint n_columns = 0;
  SpotColumn column;
  va_list args;

  va_start (args, base);
  while ((column = va_arg (args, int)) != SPOT_TEST_END)
    {
      g_assert_cmpuint (n_columns, <, MAX_TEST_COLUMNS);
      set_column (&columns[n_columns++], texts, column, va_arg (args, const char *));
    }
  va_end (args);
  return make_record (base, columns, n_columns);
}

static const char *
get_raw_word (const char *word)
{
  if (g_str_equal (word, "QUEUED"))
    return "PENDING";
  if (g_str_equal (word, "COMPLETED"))
    return "COMPLETED_SUCCESSFULLY";
  if (g_str_equal (word, "FAILED"))
    return "COMPLETED_WITH_ERRORS";
  return word;
}

/* The part of the word behind @mark, up to the next mark; NULL when there is none. */
static char *
dup_part (const char *word,
          char        mark)
{
  const char *start = strchr (word, mark);

  if (start == NULL)
    return NULL;
  return g_strndup (start + 1, strcspn (start + 1, "@+#%/"));
}

SpotRunRecord *
spot_test_parse_record (const char *word)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *id = g_strndup (word, strcspn (word, ":"));
  g_autofree char *status = dup_part (word, ':');
  g_autofree char *created = dup_part (word, '@');
  g_autofree char *updated = dup_part (word, '+');
  g_autofree char *tags = dup_part (word, '#');
  g_autofree char *progress = dup_part (word, '%');
  g_autofree char *task = dup_part (word, '/');
  g_autofree char *created_at = NULL;
  g_autofree char *updated_at = NULL;
  SpotColumnValue columns[MAX_TEST_COLUMNS];
  const char *raw;
  guint n = 0;

  g_assert_nonnull (status);
  raw = get_raw_word (status);
  created_at = spot_test_time (created != NULL ? g_ascii_strtod (created, NULL) : (guchar) id[0]);
  updated_at = spot_test_time (updated != NULL ? g_ascii_strtod (updated, NULL) : serial_second++);

  set_column (&columns[n++], texts, SPOT_COLUMN_FRIENDLY_ID, id);
  set_column (&columns[n++], texts, SPOT_COLUMN_TASK_IDENTIFIER, task != NULL ? task : "task");
  set_column (&columns[n++], texts, SPOT_COLUMN_STATUS, raw);
  set_column (&columns[n++], texts, SPOT_COLUMN_CREATED_AT, created_at);
  set_column (&columns[n++], texts, SPOT_COLUMN_UPDATED_AT, updated_at);
  set_column (&columns[n++], texts, SPOT_COLUMN_COMPLETED_AT,
              spot_run_status_is_final (spot_run_status_from_word (raw, -1)) ? updated_at : NULL);
  if (tags != NULL)
    {
      g_autofree char *list = g_strdup_printf ("{%s}", tags);

      set_column (&columns[n++], texts, SPOT_COLUMN_RUN_TAGS, list);
    }
  if (progress != NULL)
    {
      g_autofree char *metadata = g_strdup_printf ("{\"progress\":%s}", progress);

      set_column (&columns[n++], texts, SPOT_COLUMN_METADATA, metadata);
    }
  return make_record (NULL, columns, n);
}

SpotRunBatch *
spot_test_batch (SpotRunBatchKind kind,
                 const char      *text)
{
  g_auto(GStrv) words = g_strsplit (text, " ", -1);
  SpotRunBatch *batch = spot_run_batch_new (kind);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autoptr(SpotRunRecord) record = NULL;

      if (words[i][0] == '\0')
        continue;
      if (words[i][0] == '-')
        {
          g_autofree char *word = g_strconcat (words[i] + 1, ":EXECUTING", NULL);

          record = spot_test_parse_record (word);
        }
      else
        {
          record = spot_test_parse_record (words[i]);
        }
      spot_run_batch_add (batch, record, words[i][0] == '-');
    }
  return batch;
}

void
spot_test_store_push_to (SpotRunStore     *store,
                         guint             feed_id,
                         SpotRunBatchKind  kind,
                         const char       *text)
{
  g_autoptr(SpotRunBatch) batch = spot_test_batch (kind, text);

  spot_run_store_push (store, feed_id, batch);
}

void
spot_test_store_push (SpotRunStore *store,
                      const char   *text)
{
  spot_test_store_push_to (store, SPOT_TEST_FEED, SPOT_RUN_BATCH_CHANGES, text);
}

/* Pushes and drains. */
void
spot_test_store_push_now (SpotRunStore *store,
                          const char   *text)
{
  spot_test_store_push (store, text);
  spot_run_store_flush (store);
}

/* A query for what somebody typed. */
SpotRunQuery *
spot_test_query_new (const char *text)
{
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();

  return spot_run_query_with_text (all, text);
}

SpotRunStore *
spot_test_store_new (const char *text)
{
  SpotRunStore *store = spot_run_store_new ();

  spot_test_store_push_to (store, SPOT_TEST_FEED, SPOT_RUN_BATCH_SNAPSHOT, text);
  spot_run_store_flush (store);
  return store;
}

char *
spot_test_dup_ids (GListModel *model)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr(SpotRun) run = g_list_model_get_item (model, i);

      g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", spot_run_get_id (run));
    }
  return g_string_free (ids, FALSE);
}

static void
assert_like_shadow (SpotTestChanges *self)
{
  g_assert_cmpuint (g_list_model_get_n_items (self->model), ==, self->shadow->len);
  for (guint i = 0; i < self->shadow->len; i++)
    {
      g_autoptr(GObject) item = g_list_model_get_item (self->model, i);

      g_assert_true (item == self->shadow->pdata[i]);
    }
}

static void
items_changed_cb (GListModel      *model,
                  guint            position,
                  guint            removed,
                  guint            added,
                  SpotTestChanges *self)
{
  g_string_append_printf (self->log, "%s%u-%u+%u", self->log->len > 0 ? " " : "", position, removed, added);
  self->n_signals++;
  g_assert_cmpuint (position + removed, <=, self->shadow->len);
  if (removed > 0)
    g_ptr_array_remove_range (self->shadow, position, removed);
  for (guint i = position; i < position + added; i++)
    g_ptr_array_insert (self->shadow, i, g_list_model_get_item (model, i));
  assert_like_shadow (self);
}

SpotTestChanges *
spot_test_changes_new (GListModel *model)
{
  SpotTestChanges *self = g_new0 (SpotTestChanges, 1);

  self->model = g_object_ref (model);
  self->shadow = g_ptr_array_new_with_free_func (g_object_unref);
  self->log = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (self->shadow, g_list_model_get_item (model, i));
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), self);
  return self;
}

void
spot_test_changes_free (SpotTestChanges *self)
{
  assert_like_shadow (self);
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_object_unref (self->model);
  g_ptr_array_unref (self->shadow);
  g_string_free (self->log, TRUE);
  g_free (self);
}

static void
drained_cb (SpotRunStore   *store,
            GArray         *changes,
            SpotTestDrains *self)
{
  static const char kinds[] = { 'p', 's', 'r', 'c' };

  for (guint i = 0; i < changes->len; i++)
    {
      const SpotRunStoreChange *change = &g_array_index (changes, SpotRunStoreChange, i);
      guint n_columns = 0;

      for (guint32 bits = change->changed; bits != 0; bits &= bits - 1)
        n_columns++;
      g_string_append_printf (self->log, "%s%s%s:%c%s%u", i > 0 ? " " : "", spot_run_get_id (change->run),
                              change->removed ? "-" : change->before == NULL ? "+" : "", kinds[change->kind],
                              change->moved ? "m" : "", n_columns);
      g_assert_true (change->removed == (spot_run_store_lookup (store, spot_run_get_id (change->run)) == NULL));
    }
  g_string_append_c (self->log, ';');
}

SpotTestDrains *
spot_test_drains_new (SpotRunStore *store)
{
  SpotTestDrains *self = g_new0 (SpotTestDrains, 1);

  self->store = g_object_ref (store);
  self->log = g_string_new (NULL);
  g_signal_connect (store, "drained", G_CALLBACK (drained_cb), self);
  return self;
}

void
spot_test_drains_free (SpotTestDrains *self)
{
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_object_unref (self->store);
  g_string_free (self->log, TRUE);
  g_free (self);
}

static void
notify_cb (GObject          *object,
           GParamSpec       *pspec,
           SpotTestNotifies *self)
{
  g_ptr_array_add (self->names, (char *) g_param_spec_get_name (pspec));
}

SpotTestNotifies *
spot_test_notifies_new (gpointer object)
{
  SpotTestNotifies *self = g_new0 (SpotTestNotifies, 1);

  self->object = g_object_ref (object);
  self->names = g_ptr_array_new ();
  g_signal_connect (object, "notify", G_CALLBACK (notify_cb), self);
  return self;
}

void
spot_test_notifies_free (SpotTestNotifies *self)
{
  g_signal_handlers_disconnect_by_data (self->object, self);
  g_object_unref (self->object);
  g_ptr_array_unref (self->names);
  g_free (self);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* What was notified since the last call, each as often as it was. (transfer full) */
char *
spot_test_notifies_take (SpotTestNotifies *self)
{
  char *names;

  g_ptr_array_sort (self->names, compare_names);
  g_ptr_array_add (self->names, NULL);
  names = g_strjoinv (" ", (char **) self->names->pdata);
  g_ptr_array_set_size (self->names, 0);
  return names;
}
