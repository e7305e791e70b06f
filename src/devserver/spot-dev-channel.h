/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-api.h"

G_BEGIN_DECLS

/* An event stream that stays open: an answer that goes on until its time is over or the client goes. */
typedef struct _SpotDevChannel SpotDevChannel;

/* Writes what is new; FALSE when that was the end. */
typedef gboolean (*SpotDevChannelFunc) (SpotDevChannel *channel,
                                        gpointer        user_data);

/**
 * SpotDevChannelTimes:
 * @quiet_ms: after how long without data the comment is sent
 * @comment: the comment
 * @end_ms: when it ends
 * @end_quiet: whether @end_ms counts from the last data rather than from the start
 */
typedef struct
{
  guint       quiet_ms;
  const char *comment;
  guint       end_ms;
  gboolean    end_quiet;
} SpotDevChannelTimes;

void spot_dev_channel_open  (SpotDevApi                *api,
                             SoupServerMessage         *message,
                             const SpotDevChannelTimes *times,
                             SpotDevChannelFunc         func,
                             gpointer                   user_data,
                             GDestroyNotify             destroy);
void spot_dev_channel_write (SpotDevChannel            *self,
                             const char                *text);
void spot_dev_channels_wake (SpotDevApi                *api);
void spot_dev_channels_cut  (SpotDevApi                *api);

G_END_DECLS
