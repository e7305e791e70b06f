/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-dev-server.h"
#include "spot-watch-dialog.h"
#include "spot-watch-row.h"
#include "spot-watches-pane.h"
#include "spot-window.h"

#include "ui-rig.h"

typedef struct
{
  SpotDevServer   *server;
  SpotMonitor     *monitor;
  SpotEnvironment *environment;
  SpotWatch       *all;
  SpotWindow      *window;
  SpotWatchesPane *pane;
} Fixture;

static void
put (Fixture    *self,
     const char *run_id,
     const char *tags)
{
  g_autofree char *columns = g_strdup_printf (
    "{\"friendlyId\":\"%s\",\"taskIdentifier\":\"import-csv\",\"status\":\"EXECUTING\",\"runTags\":[%s]}", run_id, tags);
  g_autoptr (GError) error = NULL;

  spot_dev_server_put_run (self->server, NULL, columns, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1, .hold_ms = 500 };
  g_autoptr (GError) error = NULL;

  self->server = spot_dev_server_new (&options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);
  put (self, "run_1", "\"user:42\",\"web\"");
  put (self, "run_2", "\"user:7\",\"web\"");
  put (self, "run_3", "\"two words\"");
  self->monitor = spot_monitor_new ();
  self->environment = spot_monitor_add_environment (self->monitor, "Test", spot_dev_server_get_url (self->server),
                                                    spot_dev_server_get_key (self->server), FALSE, &error);
  g_assert_no_error (error);
  self->all = spot_environment_watch_all (self->environment, NULL);
  self->window = spot_window_new (ui_rig_application (), self->monitor);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 1200, 800);
  gtk_window_present (GTK_WINDOW (self->window));
  self->pane = SPOT_WATCHES_PANE (ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_WATCHES_PANE));
  UI_RIG_WAIT (gtk_widget_get_mapped (GTK_WIDGET (self->pane)) && spot_watch_get_n_runs (self->all) == 3);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  UI_RIG_WAIT (self->window == NULL);
  spot_monitor_stop (self->monitor);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->monitor);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
}

static void
act (Fixture    *self,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->pane), action, NULL));
}

static SpotWatchDialog *
find_dialog (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      /* GTK holds it. */
      if (SPOT_IS_WATCH_DIALOG (toplevel))
        return SPOT_WATCH_DIALOG (toplevel);
    }
  return NULL;
}

static SpotWatchDialog *
wait_for_dialog (void)
{
  UI_RIG_WAIT (find_dialog () != NULL && gtk_widget_get_mapped (GTK_WIDGET (find_dialog ())));
  return find_dialog ();
}

static GtkWidget *
child (gpointer    dialog,
       const char *name)
{
  GObject *object = gtk_widget_get_template_child (GTK_WIDGET (dialog), SPOT_TYPE_WATCH_DIALOG, name);

  g_assert_nonnull (object);
  return GTK_WIDGET (object);
}

static void
type (gpointer    dialog,
      const char *name,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (child (dialog, name)), text);
}

static void
accept_dialog (gpointer dialog)
{
  g_assert_true (gtk_widget_get_sensitive (child (dialog, "accept_button")));
  g_signal_emit_by_name (child (dialog, "accept_button"), "clicked");
  UI_RIG_WAIT (find_dialog () == NULL);
}

/* Title and subtitle of the preview's rows. */
static char *
dup_preview (gpointer dialog)
{
  GtkListBox *list = GTK_LIST_BOX (child (dialog, "preview"));
  GString *text = g_string_new (NULL);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    g_string_append_printf (text, "%s%s|%s", i > 0 ? "; " : "",
                            adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)),
                            adw_action_row_get_subtitle (ADW_ACTION_ROW (row)) != NULL
                              ? adw_action_row_get_subtitle (ADW_ACTION_ROW (row)) : "");
  return g_string_free (text, FALSE);
}

