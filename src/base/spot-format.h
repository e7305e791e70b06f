/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times are microseconds since 1970 UTC, durations are in the unit that the name says. Every function returns text for
 * people, translated and in the user's locale. */

char *spot_format_duration   (gint64 duration_ms);
char *spot_format_age        (gint64 time_us,
                              gint64 now_us);
char *spot_format_exact_time (gint64 time_us);
char *spot_format_moment     (gint64 time_us,
                              gint64 now_us);
char *spot_format_iso_time   (gint64 time_us);
char *spot_format_size       (guint64 size_bytes);
char *spot_format_money      (double cents);
char *spot_format_percent    (double fraction);

G_END_DECLS
