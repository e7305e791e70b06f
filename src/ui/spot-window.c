/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-actions.h"
#include "spot-account-dialog.h"
#include "spot-account-notices.h"
#include "spot-account-row.h"
#include "spot-compat.h"
#include "spot-preferences.h"
#include "spot-reference.h"
#include "spot-run-detail.h"
#include "spot-runs-pane.h"
#include "spot-server-row.h"
#include "spot-sign-in-dialog.h"
#include "spot-split.h"
#include "spot-watch-actions.h"
#include "spot-watch-dialog.h"
#include "spot-watches-pane.h"
#include "spot-window-keys.h"

#include "spot-window.h"

/* A run opened by moving through the list costs a feed: somebody who goes on at once did not want it. */
#define SETTLE_MS 180

struct _SpotWindow
{
  AdwApplicationWindow parent_instance;

  SpotMonitor     *monitor;      /* (owned) */
  SpotSession     *session;      /* (owned) (nullable): while there may be accounts */
  GListModel      *environments; /* (owned): of the monitor */
  SpotRun         *detail_run;   /* (owned) (nullable): the run in the detail, as far as it is known */
  gint64           moved_us;     /* monotonic time of the last selection */
  guint            settle_id;    /* timeout that shows the selected run */
  guint            focus_id;     /* idle source that gives the keyboard to the list */

  AdwToastOverlay *toasts;
  GtkStack        *stack;
  AdwWindowTitle  *welcome_title;
  GtkMenuButton   *welcome_menu;
  AdwStatusPage   *welcome;
  GtkWidget       *sign_in_button;
  GtkWidget       *key_button;
  SpotAccountNotices *welcome_notices;
  SpotSplit       *split;
  SpotWatchesPane *watches;
  SpotRunsPane    *runs;
  GtkWidget       *detail_pane;
  AdwHeaderBar    *detail_header;
  GtkWidget       *detail_back;
  SpotRunDetail   *detail;

  SpotWatchActions *watch_actions; /* (owned) */
  SpotAccountActions *account_actions; /* (owned) (nullable) */
};

enum {
  PROP_0,
  PROP_MONITOR,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotWindow, spot_window, ADW_TYPE_APPLICATION_WINDOW)

static SpotEnvironment *
get_environment (SpotWindow *self)
{
  SpotWatch *watch = spot_runs_pane_get_watch (self->runs);

  return watch ? spot_watches_pane_find_environment (self->watches, watch) : NULL;
}

static void
set_action_enabled (SpotWindow *self,
                    const char *name,
                    gboolean    enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
watch_shown_cb (SpotWindow *self,
                SpotWatch  *watch)
{
  spot_window_show_watch (self, watch);
}

static gboolean
holds_credential (const char *text)
{
  g_autoptr (GPtrArray) found = spot_reference_find_all (text, -1, NULL);

  for (guint i = 0; i < found->len; i++)
    if (((SpotReference *) found->pdata[i])->kind == SPOT_REFERENCE_CREDENTIAL)
      return TRUE;
  return FALSE;
}

static gboolean
dropped_cb (GtkDropTarget *target,
            const GValue  *value,
            double         x,
            double         y,
            gpointer       user_data)
{
  SpotWindow *self = user_data;

  if (g_value_get_string (value) == NULL)
    return FALSE;
  if (self->account_actions != NULL && holds_credential (g_value_get_string (value)))
    {
      spot_account_actions_take_text (self->account_actions, g_value_get_string (value));
      return TRUE;
    }
  spot_watch_actions_take_text (self->watch_actions, g_value_get_string (value));
  return TRUE;
}

/* Keys are being looked for: too early to say that there is nothing. */
static gboolean
is_opening (SpotWindow *self)
{
  GListModel *accounts = self->session != NULL ? G_LIST_MODEL (spot_session_get_accounts (self->session)) : NULL;

  for (guint i = 0; accounts != NULL && i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SpotAccount) account = g_list_model_get_item (accounts, i);

      if (spot_account_get_state (account) == SPOT_ACCOUNT_OPENING)
        return TRUE;
    }
  return FALSE;
}

