/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-electric.h"
#include "spot-dev-shape.h"

#define MAX_SHAPES 100
#define MAX_BOUNDS 1000
#define MAX_LOG_BYTES (64 * 1024 * 1024)
#define IDLE_US (30 * 60 * G_USEC_PER_SEC)

/* The cursor counts seconds since then. */
#define CURSOR_EPOCH_S G_GINT64_CONSTANT (1728432000)
#define CURSOR_STEP_S 20

struct _SpotDevElectric
{
  SpotDevStore *store;
  GHashTable   *shapes;  /* handle (the shape's) → SpotDevShape, owned */
  GHashTable   *by_key;  /* key (the shape's) → SpotDevShape */
  GHashTable   *bounds;  /* handle → createdAt bound in ms (gint64*): what the proxy remembers of a handle */
  guint64       seen_lsn;
  gint64        last_handle_us;
  gint64        swept_us;
};

/**
 * spot_dev_electric_new:
 * @store: the database; must outlive the result
 *
 * Returns: (transfer full): a server without shapes
 */
SpotDevElectric *
spot_dev_electric_new (SpotDevStore *store)
{
  SpotDevElectric *self = g_new0 (SpotDevElectric, 1);

  self->store = store;
  self->shapes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) spot_dev_shape_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->bounds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * spot_dev_electric_free:
 * @self: (transfer full): the server
 */
void
spot_dev_electric_free (SpotDevElectric *self)
{
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->shapes);
  g_hash_table_unref (self->bounds);
  g_free (self);
}

static void
drop_shape (SpotDevElectric *self,
            SpotDevShape    *shape)
{
  g_hash_table_remove (self->by_key, shape->key);
  g_hash_table_remove (self->shapes, shape->handle);
}

/* Nobody's shapes would otherwise grow for ever. */
static void
sweep (SpotDevElectric *self)
{
  g_autoptr(GList) shapes = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->swept_us < G_USEC_PER_SEC)
    return;
  self->swept_us = now_us;
  shapes = g_hash_table_get_values (self->shapes);
  for (GList *l = shapes; l != NULL; l = l->next)
    {
      SpotDevShape *shape = l->data;

      if (now_us - shape->used_us > IDLE_US || shape->n_bytes > MAX_LOG_BYTES)
        drop_shape (self, shape);
    }
}

/**
 * spot_dev_electric_add:
 * @self: the server
 * @transaction: what the database committed
 *
 * Takes it into the log of each shape that it concerns.
 */
void
spot_dev_electric_add (SpotDevElectric          *self,
                       const SpotDevTransaction *transaction)
{
  GHashTableIter iter;
  gpointer shape;

  self->seen_lsn = transaction->lsn;
  g_hash_table_iter_init (&iter, self->shapes);
  while (g_hash_table_iter_next (&iter, NULL, &shape))
    spot_dev_shape_add (shape, transaction);
  sweep (self);
}

/**
 * spot_dev_electric_rotate:
 * @self: the server
 *
 * Drops every shape: who waits for one must be told.
 */
void
spot_dev_electric_rotate (SpotDevElectric *self)
{
  g_hash_table_remove_all (self->by_key);
  g_hash_table_remove_all (self->shapes);
}

static SpotDevShape *
get_shape (SpotDevElectric     *self,
           const SpotDevFilter *filter,
           guint32              columns,
           SpotDevShapeMode     mode)
{
  g_autofree char *tags = filter->tags != NULL ? g_strjoinv (",", filter->tags) : g_strdup ("");
  g_autofree char *key = g_strdup_printf ("%d %d %s %" G_GINT64_FORMAT " %x %s", filter->feed, mode,
                                          filter->id != NULL ? filter->id : "",
                                          filter->bound_ms, columns, tags);
  g_autofree char *handle = NULL;
  SpotDevShape *shape = g_hash_table_lookup (self->by_key, key);

  if (shape == NULL)
    {
      if (g_hash_table_size (self->shapes) >= MAX_SHAPES)
        {
          GHashTableIter iter;
          gpointer value;
          SpotDevShape *oldest = NULL;

          g_hash_table_iter_init (&iter, self->shapes);
          while (g_hash_table_iter_next (&iter, NULL, &value))
            if (oldest == NULL || ((SpotDevShape *) value)->used_us < oldest->used_us)
              oldest = value;
          drop_shape (self, oldest);
        }
      self->last_handle_us = MAX (self->last_handle_us + 1, g_get_real_time ());
      handle = g_strdup_printf ("%u-%" G_GINT64_FORMAT, g_str_hash (key) % 134217728, self->last_handle_us);
      shape = spot_dev_shape_new (key, handle, filter, columns, mode, self->store);
      g_hash_table_insert (self->shapes, shape->handle, shape);
      g_hash_table_insert (self->by_key, shape->key, shape);
    }
  shape->used_us = g_get_monotonic_time ();
  return shape;
}

