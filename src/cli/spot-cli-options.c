/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "spot-when.h"

#include "spot-cli-options.h"

#define DEFAULT_URL "https://api.trigger.dev"
#define LINGER_S 30
#define LIMIT 100

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
               GError  **error)
{
  if (seconds >= 0 && seconds <= MAX_SECONDS)
    return TRUE;
  return refuse (error, _("That is no number of seconds to wait"));
}

/* What has no place in the server's lists, where commas separate; it would be answered with an error, or mean two. */
static gboolean
can_stand_in_list (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f || strchr (",\\\"", *c) != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
check_texts (const SpotCliOptions  *self,
             GError               **error)
{
  char **lists[] = { self->statuses, self->tasks };

  if ((self->run_id != NULL && *self->run_id == '\0') || (self->batch_id != NULL && *self->batch_id == '\0'))
    return refuse (error, _("An id cannot be empty"));
  for (guint i = 0; self->tags != NULL && self->tags[i] != NULL; i++)
    {
      if (*self->tags[i] == '\0')
        return refuse (error, _("A tag cannot be empty"));
      if (!can_stand_in_list (self->tags[i]))
        return refuse (error, _("The server cannot be asked for a tag with a comma, quote, backslash or control character"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; lists[i] != NULL && lists[i][j] != NULL; j++)
      if (*lists[i][j] == '\0' || !can_stand_in_list (lists[i][j]))
        return refuse (error, _("The server cannot be asked for such a status or task"));
  return TRUE;
}

static gboolean
choose_subject (SpotCliOptions        *self,
                const SpotCliCommand  *command,
                GError               **error)
{
  int n_subjects = (self->run_id != NULL) + (self->tags != NULL) + (self->batch_id != NULL);

  self->kind = self->run_id != NULL     ? SPOT_WATCH_RUN
               : self->tags != NULL     ? SPOT_WATCH_TAGS
               : self->batch_id != NULL ? SPOT_WATCH_BATCH
                                        : SPOT_WATCH_ENVIRONMENT;
  if ((command->features & SPOT_CLI_FOLLOWS) == 0)
    return TRUE;
  if (n_subjects > 1)
    return refuse (error, _("Only one of --run, --tag and --batch can be given"));
  if (n_subjects == 0 && (command->features & SPOT_CLI_NEEDS_SUBJECT) != 0)
    return refuse (error, _("One of --run, --tag and --batch is needed"));
  if (self->streams && self->run_id == NULL)
    return refuse (error, _("--streams needs --run"));
  return TRUE;
}

static gboolean
choose_server (SpotCliOptions  *self,
               GError         **error)
{
  if (self->account != NULL && self->api_url != NULL)
    return refuse (error, _("An account has its own server: only one of --account and --api-url can be given"));
  if (self->account == NULL && self->api_url == NULL)
    self->api_url = g_strdup (g_getenv ("TRIGGER_API_URL"));
  if (self->account == NULL && (self->api_url == NULL || *self->api_url == '\0'))
    {
      g_free (self->api_url);
      self->api_url = g_strdup (DEFAULT_URL);
    }
  if (self->branch == NULL)
    self->branch = g_strdup (g_getenv ("TRIGGER_PREVIEW_BRANCH"));
  return TRUE;
}

/* ---- of a list ---- */

static gboolean
read_time (const char  *text, /* nullable */
           gint64      *time_us,
           GError     **error)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();

  if (text == NULL || spot_when_parse (text, g_get_real_time (), zone, time_us))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               /* Translators: %s is what somebody typed */
               _("“%s” is no time: 2026-08-21, 2026-08-21T12:00Z or 7d would be"), text);
  return FALSE;
}

static gboolean
read_format (SpotCliOptions  *self,
             const char      *text, /* nullable */
             GError         **error)
{
  static const struct
  {
    const char   *name;
    SpotCliFormat format;
  } formats[] = {
    { "table", SPOT_CLI_FORMAT_TABLE },
    { "json", SPOT_CLI_FORMAT_JSON },
    { "jsonl", SPOT_CLI_FORMAT_JSON_LINES },
    { "csv", SPOT_CLI_FORMAT_CSV },
  };

  self->format = isatty (STDOUT_FILENO) && !self->json ? SPOT_CLI_FORMAT_TABLE : SPOT_CLI_FORMAT_JSON_LINES;
  if (text == NULL)
    return TRUE;
  if (self->json)
    return refuse (error, _("Only one of --json and --format can be given"));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, text) == 0)
      {
        self->format = formats[i].format;
        return TRUE;
      }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               /* Translators: %s is what somebody typed; the words are not translated */
               _("“%s” is no format: table, json, jsonl and csv are"), text);
  return FALSE;
}

/* ---- all of it ---- */

