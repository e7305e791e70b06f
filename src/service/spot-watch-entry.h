/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-watch-spec.h"

G_BEGIN_DECLS

/**
 * SpotWatchEntryProblem:
 * @SPOT_WATCH_ENTRY_FINE: there is something to watch
 * @SPOT_WATCH_ENTRY_EMPTY: nothing was typed
 * @SPOT_WATCH_ENTRY_CREDENTIAL: a key or token, which belongs to an account
 * @SPOT_WATCH_ENTRY_ADDRESS: a web address that names nothing to watch
 * @SPOT_WATCH_ENTRY_TOO_MANY_TAGS: more than a run can have
 * @SPOT_WATCH_ENTRY_NOTHING: nothing that could be watched
 */
typedef enum {
  SPOT_WATCH_ENTRY_FINE,
  SPOT_WATCH_ENTRY_EMPTY,
  SPOT_WATCH_ENTRY_CREDENTIAL,
  SPOT_WATCH_ENTRY_ADDRESS,
  SPOT_WATCH_ENTRY_TOO_MANY_TAGS,
  SPOT_WATCH_ENTRY_NOTHING,
} SpotWatchEntryProblem;

/**
 * SpotWatchEntry:
 * @problem: why there is nothing to watch, %SPOT_WATCH_ENTRY_FINE when there is
 * @specs: (element-type SpotWatchSpec): one for each run and batch, and one for all tags together; without an environment
 * @server: (nullable): where the first address in the text leads
 * @environment: (nullable): the slug of the environment in that address: dev, stg, prod or preview
 * @n_left_out: pieces of the text that are nothing to watch
 *
 * What somebody typed or pasted to watch it.
 */
typedef struct
{
  SpotWatchEntryProblem problem;
  GPtrArray            *specs;
  char                 *server;
  char                 *environment;
  guint                 n_left_out;
} SpotWatchEntry;

SpotWatchEntry *spot_watch_entry_parse (const char     *text);
void            spot_watch_entry_free  (SpotWatchEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotWatchEntry, spot_watch_entry_free)

G_END_DECLS
