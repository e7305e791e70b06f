/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-error.h"

G_BEGIN_DECLS

const char *spot_error_words_explain (const SpotRunError *error);

G_END_DECLS
