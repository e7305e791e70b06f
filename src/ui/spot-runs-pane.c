/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "spot-clock.h"
#include "spot-connection-banner.h"
#include "spot-run-export.h"
#include "spot-text.h"
#include "spot-words.h"

#include "spot-runs-pane.h"

#define MAX_NAME_CHARACTERS 120

struct _SpotRunsPane
{
  GtkWidget             parent_instance;

  SpotWatch            *watch;      /* (owned) (nullable) */
  SpotConnection       *connection; /* (owned) (nullable): of the watch */
  SpotRunList          *filtered;   /* (owned) (nullable): made from the watch's query while there is a filter */
  SpotRunList          *list;       /* (owned) (nullable): the watch's own, or the filtered one */
  GSimpleActionGroup   *actions;    /* (owned) */

  GtkWidget            *box;
  AdwHeaderBar         *header_bar;
  AdwWindowTitle       *title;
  GtkWidget            *back;
  GtkWidget            *menu_button;
  GtkWidget            *search_button;
  SpotConnectionBanner *banner;
  GtkSearchBar         *search_bar;
  GtkSearchEntry       *search_entry;
  SpotRunHeader        *header;
  GtkStack             *stack;
  SpotRunView          *view;
  GtkSpinner           *spinner;
  GtkLabel             *busy_words;
  AdwStatusPage        *empty;
  GtkWidget            *clear_filter;
  GtkLabel             *counts;
};

enum {
  PROP_0,
  PROP_WATCH,
  PROP_RUN,
  N_PROPS,
};

enum {
  SIGNAL_OPENED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotRunsPane, spot_runs_pane, GTK_TYPE_WIDGET)

static const struct
{
  const char *name;
  SpotRunSort sort;
} sorts[] = {
  { "created", SPOT_RUN_SORT_CREATED },   { "status", SPOT_RUN_SORT_STATUS },     { "task", SPOT_RUN_SORT_TASK },
  { "progress", SPOT_RUN_SORT_PROGRESS }, { "duration", SPOT_RUN_SORT_DURATION }, { "tags", SPOT_RUN_SORT_TAGS },
};

static gboolean
is_filtered (SpotRunsPane *self)
{
  return self->filtered != NULL;
}

static void
update_subtitle (SpotRunsPane *self)
{
  g_autofree char *words = NULL;
  g_autofree char *subtitle = NULL;

  if (self->connection == NULL)
    {
      adw_window_title_set_subtitle (self->title, "");
      return;
    }
  words = spot_words_connection (spot_connection_get_state (self->connection),
                                 spot_connection_get_retry_at (self->connection), g_get_monotonic_time ());
  subtitle = spot_words_as_of (words, spot_connection_get_as_of (self->connection), g_get_real_time ());
  adw_window_title_set_subtitle (self->title, subtitle);
}

static void
update_counts (SpotRunsPane *self)
{
  g_autofree char *text = NULL;
  const char *history;
  gboolean ready = self->watch != NULL && spot_watch_get_ready (self->watch);
  guint n_runs = 0;

  if (ready)
    n_runs = spot_watch_get_n_runs (self->watch);
  else if (self->watch != NULL)
    /* Nothing is counted before the first snapshot is complete, but what is in sight is. */
    n_runs = g_list_model_get_n_items (G_LIST_MODEL (spot_watch_get_list (self->watch)));

  if (self->watch != NULL && is_filtered (self))
    text = spot_words_matches (spot_run_view_get_n_shown (self->view) + spot_run_list_get_n_waiting (self->list), n_runs);
  else if (n_runs > 0)
    text = spot_words_counts (n_runs, spot_watch_get_count (self->watch, SPOT_STATUS_GROUP_RUNNING),
                              spot_watch_get_count (self->watch, SPOT_STATUS_GROUP_BAD));
  history = self->watch != NULL ? spot_words_history (spot_watch_get_history (self->watch)) : NULL;
  if (history == NULL && self->connection != NULL && spot_connection_get_partial (self->connection))
    history = spot_words_partial ();
  if (history != NULL)
    {
      char *both = text ? g_strconcat (text, " · ", history, NULL) : g_strdup (history);

      g_free (text);
      text = both;
    }
  if (self->connection != NULL && spot_connection_get_unreadable (self->connection) > 0)
    {
      g_autofree char *unreadable = spot_words_unreadable (spot_connection_get_unreadable (self->connection));
      char *both = text ? g_strconcat (text, " · ", unreadable, NULL) : g_strdup (unreadable);

      g_free (text);
      text = both;
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->counts),
                                   spot_connection_get_unreadable_detail (self->connection));
    }
  else
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->counts), NULL);
  gtk_label_set_label (self->counts, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->counts), text != NULL);
}

