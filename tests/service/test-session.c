/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "spot-dev-server.h"
#include "spot-session.h"

#define WAIT_US (20 * G_TIME_SPAN_SECOND)

/* A session of which settings, credentials and watches survive the end, as they do on a desktop. */
typedef struct
{
  SpotDevServer *server;
  SpotSettings  *settings;
  SpotSecrets   *secrets;
  char          *folder;
  GFile         *file;
  SpotSession   *session;
} Rig;

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 until_us_ = g_get_monotonic_time () + WAIT_US;                                                              \
    guint tick_ = g_timeout_add (20, tick_cb, NULL);                                                                   \
    while (!(condition) && g_get_monotonic_time () < until_us_)                                                        \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_source_remove (tick_);                                                                                           \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

static void
rig_start (Rig *rig)
{
  rig->session = spot_session_new (rig->settings, rig->secrets, rig->file, NULL);
}

static void
rig_stop (Rig *rig)
{
  gpointer gone = rig->session;

  spot_session_stop (rig->session);
  g_object_add_weak_pointer (G_OBJECT (rig->session), &gone);
  g_clear_object (&rig->session);
  /* The file may still be being read. */
  wait_for (gone == NULL);
}

static void
set_up (Rig           *rig,
        gconstpointer  data)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1, .hold_ms = 300 };
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  rig->server = spot_dev_server_new (&options);
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  rig->settings = spot_settings_new_in_memory (&error);
  g_assert_no_error (error);
  rig->secrets = spot_secrets_new_in_memory ();
  rig->folder = g_dir_make_tmp ("session-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (rig->folder, "watches.json", NULL);
  rig->file = g_file_new_for_path (path);
  rig_start (rig);
}

static void
tear_down (Rig           *rig,
           gconstpointer  data)
{
  rig_stop (rig);
  g_file_delete (rig->file, NULL, NULL);
  g_assert_no_errno (g_rmdir (rig->folder));
  g_free (rig->folder);
  g_object_unref (rig->file);
  g_object_unref (rig->settings);
  g_object_unref (rig->secrets);
  spot_dev_server_stop (rig->server);
  g_object_unref (rig->server);
}

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GListModel *
get_environments (Rig *rig)
{
  return spot_monitor_get_environments (spot_session_get_monitor (rig->session));
}

static guint
count_environments (Rig *rig)
{
  return g_list_model_get_n_items (get_environments (rig));
}

/* Borrowed: the monitor holds it. */
static SpotEnvironment *
get_environment (Rig   *rig,
                 guint  position)
{
  g_autoptr(SpotEnvironment) environment = g_list_model_get_item (get_environments (rig), position);

  g_assert_nonnull (environment);
  return environment;
}

static SpotAccount *
add_account (Rig        *rig,
             const char *name,
             const char *key)
{
  const SpotAccountDraft draft = { .name = name, .api_url = spot_dev_server_get_url (rig->server) };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotAccount) account = NULL;

  spot_accounts_add_async (spot_session_get_accounts (rig->session), &draft, key, NULL, keep_cb, &result);
  wait_for (result != NULL);
  account = spot_accounts_add_finish (spot_session_get_accounts (rig->session), result, &error);
  g_assert_no_error (error);
  /* The list holds it. */
  return account;
}

static SpotAccount *
get_account (Rig   *rig,
             guint  position)
{
  g_autoptr(SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (spot_session_get_accounts (rig->session)), position);

  return account;
}

static char *
dup_watches (SpotEnvironment *environment)
{
  GListModel *watches = spot_environment_get_watches (environment);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "; " : "", spot_watch_get_name (watch));
    }
  return g_string_free (names, FALSE);
}

#define assert_watches(environment, expected)                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *watches_ = dup_watches (environment);                                                             \
    g_assert_cmpstr (watches_, ==, expected);                                                                          \
  }                                                                                                                    \
  G_STMT_END

static gboolean
is_live (SpotEnvironment *environment)
{
  return spot_connection_get_state (spot_environment_get_connection (environment)) == SPOT_CONNECTION_LIVE;
}

/* What was added is there again after the next start, with the watches as they were left. */
static void
test_from_start_to_start (Rig           *rig,
                          gconstpointer  data)
{
  const char *const tags[] = { "web", NULL };
  g_autofree char *id = NULL;
  SpotEnvironment *environment;
  g_autoptr(SpotWatch) all = NULL;

  add_account (rig, "Work", spot_dev_server_get_key (rig->server));
  wait_for (count_environments (rig) == 1 && is_live (get_environment (rig, 0)));
  environment = get_environment (rig, 0);
  g_assert_cmpstr (spot_environment_get_name (environment), ==, "Work");
  g_assert_true (spot_session_find_account (rig->session, environment) == get_account (rig, 0));
  assert_watches (environment, "All runs");
  spot_environment_watch_tags (environment, NULL, tags);
  id = g_strdup (spot_environment_get_id (environment));

  rig_stop (rig);
  rig_start (rig);
  wait_for (count_environments (rig) == 1 && is_live (get_environment (rig, 0)));
  environment = get_environment (rig, 0);
  g_assert_cmpstr (spot_environment_get_id (environment), ==, id);
  assert_watches (environment, "All runs; web");

  /* Whoever takes a watch away does not want it back. */
  all = g_list_model_get_item (spot_environment_get_watches (environment), 0);
  spot_environment_remove_watch (environment, all);
  g_clear_object (&all);
  all = g_list_model_get_item (spot_environment_get_watches (environment), 0);
  spot_environment_remove_watch (environment, all);
  rig_stop (rig);
  rig_start (rig);
  wait_for (count_environments (rig) == 1);
  assert_watches (get_environment (rig, 0), "");
}

