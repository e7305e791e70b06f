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
 * SpotCliOptions:
 * @kind: which runs
 * @run_id: (owned) (nullable): for %SPOT_WATCH_RUN
 * @tags: (owned) (nullable): for %SPOT_WATCH_TAGS
 * @batch_id: (owned) (nullable): for %SPOT_WATCH_BATCH
 * @api_url: (owned) (nullable): the server
 * @allow_plain_http: send the credential in the clear to a host that is not this machine
 * @json: a JSON object for each line
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
  char         *api_url;
  gboolean      allow_plain_http;
  gboolean      json;
  gboolean      quiet;
  double        timeout_s;
  double        linger_s;
} SpotCliOptions;

/**
 * SpotCliCommand:
 * @name: as it is typed
 * @summary: one line, untranslated
 * @description: what `--help` says below the options, untranslated
 * @needs_subject: every run of the environment is no answer to what it asks
 * @has_json: prints runs
 * @has_linger: goes on until it is told to end
 * @timeout_s: unless told otherwise
 * @run: does it
 *
 * A word behind the program's name.
 */
typedef struct
{
  const char  *name;
  const char  *summary;
  const char  *description;
  gboolean     needs_subject;
  gboolean     has_json;
  gboolean     has_linger;
  double       timeout_s;
  SpotCliExit (*run) (const SpotCliOptions *options);
} SpotCliCommand;

gboolean spot_cli_options_parse (SpotCliOptions       *self,
                                 const SpotCliCommand *command,
                                 char               ***arguments,
                                 GError              **error);
void     spot_cli_options_clear (SpotCliOptions       *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpotCliOptions, spot_cli_options_clear)

G_END_DECLS
