/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include <glib/gi18n.h>

#include "spot-cli-options.h"

#define DEFAULT_URL "https://api.trigger.dev"
#define LINGER_S 30

/* A year: what is longer is a mistake. */
#define MAX_SECONDS (366.0 * 24 * 3600)

static gboolean
refuse (GError    **error,
        const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, sentence);
  return FALSE;
}

static gboolean
check_seconds (double    seconds,
               double    least,
               GError  **error)
{
  if (seconds >= least && seconds <= MAX_SECONDS)
    return TRUE;
  return refuse (error, _("That is no number of seconds to wait"));
}

static gboolean
choose_subject (SpotCliOptions        *self,
                const SpotCliCommand  *command,
                GError               **error)
{
  int n_subjects = (self->run_id != NULL) + (self->tags != NULL) + (self->batch_id != NULL);

  if (n_subjects > 1)
    return refuse (error, _("Only one of --run, --tag and --batch can be given"));
  if (n_subjects == 0 && command->needs_subject)
    return refuse (error, _("One of --run, --tag and --batch is needed"));

  self->kind = self->run_id != NULL     ? SPOT_WATCH_RUN
               : self->tags != NULL     ? SPOT_WATCH_TAGS
               : self->batch_id != NULL ? SPOT_WATCH_BATCH
                                        : SPOT_WATCH_ENVIRONMENT;
  if ((self->run_id != NULL && *self->run_id == '\0') || (self->batch_id != NULL && *self->batch_id == '\0'))
    return refuse (error, _("An id cannot be empty"));
  for (guint i = 0; self->tags != NULL && self->tags[i] != NULL; i++)
    {
      if (*self->tags[i] == '\0')
        return refuse (error, _("A tag cannot be empty"));
      /* What has no place in the server's list of tags; it would be answered with an error, or mean two tags. */
      for (const char *c = self->tags[i]; *c != '\0'; c++)
        if ((guchar) *c < 0x20 || *c == 0x7f || strchr (",\\\"", *c) != NULL)
          return refuse (error, _("The server cannot be asked for a tag with a comma, quote, backslash or control character"));
    }
  return TRUE;
}

/**
 * spot_cli_options_parse:
 * @self: (out caller-allocates): what was asked for; to be cleared whatever is returned
 * @command: the command
 * @arguments: (inout) (array zero-terminated=1): its arguments, the program's name first; what is understood is taken out
 * @error: return location
 *
 * Reads the command line and TRIGGER_API_URL. `--help` prints and ends the program.
 *
 * Returns: %FALSE with %G_OPTION_ERROR for what cannot be done
 */
gboolean
spot_cli_options_parse (SpotCliOptions        *self,
                        const SpotCliCommand  *command,
                        char                ***arguments,
                        GError               **error)
{
  const GOptionEntry subject_entries[] = {
    { "run", 'r', 0, G_OPTION_ARG_STRING, &self->run_id, N_("One run"), N_("ID") },
    { "tag", 't', 0, G_OPTION_ARG_STRING_ARRAY, &self->tags, N_("Runs with the tag; with several, those that have all"),
      N_("TAG") },
    { "batch", 'b', 0, G_OPTION_ARG_STRING, &self->batch_id, N_("Runs of a batch"), N_("ID") },
    { "api-url", 0, 0, G_OPTION_ARG_STRING, &self->api_url, N_("The server; otherwise that in TRIGGER_API_URL"), N_("URL") },
    { "allow-plain-http", 0, 0, G_OPTION_ARG_NONE, &self->allow_plain_http,
      N_("Let others read the key on its way to an http: server"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_("Say nothing about the connection"), NULL },
    { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &self->timeout_s, N_("When to give up; 0 for never"), N_("SECONDS") },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry json_entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, N_("Print a JSON object on each line"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry linger_entries[] = {
    { "linger", 0, 0, G_OPTION_ARG_DOUBLE, &self->linger_s,
      N_("How long to go on after the end of the one run, 30 at most: its costs may come late"), N_("SECONDS") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = NULL;

  *self = (SpotCliOptions) { .timeout_s = command->timeout_s, .linger_s = LINGER_S };

  context = g_option_context_new (NULL);
  g_option_context_set_summary (context, _(command->summary));
  g_option_context_set_description (context, _(command->description));
  g_option_context_add_main_entries (context, subject_entries, GETTEXT_PACKAGE);
  if (command->has_json)
    g_option_context_add_main_entries (context, json_entries, GETTEXT_PACKAGE);
  if (command->has_linger)
    g_option_context_add_main_entries (context, linger_entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, arguments, error))
    return FALSE;
  if ((*arguments)[0] != NULL && (*arguments)[1] != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("“%s” is not an option"), (*arguments)[1]);
      return FALSE;
    }

  if (self->api_url == NULL)
    self->api_url = g_strdup (g_getenv ("TRIGGER_API_URL"));
  if (self->api_url == NULL || *self->api_url == '\0')
    {
      g_free (self->api_url);
      self->api_url = g_strdup (DEFAULT_URL);
    }
  if (!check_seconds (self->timeout_s, 0, error) || !check_seconds (self->linger_s, 0, error))
    return FALSE;
  self->linger_s = MIN (self->linger_s, LINGER_S);
  return choose_subject (self, command, error);
}

/**
 * spot_cli_options_clear:
 * @self: options
 *
 * Frees what they own.
 */
void
spot_cli_options_clear (SpotCliOptions *self)
{
  g_clear_pointer (&self->run_id, g_free);
  g_clear_pointer (&self->tags, g_strfreev);
  g_clear_pointer (&self->batch_id, g_free);
  g_clear_pointer (&self->api_url, g_free);
}