static void
update_page (SpotWindow *self)
{
  gboolean any = g_list_model_get_n_items (self->environments) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "split" : is_opening (self) ? "opening" : "welcome");
  set_action_enabled (self, "search", any);
  set_action_enabled (self, "export", any);
  set_action_enabled (self, "reconnect", any);
  set_action_enabled (self, "sidebar", any);
}

/* What the user has in front of them needs no notice any more. Before it has ended there is none, and one has to come should
 * the window be closed by then. */
static void
tell_seen (SpotWindow *self)
{
  SpotEnvironment *environment = get_environment (self);

  if (self->detail_run != NULL && environment != NULL && spot_run_get_ended (self->detail_run)
      && gtk_window_is_active (GTK_WINDOW (self)) && spot_split_is_in_sight (self->split, SPOT_SPLIT_DETAIL))
    spot_monitor_run_seen (self->monitor, environment, spot_run_get_id (self->detail_run));
}

static void
detail_run_cb (SpotWindow *self)
{
  SpotRun *run = spot_run_detail_get_run (self->detail);

  if (self->detail_run != run)
    {
      if (self->detail_run != NULL)
        g_signal_handlers_disconnect_by_data (self->detail_run, self);
      g_set_object (&self->detail_run, run);
      if (run != NULL)
        g_signal_connect_swapped (run, "changed", G_CALLBACK (tell_seen), self);
    }
  set_action_enabled (self, "copy-run-id", spot_run_detail_get_run_id (self->detail) != NULL);
  tell_seen (self);
}

static void
show_selected_run (SpotWindow *self)
{
  SpotRun *run = spot_runs_pane_get_run (self->runs);
  SpotEnvironment *environment = get_environment (self);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (run != NULL && environment != NULL)
    spot_run_detail_show (self->detail, environment, spot_run_get_id (run));
}

static gboolean
settle_cb (gpointer user_data)
{
  SpotWindow *self = user_data;

  self->settle_id = 0;
  show_selected_run (self);
  return G_SOURCE_REMOVE;
}

static void
run_selected_cb (SpotWindow *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean hurried = now_us - self->moved_us < SETTLE_MS * 1000;

  self->moved_us = now_us;
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (spot_runs_pane_get_run (self->runs) == NULL)
    spot_run_detail_clear (self->detail);
  else if (hurried)
    self->settle_id = g_timeout_add (SETTLE_MS, settle_cb, self);
  else
    show_selected_run (self);
}

static void
open_detail (SpotWindow *self)
{
  GtkWidget *focus;

  spot_split_set_front (self->split, SPOT_SPLIT_DETAIL);
  focus = gtk_root_get_focus (GTK_ROOT (self));
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->detail)))
    gtk_widget_child_focus (GTK_WIDGET (self->detail), GTK_DIR_TAB_FORWARD);
  /* A label that takes the focus marks all its text, as if somebody had wanted to copy it. */
  focus = gtk_root_get_focus (GTK_ROOT (self));
  if (GTK_IS_LABEL (focus))
    gtk_label_select_region (GTK_LABEL (focus), 0, 0);
}

static void
run_opened_cb (SpotWindow *self)
{
  show_selected_run (self);
  open_detail (self);
}

/* Whose key it is that the list is read with. */
static void
update_account (SpotWindow *self)
{
  SpotEnvironment *environment = self->session != NULL ? get_environment (self) : NULL;

  spot_runs_pane_set_account (self->runs,
                              environment != NULL ? spot_session_find_account (self->session, environment) : NULL);
}

static void
watch_selected_cb (SpotWindow *self)
{
  SpotWatch *watch = spot_watches_pane_get_selected (self->watches);

  spot_runs_pane_set_watch (self->runs, watch);
  update_account (self);
  /* The watch of one run has nothing to choose from. */
  if (watch != NULL && spot_watch_get_kind (watch) == SPOT_WATCH_RUN)
    {
      SpotEnvironment *environment = get_environment (self);

      if (environment != NULL)
        spot_run_detail_show (self->detail, environment, spot_watch_get_subject (watch));
    }
}