#define assert_preview(dialog, expected)                                                                                 \
  G_STMT_START                                                                                                           \
  {                                                                                                                      \
    g_autofree char *preview_ = dup_preview (dialog);                                                                    \
    g_assert_cmpstr (preview_, ==, expected);                                                                            \
  }                                                                                                                      \
  G_STMT_END

static char *
dup_names (Fixture *self)
{
  GListModel *watches = spot_environment_get_watches (self->environment);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr (SpotWatch) watch = g_list_model_get_item (watches, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "; " : "", spot_watch_get_name (watch));
    }
  return g_string_free (names, FALSE);
}

#define assert_names(self, expected)                                                                                     \
  G_STMT_START                                                                                                           \
  {                                                                                                                      \
    g_autofree char *names_ = dup_names (self);                                                                          \
    g_assert_cmpstr (names_, ==, expected);                                                                              \
  }                                                                                                                      \
  G_STMT_END

static void
test_new (Fixture       *self,
          gconstpointer  data)
{
  SpotWatchDialog *dialog;
  SpotWatch *watch;

  act (self, "watch.new");
  dialog = wait_for_dialog ();
  assert_preview (dialog, "Every run in Test|");
  type (dialog, "subject_row", "run_1");
  assert_preview (dialog, "run_1|Run in Test, Executing");
  type (dialog, "subject_row", "run_9 batch_1 web user:42");
  assert_preview (dialog, "run_9|Run in Test; batch_1|Batch in Test; "
                          "web, user:42|Runs in Test that have all of these tags");
  type (dialog, "subject_row", "tr_dev_1234567890abcdef");
  assert_preview (dialog, "This is a key or token|It belongs to an account: add it there, not here.");
  g_assert_false (gtk_widget_get_sensitive (child (dialog, "accept_button")));
  type (dialog, "subject_row", "<b>web</b>");
  assert_preview (dialog, "<b>web</b>|Runs in Test with this tag");

  type (dialog, "subject_row", "web");
  type (dialog, "name_row", "  Web & more ");
  type (dialog, "filter_row", "task:import-csv");
  adw_combo_row_set_selected (ADW_COMBO_ROW (child (dialog, "rule_row")), SPOT_WATCH_RULE_ALL);
  adw_combo_row_set_selected (ADW_COMBO_ROW (child (dialog, "color_row")), SPOT_WATCH_COLOR_ORANGE);
  ui_rig_next_frames (GTK_WIDGET (dialog), 2);
  ui_rig_screenshot (GTK_WIDGET (dialog), "watch-dialog");
  accept_dialog (dialog);

  watch = spot_watches_pane_get_selected (self->pane);
  g_assert_cmpstr (spot_watch_get_name (watch), ==, "Web & more");
  g_assert_cmpstr (spot_watch_get_spec (watch)->filter, ==, "task:import-csv");
  g_assert_cmpint (spot_watch_get_spec (watch)->rule, ==, SPOT_WATCH_RULE_ALL);
  g_assert_cmpint (spot_watch_get_spec (watch)->color, ==, SPOT_WATCH_COLOR_ORANGE);
  UI_RIG_WAIT (spot_watch_get_n_runs (watch) == 2);
  ui_rig_next_frames (GTK_WIDGET (self->window), 2);
  ui_rig_screenshot (GTK_WIDGET (self->window), "watch-added");
}

