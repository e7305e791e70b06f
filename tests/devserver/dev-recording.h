/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dev-client.h"

G_BEGIN_DECLS

/* Compares answers with recorded ones. */

typedef enum {
  DEV_COMPARE_EXACT_TIMES = 0,
  DEV_COMPARE_SHIFTED_TIMES = 1 << 0, /* the same moments are the same, whatever they are */
  DEV_COMPARE_ANY_FRAMING = 1 << 1,   /* chunked or with a length: the recording's was not the real server's */
  DEV_COMPARE_ANY_START = 1 << 2,     /* the recording's request came from another place in the log */
} DevCompare;

void dev_recording_compare (const char *name,
                            DevAnswer  *answer,
                            DevCompare  flags);

G_END_DECLS
