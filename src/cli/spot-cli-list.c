/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include <glib/gi18n.h>

#include "spot-export.h"
#include "spot-run-lister.h"

#include "spot-cli-commands.h"
#include "spot-cli-line.h"
#include "spot-cli-session.h"

typedef struct
{
  const SpotCliOptions *options;
  SpotCliSession       *session;
  SpotRunLister        *lister;      /* (owned) */
  SpotExport           *export;      /* (owned) (nullable): %NULL for a table */
  GCancellable         *cancellable; /* (owned) */
  guint                 n_printed;
} Listing;

static void
listing_free (Listing *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->lister);
  g_clear_pointer (&self->export, spot_export_free);
  g_object_unref (self->cancellable);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listing, listing_free)

static void
append_run (Listing             *self,
            const SpotRunRecord *record,
            GString             *out)
{
  g_autofree char *line = NULL;

  if (self->export != NULL)
    {
      spot_export_add (self->export, record, out);
      return;
    }
  line = spot_cli_line_new_listed (record);
  g_string_append_printf (out, "%s\n", line);
}

static guint
get_n_wanted (Listing *self)
{
  return self->options->limit > 0 ? (guint) self->options->limit - self->n_printed : 0;
}

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) runs = spot_run_lister_next_finish (SPOT_RUN_LISTER (source), result, &error);
  g_autoptr(GString) out = NULL;
  Listing *self = user_data;
  gboolean full;

  /* Then nobody is there any more. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (runs == NULL)
    {
      spot_cli_session_say_problem (self->session, spot_run_lister_get_problem (self->lister), error->message);
      spot_cli_session_quit (self->session, SPOT_CLI_EXIT_UNKNOWN);
      return;
    }

  out = g_string_new (NULL);
  for (guint i = 0; i < runs->len && (self->options->limit == 0 || get_n_wanted (self) > 0); i++, self->n_printed++)
    append_run (self, runs->pdata[i], out);
  full = self->options->limit > 0 && get_n_wanted (self) == 0;
  if (!full && !spot_run_lister_is_at_end (self->lister))
    {
      if (spot_cli_session_write (self->session, out->str, out->len))
        spot_run_lister_next_async (self->lister, get_n_wanted (self), self->cancellable, page_cb, self);
      return;
    }
  if (self->export != NULL)
    spot_export_end (self->export, out);
  if (spot_cli_session_write (self->session, out->str, out->len) && full && !self->options->quiet &&
      !spot_run_lister_is_at_end (self->lister))
    g_printerr ("runspotter-cli: %s\n", _("There are more; see --limit"));
  spot_cli_session_quit (self->session, SPOT_CLI_EXIT_OK);
}

static Listing *
listing_new (const SpotCliOptions *options,
             SpotCliSession       *session)
{
  static const SpotExportFormat formats[] = {
    [SPOT_CLI_FORMAT_JSON] = SPOT_EXPORT_JSON,
    [SPOT_CLI_FORMAT_JSON_LINES] = SPOT_EXPORT_JSON_LINES,
    [SPOT_CLI_FORMAT_CSV] = SPOT_EXPORT_CSV,
  };
  const SpotRunFilter filter = {
    .statuses = (const char * const *) options->statuses,
    .tasks = (const char * const *) options->tasks,
    .tags = (const char * const *) options->tags,
    .batch_id = options->batch_id,
    .from_us = options->from_us,
    .to_us = options->to_us,
  };
  Listing *self = g_new0 (Listing, 1);

  self->options = options;
  self->session = session;
  self->cancellable = g_cancellable_new ();
  self->lister = spot_run_lister_new (spot_cli_session_get_environment (session), &filter);
  if (options->format != SPOT_CLI_FORMAT_TABLE)
    self->export = spot_export_new (formats[options->format]);
  return self;
}

/**
 * spot_cli_list:
 * @options: what to list
 *
 * Prints runs as far back as the server knows them, the newest first.
 *
 * Returns: what the program ends with
 */
SpotCliExit
spot_cli_list (const SpotCliOptions *options)
{
  g_autoptr(SpotCliSession) session = spot_cli_session_new (options);
  g_autoptr(Listing) self = NULL;

  if (session == NULL)
    return SPOT_CLI_EXIT_USAGE;

  self = listing_new (options, session);
  if (self->export == NULL)
    {
      g_autofree char *header = spot_cli_line_new_header ();

      spot_cli_session_print (session, header);
    }
  spot_run_lister_next_async (self->lister, get_n_wanted (self), self->cancellable, page_cb, self);
  return spot_cli_session_run (session, SPOT_CLI_EXIT_UNKNOWN);
}
