/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotColumn:
 * @SPOT_COLUMN_OTHER: a column that this version does not know
 *
 * The columns of a run row in the server's order (protocol §5.1).
 */
typedef enum {
  SPOT_COLUMN_ID,
  SPOT_COLUMN_TASK_IDENTIFIER,
  SPOT_COLUMN_CREATED_AT,
  SPOT_COLUMN_UPDATED_AT,
  SPOT_COLUMN_STARTED_AT,
  SPOT_COLUMN_DELAY_UNTIL,
  SPOT_COLUMN_QUEUED_AT,
  SPOT_COLUMN_EXPIRED_AT,
  SPOT_COLUMN_COMPLETED_AT,
  SPOT_COLUMN_FRIENDLY_ID,
  SPOT_COLUMN_NUMBER,
  SPOT_COLUMN_IS_TEST,
  SPOT_COLUMN_STATUS,
  SPOT_COLUMN_USAGE_DURATION_MS,
  SPOT_COLUMN_COST_IN_CENTS,
  SPOT_COLUMN_BASE_COST_IN_CENTS,
  SPOT_COLUMN_TTL,
  SPOT_COLUMN_PAYLOAD,
  SPOT_COLUMN_PAYLOAD_TYPE,
  SPOT_COLUMN_METADATA,
  SPOT_COLUMN_METADATA_TYPE,
  SPOT_COLUMN_OUTPUT,
  SPOT_COLUMN_OUTPUT_TYPE,
  SPOT_COLUMN_RUN_TAGS,
  SPOT_COLUMN_ERROR,
  SPOT_COLUMN_REALTIME_STREAMS,
  SPOT_COLUMN_OTHER,
} SpotColumn;

#define SPOT_N_COLUMNS SPOT_COLUMN_OTHER
#define SPOT_COLUMN_BIT(column) (1u << (column))

/* No time: the column is null or was not sent. */
#define SPOT_TIME_NONE G_MININT64

SpotColumn  spot_column_from_name (const char *name,
                                   gssize      length);
const char *spot_column_get_name  (SpotColumn  column);

/* Texts of column values as they stand on the wire after JSON's own escapes are undone (protocol §3.6). Each fails with
 * SPOT_PROTOCOL_ERROR_VALUE. @length -1 means NUL-terminated. */
gboolean spot_column_parse_boolean (const char *text,
                                    gssize      length,
                                    gboolean   *value,
                                    GError    **error);
gboolean spot_column_parse_integer (const char *text,
                                    gssize      length,
                                    gint64     *value,
                                    GError    **error);
gboolean spot_column_parse_float   (const char *text,
                                    gssize      length,
                                    double     *value,
                                    GError    **error);
gboolean spot_column_parse_time    (const char *text,
                                    gssize      length,
                                    gint64     *time_us,
                                    GError    **error);
char   **spot_column_parse_array   (const char *text,
                                    gssize      length,
                                    GError    **error);

G_END_DECLS
