/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-value.h"

G_BEGIN_DECLS

/* What an answer says, if it does: (nullable), of a value that may be %NULL or no object. */
const char     *spot_api_answer_get_text    (SpotValue       *object,
                                             const char      *name);
SpotValue      *spot_api_answer_get_object  (SpotValue       *object,
                                             const char      *name);
gboolean        spot_api_answer_is_true     (SpotValue       *object,
                                             const char      *name);

/**
 * SpotApiRunPage:
 * @runs: (element-type SpotValue): the runs of the page, objects with an `id`
 * @next: (nullable): cursor of the next page, %NULL for the last
 *
 * A page of the list of runs.
 */
typedef struct
{
  GPtrArray *runs;
  char      *next;
} SpotApiRunPage;

SpotApiRunPage *spot_api_run_page_parse (SpotValue       *answer,
                                         GError         **error);
void            spot_api_run_page_free  (SpotApiRunPage  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotApiRunPage, spot_api_run_page_free)

/**
 * SpotTraceSpan:
 * @id: its id
 * @parent_id: (nullable): the span that it is in
 * @run_id: (nullable): the run that it belongs to, which may be another one
 * @message: what it is called, may be empty
 * @level: (nullable): such as `TRACE`, `INFO` or `ERROR`
 * @start_us: microseconds since 1970, 0 for unknown
 * @duration_us: microseconds; of a partial span provisional
 * @attempt: the attempt's number, 0 for none
 * @details: (nullable): all that the server says about it, its children left out
 *
 * One thing that happened in a run.
 */
typedef struct
{
  char      *id;
  char      *parent_id;
  char      *run_id;
  char      *message;
  char      *level;
  gint64     start_us;
  gint64     duration_us;
  guint      attempt;
  gboolean   is_error;
  gboolean   is_partial;
  gboolean   is_cancelled;
  SpotValue *details;
} SpotTraceSpan;

/**
 * SpotTrace:
 * @spans: (element-type SpotTraceSpan): parents before their children where the server gives a tree, else as they came
 * @next: (nullable): cursor of the next page, %NULL for the last or only one
 * @is_truncated: whether the server left some out
 *
 * A trace, whichever of the three forms it came in.
 */
typedef struct
{
  GPtrArray *spans;
  char      *next;
  gboolean   is_truncated;
} SpotTrace;

SpotTrace      *spot_trace_parse        (SpotValue       *answer,
                                         GError         **error);
void            spot_trace_free         (SpotTrace       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotTrace, spot_trace_free)

G_END_DECLS
