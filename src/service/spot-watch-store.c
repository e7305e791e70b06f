/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-watch-store.h"

/* Somebody who drags a watch along changes the order many times. */
#define SETTLE_MS 300

/* An environment that is there: the file's part about it is made from its watches. */
typedef struct
{
  SpotEnvironment *environment; /* (owned) */
  GListModel      *watches;     /* (owned): of the environment */
  GPtrArray       *followed;    /* (owned) (element-type SpotWatch) */
} Attachment;

struct _SpotWatchStore
{
  GObject    parent_instance;

  GFile     *file;        /* (owned) */
  GPtrArray *absent;      /* (owned) (element-type SpotWatchSpec): of environments that are not there */
  GPtrArray *attachments; /* (owned) (element-type Attachment) */
  char      *problem;     /* (owned) (nullable) */
  guint      save_id;     /* time-out after a change */
  gboolean   writing;
  gboolean   dirty;       /* something has changed since what is being written */
  gboolean   loaded;
  guint      serial;      /* of what was made to be written last */

  GMutex     lock;        /* around the file */
  guint      written;     /* serial of what is in it */
};

G_DEFINE_FINAL_TYPE (SpotWatchStore, spot_watch_store, G_TYPE_OBJECT)

enum
{
  PROP_PROBLEM = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void schedule_save (SpotWatchStore *self);

static void
attachment_free (gpointer data)
{
  Attachment *self = data;

  g_ptr_array_unref (self->followed);
  g_object_unref (self->watches);
  g_object_unref (self->environment);
  g_free (self);
}

/* Takes @problem. */
static void
set_problem (SpotWatchStore *self,
             char           *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    {
      g_free (problem);
      return;
    }
  g_free (self->problem);
  self->problem = problem;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

/* ---- writing ---- */

static GBytes *
make_contents (SpotWatchStore *self)
{
  g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_watch_spec_free);
  char *text;

  for (guint i = 0; i < self->attachments->len; i++)
    {
      Attachment *attachment = self->attachments->pdata[i];

      for (guint j = 0; j < g_list_model_get_n_items (attachment->watches); j++)
        {
          g_autoptr(SpotWatch) watch = g_list_model_get_item (attachment->watches, j);
          SpotWatchSpec *spec = spot_watch_spec_copy (spot_watch_get_spec (watch));

          g_free (spec->environment);
          spec->environment = g_strdup (spot_environment_get_id (attachment->environment));
          g_ptr_array_add (specs, spec);
        }
    }
  for (guint i = 0; i < self->absent->len; i++)
    g_ptr_array_add (specs, spot_watch_spec_copy (self->absent->pdata[i]));
  text = spot_watch_specs_to_json (specs, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

static gboolean
make_folder (SpotWatchStore *self,
             GError        **error)
{
  g_autoptr(GFile) folder = g_file_get_parent (self->file);
  g_autoptr(GError) local = NULL;

  if (folder == NULL || g_file_make_directory_with_parents (folder, NULL, &local)
      || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
take_write_result (SpotWatchStore *self,
                   const GError   *error)
{
  if (error == NULL)
    set_problem (self, NULL);
  else
    set_problem (self, g_strdup_printf (_("Changes to your watches are not being kept: %s"), error->message));
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SpotWatchStore) self = user_data;
  g_autoptr(GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  self->writing = FALSE;
  take_write_result (self, error);
  if (self->dirty)
    schedule_save (self);
}

typedef struct
{
  GBytes *contents; /* (owned) */
  guint   serial;
} Writing;

static Writing *
writing_new (SpotWatchStore *self)
{
  Writing *writing = g_new0 (Writing, 1);

  writing->contents = make_contents (self);
  writing->serial = ++self->serial;
  return writing;
}

static void
writing_free (gpointer data)
{
  Writing *self = data;

  g_bytes_unref (self->contents);
  g_free (self);
}

/* On any thread. A thread that is late does not write over what is newer. */
static gboolean
write_contents (SpotWatchStore *self,
                Writing        *writing,
                GError        **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize size;
  const char *data = g_bytes_get_data (writing->contents, &size);

  if (writing->serial <= self->written)
    return TRUE;
  if (!make_folder (self, error)
      || !g_file_replace_contents (self->file, data, size, NULL, FALSE,
                                   G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, error))
    return FALSE;
  self->written = writing->serial;
  return TRUE;
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      writing,
                 GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;

  if (write_contents (source, writing, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
save_cb (gpointer user_data)
{
  SpotWatchStore *self = user_data;
  g_autoptr(GTask) task = NULL;

  self->save_id = 0;
  if (self->writing)
    return G_SOURCE_REMOVE;
  self->writing = TRUE;
  self->dirty = FALSE;
  task = g_task_new (self, NULL, written_cb, g_object_ref (self));
  g_task_set_source_tag (task, save_cb);
  g_task_set_task_data (task, writing_new (self), writing_free);
  g_task_run_in_thread (task, write_in_thread);
  return G_SOURCE_REMOVE;
}

static void
schedule_save (SpotWatchStore *self)
{
  self->dirty = TRUE;
  if (self->save_id == 0 && !self->writing)
    self->save_id = g_timeout_add (SETTLE_MS, save_cb, self);
}

/* ---- following ---- */

static void
follow_watches (SpotWatchStore *self,
                Attachment     *attachment)
{
  for (guint i = 0; i < attachment->followed->len; i++)
    g_signal_handlers_disconnect_by_func (attachment->followed->pdata[i], schedule_save, self);
  g_ptr_array_set_size (attachment->followed, 0);
  for (guint i = 0; i < g_list_model_get_n_items (attachment->watches); i++)
    {
      SpotWatch *watch = g_list_model_get_item (attachment->watches, i);

      g_signal_connect_object (watch, "notify::spec", G_CALLBACK (schedule_save), self, G_CONNECT_SWAPPED);
      g_ptr_array_add (attachment->followed, watch);
    }
}

static void
watches_changed_cb (GListModel     *watches,
                    guint           position,
                    guint           removed,
                    guint           added,
                    SpotWatchStore *self)
{
  for (guint i = 0; i < self->attachments->len; i++)
    {
      Attachment *attachment = self->attachments->pdata[i];

      if (attachment->watches == watches)
        follow_watches (self, attachment);
    }
  schedule_save (self);
}

/* ---- object ---- */

static void
spot_watch_store_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_PROBLEM:
      g_value_set_string (value, SPOT_WATCH_STORE (object)->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_watch_store_dispose (GObject *object)
{
  SpotWatchStore *self = SPOT_WATCH_STORE (object);

  g_clear_handle_id (&self->save_id, g_source_remove);
  G_OBJECT_CLASS (spot_watch_store_parent_class)->dispose (object);
}

static void
spot_watch_store_finalize (GObject *object)
{
  SpotWatchStore *self = SPOT_WATCH_STORE (object);

  g_object_unref (self->file);
  g_ptr_array_unref (self->absent);
  g_ptr_array_unref (self->attachments);
  g_free (self->problem);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (spot_watch_store_parent_class)->finalize (object);
}

static void
spot_watch_store_class_init (SpotWatchStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_watch_store_get_property;
  object_class->dispose = spot_watch_store_dispose;
  object_class->finalize = spot_watch_store_finalize;

  /**
   * SpotWatchStore:problem: (nullable)
   *
   * Why watches could not be read or are not being kept, translated; %NULL when all is well.
   */
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_watch_store_init (SpotWatchStore *self)
{
  self->absent = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_watch_spec_free);
  self->attachments = g_ptr_array_new_with_free_func (attachment_free);
  g_mutex_init (&self->lock);
}

/**
 * spot_watch_store_new:
 * @file: where watches are kept; need not exist, nor its folder
 *
 * Returns: (transfer full): a store that has not read @file yet
 */
SpotWatchStore *
spot_watch_store_new (GFile *file)
{
  SpotWatchStore *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (SPOT_TYPE_WATCH_STORE, NULL);
  self->file = g_object_ref (file);
  return self;
}

/* ---- reading ---- */

static void
specs_free (gpointer specs)
{
  g_ptr_array_unref (specs);
}

/* A file that cannot be read is not written over: it may be mended, or belong to a newer version. */
static void
set_aside (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *aside_name = g_strconcat (name, ".unreadable", NULL);
  g_autoptr(GFile) folder = g_file_get_parent (file);
  g_autoptr(GFile) aside = folder != NULL ? g_file_get_child (folder, aside_name) : NULL;
  g_autoptr(GError) error = NULL;

  if (aside != NULL && !g_file_move (file, aside, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error))
    g_warning ("cannot set the list of watches aside: %s", error->message);
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  SpotWatchStore *self = source;
  g_autoptr(GFileInputStream) stream = NULL;
  g_autofree char *text = g_malloc (SPOT_MAX_WATCHES_BYTES + 1);
  GError *error = NULL;
  GPtrArray *specs;
  gsize length;

  stream = g_file_read (self->file, cancellable, &error);
  if (stream == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_clear_error (&error);
      g_task_return_pointer (task, g_ptr_array_new_with_free_func ((GDestroyNotify) spot_watch_spec_free), specs_free);
      return;
    }
  if (stream == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), text, SPOT_MAX_WATCHES_BYTES + 1, &length, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  specs = spot_watch_specs_from_json (text, (gssize) length, NULL, &error);
  if (specs == NULL)
    {
      set_aside (self->file);
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, specs, specs_free);
}

/**
 * spot_watch_store_load_async:
 * @self: a store
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads the file.
 */
void
spot_watch_store_load_async (SpotWatchStore      *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SPOT_IS_WATCH_STORE (self));
  g_return_if_fail (!self->loaded);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_watch_store_load_async);
  g_task_run_in_thread (task, read_in_thread);
}

/**
 * spot_watch_store_load_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * A file that is no list of watches is set aside under the name `….unreadable`, and #SpotWatchStore:problem says so. The
 * store can be used whatever came of it.
 *
 * Returns: whether the file was read, or is not there yet
 */
gboolean
spot_watch_store_load_finish (SpotWatchStore  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_autoptr(GPtrArray) specs = NULL;
  g_autoptr(GError) local = NULL;

  g_return_val_if_fail (SPOT_IS_WATCH_STORE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  specs = g_task_propagate_pointer (G_TASK (result), &local);
  self->loaded = TRUE;
  if (specs == NULL)
    {
      set_problem (self, g_strdup_printf (_("Your watches could not be read: %s"), local->message));
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < specs->len; i++)
    {
      SpotWatchSpec *spec = specs->pdata[i];

      if (spec->environment != NULL)
        g_ptr_array_add (self->absent, spot_watch_spec_copy (spec));
    }
  return TRUE;
}

/**
 * spot_watch_store_attach:
 * @self: a store that has been loaded
 * @environment: an environment, whose id is the same in every start
 *
 * Gives @environment the watches that the file has for it, and keeps what becomes of them from here on.
 */
void
spot_watch_store_attach (SpotWatchStore  *self,
                         SpotEnvironment *environment)
{
  const char *id;
  Attachment *attachment;

  g_return_if_fail (SPOT_IS_WATCH_STORE (self));
  g_return_if_fail (SPOT_IS_ENVIRONMENT (environment));
  g_return_if_fail (self->loaded);

  id = spot_environment_get_id (environment);
  for (guint i = 0; i < self->absent->len;)
    {
      SpotWatchSpec *spec = self->absent->pdata[i];

      if (!g_str_equal (spec->environment, id))
        {
          i++;
          continue;
        }
      spot_environment_add_watch (environment, spec, G_MAXUINT);
      g_ptr_array_remove_index (self->absent, i);
    }

  attachment = g_new0 (Attachment, 1);
  attachment->environment = g_object_ref (environment);
  attachment->watches = g_object_ref (spot_environment_get_watches (environment));
  attachment->followed = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->attachments, attachment);
  follow_watches (self, attachment);
  g_signal_connect_object (attachment->watches, "items-changed", G_CALLBACK (watches_changed_cb), self, 0);
  /* It may have had some before the store came to know it. */
  if (attachment->followed->len > 0)
    schedule_save (self);
}

/**
 * spot_watch_store_detach:
 * @self: a store
 * @environment: an environment that has been attached, with its watches
 * @forget: whether its watches are to be forgotten, rather than kept for when it comes back
 *
 * Stops following @environment.
 */
void
spot_watch_store_detach (SpotWatchStore  *self,
                         SpotEnvironment *environment,
                         gboolean         forget)
{
  g_return_if_fail (SPOT_IS_WATCH_STORE (self));
  g_return_if_fail (SPOT_IS_ENVIRONMENT (environment));

  for (guint i = 0; i < self->attachments->len; i++)
    {
      Attachment *attachment = self->attachments->pdata[i];

      if (attachment->environment != environment)
        continue;
      g_signal_handlers_disconnect_by_func (attachment->watches, watches_changed_cb, self);
      for (guint j = 0; j < attachment->followed->len; j++)
        {
          SpotWatch *watch = attachment->followed->pdata[j];
          SpotWatchSpec *spec;

          g_signal_handlers_disconnect_by_func (watch, schedule_save, self);
          if (forget)
            continue;
          spec = spot_watch_spec_copy (spot_watch_get_spec (watch));
          g_free (spec->environment);
          spec->environment = g_strdup (spot_environment_get_id (environment));
          g_ptr_array_add (self->absent, spec);
        }
      g_ptr_array_remove_index (self->attachments, i);
      schedule_save (self);
      return;
    }
}

/**
 * spot_watch_store_flush:
 * @self: a store
 *
 * Writes what has changed and not been written yet, and waits for it. For the end of the program only.
 */
void
spot_watch_store_flush (SpotWatchStore *self)
{
  g_autoptr(GError) error = NULL;
  Writing *writing;

  g_return_if_fail (SPOT_IS_WATCH_STORE (self));

  g_clear_handle_id (&self->save_id, g_source_remove);
  /* What is being written may fail, or never be: the thread need not get to run any more. */
  if (!self->dirty && !self->writing)
    return;
  self->dirty = FALSE;
  writing = writing_new (self);
  write_contents (self, writing, &error);
  writing_free (writing);
  take_write_result (self, error);
}

/**
 * spot_watch_store_get_problem:
 * @self: a store
 *
 * Returns: (nullable): why watches could not be read or are not being kept, translated
 */
const char *
spot_watch_store_get_problem (SpotWatchStore *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH_STORE (self), NULL);
  return self->problem;
}