static void
add_entries (GOptionContext       *context,
             SpotCliOptions       *self,
             const SpotCliCommand *command,
             char                **format,
             char                **from,
             char                **to)
{
  const GOptionEntry server_entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &self->account,
      N_("Use the server and the key of an account that Runspotter knows"), N_("NAME") },
    { "api-url", 0, 0, G_OPTION_ARG_STRING, &self->api_url, N_("The server; otherwise that in TRIGGER_API_URL"), N_("URL") },
    { "branch", 0, 0, G_OPTION_ARG_STRING, &self->branch,
      N_("The branch of a preview environment; otherwise that in TRIGGER_PREVIEW_BRANCH"), N_("NAME") },
    { "allow-plain-http", 0, 0, G_OPTION_ARG_NONE, &self->allow_plain_http,
      N_("Let others read the key on its way to an http: server"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_("Say nothing about the connection"), NULL },
    { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &self->timeout_s, N_("When to give up; 0 for never"), N_("SECONDS") },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry run_entries[] = {
    { "run", 'r', 0, G_OPTION_ARG_STRING, &self->run_id, N_("One run"), N_("ID") },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry subject_entries[] = {
    { "tag", 't', 0, G_OPTION_ARG_STRING_ARRAY, &self->tags, N_("Runs with the tag; with several, those that have all"),
      N_("TAG") },
    { "batch", 'b', 0, G_OPTION_ARG_STRING, &self->batch_id, N_("Runs of a batch"), N_("ID") },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry list_entries[] = {
    { "status", 's', 0, G_OPTION_ARG_STRING_ARRAY, &self->statuses, N_("Runs in the status; with several, in any of them"),
      N_("STATUS") },
    { "task", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->tasks, N_("Runs of the task; with several, of any of them"), N_("ID") },
    { "from", 0, 0, G_OPTION_ARG_STRING, from, N_("Runs made at this time or later: a day, a time, or an age such as 7d"),
      N_("TIME") },
    { "to", 0, 0, G_OPTION_ARG_STRING, to, N_("Runs made at this time or earlier"), N_("TIME") },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &self->limit, N_("How many at most, 100 unless told otherwise; 0 for all"),
      N_("NUMBER") },
    { "format", 0, 0, G_OPTION_ARG_STRING, format,
      N_("table, json, jsonl or csv; otherwise a table on a terminal, and jsonl elsewhere"), N_("FORMAT") },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, N_("The same as --format=jsonl"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry print_entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, N_("Print a JSON object on each line"), NULL },
    { "streams", 0, 0, G_OPTION_ARG_NONE, &self->streams, N_("Print what the run writes to its data streams, too"), NULL },
    { "linger", 0, 0, G_OPTION_ARG_DOUBLE, &self->linger_s,
      N_("How long to go on after the end of the one run, 30 at most: its costs may come late"), N_("SECONDS") },
    G_OPTION_ENTRY_NULL,
  };

  if ((command->features & SPOT_CLI_FOLLOWS) != 0)
    g_option_context_add_main_entries (context, run_entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, subject_entries, GETTEXT_PACKAGE);
  if ((command->features & SPOT_CLI_LISTS) != 0)
    g_option_context_add_main_entries (context, list_entries, GETTEXT_PACKAGE);
  if ((command->features & SPOT_CLI_PRINTS) != 0)
    g_option_context_add_main_entries (context, print_entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, server_entries, GETTEXT_PACKAGE);
}

/**
 * spot_cli_options_parse:
 * @self: (out caller-allocates): what was asked for; to be cleared whatever is returned
 * @command: the command
 * @arguments: (inout) (array zero-terminated=1): its arguments, the program's name first; what is understood is taken out
 * @error: return location
 *
 * Reads the command line, TRIGGER_API_URL and TRIGGER_PREVIEW_BRANCH. `--help` prints and ends the program.
 *
 * Returns: %FALSE with %G_OPTION_ERROR for what cannot be done
 */
gboolean
spot_cli_options_parse (SpotCliOptions        *self,
                        const SpotCliCommand  *command,
                        char                ***arguments,
                        GError               **error)
{
  g_autoptr(GOptionContext) context = NULL;
  g_autofree char *format = NULL;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  *self = (SpotCliOptions) { .timeout_s = command->timeout_s, .linger_s = LINGER_S, .limit = LIMIT };

  context = g_option_context_new (NULL);
  g_option_context_set_summary (context, _(command->summary));
  g_option_context_set_description (context, _(command->description));
  add_entries (context, self, command, &format, &from, &to);
  if (!g_option_context_parse_strv (context, arguments, error))
    return FALSE;
  if ((*arguments)[0] != NULL && (*arguments)[1] != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("“%s” is not an option"), (*arguments)[1]);
      return FALSE;
    }
  if (!check_seconds (self->timeout_s, error) || !check_seconds (self->linger_s, error))
    return FALSE;
  self->linger_s = MIN (self->linger_s, LINGER_S);
  if (self->limit < 0)
    return refuse (error, _("That is no number of runs"));
  return read_time (from, &self->from_us, error) && read_time (to, &self->to_us, error) &&
         read_format (self, format, error) && check_texts (self, error) && choose_server (self, error) &&
         choose_subject (self, command, error);
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
  g_clear_pointer (&self->statuses, g_strfreev);
  g_clear_pointer (&self->tasks, g_strfreev);
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->api_url, g_free);
  g_clear_pointer (&self->branch, g_free);
}