/* An account goes, with its watches; another stays. */
static void
test_remove (Rig           *rig,
             gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *contents = NULL;

  add_account (rig, "One", spot_dev_server_get_key (rig->server));
  add_account (rig, "Two", spot_dev_server_get_key (rig->server));
  wait_for (count_environments (rig) == 2 && is_live (get_environment (rig, 0)) && is_live (get_environment (rig, 1)));
  assert_watches (get_environment (rig, 1), "All runs");
  spot_accounts_remove_async (spot_session_get_accounts (rig->session), get_account (rig, 0), NULL, keep_cb, &result);
  g_assert_cmpuint (count_environments (rig), ==, 1);
  wait_for (result != NULL);
  g_assert_true (spot_accounts_remove_finish (spot_session_get_accounts (rig->session), result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (spot_environment_get_name (get_environment (rig, 0)), ==, "Two");

  rig_stop (rig);
  rig_start (rig);
  wait_for (count_environments (rig) == 1);
  assert_watches (get_environment (rig, 0), "All runs");
  g_assert_true (g_file_load_contents (rig->file, NULL, &contents, NULL, NULL, NULL));
  g_assert_null (strstr (contents, spot_dev_server_get_key (rig->server)));
}

/* Called something else, while it is watched. */
static void
test_rename (Rig           *rig,
             gconstpointer  data)
{
  SpotAccount *account = add_account (rig, "Work", spot_dev_server_get_key (rig->server));

  wait_for (count_environments (rig) == 1);
  g_settings_set_string (spot_account_get_settings (account), "name", "Play");
  wait_for (g_str_equal (spot_environment_get_name (get_environment (rig, 0)), "Play"));
}

/* The key is revoked in the middle of a feed, and replaced: the account says so, and the feed goes on. */
static void
test_revoked (Rig           *rig,
              gconstpointer  data)
{
  static const char fresh[] = "tr_dev_freshfreshfreshfreshfre";
  SpotAccount *account = add_account (rig, "Work", spot_dev_server_get_key (rig->server));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  SpotEnvironment *environment;
  g_autoptr(SpotWatch) all = NULL;

  spot_dev_server_put_run (rig->server, NULL, "{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"a\",\"status\":\"PENDING\"}", &error);
  g_assert_no_error (error);
  wait_for (count_environments (rig) == 1 && is_live (get_environment (rig, 0)));
  environment = get_environment (rig, 0);
  all = g_list_model_get_item (spot_environment_get_watches (environment), 0);
  g_assert_cmpuint (spot_watch_get_n_runs (all), ==, 1);

  spot_dev_server_set_key (rig->server, fresh);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  g_assert_true (spot_account_get_needs_attention (account));
  g_assert_cmpuint (spot_watch_get_n_runs (all), ==, 1);
  spot_dev_server_put_run (rig->server, NULL, "{\"friendlyId\":\"run_2\",\"taskIdentifier\":\"a\",\"status\":\"PENDING\"}", &error);
  g_assert_no_error (error);

  spot_account_replace_credential_async (account, fresh, NULL, keep_cb, &result);
  wait_for (result != NULL);
  g_assert_true (spot_account_replace_credential_finish (account, result, &error));
  g_assert_no_error (error);
  wait_for (is_live (environment) && spot_watch_get_n_runs (all) == 2);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
  g_assert_true (get_environment (rig, 0) == environment);
}

/* Settings take effect at once. */
static void
test_settings (Rig           *rig,
               gconstpointer  data)
{
  GSettings *general = spot_settings_get_general (rig->settings);

  add_account (rig, "Work", spot_dev_server_get_key (rig->server));
  wait_for (count_environments (rig) == 1);
  g_assert_cmpuint (spot_environment_get_max_connections (get_environment (rig, 0)), ==, 6);
  g_settings_set_uint (general, "max-live-connections", 3);
  wait_for (spot_environment_get_max_connections (get_environment (rig, 0)) == 3);
}

/* A file of watches that is none is told, and everything else works. */
static void
test_bad_file (Rig           *rig,
               gconstpointer  data)
{
  g_autofree char *aside = NULL;

  rig_stop (rig);
  g_assert_true (g_file_replace_contents (rig->file, "{", 1, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, NULL));
  rig_start (rig);
  wait_for (spot_session_get_problem (rig->session) != NULL);
  add_account (rig, "Work", spot_dev_server_get_key (rig->server));
  wait_for (count_environments (rig) == 1 && is_live (get_environment (rig, 0)));
  assert_watches (get_environment (rig, 0), "All runs");
  aside = g_strconcat (g_file_peek_path (rig->file), ".unreadable", NULL);
  g_assert_no_errno (g_unlink (aside));
}

static void
add (const char *name,
     void      (*test) (Rig           *rig,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/session/", name, NULL);

  g_test_add (path, Rig, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("from-start-to-start", test_from_start_to_start);
  add ("remove", test_remove);
  add ("rename", test_rename);
  add ("revoked", test_revoked);
  add ("settings", test_settings);
  add ("bad-file", test_bad_file);
  return g_test_run ();
}
