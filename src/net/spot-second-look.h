/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotSecondLook:
 * @doubt_us: since when a change may be missing that no whole answer can have brought; 0 for no doubt
 * @change_us: when the last change came that may hide another
 * @quiet_us: how long nothing must come after it before it is worth asking
 * @whole_us: when the last whole answer was asked for
 * @pause_us: how long to leave the server alone after it, so that whole answers cost little
 * @slow_us: when to ask without a doubt, counted from @whole_us; 0 before the first whole answer
 * @n_in_vain: whole answers in a row that brought nothing new
 * @max_us: for tests, the longest that any of its times may be; 0 for no such limit
 *
 * When to ask a server of the native kind for everything again. It tells a change only when the row's time of change, in
 * milliseconds by the clock of whoever wrote it, has risen: of two changes of a run that come together it may never tell
 * the second, and that can be the end (protocol §4). Only a request that is not live brings it, with every row of the feed,
 * so it is sent when there has been a change of a run that goes on and then nothing for a moment; seldom, while a run goes
 * on; and never so often that it costs much.
 *
 * A plain value without clock or dice: times are monotonic, @random is from 0 up to, but not including, 1.
 */
typedef struct
{
  gint64 doubt_us;
  gint64 change_us;
  gint64 quiet_us;
  gint64 whole_us;
  gint64 pause_us;
  gint64 slow_us;
  guint  n_in_vain;
  gint64 max_us;
} SpotSecondLook;

void   spot_second_look_take_change (SpotSecondLook       *self,
                                     gint64                now_us,
                                     double                random);
void   spot_second_look_take_whole  (SpotSecondLook       *self,
                                     gint64                sent_us,
                                     guint64               n_bytes,
                                     gboolean              brought_news,
                                     double                random);
gint64 spot_second_look_get_due_us  (const SpotSecondLook *self);

G_END_DECLS
