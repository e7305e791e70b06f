/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-account-link.h"
#include "spot-sleep.h"
#include "spot-watch-store.h"

#include "spot-session.h"

struct _SpotSession
{
  GObject          parent_instance;

  SpotSettings    *settings; /* (owned) */
  SpotAccounts    *accounts; /* (owned) */
  SpotMonitor     *monitor;  /* (owned) */
  SpotAccountLink *link;     /* (owned) (nullable): once the watches have been read, until the end */
  SpotWatchStore  *store;    /* (owned) (nullable) */
  SpotJournal     *journal;  /* (owned) (nullable) */
  SpotSleep       *sleep;    /* (owned) */
  GHashTable      *known;    /* (owned) (element-type utf8): ids of environments that have been there before */
  GPtrArray       *attached; /* (owned) (element-type SpotEnvironment): whose watches are kept */
  gboolean         stopped;
};

G_DEFINE_FINAL_TYPE (SpotSession, spot_session, G_TYPE_OBJECT)

enum
{
  PROP_MONITOR = 1,
  PROP_ACCOUNTS,
  PROP_SETTINGS,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

/* ---- settings ---- */

static void
apply_limits (SpotSession *self)
{
  GSettings *general = spot_settings_get_general (self->settings);
  const SpotEnvironmentLimits limits = {
    .max_connections = g_settings_get_uint (general, "max-live-connections"),
    .look_back_hours = g_settings_get_uint (general, "look-back-hours"),
    .event_stream = g_settings_get_boolean (general, "event-stream"),
  };

  spot_monitor_set_limits (self->monitor, &limits);
}

static void
apply_rules (SpotSession *self)
{
  static const struct { const char *key; SpotWatchKind kind; } keys[] = {
    { "notices-run", SPOT_WATCH_RUN },
    { "notices-batch", SPOT_WATCH_BATCH },
    { "notices-tags", SPOT_WATCH_TAGS },
    { "notices-environment", SPOT_WATCH_ENVIRONMENT },
  };
  static const SpotWatchRule rules[] = {
    [SPOT_NOTICE_RULE_NONE] = SPOT_WATCH_RULE_NONE,
    [SPOT_NOTICE_RULE_FAILURES] = SPOT_WATCH_RULE_FAILURES,
    [SPOT_NOTICE_RULE_ALL] = SPOT_WATCH_RULE_ALL,
  };
  GSettings *general = spot_settings_get_general (self->settings);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    spot_monitor_set_usual_rule (self->monitor, keys[i].kind, rules[g_settings_get_enum (general, keys[i].key)]);
}

static void
settings_changed_cb (GSettings   *general,
                     const char  *key,
                     SpotSession *self)
{
  if (self->stopped)
    return;
  if (g_str_equal (key, "max-live-connections") || g_str_equal (key, "look-back-hours") || g_str_equal (key, "event-stream"))
    apply_limits (self);
  else if (g_str_has_prefix (key, "notices-"))
    apply_rules (self);
}

/* ---- environments come and go ---- */

static void
attach (SpotSession     *self,
        SpotEnvironment *environment)
{
  g_ptr_array_add (self->attached, g_object_ref (environment));
  if (self->store != NULL)
    spot_watch_store_attach (self->store, environment);
  if (g_hash_table_add (self->known, g_strdup (spot_environment_get_id (environment)))
      && g_list_model_get_n_items (spot_environment_get_watches (environment)) == 0)
    spot_environment_watch_all (environment, NULL);
}

static gboolean
is_there (SpotSession     *self,
          SpotEnvironment *environment)
{
  return spot_monitor_find_environment (self->monitor, spot_environment_get_id (environment)) == environment;
}

static void
environments_changed_cb (SpotSession *self)
{
  GListModel *environments = spot_monitor_get_environments (self->monitor);

  for (guint i = self->attached->len; i > 0; i--)
    {
      SpotEnvironment *environment = self->attached->pdata[i - 1];

      if (is_there (self, environment))
        continue;
      if (self->store != NULL)
        spot_watch_store_detach (self->store, environment, TRUE);
      g_hash_table_remove (self->known, spot_environment_get_id (environment));
      g_ptr_array_remove_index (self->attached, i - 1);
    }
  for (guint i = 0; i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr(SpotEnvironment) environment = g_list_model_get_item (environments, i);

      if (!g_ptr_array_find (self->attached, environment, NULL) && spot_session_find_account (self, environment) != NULL)
        attach (self, environment);
    }
}

/* What accounts have at the start has been there before: whoever took its watches away does not want them back. */
static void
collect_known (SpotSession *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      GListModel *environments = spot_account_get_environments (account);

      for (guint j = 0; j < g_list_model_get_n_items (environments); j++)
        {
          g_autoptr(SpotAccountEnvironment) environment = g_list_model_get_item (environments, j);

          g_hash_table_add (self->known, g_strdup (spot_account_environment_get_id (environment)));
        }
    }
}

