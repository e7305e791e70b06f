/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-environment.h"
#include "spot-text.h"

#include "spot-account-words.h"

/* Scopes that are told one by one, and how much of each. */
#define MAX_SCOPES 6
#define MAX_ID_CHARACTERS 60

/**
 * spot_account_words_credential:
 * @kind: what a credential looks like
 *
 * Returns: (transfer none): what it is called, translated
 */
const char *
spot_account_words_credential (SpotCredentialKind kind)
{
  switch (kind)
    {
    case SPOT_CREDENTIAL_ROOT_KEY:
      return _ ("Secret key");
    case SPOT_CREDENTIAL_ADDITIONAL_KEY:
      return _ ("Additional secret key");
    case SPOT_CREDENTIAL_PUBLISHABLE_KEY:
      return _ ("Publishable key");
    case SPOT_CREDENTIAL_PERSONAL:
      return _ ("Personal access token");
    case SPOT_CREDENTIAL_ORGANIZATION:
      return _ ("Organization access token");
    case SPOT_CREDENTIAL_USER:
      return _ ("User token");
    case SPOT_CREDENTIAL_PUBLIC_TOKEN:
      return _ ("Public access token");
    case SPOT_CREDENTIAL_RUN_TOKEN:
      return _ ("Token of a running task");
    case SPOT_CREDENTIAL_UNKNOWN:
    default:
      return _ ("Unknown kind of key");
    }
}

/**
 * spot_account_words_kind:
 * @kind: what an environment is for
 *
 * Returns: (transfer none): that in a word, translated; empty when it is unknown
 */
const char *
spot_account_words_kind (SpotEnvironmentKind kind)
{
  switch (kind)
    {
    case SPOT_ENVIRONMENT_DEVELOPMENT:
      return _ ("Development");
    case SPOT_ENVIRONMENT_STAGING:
      return _ ("Staging");
    case SPOT_ENVIRONMENT_PRODUCTION:
      return _ ("Production");
    case SPOT_ENVIRONMENT_PREVIEW:
      return _ ("Preview");
    case SPOT_ENVIRONMENT_UNKNOWN:
    default:
      return "";
    }
}

/* (transfer full): "see every run", "see the runs with the tag web"; NULL for what no person need know here. */
static char *
dup_scope (const char *scope)
{
  g_auto (GStrv) parts = g_strsplit (scope, ":", 3);
  const char *type = parts[0] != NULL ? parts[1] : NULL;
  g_autofree char *id = type != NULL && parts[2] != NULL ? spot_text_dup_line (parts[2], -1, MAX_ID_CHARACTERS) : NULL;
  gboolean all;
  gboolean reads;
  gboolean writes;

  if (g_str_equal (scope, "admin"))
    return g_strdup (_ ("do everything"));
  if (type == NULL)
    return NULL;
  all = g_str_equal (type, "all") || g_str_equal (type, "runs");
  reads = g_str_equal (parts[0], "read");
  writes = g_str_equal (parts[0], "write") || g_str_equal (parts[0], "*");
  if (reads && all)
    /* Translators: what a token allows; %s is the id of a run */
    return id != NULL ? g_strdup_printf (_ ("see the run %s"), id) : g_strdup (_ ("see every run"));
  if (reads && g_str_equal (type, "tags"))
    /* Translators: what a token allows; %s is a tag */
    return id != NULL ? g_strdup_printf (_ ("see the runs with the tag %s"), id) : g_strdup (_ ("see the runs that have tags"));
  if (reads && g_str_equal (type, "batch"))
    /* Translators: what a token allows; %s is the id of a batch */
    return id != NULL ? g_strdup_printf (_ ("see the batch %s"), id) : g_strdup (_ ("see every batch"));
  if (reads && g_str_equal (type, "tasks"))
    /* Translators: what a token allows; %s is the name of a task */
    return id != NULL ? g_strdup_printf (_ ("see single runs of the task %s"), id) : g_strdup (_ ("see single runs"));
  if (writes && all)
    /* Translators: what a token allows; %s is the id of a run */
    return id != NULL ? g_strdup_printf (_ ("change the run %s"), id) : g_strdup (_ ("change every run"));
  return NULL;
}

/**
 * spot_account_words_scopes:
 * @token: what a public access token says about itself
 *
 * Returns: (transfer full): what it allows, translated, one a line
 */
char *
spot_account_words_scopes (const SpotToken *token)
{
  const char *const *scopes;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint n_left = 0;

  g_return_val_if_fail (token != NULL, NULL);

  scopes = spot_token_get_scopes (token);
  for (guint i = 0; scopes != NULL && scopes[i] != NULL; i++)
    {
      char *line = dup_scope (scopes[i]);

      if (line != NULL && lines->len < MAX_SCOPES)
        {
          g_ptr_array_add (lines, line);
          continue;
        }
      g_free (line);
      n_left++;
    }
  if (lines->len == 0 && n_left == 0)
    return g_strdup (_ ("The token names nothing that it allows."));
  if (lines->len == 0)
    return g_strdup (_ ("The token allows nothing that can be watched here."));
  if (n_left > 0)
    g_ptr_array_add (lines, g_strdup_printf (ngettext ("and %u more thing", "and %u more things", n_left), n_left));
  g_ptr_array_add (lines, NULL);
  {
    g_autofree char *joined = g_strjoinv ("\n", (char **) lines->pdata);

    /* Translators: what a token allows; %s is one or more lines, such as "see every run" */
    return g_strdup_printf (_ ("With it you can:\n%s"), joined);
  }
}

/**
 * spot_account_words_expiry:
 * @expires_us: when a token expires, microseconds since 1970 UTC; 0 for never
 * @now_us: the present, likewise
 *
 * Returns: (transfer full): "Expires in 12 minutes", the last minutes counted down by the second
 */
