/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

/**
 * SpotExportFormat:
 * @SPOT_EXPORT_JSON: a JSON array of public run objects (protocol §5)
 * @SPOT_EXPORT_JSON_LINES: one object on each line
 * @SPOT_EXPORT_CSV: a table by RFC 4180, with a header
 *
 * How runs are written for other programs.
 */
typedef enum {
  SPOT_EXPORT_JSON,
  SPOT_EXPORT_JSON_LINES,
  SPOT_EXPORT_CSV,
} SpotExportFormat;

/**
 * SpotExport:
 *
 * Writes runs one by one, so that however many there are only one is held. For CSV:
 *
 * - the columns have the names of the public run object, and are the same whatever the runs have;
 * - tags, payload, output, metadata and error are JSON, so that nothing of them is lost;
 * - a text that a spreadsheet would take for a formula begins with an apostrophe;
 * - control characters, for which the format has no place, become U+FFFD.
 */
typedef struct _SpotExport SpotExport;

SpotExport *spot_export_new  (SpotExportFormat     format);
void        spot_export_free (SpotExport          *self);
void        spot_export_add  (SpotExport          *self,
                              const SpotRunRecord *record,
                              GString             *out);
void        spot_export_end  (SpotExport          *self,
                              GString             *out);

/* (transfer none): for file names, without a dot; and the type for portals and clipboards. */
const char *spot_export_format_get_suffix    (SpotExportFormat format);
const char *spot_export_format_get_mime_type (SpotExportFormat format);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotExport, spot_export_free)

G_END_DECLS
