/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-app"

#include "config.h"

#include <glib/gi18n.h>

#include "spot-demo.h"
#include "spot-journal-file.h"
#include "spot-notices.h"
#include "spot-window.h"

#include "spot-application.h"

#define DEFAULT_API_URL "https://api.trigger.dev"

struct _SpotApplication
{
  AdwApplication parent_instance;

  SpotMonitor *monitor;     /* owned, from startup to shutdown */
  SpotSession *session;     /* owned, nullable: %NULL when the settings are not installed */
  SpotJournal *journal;     /* owned, nullable, from startup to shutdown */
  SpotDemo    *demo;        /* owned, nullable */
  gboolean     wants_demo;  /* --demo was given */
  guint        n_notices;   /* sent since the start */
};

G_DEFINE_FINAL_TYPE (SpotApplication, spot_application, ADW_TYPE_APPLICATION)

static void
notice_cb (SpotMonitor     *monitor,
           SpotNotice      *notice,
           SpotApplication *self)
{
  if (!notice->silent)
    self->n_notices++;
  spot_notices_send (G_APPLICATION (self), monitor, notice);
}

static void
withdraw_cb (SpotMonitor     *monitor,
             const char      *notice_id,
             SpotApplication *self)
{
  spot_notices_withdraw (G_APPLICATION (self), notice_id);
}

static SpotWindow *
get_window (SpotApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (SPOT_IS_WINDOW (window))
    return SPOT_WINDOW (window);
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (SPOT_IS_WINDOW (l->data))
      return SPOT_WINDOW (l->data);
  window = GTK_WINDOW (spot_window_new (GTK_APPLICATION (self), self->monitor));
  if (self->session != NULL)
    spot_window_set_session (SPOT_WINDOW (window), self->session);
  return SPOT_WINDOW (window);
}

static gboolean
start_demo (SpotApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (self->demo != NULL)
    return TRUE;
  self->demo = spot_demo_start (self->monitor, &error);
  if (self->demo == NULL)
    {
      g_printerr (_ ("The demo could not be started: %s\n"), error->message);
      return FALSE;
    }
  if (self->wants_demo)
    g_print ("demo environment %s run %s batch-watch %s\n",
             spot_environment_get_id (spot_demo_get_environment (self->demo)), spot_demo_get_run (self->demo),
             spot_watch_get_id (spot_demo_get_batch_watch (self->demo)));
  return TRUE;
}

/* What is kept of an environment is found by this, and nobody can find its key by it: there are far more keys. */
static char *
dup_environment_id (const char *url,
                    const char *key)
{
  g_autofree char *both = g_strconcat (url, "\n", key, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, both, -1);

  return g_strdup_printf ("variables-%.16s", sum);
}

/* A way in beside the accounts: the variables that Trigger.dev's own tools read. Their key is kept nowhere. */
static void
add_environment_from_variables (SpotApplication *self)
{
  const char *url = g_getenv ("TRIGGER_API_URL");
  const char *key = g_getenv ("TRIGGER_SECRET_KEY");
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  SpotEnvironmentOptions options = { 0 };
  SpotEnvironment *environment;

  if (key == NULL || *key == '\0')
    key = g_getenv ("TRIGGER_ACCESS_TOKEN");
  if (key == NULL || *key == '\0')
    return;
  if (url == NULL || *url == '\0')
    url = DEFAULT_API_URL;

  id = dup_environment_id (url, key);
  options.id = id;
  options.api_url = url;
  options.credential = key;
  environment = spot_monitor_add_environment_full (self->monitor, &options, &error);
  if (environment == NULL)
    {
      g_printerr (_ ("TRIGGER_API_URL cannot be used: %s\n"), error->message);
      return;
    }
  spot_environment_watch_all (environment, NULL);
}

static void
show_run_cb (GSimpleAction *action,
             GVariant      *target,
             gpointer       user_data)
{
  SpotApplication *self = user_data;
  const char *environment_id;
  const char *run_id;
  SpotEnvironment *environment;
  SpotWindow *window = get_window (self);

  g_variant_get (target, "(&s&s)", &environment_id, &run_id);
  environment = spot_monitor_find_environment (self->monitor, environment_id);
  if (environment != NULL)
    spot_window_show_run (window, environment, run_id);
  gtk_window_present (GTK_WINDOW (window));
}

static SpotWatch *
find_watch (SpotApplication *self,
            const char      *watch_id)
{
  GListModel *environments = spot_monitor_get_environments (self->monitor);

  for (guint i = 0; i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr (SpotEnvironment) environment = g_list_model_get_item (environments, i);
      GListModel *watches = spot_environment_get_watches (environment);

      for (guint j = 0; j < g_list_model_get_n_items (watches); j++)
        {
          g_autoptr (SpotWatch) watch = g_list_model_get_item (watches, j);

          /* The environment keeps the watch alive. */
          if (g_str_equal (spot_watch_get_id (watch), watch_id))
            return watch;
        }
    }
  return NULL;
}