static void
show_empty (SpotRunsPane *self,
            const char   *icon_name,
            const char   *title,
            const char   *description,
            gboolean      can_clear)
{
  g_autofree char *escaped = description ? g_markup_escape_text (description, -1) : NULL;

  adw_status_page_set_icon_name (self->empty, icon_name);
  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, escaped);
  gtk_widget_set_visible (self->clear_filter, can_clear);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
show_nothing_here (SpotRunsPane *self)
{
  switch (spot_watch_get_kind (self->watch))
    {
    case SPOT_WATCH_TAGS:
      show_empty (self, "spot-watch-tag-symbolic", _ ("No Runs in the Last 24 Hours"),
                  _ ("A run with these tags appears here as soon as it is triggered."), FALSE);
      break;
    case SPOT_WATCH_BATCH:
      show_empty (self, "spot-watch-batch-symbolic", _ ("No Runs in This Batch"),
                  _ ("Its runs appear here as soon as they are created."), FALSE);
      break;
    case SPOT_WATCH_RUN:
      show_empty (self, "spot-watch-run-symbolic", _ ("Run Not Known Yet"),
                  _ ("It appears here as soon as the server knows it."), FALSE);
      break;
    case SPOT_WATCH_ENVIRONMENT:
    default:
      show_empty (self, "spot-watch-environment-symbolic", _ ("No Runs in the Last 24 Hours"),
                  _ ("A run appears here as soon as it is triggered."), FALSE);
      break;
    }
}

static void
update_page (SpotRunsPane *self)
{
  gboolean busy = FALSE;

  if (self->watch == NULL)
    show_empty (self, "spot-watch-environment-symbolic", _ ("No Watch Selected"),
                _ ("Select what to watch in the sidebar."), FALSE);
  else if (spot_run_view_get_n_shown (self->view) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (is_filtered (self) && spot_watch_get_n_runs (self->watch) > 0)
    show_empty (self, "system-search-symbolic", _ ("No Matches"), _ ("No run of this watch matches the filter."), TRUE);
  else if (spot_watch_get_ready (self->watch))
    show_nothing_here (self);
  else
    {
      SpotConnectionState state
        = self->connection ? spot_connection_get_state (self->connection) : SPOT_CONNECTION_CONNECTING;

      if (state == SPOT_CONNECTION_CONNECTING || state == SPOT_CONNECTION_CATCHING_UP || state == SPOT_CONNECTION_LIVE)
        {
          g_autofree char *words = spot_words_connection (state, 0, 0);

          busy = TRUE;
          gtk_label_set_label (self->busy_words, words);
          gtk_stack_set_visible_child_name (self->stack, "busy");
        }
      else
        /* The banner says why, and what to do. */
        show_empty (self, "network-offline-symbolic", _ ("Nothing Known Yet"),
                    _ ("Runs appear here once the server has answered."), FALSE);
    }
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->header), spot_run_view_get_n_shown (self->view) > 0);
}

static void
connection_cb (SpotRunsPane *self)
{
  update_counts (self);
  update_subtitle (self);
  update_page (self);
}

static void
watch_cb (SpotRunsPane *self)
{
  update_counts (self);
  if (spot_run_view_get_n_shown (self->view) == 0)
    update_page (self);
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotRunsPane *self = SPOT_RUNS_PANE (widget);

  if (self->connection != NULL && spot_connection_get_state (self->connection) == SPOT_CONNECTION_RECONNECTING)
    update_subtitle (self);
}

static void
items_changed_cb (SpotRunsPane *self,
                  guint         position,
                  guint         removed,
                  guint         added)
{
  guint n_shown = spot_run_view_get_n_shown (self->view);

  /* Between nothing and something the page changes; else it does not. */
  if (n_shown == 0 || n_shown == added)
    update_page (self);
  if (is_filtered (self) || !spot_watch_get_ready (self->watch))
    update_counts (self);
}

static void
show_sort (SpotRunsPane *self)
{
  GAction *sort = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "sort");
  GAction *reversed = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "reversed");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (sort), self->list != NULL);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (reversed), self->list != NULL);
  if (self->list == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    if (sorts[i].sort == spot_run_list_get_sort (self->list))
      g_simple_action_set_state (G_SIMPLE_ACTION (sort), g_variant_new_string (sorts[i].name));
  g_simple_action_set_state (G_SIMPLE_ACTION (reversed),
                             g_variant_new_boolean (spot_run_list_get_descending (self->list)
                                                    != spot_run_sort_is_descending_first (spot_run_list_get_sort (
                                                      self->list))));
}

