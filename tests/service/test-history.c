/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libsoup/soup.h>

#include "monitor-rig.h"
#include "spot-history.h"

static gboolean
has_rows (SpotWatch *watch,
          guint      n)
{
  return spot_watch_get_ready (watch) && spot_watch_get_n_runs (watch) == n
         && g_list_model_get_n_items (G_LIST_MODEL (spot_watch_get_list (watch))) == n;
}

static void
put_old (MonitorRig *rig,
         const char *run_id,
         guint       days,
         const char *status,
         const char *tags)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) then = g_date_time_add_days (now, -(int) days);
  g_autofree char *time = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S.000Z");
  g_autofree char *more = g_strdup_printf ("\"createdAt\":\"%s\",\"runTags\":[%s]", time, tags);

  monitor_rig_put (rig, NULL, run_id, status, more);
}

static MonitorRig *
rig_new (gconstpointer dialect)
{
  MonitorRig *rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);

  spot_environment_set_history (rig->environment, TRUE);
  return rig;
}

static void
set_server (MonitorRig *rig,
            const char *settings)
{
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (spot_dev_server_get_url (rig->server), "/dev/settings", NULL);
  g_autofree char *authorization = g_strconcat ("Bearer ", spot_dev_server_get_key (rig->server), NULL);
  g_autoptr(SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr(GBytes) body = g_bytes_new (settings, strlen (settings));
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", authorization);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
}

/* Runs that are older than the window are there too, once, and say nothing. */
static void
test_loaded (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = rig_new (dialect);
  const char *tags[] = { "b", NULL };
  SpotWatch *all;
  SpotWatch *tagged;

  monitor_rig_put (rig, NULL, "run_new", "EXECUTING", "\"runTags\":[\"b\"]");
  put_old (rig, "run_old_1", 2, "COMPLETED_WITH_ERRORS", "\"a\"");
  put_old (rig, "run_old_2", 30, "COMPLETED_SUCCESSFULLY", "\"a\",\"b\"");
  all = spot_environment_watch_all (rig->environment, NULL);
  tagged = spot_environment_watch_tags (rig->environment, NULL, tags);
  g_assert_cmpint (spot_watch_get_history (all), ==, SPOT_HISTORY_NONE);
  wait_for (spot_watch_get_history (all) == SPOT_HISTORY_LOADED && spot_watch_get_history (tagged) == SPOT_HISTORY_LOADED);
  wait_for (has_rows (all, 3) && has_rows (tagged, 2));
  g_assert_cmpuint (rig->notices->len, ==, 0);

  /* A watch that goes takes its own along, and leaves the others theirs. */
  spot_environment_remove_watch (rig->environment, all);
  wait_for (has_rows (tagged, 2));
}

/* An old run that is not finished is followed until it is. */
static void
test_unfinished (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = rig_new (dialect);
  SpotWatch *all;

  put_old (rig, "run_old", 3, "EXECUTING", "");
  put_old (rig, "run_older", 4, "WAITING_TO_RESUME", "");
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (has_rows (all, 2) && spot_dev_server_get_n_live (rig->server) == 3);
  g_assert_cmpuint (spot_environment_get_n_connections (rig->environment), ==, 3);

  monitor_rig_put (rig, NULL, "run_old", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_old") == 1);
  wait_for (spot_watch_get_count (all, SPOT_STATUS_GROUP_BAD) == 1 && has_rows (all, 2));
  monitor_rig_put (rig, NULL, "run_older", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_older") == 1);
  wait_for (spot_watch_get_count (all, SPOT_STATUS_GROUP_BAD) == 2 && has_rows (all, 2));
  g_assert_cmpuint (rig->notices->len, ==, 2);
}

/* Only so many are followed, the oldest first; who ends makes room. */
static void
test_many_unfinished (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = rig_new (dialect);
  SpotWatch *all;

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *run_id = g_strdup_printf ("run_%u", i);

      put_old (rig, run_id, 20 - i, "EXECUTING", "");
    }
  spot_environment_set_max_connections (rig->environment, 4);
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (has_rows (all, 8) && spot_dev_server_get_n_live (rig->server) == 4);
  g_assert_cmpuint (spot_environment_get_n_connections (rig->environment), ==, 4);

  monitor_rig_put (rig, NULL, "run_0", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_0") == 1);
  /* Its place is taken by the fourth. */
  wait_for (spot_environment_get_n_connections (rig->environment) == 4 && spot_dev_server_get_n_live (rig->server) == 4);
  monitor_rig_put (rig, NULL, "run_3", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_3") == 1);
}

/* Pages that are refused for a while are waited for; runs that come twice are there once. */
static void
test_rate_limit (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = rig_new (dialect);
  SpotWatch *all;

  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *run_id = g_strdup_printf ("run_%u", i);

      put_old (rig, run_id, 2 + i % 9, "COMPLETED_SUCCESSFULLY", "");
    }
  set_server (rig, "{\"rateLimit\":1,\"rateWindowMs\":400}");
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (spot_watch_get_history (all) == SPOT_HISTORY_LOADING);
  wait_for (spot_watch_get_history (all) == SPOT_HISTORY_LOADED && has_rows (all, 250));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; SpotDevDialect dialect; } dialects[] = {
    { "electric", SPOT_DEV_DIALECT_ELECTRIC }, { "native", SPOT_DEV_DIALECT_NATIVE } };
  static const struct { const char *name; GTestDataFunc func; } tests[] = {
    { "loaded", test_loaded }, { "unfinished", test_unfinished }, { "many-unfinished", test_many_unfinished },
    { "92-rate-limit", test_rate_limit } };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint j = 0; j < G_N_ELEMENTS (dialects); j++)
      {
        g_autofree char *path = g_strdup_printf ("/history/%s/%s", tests[i].name, dialects[j].name);

        g_test_add_data_func (path, GINT_TO_POINTER (dialects[j].dialect), tests[i].func);
      }
  return g_test_run ();
}
