/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "spot-compat.h"
#include "spot-text.h"
#include "spot-watch-dialog.h"

#include "spot-watch-actions.h"

#define MAX_NAME_CHARACTERS 60
/* When a working day begins, for somebody who does not want to hear of it today. */
#define MORNING_HOUR 8

struct _SpotWatchActions
{
  GObject             parent_instance;

  GtkWindow          *window; /* (not owned): owns us */
  SpotMonitor        *monitor; /* (owned) */
  SpotWatchesPane    *pane;    /* (not owned): a child of the window */
  GSimpleActionGroup *group;   /* (owned) */
  SpotWatch          *watch;   /* (owned) (nullable): that is selected */

  SpotEnvironment    *removed_from; /* (owned) (nullable) */
  SpotWatchSpec      *removed;      /* (owned) (nullable): what undo brings back */
  guint               removed_at;   /* its place */
};

enum {
  SIGNAL_SHOWN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotWatchActions, spot_watch_actions, G_TYPE_OBJECT)

static SpotEnvironment *
get_environment (SpotWatchActions *self)
{
  return self->watch != NULL ? spot_watches_pane_find_environment (self->pane, self->watch) : NULL;
}

static void
show_toast (SpotWatchActions *self,
            AdwToast         *toast)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self->pane), ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), g_object_ref (toast));
  g_object_ref_sink (toast);
  g_object_unref (toast);
}

/* A toast's title is markup. */
static AdwToast *
new_toast (const char *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  return adw_toast_new (escaped);
}

/* ---- new and changed ones ---- */

static void
done_cb (SpotWatchDialog  *dialog,
         SpotEnvironment  *environment,
         SpotWatch        *watch,
         SpotWatchActions *self)
{
  g_signal_emit (self, signals[SIGNAL_SHOWN], 0, watch);
}

static SpotWatchDialog *
present_dialog (SpotWatchActions *self,
                SpotWatch        *watch)
{
  SpotWatchDialog *dialog = spot_watch_dialog_new (self->window, self->monitor, get_environment (self), watch);

  g_signal_connect_object (dialog, "done", G_CALLBACK (done_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
new_cb (GSimpleAction *action,
        GVariant      *parameter,
        gpointer       user_data)
{
  present_dialog (user_data, NULL);
}

static void
pasted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SpotWatchActions) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text != NULL && self->window != NULL)
    spot_watch_actions_take_text (self, text);
}

static void
paste_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  SpotWatchActions *self = user_data;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self->window)), NULL, pasted_cb, g_object_ref (self));
}

static void
edit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SpotWatchActions *self = user_data;

  if (self->watch != NULL)
    present_dialog (self, self->watch);
}

static void
duplicate_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  SpotWatchActions *self = user_data;
  SpotEnvironment *environment = get_environment (self);
  g_autoptr (SpotWatchSpec) spec = NULL;
  g_autofree char *name = NULL;
  SpotWatch *copy;
  guint position;

  if (environment == NULL)
    return;
  spec = spot_watch_spec_copy (spot_watch_get_spec (self->watch));
  g_clear_pointer (&spec->id, g_free);
  g_clear_pointer (&spec->name, g_free);
  /* Translators: the name of a copy of a watch; %s is the name of the first */
  spec->name = g_strdup_printf (_ ("%s (copy)"), spot_watch_get_name (self->watch));
  position = spot_watches_pane_get_position (self->pane, self->watch);
  copy = spot_environment_add_watch (environment, spec, position + 1);
  if (copy != NULL)
    g_signal_emit (self, signals[SIGNAL_SHOWN], 0, copy);
}

/* ---- small changes ---- */

/* Takes @spec. */
static void
change (SpotWatchActions *self,
        SpotWatchSpec    *spec)
{
  SpotEnvironment *environment = get_environment (self);

  if (environment != NULL)
    spot_environment_change_watch (environment, self->watch, spec);
  spot_watch_spec_free (spec);
}

static void
mute_until (SpotWatchActions *self,
            gint64            until_us)
{
  SpotWatchSpec *spec;

  if (self->watch == NULL)
    return;
  spec = spot_watch_spec_copy (spot_watch_get_spec (self->watch));
  spec->muted_until_us = until_us;
  change (self, spec);
}

