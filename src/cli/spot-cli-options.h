/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-monitor.h"

G_BEGIN_DECLS

/**
 * SpotCliExit:
 * @SPOT_CLI_EXIT_OK: done; for `wait`: completed
 * @SPOT_CLI_EXIT_FAILED: for `wait`: a run failed, crashed, timed out, expired or was interrupted
 * @SPOT_CLI_EXIT_CANCELED: for `wait`: none failed, and one was canceled
 * @SPOT_CLI_EXIT_UNKNOWN: it could not be told: the server refused, or the time was over
 * @SPOT_CLI_EXIT_USAGE: the command line or the environment is wrong; nothing was asked of a server
 */
typedef enum {
  SPOT_CLI_EXIT_OK = 0,
  SPOT_CLI_EXIT_FAILED = 1,
  SPOT_CLI_EXIT_CANCELED = 2,
  SPOT_CLI_EXIT_UNKNOWN = 3,
  SPOT_CLI_EXIT_USAGE = 64,
} SpotCliExit;

/**
 * SpotCliFormat:
 * @SPOT_CLI_FORMAT_TABLE: for people
 * @SPOT_CLI_FORMAT_JSON: one JSON array
 * @SPOT_CLI_FORMAT_JSON_LINES: a JSON object on each line
 * @SPOT_CLI_FORMAT_CSV: for spreadsheets
 *
 * How runs are printed.
 */
typedef enum {
  SPOT_CLI_FORMAT_TABLE,
  SPOT_CLI_FORMAT_JSON,
  SPOT_CLI_FORMAT_JSON_LINES,
  SPOT_CLI_FORMAT_CSV,
} SpotCliFormat;

/**
 * SpotCliOptions:
 * @kind: which runs
 * @run_id: (owned) (nullable): for %SPOT_WATCH_RUN
 * @tags: (owned) (nullable): for %SPOT_WATCH_TAGS; for a list, besides the rest
 * @batch_id: (owned) (nullable): for %SPOT_WATCH_BATCH; for a list, besides the rest
 * @statuses: (owned) (nullable): for a list: in any of them
 * @tasks: (owned) (nullable): for a list: of any of them
 * @from_us: for a list: created since, microseconds since 1970 UTC, 0 for no bound
 * @to_us: for a list: created until then, likewise
 * @limit: for a list: at most so many, 0 for all
 * @account: (owned) (nullable): whose server and key to use
 * @api_url: (owned) (nullable): the server; %NULL for the account's
 * @branch: (owned) (nullable): of a preview environment
 * @allow_plain_http: send the credential in the clear to a host that is not this machine
 * @json: a JSON object for each line
 * @format: for a list
 * @streams: print what the run's data streams bring
 * @quiet: nothing about the connection
 * @timeout_s: when to give up, in seconds; 0 for never
 * @linger_s: how long to go on after the end of the one run, in seconds
 *
 * What a command was asked to do.
 */
typedef struct
{
  SpotWatchKind kind;
  char         *run_id;
  char        **tags;
  char         *batch_id;
  char        **statuses;
  char        **tasks;
  gint64        from_us;
  gint64        to_us;
  int           limit;
  char         *account;
  char         *api_url;
  char         *branch;
  gboolean      allow_plain_http;
  gboolean      json;
  SpotCliFormat format;
  gboolean      streams;
  gboolean      quiet;
  double        timeout_s;
  double        linger_s;
} SpotCliOptions;

/**
 * SpotCliFeatures:
 * @SPOT_CLI_FOLLOWS: follows a run, tags or a batch
 * @SPOT_CLI_NEEDS_SUBJECT: every run of the environment is no answer to what it asks
 * @SPOT_CLI_PRINTS: prints runs as they change
 * @SPOT_CLI_LISTS: prints runs once
 *
 * Which options a command has.
 */
typedef enum {
  SPOT_CLI_FOLLOWS = 1 << 0,
  SPOT_CLI_NEEDS_SUBJECT = 1 << 1,
  SPOT_CLI_PRINTS = 1 << 2,
  SPOT_CLI_LISTS = 1 << 3,
} SpotCliFeatures;

/**
 * SpotCliCommand:
 * @name: as it is typed
 * @summary: one line, untranslated
 * @description: what `--help` says below the options, untranslated
 * @features: which options it has
 * @timeout_s: unless told otherwise
 * @run: does it
 *
 * A word behind the program's name.
 */
typedef struct
{
  const char     *name;
  const char     *summary;
  const char     *description;
  SpotCliFeatures features;
  double          timeout_s;
  SpotCliExit   (*run) (const SpotCliOptions *options);
} SpotCliCommand;

gboolean spot_cli_options_parse (SpotCliOptions       *self,
                                 const SpotCliCommand *command,
                                 char               ***arguments,
                                 GError              **error);
void     spot_cli_options_clear (SpotCliOptions       *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpotCliOptions, spot_cli_options_clear)

G_END_DECLS
