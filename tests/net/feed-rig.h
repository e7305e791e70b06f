/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-feed-machine.h"

G_BEGIN_DECLS

/* A machine with a clock and dice that the test turns, and a server that the test plays. */
typedef struct
{
  SpotFeedMachine *machine;
  gint64           now_us;
  gint64           wall_us;
  double           random;
  char            *target; /* of the last request */
  gboolean         live;
  gint64           timeout_ms;
  gsize            piece;  /* bodies are fed in pieces of this size; 0: whole */
} FeedRig;

FeedRig *feed_rig_new            (SpotFeedSpec *spec);
FeedRig *feed_rig_new_run        (void);
FeedRig *feed_rig_new_list       (void);
void     feed_rig_free           (FeedRig      *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedRig, feed_rig_free)

void     feed_rig_advance        (FeedRig      *rig,
                                  gint64        ms);

/* The machine wants to send; the request goes into the rig. */
void     feed_rig_send           (FeedRig      *rig);
void     feed_rig_assert_sends   (FeedRig      *rig,
                                  const char   *target);
void     feed_rig_assert_waits   (FeedRig      *rig,
                                  gint64        ms);
void     feed_rig_wait           (FeedRig      *rig);

/* @headers: "name: value" lines. */
void     feed_rig_answer         (FeedRig      *rig,
                                  guint         status,
                                  const char   *headers,
                                  const char   *body);
gboolean feed_rig_begin_answer   (FeedRig      *rig,
                                  guint         status,
                                  const char   *headers);
gboolean feed_rig_feed           (FeedRig      *rig,
                                  const char   *data,
                                  gsize         length);
void     feed_rig_fail           (FeedRig      *rig,
                                  GQuark        domain,
                                  int           code);

/* Every batch that is ready, as text: kind, then `run=STATUS` in order, `-run` for a removed one. "" for none. */
char    *feed_rig_take_batches   (FeedRig      *rig);
void     feed_rig_assert_batches (FeedRig      *rig,
                                  const char   *expected);
void     feed_rig_assert_state   (FeedRig      *rig,
                                  SpotFeedState state);
void     feed_rig_assert_problem (FeedRig      *rig,
                                  GQuark        domain,
                                  int           code);

/* To the first LIVE over each dialect: run_1 is PENDING; handle h1, offset 0_inf or 100_1. */
void     feed_rig_go_live_electric (FeedRig    *rig);
void     feed_rig_go_live_native   (FeedRig    *rig);

/* What the feeds of feed_rig_new_run() and feed_rig_new_list() ask for. */
#define RUN "/realtime/v1/runs/run_1"
#define LIST "/realtime/v1/runs"
#define H "electric-handle: h1\n"
#define LIVE_UP(offset, cursor) H "electric-offset: " offset "\nelectric-cursor: " cursor "\nelectric-up-to-date: "

#define CREATED "2026-11-23 10:00:00"
#define ROW(op, key, columns) "{\"key\":\"\\\"public\\\".\\\"TaskRun\\\"/\\\"" key "\\\"\",\"value\":{" columns "}," \
                              "\"headers\":{\"operation\":\"" op "\"}}"
#define KNOWN(key, run) \
  "\"id\":\"" key "\",\"friendlyId\":\"" run "\",\"createdAt\":\"" CREATED "\",\"taskIdentifier\":\"t\","
#define FULL(op, key, run, status) \
  ROW (op, key, KNOWN (key, run) "\"completedAt\":null,\"status\":\"" status "\"")
#define ENDED(op, key, run, status) \
  ROW (op, key, KNOWN (key, run) "\"completedAt\":\"2026-11-23 10:05:00\",\"status\":\"" status "\"")
#define PART(key, status) ROW ("update", key, "\"id\":\"" key "\",\"status\":\"" status "\"")
#define GONE(key) ROW ("delete", key, "\"id\":\"" key "\"")
#define UP "{\"headers\":{\"control\":\"up-to-date\",\"global_last_seen_lsn\":\"1\"}}"
#define SNAPSHOT_END "{\"headers\":{\"control\":\"snapshot-end\",\"xip_list\":[],\"xmax\":\"1\",\"xmin\":\"1\"}}"
#define REFETCH "[{\"headers\":{\"control\":\"must-refetch\"}}]"

G_END_DECLS
