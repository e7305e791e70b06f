/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-cli-options.h"

G_BEGIN_DECLS

SpotCliExit spot_cli_watch (const SpotCliOptions *options);
SpotCliExit spot_cli_list  (const SpotCliOptions *options);
SpotCliExit spot_cli_wait  (const SpotCliOptions *options);

G_END_DECLS
