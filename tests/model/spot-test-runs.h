/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-batch.h"
#include "spot-run-list.h"

G_BEGIN_DECLS

/* Runs for tests, written as text: words of `id:STATUS`, each followed by any of
 *
 *   @S        created at second S (else at the code of the id's first letter, so that b is newer than a)
 *   +S        updated at second S (else later than every record made before)
 *   #tag,tag  tags
 *   %P        metadata with progress P
 *   /task     task (else "task")
 *
 * and `-id` for a run that leaves the feed. QUEUED, COMPLETED and FAILED may stand for the raw words. A final status
 * comes with an end. */

#define SPOT_TEST_FEED 1u
#define SPOT_TEST_END ((SpotColumn) -1)

/* Second 0 of the test's times, in microseconds since 1970 UTC. */
#define SPOT_TEST_EPOCH_US (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

char          *spot_test_time           (double               second);
SpotRunRecord *spot_test_record         (const SpotRunRecord *base,
                                         ...);
SpotRunRecord *spot_test_parse_record   (const char          *word);
SpotRunBatch  *spot_test_batch          (SpotRunBatchKind     kind,
                                         const char          *text);
SpotRunStore  *spot_test_store_new      (const char          *text);
void           spot_test_store_push     (SpotRunStore        *store,
                                         const char          *text);
void           spot_test_store_push_now (SpotRunStore        *store,
                                         const char          *text);
void           spot_test_store_push_to  (SpotRunStore        *store,
                                         guint                feed_id,
                                         SpotRunBatchKind     kind,
                                         const char          *text);
SpotRunQuery  *spot_test_query_new      (const char          *text);

/* The ids of a model's runs, from the first to the last. (transfer full) */
char          *spot_test_dup_ids        (GListModel          *model);

/**
 * SpotTestChanges:
 *
 * Writes down a model's `items-changed` as "position-removed+added", and plays them on a copy of the model, which has to be
 * like the model after each of them.
 */
typedef struct
{
  GListModel *model;  /* owned */
  GPtrArray  *shadow; /* owned (element-type GObject) */
  GString    *log;    /* owned */
  guint       n_signals;
} SpotTestChanges;

SpotTestChanges *spot_test_changes_new  (GListModel      *model);
void             spot_test_changes_free (SpotTestChanges *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotTestChanges, spot_test_changes_free)

/* That the changes since the last assertion were these, and none else. */
#define spot_test_assert_changes(changes, expected)                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_assert_cmpstr ((changes)->log->str, ==, (expected));                                                             \
    g_string_truncate ((changes)->log, 0);                                                                             \
  }                                                                                                                    \
  G_STMT_END

#define spot_test_assert_ids(model, expected)                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *ids_ = spot_test_dup_ids (G_LIST_MODEL (model));                                                  \
    g_assert_cmpstr (ids_, ==, (expected));                                                                            \
  }                                                                                                                    \
  G_STMT_END

/**
 * SpotTestDrains:
 *
 * Writes down what a store tells of its drains: words of `id`, `id+` for a new run or `id-` for one that left, then a colon,
 * the kind (`p`, `s`, `r`, `c`), `m` when it moved and the number of changed columns; a drain ends with `;`.
 */
typedef struct
{
  SpotRunStore *store; /* owned */
  GString      *log;   /* owned */
} SpotTestDrains;

SpotTestDrains *spot_test_drains_new  (SpotRunStore   *store);
void            spot_test_drains_free (SpotTestDrains *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotTestDrains, spot_test_drains_free)

/* The names of the properties that an object notifies of, in alphabetical order. */
typedef struct
{
  GObject   *object; /* owned */
  GPtrArray *names;  /* owned (element-type utf8) */
} SpotTestNotifies;

SpotTestNotifies *spot_test_notifies_new  (gpointer          object);
void              spot_test_notifies_free (SpotTestNotifies *self);
char             *spot_test_notifies_take (SpotTestNotifies *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotTestNotifies, spot_test_notifies_free)

G_END_DECLS
