/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean spot_when_parse (const char *text,
                          gint64      now_us,
                          GTimeZone  *zone,
                          gint64     *time_us);

G_END_DECLS
