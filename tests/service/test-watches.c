/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "monitor-rig.h"

#include "spot-token.h"

static guint
count_rows (SpotWatch *watch)
{
  return g_list_model_get_n_items (G_LIST_MODEL (spot_watch_get_list (watch)));
}

static gboolean
has_rows (SpotWatch *watch,
          guint      n)
{
  return spot_watch_get_ready (watch) && spot_watch_get_n_runs (watch) == n && count_rows (watch) == n;
}

static SpotConnectionState
get_state (SpotWatch *watch)
{
  return spot_connection_get_state (spot_watch_get_connection (watch));
}

static SpotWatch *
add (MonitorRig    *rig,
     SpotWatchKind  kind,
     const char    *subject,
     const char    *filter)
{
  const char *tags[] = { subject, NULL };
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (kind, kind == SPOT_WATCH_TAGS ? NULL : subject,
                                                       kind == SPOT_WATCH_TAGS ? tags : NULL);

  spec->filter = g_strdup (filter);
  return spot_environment_add_watch (rig->environment, spec, G_MAXUINT);
}

static char *
dup_names (MonitorRig *rig)
{
  GListModel *watches = spot_environment_get_watches (rig->environment);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", spot_watch_get_name (watch));
    }
  return g_string_free (names, FALSE);
}

#define assert_names(rig, expected)                                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *names_ = dup_names (rig);                                                                         \
    g_assert_cmpstr (names_, ==, expected);                                                                            \
  }                                                                                                                    \
  G_STMT_END

static void
put_three (MonitorRig *rig)
{
  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", "\"runTags\":[\"a\"]");
  monitor_rig_put (rig, NULL, "run_2", "COMPLETED_WITH_ERRORS", "\"runTags\":[\"a\",\"b\"]");
  monitor_rig_put (rig, "batch_1", "run_3", "PENDING", "\"runTags\":[\"b\"]");
}

/* Order is the user's; it moves nothing but itself. */
static void
test_order (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_NATIVE, NULL);
  g_autoptr(SpotWatchSpec) first = spot_watch_spec_new (SPOT_WATCH_RUN, "run_0", NULL);
  SpotWatch *a = add (rig, SPOT_WATCH_TAGS, "a", NULL);
  SpotWatch *batch = add (rig, SPOT_WATCH_BATCH, "batch_1", NULL);
  SpotWatch *c;

  put_three (rig);
  wait_for (has_rows (a, 2) && has_rows (batch, 1));
  c = spot_environment_add_watch (rig->environment, first, 0);
  assert_names (rig, "run_0 a batch_1");
  spot_environment_move_watch (rig->environment, batch, 0);
  assert_names (rig, "batch_1 run_0 a");
  spot_environment_move_watch (rig->environment, batch, 99);
  assert_names (rig, "run_0 a batch_1");
  spot_environment_move_watch (rig->environment, c, 1);
  assert_names (rig, "a run_0 batch_1");
  g_assert_true (has_rows (a, 2) && has_rows (batch, 1));
  g_assert_true (spot_environment_find_watch (rig->environment, spot_watch_get_id (batch)) == batch);
  g_assert_null (spot_environment_find_watch (rig->environment, "batch_1"));

  spot_environment_remove_watch (rig->environment, a);
  assert_names (rig, "run_0 batch_1");
  spot_environment_remove_watch (rig->environment, batch);
  spot_environment_remove_watch (rig->environment, c);
  assert_names (rig, "");
}

/* What its kind needs is missing: there is no such watch. */
static void
test_invalid (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_NATIVE, NULL);
  g_autoptr(SpotWatchSpec) run = spot_watch_spec_new (SPOT_WATCH_RUN, NULL, NULL);
  SpotWatch *all = add (rig, SPOT_WATCH_ENVIRONMENT, NULL, NULL);

  g_assert_null (spot_environment_add_watch (rig->environment, run, 0));
  g_assert_false (spot_environment_change_watch (rig->environment, all, run));
  assert_names (rig, "All runs");
}