static void
watch_opened_cb (SpotWindow *self)
{
  spot_split_set_front (self->split, SPOT_SPLIT_CONTENT);
}

static void
arrangement_cb (SpotWindow *self)
{
  gboolean sidebar = spot_split_is_in_sight (self->split, SPOT_SPLIT_SIDEBAR);
  gboolean content = spot_split_is_in_sight (self->split, SPOT_SPLIT_CONTENT);
  gboolean detail = spot_split_is_in_sight (self->split, SPOT_SPLIT_DETAIL);

  spot_watches_pane_set_title_buttons (self->watches, TRUE, !content);
  spot_runs_pane_set_title_buttons (self->runs, !sidebar, !detail);
  adw_header_bar_set_show_start_title_buttons (self->detail_header, !content);
  adw_header_bar_set_show_end_title_buttons (self->detail_header, TRUE);
  spot_runs_pane_set_back (self->runs, !sidebar, spot_split_get_n_panes (self->split) == 1);
  spot_run_view_set_single_click (spot_runs_pane_get_view (self->runs), !detail);
  gtk_widget_set_visible (self->detail_back, !content);
  tell_seen (self);
}

static void
reconnect_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  SpotWindow *self = user_data;
  SpotWatch *watch = spot_runs_pane_get_watch (self->runs);

  SpotEnvironment *environment = get_environment (self);

  if (watch != NULL && spot_watch_get_connection (watch) != NULL)
    spot_connection_retry_now (spot_watch_get_connection (watch));
  /* The run that is open has a connection of its own, which may have given up. */
  gtk_widget_activate_action (GTK_WIDGET (self->detail), "detail.retry", NULL);
  if (environment != NULL)
    spot_environment_retry_history (environment);
}

static void
search_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  SpotWindow *self = user_data;

  if (!spot_split_is_in_sight (self->split, SPOT_SPLIT_CONTENT))
    spot_split_set_front (self->split, SPOT_SPLIT_CONTENT);
  spot_runs_pane_start_search (self->runs);
}

static void
export_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  SpotWindow *self = user_data;

  spot_runs_pane_export (self->runs);
}

static void
sidebar_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  SpotWindow *self = user_data;

  spot_split_toggle_sidebar (self->split);
}

static void
back_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SpotWindow *self = user_data;
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  gboolean from_detail = focus != NULL && gtk_widget_is_ancestor (focus, self->detail_pane);

  /* Beside the list, the way back is that of the focus. */
  if (from_detail && spot_split_is_in_sight (self->split, SPOT_SPLIT_CONTENT))
    spot_run_view_take_focus (spot_runs_pane_get_view (self->runs));
  else if (spot_split_back (self->split) && spot_split_get_front (self->split) == SPOT_SPLIT_CONTENT)
    spot_run_view_take_focus (spot_runs_pane_get_view (self->runs));
}

static void
move_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SpotWindow *self = user_data;
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  spot_run_view_move (spot_runs_pane_get_view (self->runs), g_variant_get_int32 (parameter));
  /* Somebody who reads the detail goes on reading there. */
  if (focus == NULL || !gtk_widget_is_ancestor (focus, self->detail_pane))
    spot_run_view_take_focus (spot_runs_pane_get_view (self->runs));
}

static void
watch_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  SpotWindow *self = user_data;
  int nth = g_variant_get_int32 (parameter);

  if (nth > 0 && spot_watches_pane_select_nth (self->watches, (guint) nth - 1))
    {
      spot_split_set_front (self->split, SPOT_SPLIT_CONTENT);
      spot_run_view_take_focus (spot_runs_pane_get_view (self->runs));
    }
}

