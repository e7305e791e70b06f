/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-app"

#include "config.h"

#include "spot-journal-file.h"

/* So long at most does the end of the program wait for the disk. What is not written then comes again from the server. */
#define CLOSE_PATIENCE_MS 3000

#define MEGABYTE (G_GINT64_CONSTANT (1000) * 1000)

static void
bounds_cb (GSettings   *settings,
           const char  *key,
           SpotJournal *journal)
{
  spot_journal_set_bounds (journal, g_settings_get_uint (settings, "journal-max-size") * MEGABYTE,
                           g_settings_get_uint (settings, "journal-max-age") * G_TIME_SPAN_DAY);
  spot_journal_set_keep_payload (journal, g_settings_get_boolean (settings, "journal-keep-payloads"));
}

/**
 * spot_journal_file_open:
 * @settings: (nullable): how much to remember; %NULL for what is usual
 *
 * Opens the journal in the user's data folder. The development profile has one of its own.
 *
 * Returns: (transfer full): the journal
 */
SpotJournal *
spot_journal_file_open (SpotSettings *settings)
{
  const char *folder = g_str_equal (PROFILE, "development") ? "runspotter-devel" : "runspotter";
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), folder, "journal.db", NULL);
  SpotJournal *journal = spot_journal_new (path);

  if (settings != NULL)
    {
      GSettings *general = spot_settings_get_general (settings);

      bounds_cb (general, NULL, journal);
      g_signal_connect_object (general, "changed::journal-max-size", G_CALLBACK (bounds_cb), journal, 0);
      g_signal_connect_object (general, "changed::journal-max-age", G_CALLBACK (bounds_cb), journal, 0);
      g_signal_connect_object (general, "changed::journal-keep-payloads", G_CALLBACK (bounds_cb), journal, 0);
    }
  return journal;
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GMainLoop) loop = user_data;

  spot_journal_close_finish (SPOT_JOURNAL (source), result, NULL);
  g_main_loop_quit (loop);
}

static gboolean
patience_cb (gpointer user_data)
{
  g_info ("The journal does not close");
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * spot_journal_file_close:
 * @journal: (transfer full): the journal
 *
 * Waits until all of it is written and closed, but not long.
 */
void
spot_journal_file_close (SpotJournal *journal)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint patience_id = g_timeout_add (CLOSE_PATIENCE_MS, patience_cb, loop);

  spot_journal_close_async (journal, NULL, closed_cb, g_main_loop_ref (loop));
  g_main_loop_run (loop);
  g_source_remove (patience_id);
  g_object_unref (journal);
}
