/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-run-stream-private.h"

/* Of streams that are written to from outside of the run (protocol §7.7). */
#define INPUT_PREFIX "$trigger.input:"

struct _SpotRunStream
{
  GObject           parent_instance;

  char             *key;        /* (owned) */
  SpotConnection   *connection; /* (owned) */
  SpotStreamBuffer  kept;
  GPtrArray        *untold;     /* (owned) (nullable) (element-type SpotStreamChunk): came since `appended` was emitted */
  guint64           n_chunks;
  guint64           told_chunks;
  guint64           told_dropped;
  gboolean          ended;
  gboolean          stale;     /* it begins again: what is kept goes when the first new chunk comes */
  gboolean          was_reset; /* what was kept has gone, and nobody has been told */
};

G_DEFINE_FINAL_TYPE (SpotRunStream, spot_run_stream, G_TYPE_OBJECT)

enum
{
  PROP_KEY = 1,
  PROP_CONNECTION,
  PROP_ENDED,
  PROP_N_CHUNKS,
  PROP_N_DROPPED,
  N_PROPERTIES,
};

enum
{
  SIGNAL_APPENDED,
  SIGNAL_RESET,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static void
spot_run_stream_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SpotRunStream *self = SPOT_RUN_STREAM (object);

  switch (property_id)
    {
    case PROP_KEY:
      g_value_set_string (value, self->key);
      break;
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_ENDED:
      g_value_set_boolean (value, self->ended);
      break;
    case PROP_N_CHUNKS:
      g_value_set_uint64 (value, self->n_chunks);
      break;
    case PROP_N_DROPPED:
      g_value_set_uint64 (value, self->kept.n_dropped);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_run_stream_finalize (GObject *object)
{
  SpotRunStream *self = SPOT_RUN_STREAM (object);

  g_free (self->key);
  g_object_unref (self->connection);
  g_clear_pointer (&self->untold, g_ptr_array_unref);
  spot_stream_buffer_clear (&self->kept);
  G_OBJECT_CLASS (spot_run_stream_parent_class)->finalize (object);
}

static void
spot_run_stream_class_init (SpotRunStreamClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_run_stream_get_property;
  object_class->finalize = spot_run_stream_finalize;

  /**
   * SpotRunStream:key:
   *
   * What the task calls it. Server text.
   */
  properties[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  /**
   * SpotRunStream:connection:
   *
   * Where it stands. The same object always.
   */
  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, SPOT_TYPE_CONNECTION, flags);
  /**
   * SpotRunStream:ended:
   *
   * Whether nothing more will come: the run has ended and the rest has been read, or could not be, as `connection` tells.
   */
  properties[PROP_ENDED] = g_param_spec_boolean ("ended", NULL, NULL, FALSE, flags);
  /**
   * SpotRunStream:n-chunks:
   *
   * How many chunks have come so far.
   */
  properties[PROP_N_CHUNKS] = g_param_spec_uint64 ("n-chunks", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * SpotRunStream:n-dropped:
   *
   * How many of them are not kept any more: the oldest.
   */
  properties[PROP_N_DROPPED] = g_param_spec_uint64 ("n-dropped", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SpotRunStream::appended:
   * @self: the stream
   * @chunks: (element-type SpotStreamChunk): what came, oldest first; good during the emission
   *
   * Chunks came. They may be more than what is kept.
   */
  signals[SIGNAL_APPENDED] = g_signal_new ("appended", SPOT_TYPE_RUN_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  /**
   * SpotRunStream::reset:
   * @self: the stream
   *
   * It is read from its beginning again, and what was kept is gone; `appended` follows with the first chunks.
   */
  signals[SIGNAL_RESET] = g_signal_new ("reset", SPOT_TYPE_RUN_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
}

static void
spot_run_stream_init (SpotRunStream *self)
{
  self->connection = spot_connection_new ();
  spot_stream_buffer_init (&self->kept);
}

/* ---- for the list of streams ---- */

/**
 * spot_run_stream_new:
 * @key: its key
 *
 * Returns: (transfer full): a stream that is connecting
 */
SpotRunStream *
spot_run_stream_new (const char *key)
{
  SpotRunStream *self = g_object_new (SPOT_TYPE_RUN_STREAM, NULL);

  self->key = g_strdup (key);
  return self;
}

/**
 * spot_run_stream_add:
 * @self: a stream
 * @chunk: (transfer full): the next chunk
 *
 * Takes a chunk. Nobody is told before spot_run_stream_tell().
 */
void
spot_run_stream_add (SpotRunStream   *self,
                     SpotStreamChunk *chunk)
{
  if (self->stale)
    {
      self->stale = FALSE;
      g_clear_pointer (&self->untold, g_ptr_array_unref);
      spot_stream_buffer_clear (&self->kept);
      self->n_chunks = 0;
      self->was_reset = TRUE;
    }
  if (self->untold == NULL)
    self->untold = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_stream_chunk_unref);
  g_ptr_array_add (self->untold, spot_stream_chunk_ref (chunk));
  spot_stream_buffer_take (&self->kept, chunk);
  self->n_chunks++;
}

/**
 * spot_run_stream_tell:
 * @self: a stream
 *
 * Tells listeners what has come, if anything has.
 */
void
spot_run_stream_tell (SpotRunStream *self)
{
  g_autoptr(GPtrArray) chunks = g_steal_pointer (&self->untold);

  if (chunks == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (self->told_chunks != self->n_chunks)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHUNKS]);
  if (self->told_dropped != self->kept.n_dropped)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_DROPPED]);
  self->told_chunks = self->n_chunks;
  self->told_dropped = self->kept.n_dropped;
  g_object_thaw_notify (G_OBJECT (self));
  if (self->was_reset)
    {
      self->was_reset = FALSE;
      g_signal_emit (self, signals[SIGNAL_RESET], 0);
    }
  g_signal_emit (self, signals[SIGNAL_APPENDED], 0, chunks);
}

/**
 * spot_run_stream_set_status:
 * @self: a stream
 * @status: where its thread stands
 * @offline: whether this machine has no network on which the server could be
 *
 * Takes over where it stands.
 */
void
spot_run_stream_set_status (SpotRunStream  *self,
                            SpotFeedStatus *status,
                            gboolean        offline)
{
  SpotConnectionInfo info = spot_connection_info_from_status (status, offline);
  gboolean ended = status->state == SPOT_FEED_STOPPED;

  if (ended && status->problem != NULL)
    {
      /* The run is over and its stream could not be read to the end: nothing mends that by itself. */
      info.state = SPOT_CONNECTION_NEEDS_ATTENTION;
      info.problem = spot_problem_from_error (status->problem);
      info.detail = status->problem->message;
    }
  g_object_freeze_notify (G_OBJECT (self));
  spot_connection_set (self->connection, &info);
  if (ended != self->ended)
    {
      self->ended = ended;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENDED]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * spot_run_stream_begin_again:
 * @self: a stream whose thread has been replaced
 *
 * Its chunks come once more from the beginning. What is kept stays until the first of them.
 */
void
spot_run_stream_begin_again (SpotRunStream *self)
{
  self->stale = TRUE;
}

/* ---- public ---- */

/**
 * spot_run_stream_get_key:
 * @self: a stream
 *
 * Returns: what the task calls it. Server text
 */
const char *
spot_run_stream_get_key (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), NULL);
  return self->key;
}

/**
 * spot_run_stream_get_is_input:
 * @self: a stream
 *
 * Returns: whether it holds what was sent to the run, rather than what the run has written
 */
gboolean
spot_run_stream_get_is_input (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), FALSE);
  return g_str_has_prefix (self->key, INPUT_PREFIX);
}

