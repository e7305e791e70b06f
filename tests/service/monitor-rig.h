/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-server.h"
#include "spot-monitor.h"

/**
 * MonitorRig:
 * @notices: (element-type utf8): one text for each notice: the run's id, or "NAME good/bad/neutral" and "!" when finished
 * @withdrawn: (element-type utf8): ids
 * @open_journal: (nullable): what opens the journal, %NULL for what usually does
 * @desktop_is_gone: nobody says that a notice has been sent
 * @journal: (nullable): in the file @path, which stays from one start of the program to the next
 *
 * A monitor with one environment over a development server without a scenario, and what it announces.
 */
typedef struct
{
  SpotDevServer   *server;
  SpotMonitor     *monitor;
  SpotEnvironment *environment;
  GPtrArray       *notices;
  GPtrArray       *withdrawn;
  SpotJournal   *(*open_journal) (const char *path);
  gboolean         desktop_is_gone;
  SpotJournal     *journal;
  char            *credential;
  char            *folder;
  char            *path;
} MonitorRig;

MonitorRig *monitor_rig_new       (SpotDevDialect  dialect,
                                   const char     *credential);
MonitorRig *monitor_rig_new_for   (const SpotDevOptions *options,
                                   const char     *credential);
MonitorRig *monitor_rig_new_with_journal (SpotDevDialect dialect);
void        monitor_rig_start     (MonitorRig     *self);
void        monitor_rig_stop      (MonitorRig     *self);
void        monitor_rig_close_journal (SpotJournal *journal,
                                   gboolean       *closed);
void        monitor_rig_free      (MonitorRig     *self);
void        monitor_rig_put       (MonitorRig     *self,
                                   const char     *batch_id,
                                   const char     *run_id,
                                   const char     *status,
                                   const char     *more);
guint       monitor_rig_count     (MonitorRig     *self,
                                   const char     *notice);

#define MONITOR_RIG_WAIT_S 20

gboolean    monitor_rig_iterate   (gint64          deadline_us);

/* Runs the main context until @condition holds, or fails. */
#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 deadline_us_ = g_get_monotonic_time () + MONITOR_RIG_WAIT_S * G_TIME_SPAN_SECOND;                           \
    while (!(condition) && monitor_rig_iterate (deadline_us_))                                                         \
      ;                                                                                                                \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonitorRig, monitor_rig_free)
