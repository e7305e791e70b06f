/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-api-error.h"
#include "spot-feed-spec.h"

#define MAX_CREATED_AT_BYTES 100

struct _SpotFeedSpec
{
  gatomicrefcount ref_count;
  SpotFeedKind    kind;
  char           *id;           /* nullable: list feeds have none */
  char          **tags;         /* never NULL */
  char           *path;
  char           *created_at;   /* nullable */
  char           *tags_value;   /* nullable: joined and encoded */
  char           *skip_columns; /* nullable: joined and encoded */
};

/* The form encoding of URLSearchParams, which is what servers get from the official client. */
static void
append_encoded (GString    *target,
                const char *value)
{
  static const char hex[] = "0123456789ABCDEF";

  for (const guchar *p = (const guchar *) value; *p != '\0'; p++)
    {
      if (g_ascii_isalnum (*p) || *p == '*' || *p == '-' || *p == '.' || *p == '_')
        g_string_append_c (target, (char) *p);
      else if (*p == ' ')
        g_string_append_c (target, '+');
      else
        {
          g_string_append_c (target, '%');
          g_string_append_c (target, hex[*p >> 4]);
          g_string_append_c (target, hex[*p & 15]);
        }
    }
}

static char *
join_encoded (const char * const *values)
{
  g_autofree char *joined = NULL;
  GString *encoded;

  if (values == NULL || values[0] == NULL)
    return NULL;
  joined = g_strjoinv (",", (char **) values);
  encoded = g_string_new (NULL);
  append_encoded (encoded, joined);
  return g_string_free (encoded, FALSE);
}

/* Protocol §2.1: what the server refuses, and the comma, which would be taken for two tags. */
static gboolean
check_tag (const char  *tag,
           GError     **error)
{
  gboolean sound = *tag != '\0' && g_utf8_validate (tag, -1, NULL);

  for (const guchar *p = (const guchar *) tag; sound && *p != '\0'; p++)
    sound = *p >= 0x20 && *p != 0x7f && *p != '\\' && *p != '"' && *p != ',';
  if (!sound)
    g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST,
                         "A tag must not be empty nor hold a comma, quote, backslash or control character");
  return sound;
}

/* Protocol §2.3: ^(\d+(?:w|d|hr|h|m|s))+$. The server takes what does not match for "no bound at all". */
static gboolean
check_created_at (const char  *created_at,
                  GError     **error)
{
  const char *p = created_at;
  gboolean sound = *p != '\0' && strlen (created_at) <= MAX_CREATED_AT_BYTES;

  while (sound && *p != '\0')
    {
      const char *digits = p;

      while (g_ascii_isdigit (*p))
        p++;
      sound = p > digits && *p != '\0' && strchr ("wdhms", *p) != NULL;
      if (sound)
        p += p[0] == 'h' && p[1] == 'r' ? 2 : 1;
    }
  if (!sound)
    g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST,
                         "A time window is numbers with units w, d, h, m or s, such as 1h30m");
  return sound;
}

static SpotFeedSpec *
spec_new (SpotFeedKind        kind,
          const char         *folder,
          const char         *id,
          const char * const *skip_columns)
{
  SpotFeedSpec *self = g_new0 (SpotFeedSpec, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->id = g_strdup (id);
  self->tags = g_new0 (char *, 1);
  self->skip_columns = join_encoded (skip_columns);
  if (id != NULL)
    {
      g_autofree char *segment = g_uri_escape_string (id, NULL, FALSE);

      self->path = g_strconcat ("/realtime/v1/", folder, "/", segment, NULL);
    }
  else
    {
      self->path = g_strconcat ("/realtime/v1/", folder, NULL);
    }
  return self;
}

/**
 * spot_feed_spec_new_run:
 * @run_id: the run's public id (`run_…`), not empty
 * @skip_columns: (nullable) (array zero-terminated=1): raw names of columns that the server should leave out
 *
 * Returns: (transfer full): the feed of one run
 */
SpotFeedSpec *
spot_feed_spec_new_run (const char         *run_id,
                        const char * const *skip_columns)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return spec_new (SPOT_FEED_RUN, "runs", run_id, skip_columns);
}

/**
 * spot_feed_spec_new_list:
 * @tags: (nullable) (array zero-terminated=1): tags that a run must have, all of them; none for every run
 * @created_at: (nullable): how far back, such as `30m`, `1h30m` or `2d`; %NULL for the server's default of a day
 * @skip_columns: (nullable) (array zero-terminated=1): raw names of columns that the server should leave out
 * @error: return location for an error
 *
 * Fails with %SPOT_API_ERROR_BAD_REQUEST for a tag or window that the server would refuse or misunderstand.
 *
 * Returns: (transfer full) (nullable): the feed of an environment's runs, %NULL after an error
 */