static void
test_filter (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *failed = add (rig, SPOT_WATCH_ENVIRONMENT, NULL, "status:failed");
  SpotWatch *others = add (rig, SPOT_WATCH_TAGS, "b", "-status:failed");

  put_three (rig);
  wait_for (has_rows (failed, 1) && has_rows (others, 1));
  g_assert_cmpstr (spot_watch_get_name (failed), ==, "status:failed");

  /* A run of the filtered watch that fails is told by it; by then it has entered the list. */
  monitor_rig_put (rig, NULL, "run_1", "COMPLETED_WITH_ERRORS", NULL);
  wait_for (has_rows (failed, 2) && monitor_rig_count (rig, "run_1") == 1);
  g_assert_true (has_rows (others, 1));
}

/* A paused watch costs nothing and keeps its name; resumed, it has its runs again. */
static void
test_pause (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *batch = add (rig, SPOT_WATCH_BATCH, "batch_1", NULL);
  g_autoptr(SpotWatchSpec) spec = NULL;

  put_three (rig);
  wait_for (has_rows (batch, 1) && get_state (batch) == SPOT_CONNECTION_LIVE);
  wait_for (spot_dev_server_get_n_live (rig->server) == 1);

  spec = spot_watch_spec_copy (spot_watch_get_spec (batch));
  spec->paused = TRUE;
  g_assert_true (spot_environment_change_watch (rig->environment, batch, spec));
  g_assert_cmpint (get_state (batch), ==, SPOT_CONNECTION_PAUSED);
  wait_for (spot_dev_server_get_n_live (rig->server) == 0);
  g_assert_true (has_rows (batch, 1));

  monitor_rig_put (rig, "batch_1", "run_4", "EXECUTING", NULL);
  spec->paused = FALSE;
  g_assert_true (spot_environment_change_watch (rig->environment, batch, spec));
  wait_for (has_rows (batch, 2) && get_state (batch) == SPOT_CONNECTION_LIVE);
}

/* The same watch asks for something else, and its list follows. */
static void
test_change (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *watch = add (rig, SPOT_WATCH_BATCH, "batch_1", NULL);
  const char *tags[] = { "a", NULL };
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (SPOT_WATCH_TAGS, NULL, tags);
  g_autofree char *id = g_strdup (spot_watch_get_id (watch));

  put_three (rig);
  wait_for (has_rows (watch, 1));
  spec->name = g_strdup ("Mine");
  spec->color = SPOT_WATCH_COLOR_GREEN;
  g_assert_true (spot_environment_change_watch (rig->environment, watch, spec));
  wait_for (has_rows (watch, 2));
  g_assert_cmpstr (spot_watch_get_id (watch), ==, id);
  g_assert_cmpstr (spot_watch_get_name (watch), ==, "Mine");
  g_assert_cmpstr (spot_watch_get_subject (watch), ==, "a");
  g_assert_cmpint (spot_watch_get_kind (watch), ==, SPOT_WATCH_TAGS);
}

/* A muted watch says nothing, also about what it had counted; the next does. */
static void
test_mute_and_rule (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);
  SpotWatch *all = add (rig, SPOT_WATCH_ENVIRONMENT, NULL, NULL);
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_copy (spot_watch_get_spec (all));

  put_three (rig);
  wait_for (has_rows (all, 3));
  spec->muted_until_us = SPOT_MUTED_FOR_GOOD;
  spot_environment_change_watch (rig->environment, all, spec);
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", NULL);
  wait_for (spot_watch_get_count (all, SPOT_STATUS_GROUP_BAD) == 2);

  spec->muted_until_us = 0;
  spec->rule = SPOT_WATCH_RULE_ALL;
  spot_environment_change_watch (rig->environment, all, spec);
  monitor_rig_put (rig, NULL, "run_3", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (monitor_rig_count (rig, "run_3") == 1);
  g_assert_cmpuint (rig->notices->len, ==, 1);
}

