/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include <string.h>

#include "spot-change.h"
#include "spot-format.h"
#include "spot-packet.h"
#include "spot-value.h"

#define BIT SPOT_COLUMN_BIT

/* Told by other kinds of changes, or of no interest to anybody. */
#define NOT_FIELDS                                                                                                     \
  (BIT (SPOT_COLUMN_ID) | BIT (SPOT_COLUMN_FRIENDLY_ID) | BIT (SPOT_COLUMN_STATUS) | BIT (SPOT_COLUMN_UPDATED_AT)      \
   | BIT (SPOT_COLUMN_RUN_TAGS) | BIT (SPOT_COLUMN_METADATA) | BIT (SPOT_COLUMN_METADATA_TYPE))

/* Long texts, of which only the size is told. */
#define LONG_FIELDS (BIT (SPOT_COLUMN_PAYLOAD) | BIT (SPOT_COLUMN_OUTPUT) | BIT (SPOT_COLUMN_ERROR))

/* In place of a credential. */
#define MASK "•••"

/**
 * spot_change_new:
 * @kind: what happened
 * @cause: what kind of commit brought it
 * @time_us: when, wall clock
 * @detail: (transfer full) (nullable): a JSON object
 *
 * Returns: (transfer full): a change
 */
SpotChange *
spot_change_new (SpotChangeKind   kind,
                 SpotRunBatchKind cause,
                 gint64           time_us,
                 char            *detail)
{
  SpotChange *self = g_new (SpotChange, 1);

  self->kind = kind;
  self->cause = cause;
  self->time_us = time_us;
  self->detail = detail;

  return self;
}

/**
 * spot_change_free:
 * @self: (transfer full): a change
 *
 * Frees @self.
 */
void
spot_change_free (SpotChange *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->detail);
  g_free (self);
}

/* Adds a text as a JSON string, its end cut off when it is long. */
static void
append_text (GString    *out,
             const char *text,
             gsize       length)
{
  g_autofree char *json = NULL;
  g_autofree char *cut = NULL;
  g_autoptr(SpotValue) value = NULL;

  /* Enough for the characters that stay, and no more of what may be megabytes. */
  cut = g_utf8_make_valid (text, (gssize) MIN (length, 4 * SPOT_MAX_CHANGE_CHARS + 4));
  if (g_utf8_strlen (cut, -1) > (glong) SPOT_MAX_CHANGE_CHARS)
    {
      char *end = g_utf8_offset_to_pointer (cut, SPOT_MAX_CHANGE_CHARS - 1);
      char *shorter;

      *end = '\0';
      shorter = g_strconcat (cut, "…", NULL);
      g_free (cut);
      cut = shorter;
    }
  value = spot_value_new_string (cut, -1);
  json = spot_value_to_json (value, FALSE);
  g_string_append (out, json);
}

/* Adds `,"name":` and the text, without the comma for the first member. */
static void
append_member (GString    *out,
               const char *name,
               const char *text,
               gsize       length)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  g_string_append_printf (out, "\"%s\":", name);
  append_text (out, text, length);
}

