/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-columns.h"

G_BEGIN_DECLS

/* The database: runs as rows, changed in transactions. Not thread-safe; its owner has a lock. */

/**
 * SpotDevEdit:
 * @columns: bits of the columns that are set
 * @cells: (array fixed-size=26): what to; owned
 *
 * New values for some columns of one row. Zeroed memory is an empty edit.
 */
typedef struct
{
  guint32 columns;
  char   *cells[SPOT_DEV_N_COLUMNS];
} SpotDevEdit;

void     spot_dev_edit_clear     (SpotDevEdit   *self);
void     spot_dev_edit_set_text  (SpotDevEdit   *self,
                                  SpotDevColumn  column,
                                  const char    *text);
void     spot_dev_edit_set_time  (SpotDevEdit   *self,
                                  SpotDevColumn  column,
                                  gint64         time_ms);
void     spot_dev_edit_set_float (SpotDevEdit   *self,
                                  SpotDevColumn  column,
                                  double         value);
gboolean spot_dev_edit_set_json  (SpotDevEdit   *self,
                                  const char    *columns,
                                  GError       **error);

/**
 * SpotDevRow:
 *
 * One state of one run. Immutable; cells are shared between the states of a run.
 */
typedef struct
{
  guint  n_refs;
  char  *cells[SPOT_DEV_N_COLUMNS];
  char  *batch_id; /* (nullable) GRefString: the batch's friendly id */
  char **tags;
  gint64 created_ms;
  gint64 updated_ms;
} SpotDevRow;

SpotDevRow *spot_dev_row_ref   (SpotDevRow *self);
void        spot_dev_row_unref (SpotDevRow *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevRow, spot_dev_row_unref)

/**
 * SpotDevRun:
 * @row: its present state
 * @change: number of the change that made it
 * @by_age: its place in the order in which runs were created
 * @by_change: its place in the order in which runs were last changed
 * @by_batch: its place in its batch
 */
typedef struct
{
  SpotDevRow *row;
  guint64     change;
  GList       by_age;
  GList       by_change;
  GList       by_batch;
} SpotDevRun;

/**
 * SpotDevChange:
 * @before: (nullable): %NULL for an insert
 * @after: (nullable): %NULL for a delete
 * @op_position: place in the transaction
 */
typedef struct
{
  SpotDevRow *before;
  SpotDevRow *after;
  guint       op_position;
} SpotDevChange;

/**
 * SpotDevTransaction:
 * @changes: in order
 * @lsn: position in the database's log
 * @txid: its number
 */
typedef struct
{
  GArray *changes;
  guint64 lsn;
  guint   txid;
} SpotDevTransaction;

typedef void (*SpotDevCommitFunc) (const SpotDevTransaction *transaction,
                                   gpointer                  user_data);

typedef struct _SpotDevStore SpotDevStore;

SpotDevStore *spot_dev_store_new           (SpotDevCommitFunc  committed,
                                            gpointer           user_data);
void          spot_dev_store_free          (SpotDevStore      *self);
void          spot_dev_store_begin         (SpotDevStore      *self);
void          spot_dev_store_commit        (SpotDevStore      *self);
gboolean      spot_dev_store_put           (SpotDevStore      *self,
                                            const char        *run_id,
                                            const char        *batch_id,
                                            const SpotDevEdit *edit,
                                            gint64             now_ms,
                                            GError           **error);
void          spot_dev_store_delete        (SpotDevStore      *self,
                                            const char        *run_id);
SpotDevRun   *spot_dev_store_lookup        (SpotDevStore      *self,
                                            const char        *run_id);
GQueue       *spot_dev_store_get_batch     (SpotDevStore      *self,
                                            const char        *batch_id);
GQueue       *spot_dev_store_get_by_age    (SpotDevStore      *self);
GQueue       *spot_dev_store_get_by_change (SpotDevStore      *self);
guint64       spot_dev_store_get_change    (SpotDevStore      *self);
guint         spot_dev_store_get_next_txid (SpotDevStore      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevStore, spot_dev_store_free)

G_END_DECLS
