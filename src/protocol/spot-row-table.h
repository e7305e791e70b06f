/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

/**
 * SpotRow:
 * @serial: rises with each row that is made
 * @dirty: whether the row is in the log's list of rows touched since the last commit
 * @place: its place in that list
 * @body: the body that touched the row last
 * @published: (nullable) (owned): what the log gave out last
 * @current: (nullable) (owned): the row as of the last message; %NULL when it is not in the shape
 *
 * One row of a log.
 */
typedef struct
{
  guint64        hash;
  guint64        serial;
  SpotRunRecord *published;
  SpotRunRecord *current;
  guint          body;
  guint          place;
  gboolean       dirty;
  gsize          key_length;
  char           key[];
} SpotRow;

/**
 * SpotRowTable:
 *
 * Rows by key. The rows stay where they are until they are removed.
 */
typedef struct
{
  SpotRow **slots; /* (owned): a power of two of them, or %NULL */
  guint32  *tags;  /* (owned): part of the hash of the row in each slot, so that hardly another row is looked at */
  gsize     n_slots;
  gsize     n_rows;
  guint64   next_serial;
} SpotRowTable;

void     spot_row_table_clear  (SpotRowTable *self);
SpotRow *spot_row_table_lookup (SpotRowTable *self,
                                const char   *key,
                                gsize         key_length);
SpotRow *spot_row_table_ensure (SpotRowTable *self,
                                const char   *key,
                                gsize         key_length,
                                gsize         max_rows);
void     spot_row_table_remove (SpotRowTable *self,
                                SpotRow      *row);

G_END_DECLS
