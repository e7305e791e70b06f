/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal-db.h"

G_BEGIN_DECLS

/* "Spot": what the file says that it is. */
#define SPOT_JOURNAL_APPLICATION_ID 0x53706f74

/* What makes a file of one version a file of the next; the first makes it out of nothing. A version that has been
   released is * never changed, another is added. */
extern const char *const spot_journal_migrations[];
extern const guint       spot_journal_version;

gboolean spot_journal_schema_check   (SpotJournalDb     *db,
                                      guint              newest,
                                      GError           **error);
gboolean spot_journal_schema_migrate (SpotJournalDb     *db,
                                      const char *const *migrations,
                                      guint              newest,
                                      GError           **error);

G_END_DECLS
