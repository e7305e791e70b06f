/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection.h"

G_BEGIN_DECLS

char *spot_words_progress (double progress,
                           double current,
                           double total);
char *spot_words_stream     (SpotConnectionState state,
                             gboolean            ended,
                             guint64             n_chunks);
char *spot_words_stream_cut (guint64             n_dropped,
                             gboolean            left_out);

G_END_DECLS