static SpotDevShapeMode
get_mode (SpotDevRequest *request)
{
  SpotDevShapeMode mode = SPOT_DEV_SHAPE_DEFAULT;

  if (g_strcmp0 (spot_dev_request_get (request, "replica"), "full") == 0)
    mode |= SPOT_DEV_SHAPE_FULL;
  if (g_strcmp0 (spot_dev_request_get (request, "log"), "changes_only") == 0)
    mode |= SPOT_DEV_SHAPE_CHANGES_ONLY;
  return mode;
}

static gboolean
parse_offset (const char      *text,
              SpotDevPosition *position)
{
  char *end;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  position->lsn = g_ascii_strtoull (text, &end, 10);
  if (*end != '_')
    return FALSE;
  text = end + 1;
  if (g_str_equal (text, "inf"))
    {
      position->op = G_MAXUINT64;
      return TRUE;
    }
  if (!g_ascii_isdigit (*text))
    return FALSE;
  position->op = g_ascii_strtoull (text, &end, 10);
  return *end == '\0';
}

static char *
format_offset (SpotDevPosition position)
{
  if (position.op == G_MAXUINT64)
    return g_strdup_printf ("%" G_GUINT64_FORMAT "_inf", position.lsn);
  return g_strdup_printf ("%" G_GUINT64_FORMAT "_%" G_GUINT64_FORMAT, position.lsn, position.op);
}

static char *
make_request_id (void)
{
  guchar bytes[15];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guchar) g_random_int_range (0, 256);
  return g_base64_encode (bytes, sizeof bytes);
}

static void
add_common_headers (SpotDevRequest *request,
                    const char     *cache_control)
{
  g_autofree char *request_id = make_request_id ();

  spot_dev_request_header (request, "vary", "accept-encoding");
  spot_dev_request_header (request, "cache-control", cache_control);
  spot_dev_request_header (request, "x-request-id", request_id);
  spot_dev_request_header (request, "electric-server", "ElectricSQL/1.2.4");
  spot_dev_request_header (request, "access-control-allow-origin", "*");
  spot_dev_request_header (request, "access-control-expose-headers",
                           "electric-cursor,electric-handle,electric-offset,electric-schema,electric-up-to-date,"
                           "electric-internal-known-error");
  spot_dev_request_header (request, "access-control-allow-methods", "GET, HEAD, DELETE, OPTIONS");
}

static void
answer (SpotDevRequest *request,
        guint           status,
        GString        *body,
        gboolean        chunked)
{
  spot_dev_request_answer (request, status, "application/json; charset=utf-8", body, chunked);
}

static gboolean
answer_invalid (SpotDevRequest *request,
                const char     *parameter,
                const char     *message)
{
  GString *body = g_string_new (NULL);

  add_common_headers (request, "no-store");
  spot_dev_request_header (request, "surrogate-control", "no-store");
  g_string_printf (body, "{\"message\":\"Invalid request\",\"errors\":{\"%s\":[\"%s\"]}}", parameter, message);
  answer (request, 400, body, FALSE);
  return TRUE;
}

static gboolean
answer_must_refetch (SpotDevRequest *request,
                     const char     *handle)
{
  if (handle != NULL)
    add_common_headers (request, "public, max-age=60, must-revalidate");
  else
    add_common_headers (request, "public, max-age=1, must-revalidate");
  if (handle != NULL)
    {
      g_autofree char *etag = g_strdup_printf ("\"%s::\"", handle);

      spot_dev_request_header (request, "etag", etag);
      spot_dev_request_header (request, "electric-handle", handle);
    }
  answer (request, 409, g_string_new ("[{\"headers\":{\"control\":\"must-refetch\"}}]"), FALSE);
  return TRUE;
}

/* A live answer's cursor is the end of the present 20 s step, or another one when that is what the client sent. */
static char *
make_cursor (SpotDevRequest *request)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC - CURSOR_EPOCH_S;
  gint64 cursor = (now_s / CURSOR_STEP_S + 1) * CURSOR_STEP_S;

  if (request->cursor != NULL && g_ascii_strtoll (request->cursor, NULL, 10) == cursor)
    cursor += g_random_int_range (1, 3600);
  return g_strdup_printf ("%" G_GINT64_FORMAT, cursor);
}

static void
append_up_to_date (SpotDevElectric *self,
                   GString         *body)
{
  g_string_append_printf (body, "{\"headers\":{\"control\":\"up-to-date\","
                                "\"global_last_seen_lsn\":\"%" G_GUINT64_FORMAT "\"}}]",
                          self->seen_lsn);
}

