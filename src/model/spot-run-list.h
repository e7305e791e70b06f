/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-query.h"
#include "spot-run-store.h"

G_BEGIN_DECLS

/**
 * SpotRunSort:
 *
 * What a list is sorted by; ties are broken by creation time and id, so that the order is total.
 */
typedef enum {
  SPOT_RUN_SORT_CREATED,
  SPOT_RUN_SORT_STATUS,
  SPOT_RUN_SORT_TASK,
  SPOT_RUN_SORT_PROGRESS,
  SPOT_RUN_SORT_DURATION,
  SPOT_RUN_SORT_TAGS,
} SpotRunSort;

#define SPOT_TYPE_RUN_SORT (spot_run_sort_get_type ())
GType spot_run_sort_get_type (void);

/**
 * SpotRunList:
 *
 * The runs of one watch, sorted and filtered: a GListModel of #SpotRun over a store. An index permutation that is merged
 * once per drain, with as few and as small `items-changed` as that allows; nothing walks the list per update.
 *
 * While *held* (the view is scrolled away from the newest), new runs wait outside and are counted by `n-waiting`; runs that
 * are in the list go on changing.
 *
 * Properties: query, sort, descending, held, n-waiting (guint), n-items (guint). Signal `counts-changed`: at most once a
 * drain. A run that moves is taken out and put in by one `items-changed`, so that a selection model keeps it selected.
 */
#define SPOT_TYPE_RUN_LIST (spot_run_list_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunList, spot_run_list, SPOT, RUN_LIST, GObject)

SpotRunList  *spot_run_list_new           (SpotRunStore *store,
                                           SpotRunQuery *query);
SpotRunStore *spot_run_list_get_store     (SpotRunList  *self);
SpotRunQuery *spot_run_list_get_query     (SpotRunList  *self);
void          spot_run_list_set_query     (SpotRunList  *self,
                                           SpotRunQuery *query);
SpotRunSort   spot_run_list_get_sort      (SpotRunList  *self);
gboolean      spot_run_list_get_descending (SpotRunList *self);
void          spot_run_list_set_sort      (SpotRunList  *self,
                                           SpotRunSort   sort,
                                           gboolean      descending);
gboolean      spot_run_list_get_held      (SpotRunList  *self);
void          spot_run_list_set_held      (SpotRunList  *self,
                                           gboolean      held);
guint         spot_run_list_get_n_waiting (SpotRunList  *self);
guint         spot_run_list_get_count     (SpotRunList  *self,
                                           SpotStatusGroup group);
gboolean      spot_run_list_find          (SpotRunList  *self,
                                           SpotRun      *run,
                                           guint        *position);

G_END_DECLS