static void
copy_run_id_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  SpotWindow *self = user_data;
  const char *run_id = spot_run_detail_get_run_id (self->detail);

  if (run_id == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), run_id);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Run id copied")));
}

static void
menu_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SpotWindow *self = user_data;

  if (g_list_model_get_n_items (self->environments) == 0)
    {
      gtk_menu_button_popup (self->welcome_menu);
      return;
    }
  if (!spot_split_is_in_sight (self->split, SPOT_SPLIT_SIDEBAR))
    spot_split_toggle_sidebar (self->split);
  spot_watches_pane_open_menu (self->watches);
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  spot_compat_present_about (GTK_WINDOW (user_data));
}

static const GActionEntry action_entries[] = {
  { "reconnect", reconnect_cb, NULL, NULL, NULL },
  { "search", search_cb, NULL, NULL, NULL },
  { "export", export_cb, NULL, NULL, NULL },
  { "sidebar", sidebar_cb, NULL, NULL, NULL },
  { "back", back_cb, NULL, NULL, NULL },
  { "move", move_cb, "i", NULL, NULL },
  { "watch", watch_cb, "i", NULL, NULL },
  { "copy-run-id", copy_run_id_cb, NULL, NULL, NULL },
  { "menu", menu_cb, NULL, NULL, NULL },
  { "about", about_cb, NULL, NULL, NULL },
};

static gboolean
focus_cb (gpointer user_data)
{
  SpotWindow *self = user_data;

  self->focus_id = 0;
  spot_run_view_take_focus (spot_runs_pane_get_view (self->runs));
  return G_SOURCE_REMOVE;
}

/* The keyboard begins in the list, and not at the first button, where GTK puts it once the window is mapped. */
static void
spot_window_map (GtkWidget *widget)
{
  SpotWindow *self = SPOT_WINDOW (widget);

  GTK_WIDGET_CLASS (spot_window_parent_class)->map (widget);
  if (self->focus_id == 0)
    self->focus_id = g_idle_add (focus_cb, self);
}

static void
spot_window_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_MONITOR:
      g_value_set_object (value, SPOT_WINDOW (object)->monitor);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_window_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_MONITOR:
      SPOT_WINDOW (object)->monitor = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_window_constructed (GObject *object)
{
  SpotWindow *self = SPOT_WINDOW (object);
  GtkDropTarget *target;

  G_OBJECT_CLASS (spot_window_parent_class)->constructed (object);
  self->environments = g_object_ref (spot_monitor_get_environments (self->monitor));
  g_signal_connect_object (self->environments, "items-changed", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  spot_watches_pane_set_monitor (self->watches, self->monitor);
  self->watch_actions = spot_watch_actions_new (GTK_WINDOW (self), self->monitor, self->watches);
  g_signal_connect_object (self->watch_actions, "shown", G_CALLBACK (watch_shown_cb), self, G_CONNECT_SWAPPED);
  /* An address of the dashboard, or an id, from another program. */
  target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (dropped_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  update_page (self);
}

static void
spot_window_dispose (GObject *object)
{
  SpotWindow *self = SPOT_WINDOW (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_handle_id (&self->focus_id, g_source_remove);
  if (self->detail_run != NULL)
    g_signal_handlers_disconnect_by_data (self->detail_run, self);
  g_clear_object (&self->detail_run);
  if (self->environments != NULL)
    g_signal_handlers_disconnect_by_data (self->environments, self);
  g_clear_object (&self->environments);
  if (self->watch_actions != NULL)
    g_object_run_dispose (G_OBJECT (self->watch_actions));
  g_clear_object (&self->watch_actions);
  if (self->account_actions != NULL)
    g_object_run_dispose (G_OBJECT (self->account_actions));
  g_clear_object (&self->account_actions);
  g_clear_object (&self->session);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (spot_window_parent_class)->dispose (object);
}

static void
spot_window_class_init (SpotWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_window_get_property;
  object_class->set_property = spot_window_set_property;
  object_class->constructed = spot_window_constructed;
  object_class->dispose = spot_window_dispose;
  widget_class->map = spot_window_map;

  /**
   * SpotWindow:monitor:
   *
   * Whose environments the window shows.
   */
  properties[PROP_MONITOR] = g_param_spec_object ("monitor", NULL, NULL, SPOT_TYPE_MONITOR,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (SPOT_TYPE_ACCOUNT_DIALOG);
  g_type_ensure (SPOT_TYPE_ACCOUNT_NOTICES);
  g_type_ensure (SPOT_TYPE_ACCOUNT_ROW);
  g_type_ensure (SPOT_TYPE_PREFERENCES);
  g_type_ensure (SPOT_TYPE_RUN_DETAIL);
  g_type_ensure (SPOT_TYPE_RUNS_PANE);
  g_type_ensure (SPOT_TYPE_SERVER_ROW);
  g_type_ensure (SPOT_TYPE_SIGN_IN_DIALOG);
  g_type_ensure (SPOT_TYPE_SPLIT);
  g_type_ensure (SPOT_TYPE_WATCHES_PANE);
  g_type_ensure (SPOT_TYPE_WATCH_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, welcome_title);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, welcome_menu);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, key_button);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, welcome_notices);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, split);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, watches);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, runs);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, detail_pane);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, detail_header);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, detail_back);
  gtk_widget_class_bind_template_child (widget_class, SpotWindow, detail);
  gtk_widget_class_bind_template_callback (widget_class, watch_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, watch_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, detail_run_cb);
  gtk_widget_class_bind_template_callback (widget_class, arrangement_cb);
  spot_window_keys_add (widget_class);
}