static void
show_watch_cb (GSimpleAction *action,
               GVariant      *target,
               gpointer       user_data)
{
  SpotApplication *self = user_data;
  SpotWindow *window = get_window (self);
  SpotWatch *watch = find_watch (self, g_variant_get_string (target, NULL));

  if (watch != NULL)
    spot_window_show_watch (window, watch);
  gtk_window_present (GTK_WINDOW (window));
}

static void
demo_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       user_data)
{
  start_demo (user_data);
}

static void
quit_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       user_data)
{
  g_application_quit (user_data);
}

/* Watches lie beside the journal. The development profile has some of its own. */
static GFile *
get_watches_file (void)
{
  const char *folder = g_str_equal (PROFILE, "development") ? "runspotter-devel" : "runspotter";
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), folder, "watches.json", NULL);

  return g_file_new_for_path (path);
}

/* The demo leaves no trace, and knows nothing of the user's accounts. */
static void
open_session (SpotApplication *self)
{
  g_autoptr (SpotSettings) settings = NULL;
  g_autoptr (SpotSecrets) secrets = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  settings = self->wants_demo ? spot_settings_new_in_memory (&error) : spot_settings_new (&error);
  if (!self->wants_demo)
    {
      self->journal = spot_journal_file_open (settings);
      file = get_watches_file ();
    }
  if (settings == NULL)
    {
      /* Nothing can be kept then, but what the command line and the variables ask for can be watched. */
      g_printerr ("%s\n", error->message);
      self->monitor = spot_monitor_new ();
      spot_monitor_set_history (self->monitor, TRUE);
      spot_monitor_set_journal (self->monitor, self->journal);
      return;
    }
  secrets = self->wants_demo ? spot_secrets_new_in_memory () : spot_secrets_new ();
  self->session = spot_session_new (settings, secrets, file, self->journal);
  self->monitor = g_object_ref (spot_session_get_monitor (self->session));
}

static void
spot_application_startup (GApplication *application)
{
  SpotApplication *self = SPOT_APPLICATION (application);
  static const GActionEntry actions[] = {
    { .name = "show-run", .activate = show_run_cb, .parameter_type = "(ss)" },
    { .name = "show-watch", .activate = show_watch_cb, .parameter_type = "s" },
    { .name = "demo", .activate = demo_cb },
    { .name = "quit", .activate = quit_cb },
  };
  static const char *quit_accels[] = { "<Control>q", NULL };

  G_APPLICATION_CLASS (spot_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_accels);
  gtk_window_set_default_icon_name (APP_ID);

  open_session (self);
  g_signal_connect_object (self->monitor, "notice", G_CALLBACK (notice_cb), self, 0);
  g_signal_connect_object (self->monitor, "withdraw", G_CALLBACK (withdraw_cb), self, 0);
  if (self->wants_demo)
    {
      start_demo (self);
    }
  else
    {
      add_environment_from_variables (self);
    }
}

static void
spot_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (SPOT_APPLICATION (application))));
}

static void
spot_application_shutdown (GApplication *application)
{
  SpotApplication *self = SPOT_APPLICATION (application);

  if (self->demo != NULL && self->wants_demo)
    {
      g_autofree char *summary = spot_demo_dup_summary (self->demo);

      g_print ("%s\nnotifications sent: %u\n", summary, self->n_notices);
    }
  g_list_free_full (g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self))),
                    (GDestroyNotify) gtk_window_destroy);
  if (self->session != NULL)
    spot_session_stop (self->session);
  g_clear_object (&self->session);
  if (self->monitor != NULL)
    spot_monitor_stop (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->journal, spot_journal_file_close);
  g_clear_pointer (&self->demo, spot_demo_free);

  G_APPLICATION_CLASS (spot_application_parent_class)->shutdown (application);
}

static int
spot_application_handle_local_options (GApplication *application,
                                       GVariantDict *options)
{
  SpotApplication *self = SPOT_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("%s %s\n", APP_NAME, PACKAGE_VERSION);
      return 0;
    }
  if (g_variant_dict_contains (options, "demo"))
    {
      /* A demo must not land in the window of a program that watches something real. */
      self->wants_demo = TRUE;
      g_application_set_application_id (application, APP_ID ".Demo");
    }
  return -1;
}

static void
spot_application_class_init (SpotApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = spot_application_startup;
  application_class->activate = spot_application_activate;
  application_class->shutdown = spot_application_shutdown;
  application_class->handle_local_options = spot_application_handle_local_options;
}

static void
spot_application_init (SpotApplication *self)
{
  const GOptionEntry options[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Watch a built-in demo environment; no account needed"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/**
 * spot_application_new:
 *
 * Returns: (transfer full): the application, to be run
 */
SpotApplication *
spot_application_new (void)
{
  return g_object_new (SPOT_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "resource-base-path", RESOURCE_PATH,
                       "flags", G_APPLICATION_DEFAULT_FLAGS,
                       NULL);
}