/* Watches are free: as many as one likes over one environment cost one connection. */
static void
test_two_hundred (gconstpointer dialect)
{
  /* Longer than the test: no live poll ends by itself, which would be another request. */
  const SpotDevOptions options = { .dialect = GPOINTER_TO_INT (dialect), .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1,
                                   .hold_ms = 60000 };
  g_autoptr(MonitorRig) rig = monitor_rig_new_for (&options, NULL);
  SpotWatch *watches[200];
  guint64 before;

  put_three (rig);
  for (guint i = 0; i < G_N_ELEMENTS (watches); i++)
    {
      g_autofree char *tag = g_strdup_printf ("user:%u", i);

      watches[i] = add (rig, SPOT_WATCH_TAGS, i == 0 ? "a" : tag, NULL);
    }
  wait_for (has_rows (watches[0], 2) && get_state (watches[199]) == SPOT_CONNECTION_LIVE);
  wait_for (spot_dev_server_get_n_live (rig->server) == 1);
  before = spot_dev_server_get_n_requests (rig->server);
  /* Each of the three asks once for the whole: a snapshot, its end where that comes apart, and the live poll. */
  g_assert_cmpuint (before, <=, 6);

  monitor_rig_put (rig, NULL, "run_9", "EXECUTING", "\"runTags\":[\"user:7\",\"user:199\"]");
  wait_for (has_rows (watches[7], 1) && has_rows (watches[199], 1));
  g_assert_cmpuint (spot_dev_server_get_n_live (rig->server), <=, 1);
  g_assert_true (has_rows (watches[8], 0));
  g_assert_true (spot_environment_get_n_connections (rig->environment) == 1);
}

/* A token for one tag gets that tag's feed, and the watch that it does not cover says so without asking. */
static void
test_scoped_token (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  const char *scopes[] = { "read:tags:a", NULL };
  SpotTokenClaims claims = { .environment_id = "cmenvdevdemo0000000000001", .scopes = scopes, .issued_us = g_get_real_time (),
                             .lifetime_s = 3600 };
  g_autoptr(GError) error = NULL;
  g_autofree char *token = spot_token_sign (spot_dev_server_get_key (rig->server), &claims, &error);
  SpotEnvironment *environment;
  SpotWatch *tagged;
  SpotWatch *other;
  SpotWatch *all;
  const char *a[] = { "a", NULL };
  const char *b[] = { "b", NULL };

  g_assert_no_error (error);
  environment = spot_monitor_add_environment (rig->monitor, "Token", spot_dev_server_get_url (rig->server), token, FALSE,
                                              &error);
  g_assert_no_error (error);
  put_three (rig);
  tagged = spot_environment_watch_tags (environment, NULL, a);
  other = spot_environment_watch_tags (environment, NULL, b);
  all = spot_environment_watch_all (environment, NULL);
  wait_for (has_rows (tagged, 2) && has_rows (all, 2));
  g_assert_cmpint (get_state (other), ==, SPOT_CONNECTION_NEEDS_ATTENTION);
  g_assert_cmpint (spot_connection_get_problem (spot_watch_get_connection (other)), ==, SPOT_PROBLEM_FORBIDDEN);
  g_assert_cmpuint (spot_environment_get_n_connections (environment), ==, 1);
}