static void
mute_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  int seconds = g_variant_get_int32 (parameter);

  mute_until (user_data, seconds > 0 ? g_get_real_time () + seconds * G_TIME_SPAN_SECOND : SPOT_MUTED_FOR_GOOD);
}

static void
mute_until_tomorrow_cb (GSimpleAction *action,
                        GVariant      *parameter,
                        gpointer       user_data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);
  g_autoptr (GDateTime) morning =
    g_date_time_new_local (g_date_time_get_year (tomorrow), g_date_time_get_month (tomorrow),
                           g_date_time_get_day_of_month (tomorrow), MORNING_HOUR, 0, 0);

  mute_until (user_data, g_date_time_to_unix (morning) * G_TIME_SPAN_SECOND);
}

static void
unmute_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  mute_until (user_data, 0);
}

static void
toggle_mute_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  SpotWatchActions *self = user_data;

  if (self->watch != NULL)
    mute_until (self, spot_watch_spec_is_muted (spot_watch_get_spec (self->watch), g_get_real_time ()) ? 0
                                                                                                      : SPOT_MUTED_FOR_GOOD);
}

static void
pause_cb (GSimpleAction *action,
          GVariant      *state,
          gpointer       user_data)
{
  SpotWatchActions *self = user_data;
  SpotWatchSpec *spec;

  if (self->watch == NULL)
    return;
  spec = spot_watch_spec_copy (spot_watch_get_spec (self->watch));
  spec->paused = g_variant_get_boolean (state);
  change (self, spec);
}

static void
move_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SpotWatchActions *self = user_data;
  SpotEnvironment *environment = get_environment (self);
  g_autoptr (SpotWatch) watch = NULL;
  int position;

  if (environment == NULL)
    return;
  watch = g_object_ref (self->watch);
  position = (int) spot_watches_pane_get_position (self->pane, watch) + g_variant_get_int32 (parameter);
  if (position < 0)
    return;
  spot_environment_move_watch (environment, watch, (guint) position);
  spot_watches_pane_select (self->pane, watch);
}

/* ---- removing ---- */

static void
remove_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  SpotWatchActions *self = user_data;
  SpotEnvironment *environment = get_environment (self);
  g_autoptr (SpotWatch) watch = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  AdwToast *toast;

  if (environment == NULL)
    return;
  watch = g_object_ref (self->watch);
  g_set_object (&self->removed_from, environment);
  g_clear_pointer (&self->removed, spot_watch_spec_free);
  self->removed = spot_watch_spec_copy (spot_watch_get_spec (watch));
  self->removed_at = spot_watches_pane_get_position (self->pane, watch);
  spot_environment_remove_watch (environment, watch);

  name = spot_text_dup_line (spot_watch_get_name (watch), -1, MAX_NAME_CHARACTERS);
  title = g_strdup_printf (_ ("“%s” removed"), name);
  toast = new_toast (title);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "watch.undo-remove");
  show_toast (self, toast);
}

static void
undo_remove_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  SpotWatchActions *self = user_data;
  g_autoptr (SpotEnvironment) environment = g_steal_pointer (&self->removed_from);
  g_autoptr (SpotWatchSpec) spec = g_steal_pointer (&self->removed);
  SpotWatch *watch;

  if (spec == NULL || environment == NULL
      || spot_monitor_find_environment (self->monitor, spot_environment_get_id (environment)) != environment)
    return;
  watch = spot_environment_add_watch (environment, spec, self->removed_at);
  if (watch != NULL)
    g_signal_emit (self, signals[SIGNAL_SHOWN], 0, watch);
}

/* ---- files ---- */

static void
tell_failure (SpotWatchActions *self,
              const char       *format,
              const GError     *error)
{
  g_autofree char *title = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  title = g_strdup_printf ("%s: %s", format, error->message);
  show_toast (self, new_toast (title));
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SpotWatchActions) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->window == NULL)
    return;
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    show_toast (self, adw_toast_new (_ ("Watches exported")));
  else
    tell_failure (self, _ ("The watches could not be exported"), error);
}