static void
ensure_icons (SpotWindow *self)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  g_auto (GStrv) paths = gtk_icon_theme_get_resource_path (theme);

  if (paths == NULL || !g_strv_contains ((const char *const *) paths, RESOURCE_PATH "/icons"))
    gtk_icon_theme_add_resource_path (theme, RESOURCE_PATH "/icons");
}

static void
spot_window_init (SpotWindow *self)
{
  ensure_icons (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), action_entries, G_N_ELEMENTS (action_entries), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_title (GTK_WINDOW (self), APP_NAME);
  gtk_window_set_icon_name (GTK_WINDOW (self), APP_ID);
  adw_window_title_set_title (self->welcome_title, APP_NAME);
  adw_status_page_set_icon_name (self->welcome, APP_ID);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (tell_seen), NULL);
  arrangement_cb (self);
  detail_run_cb (self);
}

/**
 * spot_window_new:
 * @application: the application
 * @monitor: whose environments to show
 *
 * Returns: (transfer none): a window, held by GTK until it is destroyed
 */
SpotWindow *
spot_window_new (GtkApplication *application,
                 SpotMonitor    *monitor)
{
  g_return_val_if_fail (application == NULL || GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (SPOT_IS_MONITOR (monitor), NULL);

  return g_object_new (SPOT_TYPE_WINDOW, "application", application, "monitor", monitor, NULL);
}

/* ---- accounts ---- */

static void
accounts_changed_cb (SpotWindow *self)
{
  GListModel *accounts = G_LIST_MODEL (spot_session_get_accounts (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SpotAccount) account = g_list_model_get_item (accounts, i);

      g_signal_handlers_disconnect_by_func (account, update_page, self);
      g_signal_connect_object (account, "notify::state", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
    }
  update_page (self);
  update_account (self);
}

static void
account_added_cb (SpotWindow  *self,
                  SpotAccount *account)
{
  g_autoptr (SpotAccountEnvironment) first = g_list_model_get_item (spot_account_get_environments (account), 0);
  SpotEnvironment *environment
    = first != NULL ? spot_monitor_find_environment (self->monitor, spot_account_environment_get_id (first)) : NULL;
  g_autoptr (SpotWatch) watch
    = environment != NULL ? g_list_model_get_item (spot_environment_get_watches (environment), 0) : NULL;
  const char *explanation
    = spot_secrets_get_explanation (spot_accounts_get_secrets (spot_session_get_accounts (self->session)));

  if (watch != NULL)
    spot_window_show_watch (self, watch);
  if (explanation != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (explanation));
}

static void
problem_cb (SpotWindow *self)
{
  const char *problem = spot_session_get_problem (self->session);
  g_autofree char *escaped = problem != NULL ? g_markup_escape_text (problem, -1) : NULL;
  AdwToast *toast;

  if (escaped == NULL)
    return;
  toast = adw_toast_new (escaped);
  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/**
 * spot_window_set_session:
 * @self: a window that has none
 * @session: a session, whose monitor is the window's
 *
 * Lets accounts be added and changed, and has preferences.
 */
void
spot_window_set_session (SpotWindow  *self,
                         SpotSession *session)
{
  SpotAccounts *accounts;

  g_return_if_fail (SPOT_IS_WINDOW (self));
  g_return_if_fail (SPOT_IS_SESSION (session));
  g_return_if_fail (self->session == NULL && spot_session_get_monitor (session) == self->monitor);

  self->session = g_object_ref (session);
  accounts = spot_session_get_accounts (session);
  self->account_actions = spot_account_actions_new (GTK_WINDOW (self), session);
  g_signal_connect_object (self->account_actions, "added", G_CALLBACK (account_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (accounts_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::problem", G_CALLBACK (problem_cb), self, G_CONNECT_SWAPPED);
  spot_watches_pane_set_accounts (self->watches, accounts);
  spot_account_notices_set_accounts (self->welcome_notices, accounts);
  accounts_changed_cb (self);
  problem_cb (self);
}

/* The watch in which the user finds the run: the present one if it has it, else the first that does. */
static SpotWatch *
find_watch (SpotWindow      *self,
            SpotEnvironment *environment,
            SpotRun         *run)
{
  GListModel *watches = spot_environment_get_watches (environment);
  SpotWatch *present = spot_runs_pane_get_watch (self->runs);
  guint position;

  if (present != NULL && spot_run_list_find (spot_watch_get_list (present), run, &position))
    return present;
  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr (SpotWatch) watch = g_list_model_get_item (watches, i);

      /* The environment holds it. */
      if (spot_run_list_find (spot_watch_get_list (watch), run, &position))
        return watch;
    }
  return NULL;
}

/**
 * spot_window_show_run:
 * @self: a window
 * @environment: where the run is
 * @run_id: the run; the server need not have told of it yet
 *
 * Opens the run in the detail pane, and brings the pane to the front when the window is folded. The run is selected in the
 * list when a watch has it.
 */
void
spot_window_show_run (SpotWindow      *self,
                      SpotEnvironment *environment,
                      const char      *run_id)
{
  SpotRun *run;
  SpotWatch *watch;

  g_return_if_fail (SPOT_IS_WINDOW (self));
  g_return_if_fail (SPOT_IS_ENVIRONMENT (environment));
  g_return_if_fail (run_id != NULL);

  run = spot_run_store_lookup (spot_environment_get_store (environment), run_id);
  watch = run ? find_watch (self, environment, run) : NULL;
  if (watch != NULL)
    {
      spot_watches_pane_select (self->watches, watch);
      spot_run_view_select (spot_runs_pane_get_view (self->runs), run);
    }
  g_clear_handle_id (&self->settle_id, g_source_remove);
  spot_run_detail_show (self->detail, environment, run_id);
  open_detail (self);
}

/**
 * spot_window_show_watch:
 * @self: a window
 * @watch: a watch of the window's monitor
 *
 * Shows the runs of the watch, and brings the list to the front when the window is folded.
 */
void
spot_window_show_watch (SpotWindow *self,
                        SpotWatch  *watch)
{
  g_return_if_fail (SPOT_IS_WINDOW (self));
  g_return_if_fail (SPOT_IS_WATCH (watch));

  if (spot_watches_pane_select (self->watches, watch))
    spot_split_set_front (self->split, SPOT_SPLIT_CONTENT);
}
