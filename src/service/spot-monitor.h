/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"
#include "spot-journal.h"
#include "spot-notifier.h"

G_BEGIN_DECLS

/**
 * SpotMonitor:
 *
 * The top of everything that needs no window: environments, their feeds, the one queue from feed threads to the main thread
 * (drained at most once a frame, within a time budget), and the notifier.
 *
 * Properties, read-only: environments (GListModel of SpotEnvironment), history-problem (nullable, translated: why nothing is
 * remembered).
 * Signals: `notice (SpotNotice *)`: something to announce; `withdraw (const char *notice_id)`: it is stale.
 */
#define SPOT_TYPE_MONITOR (spot_monitor_get_type ())
G_DECLARE_FINAL_TYPE (SpotMonitor, spot_monitor, SPOT, MONITOR, GObject)

/**
 * SpotEnvironmentOptions:
 * @id: (nullable): stable for ever, without ":" and newlines; %NULL for one that is good for this start of the program,
 *   so that nothing of the environment is kept
 * @name: (nullable): for people; %NULL or empty for one made from the credential's prefix and the host
 * @api_url: the server
 * @realtime_url: (nullable): its realtime interface, where that is another one
 * @credential: what selects the environment
 * @branch: (nullable): of a preview or development environment
 * @allow_plain_http: whether the user agreed to send the credential in the clear to a host that is not this machine
 * @trust: (nullable): who vouches for the server instead of those whom the system trusts
 *
 * What makes an environment. Nothing in it is owned.
 */
typedef struct
{
  const char   *id;
  const char   *name;
  const char   *api_url;
  const char   *realtime_url;
  const char   *credential;
  const char   *branch;
  gboolean      allow_plain_http;
  GTlsDatabase *trust;
} SpotEnvironmentOptions;

SpotMonitor     *spot_monitor_new              (void);
/* Before the first environment. */
void             spot_monitor_set_journal      (SpotMonitor  *self,
                                                SpotJournal  *journal);
const char      *spot_monitor_get_history_problem (SpotMonitor *self);
/* Fails as spot_endpoint_new() does. @name NULL: made from the credential's prefix and the host. (transfer none). */
SpotEnvironment *spot_monitor_add_environment  (SpotMonitor  *self,
                                                const char   *name,
                                                const char   *url,
                                                const char   *credential,
                                                gboolean      allow_plain_http,
                                                GError      **error);
/* For environments that are added from here on: as spot_environment_set_history(). */
void             spot_monitor_set_history      (SpotMonitor  *self,
                                                gboolean      with_history);
void             spot_monitor_remove_environment (SpotMonitor *self,
                                                SpotEnvironment *environment);
/* The same with all that there is to say. */
SpotEnvironment *spot_monitor_add_environment_full (SpotMonitor *self,
                                                const SpotEnvironmentOptions *options,
                                                GError      **error);
GListModel      *spot_monitor_get_environments (SpotMonitor  *self);
SpotEnvironment *spot_monitor_find_environment (SpotMonitor  *self,
                                                const char   *environment_id);
/* For environments that are there and those to come; from now on. */
void             spot_monitor_set_limits       (SpotMonitor  *self,
                                                const SpotEnvironmentLimits *limits);
/* What watches of a kind announce that have no rule of their own. */
void             spot_monitor_set_usual_rule   (SpotMonitor  *self,
                                                SpotWatchKind watch_kind,
                                                SpotWatchRule rule);
/* The user has seen the run: its notice, if any, is withdrawn and none will come. */
void             spot_monitor_run_seen         (SpotMonitor  *self,
                                                SpotEnvironment *environment,
                                                const char   *run_id);
/* The desktop has a notice: these are its ends. */
void             spot_monitor_note_sent        (SpotMonitor  *self,
                                                GPtrArray    *ends);
/* Network or machine came back: every feed catches up at once. */
void             spot_monitor_refresh          (SpotMonitor  *self);
/* The machine is about to sleep: feeds keep their place and ask for nothing until it is awake. */
void             spot_monitor_set_asleep       (SpotMonitor  *self,
                                                gboolean      asleep);
/* Applies everything that has arrived, without a budget: for tests and for programs without frames. */
void             spot_monitor_flush            (SpotMonitor  *self);
void             spot_monitor_stop             (SpotMonitor  *self);

G_END_DECLS