SpotFeedSpec *
spot_feed_spec_new_list (const char * const  *tags,
                         const char          *created_at,
                         const char * const  *skip_columns,
                         GError             **error)
{
  SpotFeedSpec *self;

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    {
      if (!check_tag (tags[i], error))
        return NULL;
    }
  if (created_at != NULL && !check_created_at (created_at, error))
    return NULL;

  self = spec_new (SPOT_FEED_LIST, "runs", NULL, skip_columns);
  self->created_at = g_strdup (created_at);
  if (tags != NULL)
    {
      g_strfreev (self->tags);
      self->tags = g_strdupv ((char **) tags);
      self->tags_value = join_encoded (tags);
    }
  return self;
}

/**
 * spot_feed_spec_new_batch:
 * @batch_id: the batch's public id (`batch_…`), not empty
 * @skip_columns: (nullable) (array zero-terminated=1): raw names of columns that the server should leave out
 *
 * Returns: (transfer full): the feed of a batch's runs
 */
SpotFeedSpec *
spot_feed_spec_new_batch (const char         *batch_id,
                          const char * const *skip_columns)
{
  g_return_val_if_fail (batch_id != NULL && *batch_id != '\0', NULL);

  return spec_new (SPOT_FEED_BATCH, "batches", batch_id, skip_columns);
}

/**
 * spot_feed_spec_ref:
 * @self: a spec
 *
 * Returns: (transfer full): @self
 */
SpotFeedSpec *
spot_feed_spec_ref (SpotFeedSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_feed_spec_unref:
 * @self: (transfer full): a spec
 *
 * Drops a reference.
 */
void
spot_feed_spec_unref (SpotFeedSpec *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->id);
  g_strfreev (self->tags);
  g_free (self->path);
  g_free (self->created_at);
  g_free (self->tags_value);
  g_free (self->skip_columns);
  g_free (self);
}

/**
 * spot_feed_spec_get_kind:
 * @self: a spec
 *
 * Returns: what the feed subscribes to
 */
SpotFeedKind
spot_feed_spec_get_kind (SpotFeedSpec *self)
{
  g_return_val_if_fail (self != NULL, SPOT_FEED_RUN);

  return self->kind;
}

/**
 * spot_feed_spec_get_id:
 * @self: a spec
 *
 * Returns: (transfer none) (nullable): the run's or batch's id, %NULL for a list
 */
const char *
spot_feed_spec_get_id (SpotFeedSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * spot_feed_spec_get_tags:
 * @self: a spec
 *
 * Returns: (transfer none) (array zero-terminated=1): the tags, empty for none
 */
const char * const *
spot_feed_spec_get_tags (SpotFeedSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->tags;
}

/**
 * spot_feed_spec_get_path:
 * @self: a spec
 *
 * Returns: (transfer none): the path of every request of the feed, for messages
 */
const char *
spot_feed_spec_get_path (SpotFeedSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

static void
append_parameter (GString    *target,
                  const char *name,
                  const char *encoded)
{
  if (encoded == NULL)
    return;
  g_string_append_c (target, strchr (target->str, '?') == NULL ? '?' : '&');
  g_string_append (target, name);
  g_string_append_c (target, '=');
  g_string_append (target, encoded);
}

static void
append_text_parameter (GString    *target,
                       const char *name,
                       const char *value)
{
  if (value == NULL)
    return;
  append_parameter (target, name, "");
  append_encoded (target, value);
}

/**
 * spot_feed_spec_dup_target:
 * @self: a spec
 * @position: where in the log to ask
 *
 * Builds path and query of a request as the official client does: parameters sorted by name (so that caches on the way
 * see the same URL for the same question), `cursor` with live requests only, empty as long as there is none.
 *
 * Returns: (transfer full): path and query
 */
char *
spot_feed_spec_dup_target (SpotFeedSpec           *self,
                           const SpotFeedPosition *position)
{
  GString *target;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (position != NULL && position->offset != NULL, NULL);

  target = g_string_new (self->path);
  append_text_parameter (target, "cache-buster", position->cache_buster);
  append_text_parameter (target, "createdAt", self->created_at);
  if (position->live)
    append_text_parameter (target, "cursor", position->cursor != NULL ? position->cursor : "");
  append_text_parameter (target, "handle", position->handle);
  if (position->live)
    append_parameter (target, "live", "true");
  if (position->live && position->event_stream)
    append_parameter (target, "live_sse", "true");
  append_parameter (target, "log", "full");
  append_text_parameter (target, "offset", position->offset);
  if (position->old_names)
    append_text_parameter (target, "shape_id", position->handle);
  append_parameter (target, "skipColumns", self->skip_columns);
  append_parameter (target, "tags", self->tags_value);
  return g_string_free (target, FALSE);
}
