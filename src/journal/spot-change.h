/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-batch.h"

G_BEGIN_DECLS

/**
 * SpotChangeKind:
 * @SPOT_CHANGE_CREATED: the run was seen for the first time; `{"new":"QUEUED"}`
 * @SPOT_CHANGE_STATUS: its status changed; `{"old":"QUEUED","new":"EXECUTING"}`, in the server's words
 * @SPOT_CHANGE_ENDED: it got a time of completion; `old` and `new` as for the status, which may be the same
 * @SPOT_CHANGE_TAGS: `{"added":["a"],"removed":["b"]}`
 * @SPOT_CHANGE_METADATA: `{"keys":[{"name":"rows","old":"1","new":"2"},…],"more":3}`; a key that was added has no
 *   `old`, one that was taken away no `new`; `more` counts those that are not listed. `{"old":…,"new":…}` when one of
 *   the two is no object, `{"old_bytes":1,"new_bytes":2}` when one is too large or cannot be read
 * @SPOT_CHANGE_FIELDS: `{"fields":[{"name":"startedAt","new":"2026-08-21T09:12:01.310Z"},…]}`, with `old` and `new` as
 *   for metadata; payload, output and error tell `old_bytes` and `new_bytes` instead
 * @SPOT_CHANGE_LEFT: the run left a feed that goes on without it; `{"feed":"…"}`
 * @SPOT_CHANGE_DELETED: the run is not on the server any more
 *
 * What happened to a run, with the form of the change's detail. The numbers stand in files.
 */
typedef enum {
  SPOT_CHANGE_CREATED = 1,
  SPOT_CHANGE_STATUS = 2,
  SPOT_CHANGE_ENDED = 3,
  SPOT_CHANGE_TAGS = 4,
  SPOT_CHANGE_METADATA = 5,
  SPOT_CHANGE_FIELDS = 6,
  SPOT_CHANGE_LEFT = 7,
  SPOT_CHANGE_DELETED = 8,
} SpotChangeKind;

/* What of one change is kept at most: keys and fields, and characters of each name and value. */
#define SPOT_MAX_CHANGE_KEYS 24u
#define SPOT_MAX_CHANGE_CHARS 80u

/* Metadata larger than this is not compared key by key. */
#define SPOT_MAX_COMPARED_BYTES (1024u * 1024u)

/**
 * SpotChange:
 * @time_us: when it was committed here, wall clock
 * @kind: what
 * @cause: what kind of commit brought it: one of a first snapshot or a refetch tells what had happened before it
 * @detail: (owned) (nullable): a JSON object
 *
 * One change of one run.
 */
typedef struct
{
  gint64           time_us;
  SpotChangeKind   kind;
  SpotRunBatchKind cause;
  char            *detail;
} SpotChange;

SpotChange *spot_change_new     (SpotChangeKind       kind,
                                 SpotRunBatchKind     cause,
                                 gint64               time_us,
                                 char                *detail);
SpotChange *spot_change_new_removal (gboolean         deleted,
                                 const char          *feed_key,
                                 SpotRunBatchKind     cause,
                                 gint64               time_us);
void        spot_change_free    (SpotChange          *self);
GPtrArray  *spot_change_compare (const SpotRunRecord *older,
                                 const SpotRunRecord *newer,
                                 SpotRunBatchKind     cause,
                                 gint64               time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotChange, spot_change_free)

G_END_DECLS
