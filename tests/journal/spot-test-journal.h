/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-batch.h"

G_BEGIN_DECLS

/* A record from the members of a row's JSON. */
SpotRunRecord *spot_test_record (const char *members);

G_END_DECLS