static gboolean
answer_rows (SpotDevRequest  *request,
             SpotDevShape    *shape,
             SpotDevPosition  position,
             GString         *body,
             gboolean         up_to_date,
             gboolean         timed_out)
{
  g_autofree char *offset = format_offset (position);
  gint64 stamp = 576460000000000000 + g_get_monotonic_time ();
  g_autofree char *end = timed_out ? g_strdup_printf (":-%" G_GINT64_FORMAT, stamp) : g_strdup ("");
  g_autofree char *etag = g_strdup_printf ("\"%s:%s:%s%s\"", shape->handle, request->offset, offset, end);

  if (g_str_equal (request->offset, "-1"))
    add_common_headers (request, "public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746");
  else if (request->live)
    add_common_headers (request, "public, max-age=5, stale-while-revalidate=5");
  else
    add_common_headers (request, "public, max-age=60, stale-while-revalidate=300");

  if (request->live)
    {
      g_autofree char *cursor = make_cursor (request);

      spot_dev_request_header (request, "electric-cursor", cursor);
    }
  spot_dev_request_header (request, "etag", etag);
  spot_dev_request_header (request, "electric-handle", shape->handle);
  if (!request->live)
    {
      g_autofree char *schema = spot_dev_columns_electric_schema (shape->columns);

      spot_dev_request_header (request, "electric-schema", schema);
    }
  if (up_to_date)
    spot_dev_request_header (request, "electric-up-to-date", "");
  spot_dev_request_header (request, "electric-offset", offset);
  answer (request, 200, body, !timed_out && !g_str_equal (request->offset, "now"));
  return TRUE;
}

/* The proxy in front computes the window once, and afterwards knows it by the handle (protocol §2.3). */
static gint64
find_bound_ms (SpotDevElectric *self,
               SpotDevRequest  *request)
{
  const gint64 *known;
  gint64 window_ms;

  if (request->filter.feed != SPOT_DEV_FEED_LIST)
    return SPOT_DEV_NO_BOUND;
  if (request->handle != NULL)
    {
      known = g_hash_table_lookup (self->bounds, request->handle);
      return known != NULL ? *known : SPOT_DEV_NO_BOUND;
    }
  if (!spot_dev_filter_parse_window (spot_dev_request_get (request, "createdAt"), &window_ms))
    return SPOT_DEV_NO_BOUND;
  return g_get_real_time () / 1000 - window_ms;
}

static void
remember_bound (SpotDevElectric *self,
                SpotDevRequest  *request,
                SpotDevShape    *shape)
{
  if (request->filter.feed != SPOT_DEV_FEED_LIST || request->legacy)
    return;
  if (g_hash_table_size (self->bounds) >= MAX_BOUNDS)
    g_hash_table_remove_all (self->bounds);
  g_hash_table_replace (self->bounds, g_strdup (shape->handle),
                        g_memdup2 (&request->filter.bound_ms, sizeof request->filter.bound_ms));
}

/* The headers of an event stream say where it begins: behind what has piled up, which comes at once. */
static gboolean
open_events (SpotDevRequest  *request,
             SpotDevShape    *shape,
             SpotDevPosition  position)
{
  g_autoptr(GString) skipped = g_string_new (NULL);
  g_autofree char *cursor = make_cursor (request);
  g_autofree char *offset = NULL, *etag = NULL;

  while (!spot_dev_shape_append_events (shape, &position, skipped))
    g_string_truncate (skipped, 0);
  offset = format_offset (position);
  etag = g_strdup_printf ("\"%s:%s:%s\"", shape->handle, request->offset, offset);
  add_common_headers (request, "public, max-age=59");
  spot_dev_request_header (request, "electric-cursor", cursor);
  spot_dev_request_header (request, "etag", etag);
  spot_dev_request_header (request, "electric-handle", shape->handle);
  spot_dev_request_header (request, "electric-up-to-date", "");
  spot_dev_request_header (request, "electric-offset", offset);
  request->opened = TRUE;
  return TRUE;
}

/**
 * spot_dev_electric_events:
 * @self: the server
 * @handle: a shape's handle
 * @offset: (inout) (transfer full): where the stream is
 * @out: where to write
 *
 * Appends what is new as events, and that it is up to date.
 *
 * Returns: %FALSE when the shape is gone, and the stream with it
 */
