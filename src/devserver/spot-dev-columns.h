/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The columns of a run, in the order in which the native server sends them (protocol §5.1). */
typedef enum {
  SPOT_DEV_ID,
  SPOT_DEV_TASK,
  SPOT_DEV_CREATED,
  SPOT_DEV_UPDATED,
  SPOT_DEV_STARTED,
  SPOT_DEV_DELAY_UNTIL,
  SPOT_DEV_QUEUED,
  SPOT_DEV_EXPIRED,
  SPOT_DEV_COMPLETED,
  SPOT_DEV_FRIENDLY_ID,
  SPOT_DEV_NUMBER,
  SPOT_DEV_IS_TEST,
  SPOT_DEV_STATUS,
  SPOT_DEV_USAGE,
  SPOT_DEV_COST,
  SPOT_DEV_BASE_COST,
  SPOT_DEV_TTL,
  SPOT_DEV_PAYLOAD,
  SPOT_DEV_PAYLOAD_TYPE,
  SPOT_DEV_METADATA,
  SPOT_DEV_METADATA_TYPE,
  SPOT_DEV_OUTPUT,
  SPOT_DEV_OUTPUT_TYPE,
  SPOT_DEV_TAGS,
  SPOT_DEV_ERROR,
  SPOT_DEV_STREAMS,
  SPOT_DEV_N_COLUMNS,
} SpotDevColumn;

#define SPOT_DEV_BIT(column) (1u << (column))
#define SPOT_DEV_ALL_COLUMNS (SPOT_DEV_BIT (SPOT_DEV_N_COLUMNS) - 1)

/* A cell is a GRefString with the value as PostgreSQL writes it, or NULL for null. */

guint32     spot_dev_columns_without         (const char     *skip_columns);
int         spot_dev_columns_find            (const char     *name);
const char *spot_dev_columns_name            (SpotDevColumn   column);
const char *spot_dev_columns_initial         (SpotDevColumn   column);
gboolean    spot_dev_columns_parse           (SpotDevColumn   column,
                                              JsonNode       *node,
                                              char          **cell,
                                              GError        **error);
char       *spot_dev_columns_electric_schema (guint32         columns);
char       *spot_dev_columns_native_schema   (guint32         columns);
void        spot_dev_columns_append_electric (GString        *out,
                                              char *const    *cells,
                                              guint32         columns,
                                              gboolean        snapshot);
void        spot_dev_columns_append_native   (GString        *out,
                                              char *const    *cells,
                                              guint32         columns);

G_END_DECLS
