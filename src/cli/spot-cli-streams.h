/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-cli-session.h"

G_BEGIN_DECLS

/**
 * SpotCliStreams:
 *
 * Prints what a run's data streams bring.
 */
typedef struct _SpotCliStreams SpotCliStreams;

SpotCliStreams *spot_cli_streams_new  (SpotCliSession       *session,
                                       const SpotCliOptions *options);
void            spot_cli_streams_free (SpotCliStreams       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotCliStreams, spot_cli_streams_free)

G_END_DECLS