gboolean
spot_dev_electric_events (SpotDevElectric  *self,
                          const char       *handle,
                          char            **offset,
                          GString          *out)
{
  SpotDevShape *shape = g_hash_table_lookup (self->shapes, handle);
  SpotDevPosition position;

  if (shape == NULL || !parse_offset (*offset, &position))
    return FALSE;
  shape->used_us = g_get_monotonic_time ();
  if (!spot_dev_shape_has_news (shape, position))
    return TRUE;
  while (!spot_dev_shape_append_events (shape, &position, out))
    ;
  g_string_append (out, "data: ");
  append_up_to_date (self, out);
  g_string_truncate (out, out->len - 1);
  g_string_append (out, "\n\n");
  g_free (*offset);
  *offset = format_offset (position);
  return TRUE;
}

static gboolean
answer_log (SpotDevElectric *self,
            SpotDevRequest  *request,
            SpotDevShape    *shape,
            SpotDevPosition  position,
            SpotDevMoment    moment)
{
  GString *body;
  gboolean at_end, news = spot_dev_shape_has_news (shape, position);

  if (request->live && request->sse && moment == SPOT_DEV_MOMENT_ARRIVED)
    return open_events (request, shape, position);
  if (request->live && !news && moment != SPOT_DEV_MOMENT_EXPIRED)
    return FALSE;

  if (position.lsn == 0)
    position.op = G_MAXUINT64;
  body = g_string_new ("[");
  at_end = spot_dev_shape_append_log (shape, &position, body);
  if (at_end)
    append_up_to_date (self, body);
  else
    body->str[body->len - 1] = ']';
  return answer_rows (request, shape, position, body, at_end, request->live && !news);
}

/**
 * spot_dev_electric_answer:
 * @self: the server
 * @request: a request
 * @moment: why now
 *
 * Answers @request, unless it is to wait: then it does nothing.
 *
 * Returns: whether it answered
 */
gboolean
spot_dev_electric_answer (SpotDevElectric *self,
                          SpotDevRequest  *request,
                          SpotDevMoment    moment)
{
  gboolean from_start = g_strcmp0 (request->offset, "-1") == 0, from_now = g_strcmp0 (request->offset, "now") == 0;
  SpotDevPosition position = { 0, G_MAXUINT64 };
  SpotDevShape *shape;
  GBytes *piece = NULL;

  if (moment != SPOT_DEV_MOMENT_ARRIVED)
    {
      shape = g_hash_table_lookup (self->shapes, request->handle);
      if (shape == NULL)
        return answer_must_refetch (request, NULL);
      shape->used_us = g_get_monotonic_time ();
      parse_offset (request->offset, &position);
      return answer_log (self, request, shape, position, moment);
    }

  if (request->offset == NULL || *request->offset == '\0')
    return answer_invalid (request, "offset", "can't be blank");
  if (!from_start && !from_now && !parse_offset (request->offset, &position))
    return answer_invalid (request, "offset", "has invalid format");
  if (request->live && from_start)
    return answer_invalid (request, "live", "can't be true when offset == -1");
  if (request->live && from_now)
    return answer_invalid (request, "live", "can't be true when offset == now");
  if (request->sse && !request->live)
    return answer_invalid (request, "live_sse", "can't be true unless live is also true");
  if (request->handle == NULL && !from_start && !from_now)
    return answer_invalid (request, "handle", "can't be blank when offset != -1");

  request->filter.bound_ms = find_bound_ms (self, request);
  shape = get_shape (self, &request->filter, request->columns, get_mode (request));
  if (request->fault == SPOT_DEV_FAULT_MUST_REFETCH)
    {
      drop_shape (self, shape);
      shape = get_shape (self, &request->filter, request->columns, get_mode (request));
    }
  remember_bound (self, request, shape);
  if (request->fault == SPOT_DEV_FAULT_MUST_REFETCH)
    return answer_must_refetch (request, request->live ? NULL : shape->handle);
  if (!from_start && !from_now && g_strcmp0 (request->handle, shape->handle) != 0)
    return answer_must_refetch (request, shape->handle);

  if (from_now)
    {
      GString *body = g_string_new ("[");
      g_autoptr(GString) skipped = g_string_new (NULL);

      while (!spot_dev_shape_append_log (shape, &position, skipped))
        g_string_truncate (skipped, 0);
      append_up_to_date (self, body);
      return answer_rows (request, shape, position, body, TRUE, FALSE);
    }

  if (position.lsn > self->seen_lsn)
    return answer_invalid (request, "offset", "out of bounds for this shape");
  if (from_start)
    position.op = 0;
  else if (position.lsn == 0 && position.op < G_MAXUINT64)
    position.op++;
  if (position.lsn == 0)
    piece = spot_dev_shape_get_piece (shape, position.op);
  if (piece != NULL)
    {
      GString *body = g_string_new_len (g_bytes_get_data (piece, NULL), (gssize) g_bytes_get_size (piece));

      return answer_rows (request, shape, position, body, FALSE, FALSE);
    }
  return answer_log (self, request, shape, position, moment);
}