static void
export_to_cb (GFile    *file,
              gpointer  user_data)
{
  SpotWatchActions *self = user_data;
  SpotEnvironment *environment = get_environment (self);
  g_autoptr (GPtrArray) specs = g_ptr_array_new ();
  g_autoptr (GBytes) contents = NULL;
  GListModel *watches;
  char *text;

  if (environment == NULL)
    return;
  watches = spot_environment_get_watches (environment);
  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr (SpotWatch) watch = g_list_model_get_item (watches, i);

      /* The environment holds the watch, and the watch its spec. */
      g_ptr_array_add (specs, (gpointer) spot_watch_get_spec (watch));
    }
  text = spot_watch_specs_to_json (specs, TRUE);
  contents = g_bytes_new_take (text, strlen (text));
  g_file_replace_contents_bytes_async (file, contents, NULL, FALSE, G_FILE_CREATE_NONE, NULL, written_cb, g_object_ref (self));
}

static void
export_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  SpotWatchActions *self = user_data;

  spot_compat_choose_file_to_save (self->window, _ ("Export Watches"), _ ("watches.json"), export_to_cb,
                                   g_object_ref (self), g_object_unref);
}

static void
import_specs (SpotWatchActions *self,
              GPtrArray        *specs,
              guint             n_skipped)
{
  SpotEnvironment *environment = get_environment (self);
  g_autofree char *title = NULL;
  SpotWatch *first = NULL;
  guint n_added = 0;

  if (environment == NULL)
    return;
  for (guint i = 0; i < specs->len; i++)
    {
      SpotWatchSpec *spec = specs->pdata[i];
      SpotWatch *watch;

      /* Somebody else's file does not say what it is called here. */
      g_clear_pointer (&spec->id, g_free);
      watch = spot_environment_add_watch (environment, spec, G_MAXUINT);
      n_added += watch != NULL;
      if (first == NULL)
        first = watch;
    }
  if (n_skipped > 0)
    title = g_strdup_printf (ngettext ("%u watch imported, the others could not be understood",
                                       "%u watches imported, the others could not be understood", n_added), n_added);
  else
    title = g_strdup_printf (ngettext ("%u watch imported", "%u watches imported", n_added), n_added);
  show_toast (self, new_toast (title));
  if (first != NULL)
    g_signal_emit (self, signals[SIGNAL_SHOWN], 0, first);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (SpotWatchActions) self = user_data;
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GPtrArray) specs = NULL;
  g_autoptr (GError) error = NULL;
  guint n_skipped = 0;
  gsize size;
  const char *text;

  contents = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (self->window == NULL)
    return;
  if (contents != NULL)
    {
      text = g_bytes_get_data (contents, &size);
      specs = spot_watch_specs_from_json (text != NULL ? text : "", (gssize) size, &n_skipped, &error);
    }
  if (specs != NULL)
    import_specs (self, specs, n_skipped);
  else
    tell_failure (self, _ ("The watches could not be imported"), error);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SpotWatchActions) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (self->window == NULL)
    return;
  if (stream == NULL)
    {
      tell_failure (self, _ ("The watches could not be imported"), error);
      return;
    }
  /* One byte more than a list may have tells that the file is too large. */
  g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), SPOT_MAX_WATCHES_BYTES + 1, G_PRIORITY_DEFAULT, NULL, read_cb,
                                   g_object_ref (self));
}

static void
import_from_cb (GFile    *file,
                gpointer  user_data)
{
  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, opened_cb, g_object_ref (user_data));
}

static void
import_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  SpotWatchActions *self = user_data;

  spot_compat_choose_file_to_open (self->window, _ ("Import Watches"), import_from_cb, g_object_ref (self), g_object_unref);
}

/* ---- which are possible ---- */