static void
set_list (SpotRunsPane *self,
          SpotRunList  *list)
{
  if (self->list == list)
    return;
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->list != NULL && list != NULL)
    spot_run_list_set_sort (list, spot_run_list_get_sort (self->list), spot_run_list_get_descending (self->list));
  g_set_object (&self->list, list);
  spot_run_view_set_list (self->view, list);
  spot_run_header_set_list (self->header, list);
  if (list != NULL)
    {
      g_signal_connect_swapped (list, "items-changed", G_CALLBACK (items_changed_cb), self);
      g_signal_connect_swapped (list, "notify::sort", G_CALLBACK (show_sort), self);
      g_signal_connect_swapped (list, "notify::descending", G_CALLBACK (show_sort), self);
    }
  show_sort (self);
  update_page (self);
  update_counts (self);
}

static void
search_changed_cb (SpotRunsPane *self)
{
  spot_runs_pane_set_filter (self, gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
search_activate_cb (SpotRunsPane *self)
{
  spot_run_view_take_focus (self->view);
}

static void
search_mode_cb (SpotRunsPane *self)
{
  GAction *search = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "search");
  gboolean mode = gtk_search_bar_get_search_mode (self->search_bar);

  g_simple_action_set_state (G_SIMPLE_ACTION (search), g_variant_new_boolean (mode));
  if (!mode)
    {
      GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
      GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

      if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->search_bar)))
        spot_run_view_take_focus (self->view);
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
      spot_runs_pane_set_filter (self, NULL);
    }
}

static void
clear_filter_cb (SpotRunsPane *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  spot_run_view_take_focus (self->view);
}

static void
opened_cb (SpotRunsPane *self)
{
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

static void
run_cb (SpotRunsPane *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

static void
sort_activated_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  SpotRunsPane *self = user_data;

  for (guint i = 0; self->list != NULL && i < G_N_ELEMENTS (sorts); i++)
    if (g_str_equal (sorts[i].name, g_variant_get_string (parameter, NULL)))
      spot_run_list_set_sort (self->list, sorts[i].sort, spot_run_sort_is_descending_first (sorts[i].sort));
}

static void
reversed_activated_cb (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  SpotRunsPane *self = user_data;

  if (self->list != NULL)
    spot_run_list_set_sort (self->list, spot_run_list_get_sort (self->list), !spot_run_list_get_descending (self->list));
}

static void
search_activated_cb (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  SpotRunsPane *self = user_data;

  if (gtk_search_bar_get_search_mode (self->search_bar))
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  else
    spot_runs_pane_start_search (self);
}

static const GActionEntry action_entries[] = {
  { "sort", sort_activated_cb, "s", "'created'", NULL },
  { "reversed", reversed_activated_cb, NULL, "false", NULL },
  { "search", search_activated_cb, NULL, "false", NULL },
};

static void
spot_runs_pane_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  SpotRunsPane *self = SPOT_RUNS_PANE (object);

  switch (prop_id)
    {
    case PROP_WATCH:
      g_value_set_object (value, self->watch);
      break;
    case PROP_RUN:
      g_value_set_object (value, spot_runs_pane_get_run (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_runs_pane_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  SpotRunsPane *self = SPOT_RUNS_PANE (object);

  switch (prop_id)
    {
    case PROP_WATCH:
      spot_runs_pane_set_watch (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
disconnect_all (SpotRunsPane *self)
{
  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
}

static void
spot_runs_pane_dispose (GObject *object)
{
  SpotRunsPane *self = SPOT_RUNS_PANE (object);

  disconnect_all (self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->list);
  g_clear_object (&self->filtered);
  g_clear_object (&self->connection);
  g_clear_object (&self->watch);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (spot_runs_pane_parent_class)->dispose (object);
}

static void
spot_runs_pane_class_init (SpotRunsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = spot_runs_pane_get_property;
  object_class->set_property = spot_runs_pane_set_property;
  object_class->dispose = spot_runs_pane_dispose;

  /**
   * SpotRunsPane:watch:
   *
   * Whose runs are shown; %NULL for none.
   */
  properties[PROP_WATCH] = g_param_spec_object ("watch", NULL, NULL, SPOT_TYPE_WATCH, G_PARAM_READWRITE | flags);
  /**
   * SpotRunsPane:run:
   *
   * The selected run; %NULL for none.
   */
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, SPOT_TYPE_RUN, G_PARAM_READABLE | flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * SpotRunsPane::opened:
   *
   * The selected run was activated: the user wants to look at it closely.
   */
  signals[SIGNAL_OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);

  g_type_ensure (SPOT_TYPE_CONNECTION_BANNER);
  g_type_ensure (SPOT_TYPE_RUN_HEADER);
  g_type_ensure (SPOT_TYPE_RUN_VIEW);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-runs-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, box);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, header_bar);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, title);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, back);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, search_button);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, banner);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, header);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, view);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, spinner);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, busy_words);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, empty);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, clear_filter);
  gtk_widget_class_bind_template_child (widget_class, SpotRunsPane, counts);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_filter_cb);
  gtk_widget_class_bind_template_callback (widget_class, opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
}

