/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include "spot-cli-line.h"
#include "spot-cli-streams.h"

struct _SpotCliStreams
{
  SpotCliSession       *session;
  const SpotCliOptions *options;
  SpotRunStreams       *streams; /* (owned) */
  GPtrArray            *printers; /* (owned) (element-type Printer) */
};

/* One stream. */
typedef struct
{
  SpotCliStreams *owner;
  SpotRunStream  *stream; /* (owned) */
  guint64         n_printed;
  guint64         n_to_skip; /* it has begun again, and so many were printed before */
} Printer;

static void
printer_free (gpointer data)
{
  Printer *self = data;

  g_signal_handlers_disconnect_by_data (self->stream, self);
  g_object_unref (self->stream);
  g_free (self);
}

static void
appended_cb (SpotRunStream *stream,
             GPtrArray     *chunks,
             Printer       *self)
{
  const SpotCliOptions *options = self->owner->options;
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < chunks->len; i++)
    {
      g_autofree char *line = NULL;

      if (self->n_to_skip > 0)
        {
          self->n_to_skip--;
          continue;
        }
      line = spot_cli_line_new_chunk (options->run_id, spot_run_stream_get_key (stream), chunks->pdata[i], options->json);
      g_string_append_printf (out, "%s\n", line);
      self->n_printed++;
    }
  if (out->len > 0)
    spot_cli_session_write (self->owner->session, out->str, out->len);
}

static void
reset_cb (SpotRunStream *stream,
          Printer       *self)
{
  self->n_to_skip = self->n_printed;
}

static void
items_changed_cb (GListModel     *model,
                  guint           position,
                  guint           removed,
                  guint           added,
                  SpotCliStreams *self)
{
  for (guint i = position; i < position + added; i++)
    {
      Printer *printer = g_new0 (Printer, 1);

      printer->owner = self;
      printer->stream = g_list_model_get_item (model, i);
      g_signal_connect (printer->stream, "appended", G_CALLBACK (appended_cb), printer);
      g_signal_connect (printer->stream, "reset", G_CALLBACK (reset_cb), printer);
      g_ptr_array_add (self->printers, printer);
    }
}

/**
 * spot_cli_streams_new:
 * @session: where to print; must outlive the result
 * @options: which run, and how; likewise
 *
 * Reads the data streams of the run, and prints each chunk once.
 *
 * Returns: (transfer full): what prints
 */
SpotCliStreams *
spot_cli_streams_new (SpotCliSession       *session,
                      const SpotCliOptions *options)
{
  SpotCliStreams *self = g_new0 (SpotCliStreams, 1);
  SpotEnvironment *environment = spot_cli_session_get_environment (session);

  self->session = session;
  self->options = options;
  self->printers = g_ptr_array_new_with_free_func (printer_free);
  spot_environment_open_run (environment, options->run_id);
  self->streams = g_object_ref (spot_environment_get_run_streams (environment, options->run_id));
  g_signal_connect (self->streams, "items-changed", G_CALLBACK (items_changed_cb), self);
  return self;
}

/**
 * spot_cli_streams_free:
 * @self: (transfer full): what prints
 *
 * Ends it.
 */
void
spot_cli_streams_free (SpotCliStreams *self)
{
  g_signal_handlers_disconnect_by_data (self->streams, self);
  g_ptr_array_unref (self->printers);
  spot_environment_close_run (spot_cli_session_get_environment (self->session), self->options->run_id);
  g_object_unref (self->streams);
  g_free (self);
}
