/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-dev-server.h"

G_BEGIN_DECLS

/* Of the longest that anything here takes; what is sound takes a fraction. */
#define CLI_RIG_WAIT_S 60

/**
 * CliRig:
 * @server: without a scenario
 * @process: (nullable): the program, once started
 * @out: its standard output, as far as it has been read
 * @err: likewise, its standard error
 *
 * The program as a process of its own, and the server that it talks to.
 */
typedef struct
{
  SpotDevServer *server;
  GSubprocess   *process;
  GString       *out;
  GString       *err;
} CliRig;

CliRig *cli_rig_new      (SpotDevDialect  dialect);
void    cli_rig_free     (CliRig         *self);
void    cli_rig_put      (CliRig         *self,
                          const char     *batch_id,
                          const char     *run_id,
                          const char     *status,
                          const char     *more);
void    cli_rig_start    (CliRig         *self,
                          const char     *key,
                          const char     *arguments);
gboolean cli_rig_read    (CliRig         *self,
                          const char     *wanted,
                          gboolean        from_err);
void    cli_rig_wait_for_poll (CliRig    *self);
int     cli_rig_finish   (CliRig         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRig, cli_rig_free)

G_END_DECLS
