/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "spot-run-export.h"

#include "ui-rig.h"

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static char *
export (const char *path,
        guint       n,
        GError    **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_run_record_unref);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  char *contents = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      g_ptr_array_add (records, ui_rig_record ("friendlyId", id, "taskIdentifier", "import, \"csv\"", "status", "EXECUTING", NULL));
    }
  spot_run_export_write_async (file, records, NULL, keep_cb, &result);
  UI_RIG_WAIT (result != NULL);
  if (spot_run_export_write_finish (result, error))
    g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  return contents;
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (const char *p = text; *p != '\0'; p++)
    n += *p == '\n';
  return n;
}

static void
test_formats (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("export-XXXXXX", &error);
  g_autofree char *csv_path = g_build_filename (folder, "a.CSV", NULL);
  g_autofree char *json_path = g_build_filename (folder, "a.json", NULL);
  g_autofree char *lines_path = g_build_filename (folder, "a.jsonl", NULL);
  g_autofree char *csv = export (csv_path, 2000, &error);
  g_autofree char *json = export (json_path, 3, &error);
  g_autofree char *lines = export (lines_path, 3, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (csv, "id,taskIdentifier,status,"));
  g_assert_cmpuint (count_lines (csv), ==, 2001);
  g_assert_nonnull (strstr (csv, "run_1999,\"import, \"\"csv\"\"\","));
  g_assert_cmpint (json[0], ==, '[');
  g_assert_nonnull (strstr (json, "\"run_2\""));
  g_assert_cmpint (lines[0], ==, '{');
  g_assert_cmpuint (count_lines (lines), ==, 3);
  g_unlink (csv_path);
  g_unlink (json_path);
  g_unlink (lines_path);
  g_assert_no_errno (g_rmdir (folder));
}

/* What cannot be written is told, and nothing is left of it. */
static void
test_failure (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = export ("/nonexistent/folder/a.csv", 3, &error);

  g_assert_null (contents);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-export/formats", test_formats);
  g_test_add_func ("/run-export/failure", test_failure);
  return g_test_run ();
}
