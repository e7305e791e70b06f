/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *spot_words_progress (double progress,
                           double current,
                           double total);

G_END_DECLS
