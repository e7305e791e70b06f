/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-notifier.h"

G_BEGIN_DECLS

/* A notice in words: translated, without markup. */
char *spot_notice_dup_title (const SpotNotice *notice);
char *spot_notice_dup_body  (const SpotNotice *notice,
                             gint64            now_us);

G_END_DECLS