char *
spot_account_words_expiry (gint64 expires_us,
                           gint64 now_us)
{
  gint64 seconds;
  gint64 minutes;

  if (expires_us == 0)
    return g_strdup (_ ("Does not expire"));
  if (expires_us <= now_us)
    return g_strdup (_ ("Expired"));
  if (__builtin_sub_overflow (expires_us, now_us, &seconds))
    return g_strdup (_ ("Does not expire"));

  seconds = (seconds + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  minutes = seconds / 60;
  if (minutes < 10)
    /* Translators: a countdown: minutes and seconds */
    return g_strdup_printf (_ ("Expires in %d:%02d"), (int) minutes, (int) (seconds % 60));
  if (minutes < 120)
    return g_strdup_printf (ngettext ("Expires in %d minute", "Expires in %d minutes", minutes), (int) minutes);
  if (minutes < 48 * 60)
    return g_strdup_printf (ngettext ("Expires in %d hour", "Expires in %d hours", minutes / 60), (int) (minutes / 60));
  minutes = MIN (minutes / 60 / 24, G_MAXINT);
  return g_strdup_printf (ngettext ("Expires in %d day", "Expires in %d days", minutes), (int) minutes);
}

static char *
dup_places (SpotAccount *account)
{
  GListModel *environments = spot_account_get_environments (account);
  guint n = g_list_model_get_n_items (environments);
  g_autoptr (SpotAccountEnvironment) first = g_list_model_get_item (environments, 0);
  const char *kind = first != NULL ? spot_account_words_kind (spot_account_environment_get_kind (first)) : "";

  if (spot_account_get_kind (account) == SPOT_ACCOUNT_SIGNED_IN)
    return g_strdup_printf (ngettext ("Signed in, %u environment", "Signed in, %u environments", n), n);
  if (*kind != '\0')
    /* Translators: %s is "Production", "Development"… */
    return g_strdup_printf (_ ("%s, by a key"), kind);
  return g_strdup (spot_account_get_kind (account) == SPOT_ACCOUNT_PUBLIC_TOKEN ? _ ("Public access token") : _ ("By a key"));
}

/**
 * spot_account_words_state:
 * @account: an account
 * @now_us: the present, microseconds since 1970 UTC
 *
 * Returns: (transfer full): where it stands, in a line
 */
char *
spot_account_words_state (SpotAccount *account,
                          gint64       now_us)
{
  gint64 expires_us;

  g_return_val_if_fail (SPOT_IS_ACCOUNT (account), NULL);

  expires_us = spot_account_get_expires_at (account);
  switch (spot_account_get_state (account))
    {
    case SPOT_ACCOUNT_OPENING:
      return g_strdup (_ ("Looking for its key…"));
    case SPOT_ACCOUNT_EXPIRING:
      return spot_account_words_expiry (expires_us, now_us);
    case SPOT_ACCOUNT_EXPIRED:
      return g_strdup (_ ("The token has expired"));
    case SPOT_ACCOUNT_REFUSED:
      return g_strdup (spot_account_get_kind (account) == SPOT_ACCOUNT_SIGNED_IN ? _ ("You are signed out")
                                                                                : _ ("The key no longer works"));
    case SPOT_ACCOUNT_LOCKED:
      return g_strdup (_ ("The keyring is locked"));
    case SPOT_ACCOUNT_NO_CREDENTIAL:
      return g_strdup (spot_account_get_kind (account) == SPOT_ACCOUNT_SIGNED_IN ? _ ("You are signed out")
                                                                                : _ ("The key is missing"));
    case SPOT_ACCOUNT_BAD_SETTINGS:
      return g_strdup (_ ("The settings make no connection"));
    case SPOT_ACCOUNT_READY:
    default:
      break;
    }
  if (expires_us != 0)
    {
      g_autofree char *places = dup_places (account);
      g_autofree char *expiry = spot_account_words_expiry (expires_us, now_us);

      /* Translators: of an account: what it is, and when its token expires */
      return g_strdup_printf (C_ ("account", "%s · %s"), places, expiry);
    }
  return dup_places (account);
}

/**
 * spot_account_words_replace:
 * @account: an account
 *
 * Returns: (transfer none): the label of a button that gets it going again, translated, with a mnemonic
 */
const char *
spot_account_words_replace (SpotAccount *account)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (account), NULL);

  if (spot_account_get_state (account) == SPOT_ACCOUNT_LOCKED)
    return _ ("_Unlock");
  switch (spot_account_get_kind (account))
    {
    case SPOT_ACCOUNT_SIGNED_IN:
      return _ ("_Sign In…");
    case SPOT_ACCOUNT_PUBLIC_TOKEN:
      return _ ("_Paste a Fresh One…");
    case SPOT_ACCOUNT_SECRET_KEY:
    default:
      return _ ("_Replace…");
    }
}

/**
 * spot_account_words_set_badge:
 * @badge: a label
 * @kind: what an environment is for
 *
 * Lets the label say that; it is hidden when that is unknown.
 */
void
spot_account_words_set_badge (GtkLabel            *badge,
                              SpotEnvironmentKind  kind)
{
  const char *word = spot_environment_kind_get_badge (kind);

  g_return_if_fail (GTK_IS_LABEL (badge));

  gtk_label_set_label (badge, word);
  gtk_widget_set_visible (GTK_WIDGET (badge), *word != '\0');
  gtk_widget_add_css_class (GTK_WIDGET (badge), "kind-badge");
  /* What is touched by mistake hurts there. */
  if (kind == SPOT_ENVIRONMENT_PRODUCTION)
    gtk_widget_add_css_class (GTK_WIDGET (badge), "loud");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (badge), "loud");
}