/**
 * spot_run_stream_get_connection:
 * @self: a stream
 *
 * Returns: (transfer none): where it stands, the same object always
 */
SpotConnection *
spot_run_stream_get_connection (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), NULL);
  return self->connection;
}

/**
 * spot_run_stream_get_ended:
 * @self: a stream
 *
 * Returns: whether nothing more will come
 */
gboolean
spot_run_stream_get_ended (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), FALSE);
  return self->ended;
}

/**
 * spot_run_stream_get_n_chunks:
 * @self: a stream
 *
 * Returns: how many chunks have come so far
 */
guint64
spot_run_stream_get_n_chunks (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), 0);
  return self->n_chunks;
}

/**
 * spot_run_stream_get_n_dropped:
 * @self: a stream
 *
 * Returns: how many of them, the oldest, are not kept any more
 */
guint64
spot_run_stream_get_n_dropped (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), 0);
  return self->kept.n_dropped;
}

/**
 * spot_run_stream_get_n_kept:
 * @self: a stream
 *
 * Returns: how many chunks are kept
 */
guint
spot_run_stream_get_n_kept (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), 0);
  return self->kept.chunks.length;
}

/**
 * spot_run_stream_get_kept_bytes:
 * @self: a stream
 *
 * Returns: about how much memory they take
 */
gsize
spot_run_stream_get_kept_bytes (SpotRunStream *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), 0);
  return self->kept.n_bytes;
}

/**
 * spot_run_stream_foreach:
 * @self: a stream
 * @newest_first: from the end rather than from the beginning
 * @func: (scope call): called for each chunk that is kept, until it returns %FALSE
 * @user_data: data for @func
 *
 * Goes through what is kept. Nothing may be done to the stream meanwhile.
 */
void
spot_run_stream_foreach (SpotRunStream     *self,
                         gboolean           newest_first,
                         SpotRunStreamFunc  func,
                         gpointer           user_data)
{
  g_return_if_fail (SPOT_IS_RUN_STREAM (self));
  g_return_if_fail (func != NULL);

  for (GList *l = newest_first ? self->kept.chunks.tail : self->kept.chunks.head; l != NULL;
       l = newest_first ? l->prev : l->next)
    if (!func (l->data, user_data))
      return;
}

/**
 * spot_run_stream_dup_text:
 * @self: a stream
 * @form: how
 * @length: (out) (optional): its length in bytes; the text may hold NUL
 *
 * Returns: (transfer full): the text of all that is kept
 */
char *
spot_run_stream_dup_text (SpotRunStream  *self,
                          SpotStreamForm  form,
                          gsize          *length)
{
  g_autoptr(GString) text = NULL;
  gboolean at_line_start = TRUE;

  g_return_val_if_fail (SPOT_IS_RUN_STREAM (self), NULL);

  text = g_string_new (NULL);
  for (GList *l = self->kept.chunks.head; l != NULL; l = l->next)
    at_line_start = spot_stream_chunk_write (l->data, form, at_line_start, text);
  if (length != NULL)
    *length = text->len;
  return g_string_free (g_steal_pointer (&text), FALSE);
}