static char *
describe_status (const SpotRunRecord *older,
                 const SpotRunRecord *newer)
{
  g_autoptr(GString) out = g_string_new ("{");
  const char *word;

  if (older)
    {
      word = spot_run_record_get_status_word (older);
      append_member (out, "old", word, strlen (word));
    }
  word = spot_run_record_get_status_word (newer);
  append_member (out, "new", word, strlen (word));
  g_string_append_c (out, '}');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Adds `"name":[…]` with the tags of @tags that @others lacks, if there are any. */
static void
append_missing (GString            *out,
                const char         *name,
                const char *const  *tags,
                const char *const  *others)
{
  gboolean any = FALSE;

  for (guint i = 0; tags[i]; i++)
    {
      if (g_strv_contains (others, tags[i]))
        continue;
      if (!any)
        g_string_append_printf (out, "%s\"%s\":[", out->len > 1 ? "," : "", name);
      else
        g_string_append_c (out, ',');
      append_text (out, tags[i], strlen (tags[i]));
      any = TRUE;
    }
  if (any)
    g_string_append_c (out, ']');
}

/* Another order is no change. */
static char *
describe_tags (const SpotRunRecord *older,
               const SpotRunRecord *newer)
{
  g_autoptr(GString) out = g_string_new ("{");
  const char *const *before = spot_run_record_get_tags (older);
  const char *const *after = spot_run_record_get_tags (newer);

  append_missing (out, "added", after, before);
  append_missing (out, "removed", before, after);
  if (out->len == 1)
    return NULL;
  g_string_append_c (out, '}');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Reserved keys belong to the SDK, and a token in metadata is a credential, which nobody wants to find in a history. */
static SpotValue *
clean_cb (SpotValue  *child,
          const char *name,
          guint       depth,
          gpointer    user_data)
{
  if (name == NULL)
    return spot_value_ref (child);
  if (depth == 0 && g_str_has_prefix (name, "$$"))
    return NULL;
  if (g_str_equal (name, "publicAccessToken") || g_str_equal (name, "public_access_token"))
    return spot_value_new_string (MASK, -1);

  return spot_value_ref (child);
}

/* (nullable): the metadata, %NULL when there is none; *@fits is FALSE when there is, and it is not to be looked
   into. */
static SpotValue *
read_metadata (const SpotRunRecord *record,
               gboolean            *fits)
{
  gsize length;
  g_autofree char *type = NULL;
  g_autofree char *text = NULL;
  g_autoptr(SpotPacket) packet = NULL;

  *fits = TRUE;
  if (!spot_run_record_has (record, SPOT_COLUMN_METADATA))
    return NULL;
  if (spot_run_record_get_text_size (record, SPOT_COLUMN_METADATA) > SPOT_MAX_COMPARED_BYTES)
    {
      *fits = FALSE;
      return NULL;
    }
  text = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA, &length);
  type = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA_TYPE, NULL);
  packet = spot_packet_decode (text, (gssize) length, type ? type : "application/json");
  if (packet->kind == SPOT_PACKET_VALUE)
    return spot_value_filter (packet->value, clean_cb, NULL);
  *fits = packet->kind == SPOT_PACKET_NOTHING;

  return NULL;
}

static void
append_value (GString    *out,
              const char *name,
              SpotValue  *value)
{
  g_autofree char *json = NULL;
  const char *text;
  gsize length;

  text = spot_value_get_text (value, &length);
  if (!text)
    {
      text = json = spot_value_to_json (value, FALSE);
      length = strlen (json);
    }
  append_member (out, name, text, length);
}

/* Adds what became of one key, or only counts it when there are many already. */
static void
append_key (GString    *out,
            guint      *n,
            const char *name,
            SpotValue  *before,
            SpotValue  *after)
{
  (*n)++;
  if (*n > SPOT_MAX_CHANGE_KEYS)
    return;
  g_string_append (out, *n > 1 ? ",{" : "{");
  append_member (out, "name", name, strlen (name));
  if (before)
    append_value (out, "old", before);
  if (after)
    append_value (out, "new", after);
  g_string_append_c (out, '}');
}

static gboolean
is_object (SpotValue *value)
{
  return value && spot_value_get_kind (value) == SPOT_VALUE_OBJECT;
}

