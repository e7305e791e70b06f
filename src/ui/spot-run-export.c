/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "spot-compat.h"
#include "spot-run.h"

#include "spot-run-export.h"

/* Written at once: enough that the disk is not asked for each run, little enough to be held. */
#define CHUNK_BYTES (64 * 1024)

#define MAX_NAME_CHARACTERS 60

/**
 * spot_run_export_get_format:
 * @file: a file that is to be written
 *
 * Returns: what its name asks for, by its end: `.json`, `.jsonl` or `.ndjson`; a table for anything else
 */
SpotExportFormat
spot_run_export_get_format (GFile *file)
{
  g_autofree char *name = NULL;
  g_autofree char *folded = NULL;

  g_return_val_if_fail (G_IS_FILE (file), SPOT_EXPORT_CSV);

  name = g_file_get_basename (file);
  folded = g_ascii_strdown (name != NULL ? name : "", -1);
  if (g_str_has_suffix (folded, ".json"))
    return SPOT_EXPORT_JSON;
  if (g_str_has_suffix (folded, ".jsonl") || g_str_has_suffix (folded, ".ndjson"))
    return SPOT_EXPORT_JSON_LINES;
  return SPOT_EXPORT_CSV;
}

/* ---- writing ---- */

typedef struct
{
  GFile     *file;    /* (owned) */
  GPtrArray *records; /* (owned) (element-type SpotRunRecord) */
} Writing;

static void
writing_free (gpointer data)
{
  Writing *self = data;

  g_object_unref (self->file);
  g_ptr_array_unref (self->records);
  g_free (self);
}

static gboolean
write_all (Writing        *self,
           GOutputStream  *stream,
           GCancellable   *cancellable,
           GError        **error)
{
  g_autoptr (SpotExport) export = spot_export_new (spot_run_export_get_format (self->file));
  g_autoptr (GString) text = g_string_sized_new (CHUNK_BYTES * 2);

  for (guint i = 0; i < self->records->len; i++)
    {
      spot_export_add (export, self->records->pdata[i], text);
      if (text->len < CHUNK_BYTES)
        continue;
      if (!g_output_stream_write_all (stream, text->str, text->len, NULL, cancellable, error))
        return FALSE;
      g_string_truncate (text, 0);
    }
  spot_export_end (export, text);
  return g_output_stream_write_all (stream, text->str, text->len, NULL, cancellable, error);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Writing *self = task_data;
  GError *error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_replace (self->file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, &error);

  if (stream != NULL && write_all (self, G_OUTPUT_STREAM (stream), cancellable, &error))
    g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, &error);
  if (error != NULL)
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      /* Closed so, what was there before stays. */
      g_cancellable_cancel (cancelled);
      if (stream != NULL)
        g_output_stream_close (G_OUTPUT_STREAM (stream), cancelled, NULL);
      g_task_return_error (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * spot_run_export_write_async:
 * @file: where to, which is replaced; its name says the format
 * @records: (element-type SpotRunRecord): the runs; not to be changed any more
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Writes runs, on a thread of its own. When it fails, with %G_IO_ERROR, what was in the file before stays.
 */
void
spot_run_export_write_async (GFile               *file,
                             GPtrArray           *records,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Writing *writing;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (records != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_run_export_write_async);
  writing = g_new0 (Writing, 1);
  writing->file = g_object_ref (file);
  writing->records = g_ptr_array_ref (records);
  g_task_set_task_data (task, writing, writing_free);
  g_task_run_in_thread (task, write_in_thread);
}

/**
 * spot_run_export_write_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether all of it is in the file
 */
gboolean
spot_run_export_write_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- asking ---- */

typedef struct
{
  GtkWidget *widget;  /* (owned): where the user asked */
  GPtrArray *records; /* (owned) */
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_object_unref (wish->widget);
  g_ptr_array_unref (wish->records);
  g_free (wish);
}

static void
show_toast (GtkWidget *widget,
            char      *title)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (escaped));
  g_free (title);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (spot_run_export_write_finish (result, &error))
    show_toast (widget, g_strdup (_ ("Runs exported")));
  else
    /* Translators: %s says what went wrong with a file */
    show_toast (widget, g_strdup_printf (_ ("The runs could not be exported: %s"), error->message));
}

static void
chosen_cb (GFile    *file,
           gpointer  user_data)
{
  Wish *wish = user_data;

  spot_run_export_write_async (file, wish->records, NULL, written_cb, g_object_ref (wish->widget));
}

/* What can be a file's name everywhere. */
static char *
dup_file_name (const char *name)
{
  g_autoptr (GString) tidy = g_string_new (NULL);
  guint n = 0;

  for (const char *p = name; *p != '\0' && n < MAX_NAME_CHARACTERS; p = g_utf8_next_char (p), n++)
    {
      gunichar letter = g_utf8_get_char (p);

      g_string_append_unichar (tidy, g_unichar_isalnum (letter) || letter == '-' || letter == '_' ? letter : '-');
    }
  return g_strconcat (tidy->len > 0 ? tidy->str : "runs", ".csv", NULL);
}

/**
 * spot_run_export_ask:
 * @widget: where the user asked for it
 * @runs: (element-type SpotRun): what to export, as it is now
 * @name: what the runs are together
 *
 * Asks for a file, writes the runs there in the format that its name asks for, and says so.
 */
void
spot_run_export_ask (GtkWidget  *widget,
                     GListModel *runs,
                     const char *name)
{
  GtkRoot *root;
  Wish *wish;
  g_autofree char *file_name = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (G_IS_LIST_MODEL (runs));
  g_return_if_fail (name != NULL);

  root = gtk_widget_get_root (widget);
  if (!GTK_IS_WINDOW (root))
    return;
  wish = g_new0 (Wish, 1);
  wish->widget = g_object_ref (widget);
  wish->records = g_ptr_array_new_full (g_list_model_get_n_items (runs), (GDestroyNotify) spot_run_record_unref);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (SpotRun) run = g_list_model_get_item (runs, i);

      g_ptr_array_add (wish->records, spot_run_record_ref (spot_run_get_record (run)));
    }
  file_name = dup_file_name (name);
  spot_compat_choose_file_to_save (GTK_WINDOW (root), _ ("Export Runs as .csv, .json or .jsonl"), file_name, chosen_cb, wish,
                                   wish_free);
}
