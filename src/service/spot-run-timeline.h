/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-change.h"

G_BEGIN_DECLS

/**
 * SpotRunEvent:
 *
 * Something that happened to a run. Immutable.
 *
 * Properties, read-only: time (gint64 µs UTC: when it was committed here), kind (guint: a SpotChangeKind), cause (guint: a
 * SpotRunBatchKind), detail (nullable: a JSON object in the form of the kind), left-watches (GStrv: names of the watches that
 * the run left by it).
 */
#define SPOT_TYPE_RUN_EVENT (spot_run_event_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunEvent, spot_run_event, SPOT, RUN_EVENT, GObject)

gint64              spot_run_event_get_time         (SpotRunEvent *self);
SpotChangeKind      spot_run_event_get_kind         (SpotRunEvent *self);
SpotRunBatchKind    spot_run_event_get_cause        (SpotRunEvent *self);
const char         *spot_run_event_get_detail       (SpotRunEvent *self);
const char * const *spot_run_event_get_left_watches (SpotRunEvent *self);

/**
 * SpotRunTimeline:
 *
 * What has happened to a run, in order: a #GListModel of #SpotRunEvent. What the journal has, and what comes from here on;
 * without a journal, or where nothing is kept, only the latter.
 *
 * Property, read-only: loading (gboolean: the journal has not answered yet).
 */
#define SPOT_TYPE_RUN_TIMELINE (spot_run_timeline_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunTimeline, spot_run_timeline, SPOT, RUN_TIMELINE, GObject)

const char         *spot_run_timeline_get_run_id    (SpotRunTimeline *self);
gboolean            spot_run_timeline_get_loading   (SpotRunTimeline *self);

G_END_DECLS