static void
set_enabled (SpotWatchActions *self,
             const char       *name,
             gboolean          enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (SpotWatchActions *self)
{
  static const char *const for_one[] = { "edit", "duplicate", "pause", "mute", "mute-until-tomorrow", "unmute", "toggle-mute", "move",
                                         "remove", "export", "import" };
  GListModel *environments = spot_monitor_get_environments (self->monitor);
  gboolean any = self->watch != NULL;
  gboolean muted = any && spot_watch_spec_is_muted (spot_watch_get_spec (self->watch), g_get_real_time ());
  GAction *pause = g_action_map_lookup_action (G_ACTION_MAP (self->group), "pause");

  for (guint i = 0; i < G_N_ELEMENTS (for_one); i++)
    set_enabled (self, for_one[i], any);
  set_enabled (self, "unmute", muted);
  set_enabled (self, "new", g_list_model_get_n_items (environments) > 0);
  set_enabled (self, "paste", g_list_model_get_n_items (environments) > 0);
  g_simple_action_set_state (G_SIMPLE_ACTION (pause),
                             g_variant_new_boolean (any && spot_watch_get_spec (self->watch)->paused));
}

static void
selected_cb (SpotWatchActions *self)
{
  SpotWatch *watch = spot_watches_pane_get_selected (self->pane);

  if (watch != self->watch)
    {
      if (self->watch != NULL)
        g_signal_handlers_disconnect_by_data (self->watch, self);
      g_set_object (&self->watch, watch);
      if (watch != NULL)
        g_signal_connect_object (watch, "notify::spec", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static const GActionEntry entries[] = {
  { .name = "new", .activate = new_cb },
  { .name = "paste", .activate = paste_cb },
  { .name = "edit", .activate = edit_cb },
  { .name = "duplicate", .activate = duplicate_cb },
  { .name = "pause", .state = "false", .change_state = pause_cb },
  { .name = "mute", .activate = mute_cb, .parameter_type = "i" },
  { .name = "mute-until-tomorrow", .activate = mute_until_tomorrow_cb },
  { .name = "unmute", .activate = unmute_cb },
  { .name = "toggle-mute", .activate = toggle_mute_cb },
  { .name = "move", .activate = move_cb, .parameter_type = "i" },
  { .name = "remove", .activate = remove_cb },
  { .name = "undo-remove", .activate = undo_remove_cb },
  { .name = "export", .activate = export_cb },
  { .name = "import", .activate = import_cb },
};

static void
spot_watch_actions_dispose (GObject *object)
{
  SpotWatchActions *self = SPOT_WATCH_ACTIONS (object);

  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  g_clear_object (&self->watch);
  g_clear_object (&self->removed_from);
  g_clear_pointer (&self->removed, spot_watch_spec_free);
  g_clear_object (&self->group);
  g_clear_object (&self->monitor);
  self->window = NULL;
  G_OBJECT_CLASS (spot_watch_actions_parent_class)->dispose (object);
}

static void
spot_watch_actions_class_init (SpotWatchActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = spot_watch_actions_dispose;

  /**
   * SpotWatchActions::shown:
   * @self: the actions
   * @watch: a watch that was made or changed
   *
   * Its runs are what the user wants to see now.
   */
  signals[SIGNAL_SHOWN] = g_signal_new ("shown", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, SPOT_TYPE_WATCH);
}

static void
spot_watch_actions_init (SpotWatchActions *self)
{
  self->group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->group), entries, G_N_ELEMENTS (entries), self);
}

/**
 * spot_watch_actions_new:
 * @window: the window, which gets the action group `watch`
 * @monitor: whose environments there are
 * @pane: where a watch is selected; a child of @window
 *
 * Returns: (transfer full): the actions, to be kept and disposed of (g_object_run_dispose()) with the window
 */
SpotWatchActions *
spot_watch_actions_new (GtkWindow       *window,
                        SpotMonitor     *monitor,
                        SpotWatchesPane *pane)
{
  SpotWatchActions *self;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (SPOT_IS_MONITOR (monitor), NULL);
  g_return_val_if_fail (SPOT_IS_WATCHES_PANE (pane), NULL);

  self = g_object_new (SPOT_TYPE_WATCH_ACTIONS, NULL);
  self->window = window;
  self->monitor = g_object_ref (monitor);
  self->pane = pane;
  gtk_widget_insert_action_group (GTK_WIDGET (window), "watch", G_ACTION_GROUP (self->group));
  g_signal_connect_object (pane, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (spot_monitor_get_environments (monitor), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  selected_cb (self);
  return self;
}

/**
 * spot_watch_actions_take_text:
 * @self: the actions
 * @text: what somebody pasted or dropped
 *
 * Asks for a new watch with @text in the entry; does nothing while there is no environment to watch.
 */
void
spot_watch_actions_take_text (SpotWatchActions *self,
                              const char       *text)
{
  g_return_if_fail (SPOT_IS_WATCH_ACTIONS (self));
  g_return_if_fail (text != NULL);

  if (self->window != NULL && g_list_model_get_n_items (spot_monitor_get_environments (self->monitor)) > 0)
    spot_watch_dialog_set_text (present_dialog (self, NULL), text);
}