static void
begin (SpotSession *self)
{
  if (!self->stopped)
    self->link = spot_account_link_new (self->accounts, self->monitor);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SpotSession) self = user_data;

  /* What went wrong is told by the store. */
  spot_watch_store_load_finish (SPOT_WATCH_STORE (source), result, NULL);
  begin (self);
}

/* Clocks have gone on without the accounts' tokens being renewed. */
static void
slept_cb (gboolean asleep,
          gpointer user_data)
{
  SpotSession *self = user_data;

  if (!asleep && !self->stopped)
    spot_accounts_wake (self->accounts);
}

static void
problem_cb (SpotSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

/* ---- object ---- */

static void
spot_session_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotSession *self = SPOT_SESSION (object);

  switch (property_id)
    {
    case PROP_MONITOR:
      g_value_set_object (value, self->monitor);
      break;
    case PROP_ACCOUNTS:
      g_value_set_object (value, self->accounts);
      break;
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, spot_session_get_problem (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_session_dispose (GObject *object)
{
  SpotSession *self = SPOT_SESSION (object);

  if (self->monitor != NULL)
    spot_session_stop (self);
  g_clear_pointer (&self->sleep, spot_sleep_free);
  g_clear_object (&self->store);
  g_clear_object (&self->journal);
  g_clear_object (&self->monitor);
  g_clear_object (&self->accounts);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (spot_session_parent_class)->dispose (object);
}

static void
spot_session_finalize (GObject *object)
{
  SpotSession *self = SPOT_SESSION (object);

  g_hash_table_unref (self->known);
  g_ptr_array_unref (self->attached);
  G_OBJECT_CLASS (spot_session_parent_class)->finalize (object);
}

static void
spot_session_class_init (SpotSessionClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_session_get_property;
  object_class->dispose = spot_session_dispose;
  object_class->finalize = spot_session_finalize;

  /**
   * SpotSession:monitor:
   *
   * What watches.
   */
  properties[PROP_MONITOR] = g_param_spec_object ("monitor", NULL, NULL, SPOT_TYPE_MONITOR, flags);
  /**
   * SpotSession:accounts:
   *
   * Whose environments are watched.
   */
  properties[PROP_ACCOUNTS] = g_param_spec_object ("accounts", NULL, NULL, SPOT_TYPE_ACCOUNTS, flags);
  /**
   * SpotSession:settings:
   *
   * What the user set.
   */
  properties[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, SPOT_TYPE_SETTINGS, flags);
  /**
   * SpotSession:problem:
   *
   * Why watches could not be read or are not being kept, translated; %NULL when they are.
   */
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_session_init (SpotSession *self)
{
  self->monitor = spot_monitor_new ();
  spot_monitor_set_history (self->monitor, TRUE);
  self->sleep = spot_sleep_new (slept_cb, self);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->attached = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * spot_session_new:
 * @settings: the user's settings
 * @secrets: where the user's credentials are
 * @watches_file: (nullable): where watches are kept, %NULL for nowhere
 * @journal: (nullable): where the history is kept, %NULL for nowhere
 *
 * Environments of accounts appear in the monitor as soon as the watches have been read and their credentials found. One
 * that was not there at the start begins with a watch over all of its runs.
 *
 * Returns: (transfer full): a session, to be ended by spot_session_stop()
 */
SpotSession *
spot_session_new (SpotSettings *settings,
                  SpotSecrets  *secrets,
                  GFile        *watches_file,
                  SpotJournal  *journal)
{
  SpotSession *self;

  g_return_val_if_fail (SPOT_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (SPOT_IS_SECRETS (secrets), NULL);
  g_return_val_if_fail (watches_file == NULL || G_IS_FILE (watches_file), NULL);

  self = g_object_new (SPOT_TYPE_SESSION, NULL);
  self->settings = g_object_ref (settings);
  if (journal != NULL)
    {
      self->journal = g_object_ref (journal);
      spot_monitor_set_journal (self->monitor, journal);
    }
  self->accounts = spot_accounts_new (settings, secrets);
  collect_known (self);
  apply_limits (self);
  apply_rules (self);
  g_signal_connect_object (spot_settings_get_general (settings), "changed", G_CALLBACK (settings_changed_cb), self, 0);
  g_signal_connect_object (spot_monitor_get_environments (self->monitor), "items-changed",
                           G_CALLBACK (environments_changed_cb), self, G_CONNECT_SWAPPED);
  if (watches_file == NULL)
    {
      begin (self);
      return self;
    }
  self->store = spot_watch_store_new (watches_file);
  g_signal_connect_object (self->store, "notify::problem", G_CALLBACK (problem_cb), self, G_CONNECT_SWAPPED);
  spot_watch_store_load_async (self->store, NULL, loaded_cb, g_object_ref (self));
  return self;
}

/**
 * spot_session_stop:
 * @self: a session
 *
 * Ends it, for good: what has changed is written, accounts are closed, and the monitor stops. Stopping twice is fine.
 */
void
spot_session_stop (SpotSession *self)
{
  g_return_if_fail (SPOT_IS_SESSION (self));

  if (self->stopped)
    return;
  self->stopped = TRUE;
  g_signal_handlers_disconnect_by_func (spot_monitor_get_environments (self->monitor), environments_changed_cb, self);
  g_clear_pointer (&self->link, spot_account_link_free);
  if (self->store != NULL)
    {
      spot_watch_store_flush (self->store);
      for (guint i = 0; i < self->attached->len; i++)
        spot_watch_store_detach (self->store, self->attached->pdata[i], FALSE);
      /* Nothing has changed by that. */
      spot_watch_store_flush (self->store);
    }
  g_ptr_array_set_size (self->attached, 0);
  spot_accounts_close (self->accounts);
  spot_monitor_stop (self->monitor);
}

/**
 * spot_session_get_monitor:
 * @self: a session
 *
 * Returns: (transfer none): what watches
 */
SpotMonitor *
spot_session_get_monitor (SpotSession *self)
{
  g_return_val_if_fail (SPOT_IS_SESSION (self), NULL);

  return self->monitor;
}

/**
 * spot_session_get_accounts:
 * @self: a session
 *
 * Returns: (transfer none): whose environments are watched
 */
SpotAccounts *
spot_session_get_accounts (SpotSession *self)
{
  g_return_val_if_fail (SPOT_IS_SESSION (self), NULL);

  return self->accounts;
}

/**
 * spot_session_get_settings:
 * @self: a session
 *
 * Returns: (transfer none): what the user set
 */
SpotSettings *
spot_session_get_settings (SpotSession *self)
{
  g_return_val_if_fail (SPOT_IS_SESSION (self), NULL);

  return self->settings;
}

/**
 * spot_session_get_journal:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): where the history is kept
 */
SpotJournal *
spot_session_get_journal (SpotSession *self)
{
  g_return_val_if_fail (SPOT_IS_SESSION (self), NULL);

  return self->journal;
}

/**
 * spot_session_get_problem:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): why watches could not be read or are not being kept, translated
 */
const char *
spot_session_get_problem (SpotSession *self)
{
  g_return_val_if_fail (SPOT_IS_SESSION (self), NULL);

  return self->store != NULL ? spot_watch_store_get_problem (self->store) : NULL;
}

static gboolean
has_environment (SpotAccount *account,
                 const char  *id)
{
  GListModel *environments = spot_account_get_environments (account);

  for (guint i = 0; i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr(SpotAccountEnvironment) environment = g_list_model_get_item (environments, i);

      if (g_str_equal (spot_account_environment_get_id (environment), id))
        return TRUE;
    }
  return FALSE;
}

/**
 * spot_session_find_account:
 * @self: a session
 * @environment: an environment of its monitor
 *
 * Returns: (transfer none) (nullable): the account whose environment it is; %NULL for one of none, such as the demo's
 */
SpotAccount *
spot_session_find_account (SpotSession     *self,
                           SpotEnvironment *environment)
{
  g_return_val_if_fail (SPOT_IS_SESSION (self), NULL);
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (environment), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      /* The list holds it. */
      if (has_environment (account, spot_environment_get_id (environment)))
        return account;
    }
  return NULL;
}