/* The tags that the environment has had are offered, and complete what is being typed. */
static void
test_suggestions (Fixture       *self,
                  gconstpointer  data)
{
  SpotWatchDialog *dialog;
  GtkWidget *box;

  act (self, "watch.new");
  dialog = wait_for_dialog ();
  box = child (dialog, "suggestions");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (gtk_widget_get_first_child (box))), ==, "web");
  type (dialog, "subject_row", "web USER");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (gtk_widget_get_first_child (box))), ==, "user:42");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (gtk_widget_get_last_child (box))), ==, "user:7");
  g_signal_emit_by_name (gtk_widget_get_last_child (box), "clicked");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (dialog, "subject_row"))), ==, "web user:7 ");
  type (dialog, "subject_row", "two");
  g_signal_emit_by_name (gtk_widget_get_first_child (box), "clicked");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (dialog, "subject_row"))), ==, "\"two words\" ");
  assert_preview (dialog, "two words|Runs in Test with this tag");
  type (dialog, "subject_row", "nothing-like-it");
  g_assert_false (gtk_widget_get_visible (child (dialog, "suggestions_group")));
  gtk_window_close (GTK_WINDOW (dialog));
  UI_RIG_WAIT (find_dialog () == NULL);
  assert_names (self, "All runs");
}

static void
test_edit (Fixture       *self,
           gconstpointer  data)
{
  const char *tags[] = { "web", "two words", NULL };
  SpotWatch *watch = spot_environment_watch_tags (self->environment, "Old", tags);
  SpotWatchDialog *dialog;

  g_assert_true (spot_watches_pane_select (self->pane, watch));
  act (self, "watch.edit");
  dialog = wait_for_dialog ();
  assert_preview (dialog, "web, two words|Runs in Test that have all of these tags");
  type (dialog, "subject_row", "web");
  type (dialog, "name_row", "");
  accept_dialog (dialog);
  g_assert_true (spot_watches_pane_get_selected (self->pane) == watch);
  assert_names (self, "All runs; web");
  UI_RIG_WAIT (spot_watch_get_n_runs (watch) == 2);
}

/* What is removed comes back where it was, by the toast's button. */
static void
test_remove_and_undo (Fixture       *self,
                      gconstpointer  data)
{
  SpotWatch *run = spot_environment_watch_run (self->environment, "A <b>&amp; B", "run_1");
  GtkWidget *toast;
  g_autofree char *id = g_strdup (spot_watch_get_id (run));

  spot_environment_watch_run (self->environment, NULL, "run_2");
  spot_watches_pane_select (self->pane, run);
  act (self, "watch.remove");
  assert_names (self, "All runs; run_2");
  g_assert_true (spot_watches_pane_get_selected (self->pane) == self->all);
  UI_RIG_WAIT ((toast = ui_rig_find (GTK_WIDGET (self->window), g_type_from_name ("AdwToastWidget"))) != NULL);
  g_signal_emit_by_name (ui_rig_find (toast, GTK_TYPE_BUTTON), "clicked");
  UI_RIG_WAIT (g_list_model_get_n_items (spot_environment_get_watches (self->environment)) == 3);
  assert_names (self, "All runs; A <b>&amp; B; run_2");
  g_assert_cmpstr (spot_watch_get_id (spot_watches_pane_get_selected (self->pane)), ==, id);
}

static void
test_small_changes (Fixture       *self,
                    gconstpointer  data)
{
  SpotWatch *run = spot_environment_watch_run (self->environment, NULL, "run_1");
  SpotWatch *copy;

  spot_watches_pane_select (self->pane, run);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->pane), "watch.move", "i", -1));
  assert_names (self, "run_1; All runs");
  g_assert_true (spot_watches_pane_get_selected (self->pane) == run);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->pane), "watch.move", "i", -1));
  assert_names (self, "run_1; All runs");

  act (self, "watch.pause");
  g_assert_true (spot_watch_get_spec (run)->paused);
  act (self, "watch.pause");
  g_assert_false (spot_watch_get_spec (run)->paused);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->pane), "watch.mute", "i", 3600));
  g_assert_true (spot_watch_spec_is_muted (spot_watch_get_spec (run), g_get_real_time ()));
  g_assert_false (spot_watch_spec_is_muted (spot_watch_get_spec (run), g_get_real_time () + G_TIME_SPAN_HOUR));
  act (self, "watch.unmute");
  g_assert_false (spot_watch_spec_is_muted (spot_watch_get_spec (run), g_get_real_time ()));
  act (self, "watch.mute-until-tomorrow");
  g_assert_true (spot_watch_spec_is_muted (spot_watch_get_spec (run), g_get_real_time () + 8 * G_TIME_SPAN_HOUR));
  g_assert_false (spot_watch_spec_is_muted (spot_watch_get_spec (run), g_get_real_time () + 33 * G_TIME_SPAN_HOUR));

  act (self, "watch.duplicate");
  copy = spot_watches_pane_get_selected (self->pane);
  g_assert_true (copy != run);
  assert_names (self, "run_1; run_1 (copy); All runs");
  ui_rig_next_frames (GTK_WIDGET (self->window), 2);
  ui_rig_screenshot (GTK_WIDGET (self->window), "watch-states");
}