static void
spot_runs_pane_init (SpotRunsPane *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), action_entries, G_N_ELEMENTS (action_entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "runs", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  spot_run_header_set_columns (self->header, spot_run_view_get_columns (self->view));

  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  g_signal_connect_object (self->search_bar, "notify::search-mode-enabled", G_CALLBACK (search_mode_cb), self,
                           G_CONNECT_SWAPPED);
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
  show_sort (self);
  update_page (self);
  update_counts (self);
}

/**
 * spot_runs_pane_set_watch:
 * @self: a pane
 * @watch: (nullable): whose runs to show
 *
 * Shows another watch. A filter is dropped; the selected run stays so if the watch has it.
 */
void
spot_runs_pane_set_watch (SpotRunsPane *self,
                          SpotWatch    *watch)
{
  SpotConnection *connection;
  g_autofree char *name = NULL;
  g_autofree char *forbidden = NULL;

  g_return_if_fail (SPOT_IS_RUNS_PANE (self));
  g_return_if_fail (watch == NULL || SPOT_IS_WATCH (watch));

  if (self->watch == watch)
    return;
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  disconnect_all (self);
  g_set_object (&self->watch, watch);
  connection = watch ? spot_watch_get_connection (watch) : NULL;
  g_set_object (&self->connection, connection);
  /* Each watch keeps the order that it was given. */
  set_list (self, NULL);
  if (watch != NULL)
    {
      name = spot_text_dup_line (spot_watch_get_name (watch), -1, MAX_NAME_CHARACTERS);
      g_signal_connect_swapped (watch, "notify", G_CALLBACK (watch_cb), self);
      if (self->connection != NULL)
        g_signal_connect_swapped (self->connection, "notify", G_CALLBACK (connection_cb), self);
      set_list (self, spot_watch_get_list (watch));
      spot_run_view_forget_run (self->view);
    }
  adw_window_title_set_title (self->title, name ? name : "");
  forbidden = watch ? spot_words_forbidden (spot_watch_get_spec (watch)) : NULL;
  spot_connection_banner_set_forbidden (self->banner, forbidden);
  spot_connection_banner_set_connection (self->banner, self->connection);
  update_subtitle (self);
  update_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WATCH]);
}

/**
 * spot_runs_pane_set_account:
 * @self: a pane
 * @account: (nullable): whose environment the watch is in
 *
 * The banner speaks of it when the account is what is wrong.
 */
void
spot_runs_pane_set_account (SpotRunsPane *self,
                            SpotAccount  *account)
{
  g_return_if_fail (SPOT_IS_RUNS_PANE (self));

  spot_connection_banner_set_account (self->banner, account);
}

/**
 * spot_runs_pane_get_watch:
 * @self: a pane
 *
 * Returns: (transfer none) (nullable): whose runs are shown
 */
SpotWatch *
spot_runs_pane_get_watch (SpotRunsPane *self)
{
  g_return_val_if_fail (SPOT_IS_RUNS_PANE (self), NULL);

  return self->watch;
}

/**
 * spot_runs_pane_get_list:
 * @self: a pane
 *
 * Returns: (transfer none) (nullable): the list in sight: the watch's own, or a filtered one
 */
SpotRunList *
spot_runs_pane_get_list (SpotRunsPane *self)
{
  g_return_val_if_fail (SPOT_IS_RUNS_PANE (self), NULL);

  return self->list;
}

/**
 * spot_runs_pane_get_run:
 * @self: a pane
 *
 * Returns: (transfer none) (nullable): the selected run
 */
