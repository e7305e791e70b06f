/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes GIO believe, for the rest of the process and before anybody has asked, that the system's proxy for hosts that
 * end in .example is @url, and that there is none for others. */
void system_proxy_set (const char *url);

G_END_DECLS