/* Moving a watch leaves what is selected in it alone. */
static void
test_move_keeps_the_selection (Fixture       *self,
                               gconstpointer  data)
{
  SpotWatch *run = spot_environment_watch_run (self->environment, NULL, "run_1");
  SpotWatch *batch = spot_environment_watch_batch (self->environment, NULL, "batch_1");
  guint changes = 0;

  spot_watches_pane_select (self->pane, self->all);
  g_signal_connect_swapped (self->pane, "notify::selected", G_CALLBACK (g_atomic_int_inc), &changes);
  spot_environment_move_watch (self->environment, self->all, 2);
  spot_environment_move_watch (self->environment, batch, 0);
  spot_environment_move_watch (self->environment, run, 2);
  assert_names (self, "batch_1; All runs; run_1");
  g_assert_true (spot_watches_pane_get_selected (self->pane) == self->all);
  g_assert_cmpuint (changes, ==, 0);
}

/* An address of the dashboard chooses the environment that it names. */
static void
test_address (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  SpotEnvironment *production =
    spot_monitor_add_environment (self->monitor, "Live", spot_dev_server_get_url (self->server), "tr_prod_1234567890", FALSE,
                                  &error);
  SpotWatchDialog *dialog;

  g_assert_no_error (error);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)),
                          "https://cloud.trigger.dev/orgs/a/projects/b/env/prod/runs/run_77\n");
  act (self, "watch.paste");
  dialog = wait_for_dialog ();
  UI_RIG_WAIT (*gtk_editable_get_text (GTK_EDITABLE (child (dialog, "subject_row"))) != '\0');
  assert_preview (dialog, "run_77|Run in Live");
  accept_dialog (dialog);
  g_assert_cmpuint (g_list_model_get_n_items (spot_environment_get_watches (production)), ==, 1);
}

/* A row says all of it to those who do not see it. */
static void
test_words (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (SpotWatchSpec) spec = spot_watch_spec_new (SPOT_WATCH_RUN, "run_1", NULL);
  SpotWatch *watch;
  GtkWidget *row = spot_watch_row_new ();

  g_object_ref_sink (row);
  spec->paused = TRUE;
  spec->muted_until_us = SPOT_MUTED_FOR_GOOD;
  watch = spot_environment_add_watch (self->environment, spec, 0);
  spot_watch_row_set_item (SPOT_WATCH_ROW (row), G_OBJECT (watch));
  g_assert_cmpstr (spot_watch_row_get_words (SPOT_WATCH_ROW (row)), ==, "run_1, Paused, muted");
  spot_watch_row_set_item (SPOT_WATCH_ROW (row), G_OBJECT (self->all));
  g_assert_cmpstr (spot_watch_row_get_words (SPOT_WATCH_ROW (row)), ==, "All runs, 3 running");
  g_object_unref (row);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*func) (Fixture *self, gconstpointer data); } tests[] = {
    { "new", test_new }, { "suggestions", test_suggestions }, { "edit", test_edit },
    { "remove-and-undo", test_remove_and_undo }, { "small-changes", test_small_changes },
    { "move-keeps-the-selection", test_move_keeps_the_selection }, { "address", test_address }, { "words", test_words } };

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/watch-actions/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  return g_test_run ();
}