SpotRun *
spot_runs_pane_get_run (SpotRunsPane *self)
{
  g_return_val_if_fail (SPOT_IS_RUNS_PANE (self), NULL);

  return self->view ? spot_run_view_get_run (self->view) : NULL;
}

/**
 * spot_runs_pane_get_view:
 * @self: a pane
 *
 * Returns: (transfer none): the rows, for all that concerns selection and focus
 */
SpotRunView *
spot_runs_pane_get_view (SpotRunsPane *self)
{
  g_return_val_if_fail (SPOT_IS_RUNS_PANE (self), NULL);

  return self->view;
}

/**
 * spot_runs_pane_export:
 * @self: a pane
 *
 * Asks for a file, and writes the runs in sight into it, in their order; nothing without a watch.
 */
void
spot_runs_pane_export (SpotRunsPane *self)
{
  g_return_if_fail (SPOT_IS_RUNS_PANE (self));

  if (self->watch != NULL && self->list != NULL)
    spot_run_export_ask (GTK_WIDGET (self), G_LIST_MODEL (self->list), spot_watch_get_name (self->watch));
}

/**
 * spot_runs_pane_start_search:
 * @self: a pane
 *
 * Shows the filter entry and gives it the keyboard.
 */
void
spot_runs_pane_start_search (SpotRunsPane *self)
{
  g_return_if_fail (SPOT_IS_RUNS_PANE (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  gtk_editable_select_region (GTK_EDITABLE (self->search_entry), 0, -1);
}

/**
 * spot_runs_pane_set_filter:
 * @self: a pane
 * @text: (nullable): what runs must have in them; %NULL or empty for all runs of the watch
 *
 * Narrows the list down. The watch's own list, and what is counted from it, stays whole.
 */
void
spot_runs_pane_set_filter (SpotRunsPane *self,
                           const char   *text)
{
  g_autoptr (SpotRunQuery) query = NULL;
  SpotRunList *own;

  g_return_if_fail (SPOT_IS_RUNS_PANE (self));

  if (self->watch == NULL)
    return;
  own = spot_watch_get_list (self->watch);
  if (text == NULL || *text == '\0')
    {
      g_autoptr (SpotRunList) filtered = g_steal_pointer (&self->filtered);

      set_list (self, own);
      return;
    }
  query = spot_run_query_with_text (spot_run_list_get_query (own), text);
  if (self->filtered != NULL)
    {
      spot_run_list_set_query (self->filtered, query);
      update_page (self);
      update_counts (self);
    }
  else
    {
      self->filtered = spot_run_list_new (spot_run_list_get_store (own), query);
      set_list (self, self->filtered);
    }
}

/**
 * spot_runs_pane_set_title_buttons:
 * @self: a pane
 * @start: whether its header bar stands at the start of the window
 * @end: whether it stands at its end
 *
 * Decides which window buttons the header bar has.
 */
void
spot_runs_pane_set_title_buttons (SpotRunsPane *self,
                                  gboolean      start,
                                  gboolean      end)
{
  g_return_if_fail (SPOT_IS_RUNS_PANE (self));

  adw_header_bar_set_show_start_title_buttons (self->header_bar, start);
  adw_header_bar_set_show_end_title_buttons (self->header_bar, end);
}

/**
 * spot_runs_pane_set_back:
 * @self: a pane
 * @visible: whether there is a button that leads to the watches
 * @alone: whether it leads back to a page, rather than showing a pane beside this one
 */
void
spot_runs_pane_set_back (SpotRunsPane *self,
                         gboolean      visible,
                         gboolean      alone)
{
  g_return_if_fail (SPOT_IS_RUNS_PANE (self));

  gtk_widget_set_visible (self->back, visible);
  gtk_button_set_icon_name (GTK_BUTTON (self->back), alone ? "go-previous-symbolic" : "sidebar-show-symbolic");
}

/**
 * spot_runs_pane_get_header:
 * @self: a pane
 *
 * Returns: (transfer none): the column titles
 */
SpotRunHeader *
spot_runs_pane_get_header (SpotRunsPane *self)
{
  g_return_val_if_fail (SPOT_IS_RUNS_PANE (self), NULL);

  return self->header;
}

/**
 * spot_runs_pane_get_page:
 * @self: a pane
 *
 * Returns: what it shows: "list", "busy" or "empty"
 */
const char *
spot_runs_pane_get_page (SpotRunsPane *self)
{
  g_return_val_if_fail (SPOT_IS_RUNS_PANE (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}
