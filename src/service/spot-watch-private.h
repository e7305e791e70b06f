/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-notifier.h"

G_BEGIN_DECLS

SpotWatch          *spot_watch_new         (const char          *id,
                                            const SpotWatchSpec *spec,
                                            guint                feed_id,
                                            SpotRunList         *list);
void                spot_watch_set_spec    (SpotWatch           *self,
                                            const SpotWatchSpec *spec);
void                spot_watch_set_feed_id (SpotWatch           *self,
                                            guint                feed_id);
const char * const *spot_watch_get_tags    (SpotWatch          *self);
guint               spot_watch_get_feed_id (SpotWatch          *self);
gboolean            spot_watch_has_run     (SpotWatch          *self,
                                            guint               feed_id,
                                            SpotRunRecord      *record,
                                            SpotRun            *run);
void                spot_watch_tell_commit (SpotWatch          *self,
                                            guint               feed_id,
                                            SpotRunRecord      *record,
                                            gboolean            removed,
                                            SpotRun            *run);
void                spot_watch_describe    (SpotWatch          *self,
                                            SpotNotifierWatch  *description);
void                spot_watch_set_history (SpotWatch          *self,
                                            SpotHistoryState    history);
void                spot_watch_set_ready   (SpotWatch          *self,
                                            gboolean            ready);

G_END_DECLS