/* The server grants fewer live connections than are wanted: single runs wait, in words, the list of all runs goes on. */
static void
test_too_many (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *all = add (rig, SPOT_WATCH_ENVIRONMENT, NULL, NULL);
  SpotWatch *batch = add (rig, SPOT_WATCH_BATCH, "batch_1", NULL);

  put_three (rig);
  wait_for (has_rows (all, 3) && has_rows (batch, 1) && spot_dev_server_get_n_live (rig->server) == 2);
  g_assert_cmpuint (spot_environment_get_max_connections (rig->environment), ==, 0);
  spot_dev_server_set_fault (rig->server, "429", 1);
  wait_for (spot_environment_get_max_connections (rig->environment) == 1);
  wait_for (get_state (batch) == SPOT_CONNECTION_NEEDS_ATTENTION);
  g_assert_cmpint (spot_connection_get_problem (spot_watch_get_connection (batch)), ==, SPOT_PROBLEM_BUSY);
  wait_for (get_state (all) == SPOT_CONNECTION_LIVE && spot_dev_server_get_n_live (rig->server) == 1);
  /* What is known of it stays in sight. */
  g_assert_true (has_rows (batch, 1));
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_1") == 1);

  /* What the user says counts as well. */
  spot_environment_set_max_connections (rig->environment, 9);
  g_assert_cmpuint (spot_environment_get_max_connections (rig->environment), ==, 1);
}

/* Asleep nothing is asked; awake, what was missed is told. */
static void
test_sleep (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *all = add (rig, SPOT_WATCH_ENVIRONMENT, NULL, NULL);

  put_three (rig);
  wait_for (has_rows (all, 3) && spot_dev_server_get_n_live (rig->server) == 1);
  spot_monitor_set_asleep (rig->monitor, TRUE);
  wait_for (spot_dev_server_get_n_live (rig->server) == 0 && get_state (all) == SPOT_CONNECTION_PAUSED);
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", NULL);
  spot_monitor_set_asleep (rig->monitor, FALSE);
  wait_for (monitor_rig_count (rig, "run_1") == 1 && get_state (all) == SPOT_CONNECTION_LIVE);
}

/* Two environments at once; one goes, and nothing of it is told any more. */
static void
test_remove_environment (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_NATIVE, NULL);
  SpotWatch *all = add (rig, SPOT_WATCH_ENVIRONMENT, NULL, NULL);
  g_autoptr(GError) error = NULL;
  SpotEnvironment *second = spot_monitor_add_environment (rig->monitor, "Second", spot_dev_server_get_url (rig->server),
                                                          spot_dev_server_get_key (rig->server), FALSE, &error);
  SpotWatch *other;
  GWeakRef weak;

  g_assert_no_error (error);
  other = spot_environment_watch_run (second, NULL, "run_1");
  put_three (rig);
  wait_for (has_rows (all, 3) && has_rows (other, 1) && spot_dev_server_get_n_live (rig->server) == 2);
  g_weak_ref_init (&weak, second);
  spot_monitor_remove_environment (rig->monitor, second);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
  wait_for (spot_dev_server_get_n_live (rig->server) == 1);
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_1") == 1);
  g_assert_cmpuint (g_list_model_get_n_items (spot_monitor_get_environments (rig->monitor)), ==, 1);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; SpotDevDialect dialect; } dialects[] = {
    { "electric", SPOT_DEV_DIALECT_ELECTRIC }, { "native", SPOT_DEV_DIALECT_NATIVE } };
  static const struct { const char *name; GTestDataFunc func; } tests[] = {
    { "filter", test_filter }, { "pause", test_pause }, { "change", test_change }, { "two-hundred", test_two_hundred },
    { "scoped-token", test_scoped_token }, { "65-sleep", test_sleep },
    { "too-many", test_too_many } };

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/watches/order", test_order);
  g_test_add_func ("/watches/invalid", test_invalid);
  g_test_add_func ("/watches/mute-and-rule", test_mute_and_rule);
  g_test_add_func ("/watches/remove-environment", test_remove_environment);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint j = 0; j < G_N_ELEMENTS (dialects); j++)
      {
        g_autofree char *path = g_strdup_printf ("/watches/%s/%s", tests[i].name, dialects[j].name);

        g_test_add_data_func (path, GINT_TO_POINTER (dialects[j].dialect), tests[i].func);
      }
  return g_test_run ();
}