static char *
describe_objects (SpotValue *before,
                  SpotValue *after)
{
  g_autoptr(GString) out = g_string_new ("{\"keys\":[");
  guint n = 0;

  for (guint i = 0; after && i < spot_value_get_n_children (after); i++)
    {
      const char *name = spot_value_get_child_name (after, i);
      SpotValue *was = before ? spot_value_get_member (before, name) : NULL;
      SpotValue *is = spot_value_get_child (after, i);

      if (!was || !spot_value_equal (was, is))
        append_key (out, &n, name, was, is);
    }
  for (guint i = 0; before && i < spot_value_get_n_children (before); i++)
    {
      const char *name = spot_value_get_child_name (before, i);

      if (!after || !spot_value_get_member (after, name))
        append_key (out, &n, name, spot_value_get_child (before, i), NULL);
    }
  if (n == 0)
    return NULL;
  g_string_append_c (out, ']');
  if (n > SPOT_MAX_CHANGE_KEYS)
    g_string_append_printf (out, ",\"more\":%u", n - SPOT_MAX_CHANGE_KEYS);
  g_string_append_c (out, '}');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
describe_metadata (const SpotRunRecord *older,
                   const SpotRunRecord *newer)
{
  gboolean before_fits, after_fits;
  g_autoptr(SpotValue) before = read_metadata (older, &before_fits);
  g_autoptr(SpotValue) after = read_metadata (newer, &after_fits);
  g_autoptr(GString) out = NULL;

  /* One that cannot be read may hold anything. */
  if (!before_fits || !after_fits)
    return g_strdup_printf ("{\"old_bytes\":%" G_GSIZE_FORMAT ",\"new_bytes\":%" G_GSIZE_FORMAT "}",
                            spot_run_record_get_text_size (older, SPOT_COLUMN_METADATA),
                            spot_run_record_get_text_size (newer, SPOT_COLUMN_METADATA));
  if ((!before || is_object (before)) && (!after || is_object (after)))
    return describe_objects (before, after);
  if (before && after && spot_value_equal (before, after))
    return NULL;

  out = g_string_new ("{");
  if (before)
    append_value (out, "old", before);
  if (after)
    append_value (out, "new", after);
  g_string_append_c (out, '}');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* (nullable): a column's value as text; %NULL when it is null. */
static char *
dup_field (const SpotRunRecord *record,
           SpotColumn           column)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (!spot_run_record_has (record, column))
    return NULL;
  switch (column)
    {
    case SPOT_COLUMN_CREATED_AT:
    case SPOT_COLUMN_STARTED_AT:
    case SPOT_COLUMN_DELAY_UNTIL:
    case SPOT_COLUMN_QUEUED_AT:
    case SPOT_COLUMN_EXPIRED_AT:
    case SPOT_COLUMN_COMPLETED_AT:
      return spot_format_iso_time (spot_run_record_get_time (record, column));
    case SPOT_COLUMN_NUMBER:
      return g_strdup_printf ("%" G_GINT64_FORMAT, spot_run_record_get_number (record));
    case SPOT_COLUMN_USAGE_DURATION_MS:
      return g_strdup_printf ("%" G_GINT64_FORMAT, spot_run_record_get_usage_ms (record));
    case SPOT_COLUMN_COST_IN_CENTS:
      return g_strdup (g_ascii_dtostr (number, sizeof number, spot_run_record_get_cost (record)));
    case SPOT_COLUMN_BASE_COST_IN_CENTS:
      return g_strdup (g_ascii_dtostr (number, sizeof number, spot_run_record_get_base_cost (record)));
    case SPOT_COLUMN_IS_TEST:
      return g_strdup (spot_run_record_get_is_test (record) ? "true" : "false");
    case SPOT_COLUMN_REALTIME_STREAMS:
      return g_strjoinv (", ", (char **) spot_run_record_get_streams (record));
    default:
      return spot_run_record_dup_text (record, column, NULL);
    }
}

static void
append_field (GString             *out,
              const SpotRunRecord *older,
              const SpotRunRecord *newer,
              SpotColumn           column)
{
  g_string_append (out, out->str[out->len - 1] == '[' ? "{" : ",{");
  g_string_append_printf (out, "\"name\":\"%s\"", spot_column_get_name (column));
  if (LONG_FIELDS & BIT (column))
    {
      g_string_append_printf (out, ",\"old_bytes\":%" G_GSIZE_FORMAT ",\"new_bytes\":%" G_GSIZE_FORMAT,
                              spot_run_record_get_text_size (older, column),
                              spot_run_record_get_text_size (newer, column));
    }
  else
    {
      g_autofree char *before = dup_field (older, column);
      g_autofree char *after = dup_field (newer, column);

      if (before)
        append_member (out, "old", before, strlen (before));
      if (after)
        append_member (out, "new", after, strlen (after));
    }
  g_string_append_c (out, '}');
}

static char *
describe_fields (const SpotRunRecord *older,
                 const SpotRunRecord *newer,
                 guint32              columns)
{
  g_autoptr(GString) out = g_string_new ("{\"fields\":[");

  for (; columns; columns &= columns - 1)
    append_field (out, older, newer, (SpotColumn) __builtin_ctz (columns));
  g_string_append (out, "]}");

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * spot_change_new_removal:
 * @deleted: whether the run is not on the server any more, or has only left the feed
 * @feed_key: the feed
 * @cause: what kind of commit brought it
 * @time_us: when, wall clock
 *
 * Returns: (transfer full): what a removed run's timeline says about it
 */
SpotChange *
spot_change_new_removal (gboolean         deleted,
                         const char      *feed_key,
                         SpotRunBatchKind cause,
                         gint64           time_us)
{
  g_autoptr(GString) out = NULL;

  g_return_val_if_fail (feed_key != NULL, NULL);

  if (deleted)
    return spot_change_new (SPOT_CHANGE_DELETED, cause, time_us, NULL);
  out = g_string_new ("{");
  append_member (out, "feed", feed_key, strlen (feed_key));
  g_string_append_c (out, '}');

  return spot_change_new (SPOT_CHANGE_LEFT, cause, time_us, g_string_free (g_steal_pointer (&out), FALSE));
}

/**
 * spot_change_compare:
 * @older: (nullable): the run as it was, %NULL when it was not known
 * @newer: the run as it is
 * @cause: what kind of commit brought it
 * @time_us: when, wall clock
 *
 * Says what has happened to a run between two of its states, in the order in which it is to be read: a run's last words
 * come before its end. A column that only one of the two knows has not changed.
 *
 * Returns: (transfer full) (element-type SpotChange): the changes; may be empty
 */
GPtrArray *
spot_change_compare (const SpotRunRecord *older,
                     const SpotRunRecord *newer,
                     SpotRunBatchKind     cause,
                     gint64               time_us)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_change_free);
  gboolean ended;
  guint32 differ;
  char *detail;

  g_return_val_if_fail (newer != NULL, changes);

  if (!older)
    {
      g_ptr_array_add (changes, spot_change_new (SPOT_CHANGE_CREATED, cause, time_us, describe_status (NULL, newer)));
      return changes;
    }

  differ = spot_run_record_diff (older, newer) & spot_run_record_get_known (older) & spot_run_record_get_known (newer);
  ended = differ & BIT (SPOT_COLUMN_COMPLETED_AT) && spot_run_record_has_ended (newer)
          && !spot_run_record_has_ended (older);
  if (differ & BIT (SPOT_COLUMN_RUN_TAGS) && (detail = describe_tags (older, newer)))
    g_ptr_array_add (changes, spot_change_new (SPOT_CHANGE_TAGS, cause, time_us, detail));
  if (differ & BIT (SPOT_COLUMN_METADATA) && (detail = describe_metadata (older, newer)))
    g_ptr_array_add (changes, spot_change_new (SPOT_CHANGE_METADATA, cause, time_us, detail));
  if (differ & ~NOT_FIELDS & ~(ended ? BIT (SPOT_COLUMN_COMPLETED_AT) : 0))
    {
      detail = describe_fields (older, newer, differ & ~NOT_FIELDS & ~(ended ? BIT (SPOT_COLUMN_COMPLETED_AT) : 0));
      g_ptr_array_add (changes, spot_change_new (SPOT_CHANGE_FIELDS, cause, time_us, detail));
    }
  if (ended || differ & BIT (SPOT_COLUMN_STATUS))
    g_ptr_array_add (changes, spot_change_new (ended ? SPOT_CHANGE_ENDED : SPOT_CHANGE_STATUS, cause, time_us,
                                               describe_status (older, newer)));

  return changes;
}
