/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-journal-private.h"

/**
 * spot_journal_make_words:
 * @state: what the journal is
 * @was_damaged: whether a damaged file has been set aside
 * @path: where it is
 *
 * Returns: (transfer full) (nullable): what the user has to know, and what to do; %NULL when all is well
 */
char *
spot_journal_make_words (SpotJournalState  state,
                         gboolean          was_damaged,
                         const char       *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown_folder = g_filename_display_name (folder);
  g_autofree char *shown = g_filename_display_name (path);

  switch (state)
    {
    case SPOT_JOURNAL_STATE_IN_USE:
      return g_strdup (_("The history is in use by another copy of the program. This one remembers nothing until that one "
                         "is closed."));
    case SPOT_JOURNAL_STATE_READ_ONLY:
      /* Translators: %s is a folder */
      return g_strdup_printf (_("The history cannot be written. Nothing is remembered until the files in %s may be "
                                "changed."),
                              shown_folder);
    case SPOT_JOURNAL_STATE_FULL:
      return g_strdup (_("The disk is full. Nothing is remembered until there is room again."));
    case SPOT_JOURNAL_STATE_FAILED:
      /* Translators: %s is a file */
      return g_strdup_printf (_("The history in %s cannot be used. Nothing is remembered; it will be tried again."),
                              shown);
    case SPOT_JOURNAL_STATE_TOO_NEW:
      return g_strdup (_("The history was written by a newer version of the program and is left as it is. Nothing is "
                         "remembered."));
    case SPOT_JOURNAL_STATE_FOREIGN:
      /* Translators: %s is a file */
      return g_strdup_printf (_("%s is not a history of this program and is left as it is. Nothing is remembered."),
                              shown);
    case SPOT_JOURNAL_STATE_READY:
      /* Translators: %s is a folder */
      return was_damaged ? g_strdup_printf (_("The history was damaged. It has been set aside in %s, and a new one begun."),
                                            shown_folder)
                         : NULL;
    case SPOT_JOURNAL_STATE_OPENING:
    case SPOT_JOURNAL_STATE_CLOSED:
    default:
      return NULL;
    }
}
