/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-key.h"

G_BEGIN_DECLS

/**
 * SpotRunPlace:
 * @SPOT_RUN_PLACE_OUTSIDE: about to be put in
 * @SPOT_RUN_PLACE_WAITING: held back
 * @SPOT_RUN_PLACE_INSIDE: in the rows, at its key
 * @SPOT_RUN_PLACE_MOVING: in the rows, at its key, but about to go elsewhere
 * @SPOT_RUN_PLACE_LEAVING: in the rows, at its key, but about to go
 *
 * Where a run of a list stands.
 */
typedef enum {
  SPOT_RUN_PLACE_OUTSIDE,
  SPOT_RUN_PLACE_WAITING,
  SPOT_RUN_PLACE_INSIDE,
  SPOT_RUN_PLACE_MOVING,
  SPOT_RUN_PLACE_LEAVING,
} SpotRunPlace;

/**
 * SpotRunEntry:
 * @run: (owned): the run
 * @key: what it is sorted by
 * @place: where it stands
 * @counted: the #SpotStatusGroup that it is counted in, or -1
 *
 * A run that the query of a list asks for.
 */
typedef struct
{
  SpotRun     *run;
  SpotRunKey   key;
  SpotRunPlace place;
  int          counted;
} SpotRunEntry;

SpotRunEntry *spot_run_entry_new  (SpotRun      *run,
                                   SpotRunPlace  place,
                                   SpotRunSort   sort);
void          spot_run_entry_free (gpointer      self);

/* A row. The numbers of the key stand beside the entry, so that searching and sorting seldom have to fetch it. */
typedef struct
{
  gint64        number;
  gint64        created_us;
  SpotRunEntry *entry; /* borrowed */
} SpotRunRow;

/**
 * SpotRunRows:
 *
 * Entries in the order of their keys.
 */
typedef struct
{
  SpotRunSort sort;
  gboolean    descending;
  SpotRunRow *rows; /* owned */
  guint       n_rows;
  guint       n_allocated;
} SpotRunRows;

void     spot_run_rows_init   (SpotRunRows       *self,
                               SpotRunSort        sort,
                               gboolean           descending);
void     spot_run_rows_clear  (SpotRunRows       *self);
void     spot_run_rows_append (SpotRunRows       *self,
                               SpotRunEntry      *entry);
void     spot_run_rows_sort   (SpotRunRows       *self);
guint    spot_run_rows_find   (const SpotRunRows *self,
                               const SpotRunKey  *key);
gboolean spot_run_rows_differ (const SpotRunRows *before,
                               const SpotRunRows *after,
                               guint             *position,
                               guint             *n_removed,
                               guint             *n_added);

/**
 * SpotRunEdit:
 * @inserts: (owned): entries to put in
 * @removals: (owned): rows to take out
 * @spans: (owned): where that changes the rows
 * @gone: (owned) (element-type SpotRunEntry): entries that the last step took out for good; the next step frees them
 *
 * Everything that one drain does to the rows, done in one pass, span by span. A run that moves is taken out and put in
 * within one span, so that whoever follows the changes sees it stay.
 */
typedef struct
{
  GArray    *inserts;
  GArray    *removals;
  GArray    *spans;
  GPtrArray *gone;
  guint      next_insert;
  guint      next_removal;
  guint      next_span;
  int        shift;
} SpotRunEdit;

void     spot_run_edit_init   (SpotRunEdit      *self);
void     spot_run_edit_clear  (SpotRunEdit      *self);
void     spot_run_edit_insert (SpotRunEdit      *self,
                               SpotRunEntry     *entry,
                               const SpotRunKey *key);
void     spot_run_edit_remove (SpotRunEdit      *self,
                               SpotRunEntry     *entry,
                               SpotRunPlace      place);
void     spot_run_edit_plan   (SpotRunEdit      *self,
                               SpotRunRows      *rows);
gboolean spot_run_edit_step   (SpotRunEdit      *self,
                               SpotRunRows      *rows,
                               guint            *position,
                               guint            *n_removed,
                               guint            *n_added);

G_END_DECLS
