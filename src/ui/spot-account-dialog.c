/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-account-check.h"
#include "spot-account-words.h"
#include "spot-clock.h"
#include "spot-reference.h"
#include "spot-server-row.h"
#include "spot-text.h"

#include "spot-account-dialog.h"

/* Whoever types is not yet done. */
#define TEST_DELAY_MS 400

/* The shortest word of no known form that may be a key. */
#define MIN_UNKNOWN_KEY 16

#define MAX_NAME_CHARACTERS 120

typedef enum {
  TEST_NONE,
  TEST_RUNNING,
  TEST_GOOD,
  TEST_BAD,   /* perhaps only for now: one may add it anyway */
  TEST_WRONG, /* can be of no use */
} TestState;

struct _SpotAccountDialog
{
  AdwWindow            parent_instance;

  SpotAccounts        *accounts;   /* (owned) */
  SpotAccount         *account;    /* (owned) (nullable): whose key is replaced */
  char                *credential; /* (owned) (nullable) (wiped): what was recognised in the entry */
  SpotCredentialKind   kind;
  SpotToken           *token;      /* (owned) (nullable): what it says about itself */
  GCancellable        *cancellable; /* (owned): of everything that is asked */
  TestState            test;
  guint                test_id;    /* time-out before the next test */
  guint                tidy_id;    /* idle source that leaves the key alone in the entry */
  gboolean             working;    /* it is being added */
  gboolean             closed;

  GtkButton           *accept_button;
  AdwPreferencesGroup *key_group;
  AdwEntryRow         *key_row;
  AdwActionRow        *what_row;
  GtkImage            *what_icon;
  GtkLabel            *badge;
  AdwActionRow        *result_row;
  GtkStack            *result_stack;
  GtkSpinner          *spinner;
  GtkImage            *result_icon;
  GtkWidget           *test_button;
  GtkWidget           *server_group;
  SpotServerRow       *server_row;
  GtkWidget           *more_group;
  AdwEntryRow         *name_row;
  GtkSwitch           *read_only;
  GtkWidget           *keeping_group;
  AdwActionRow        *keeping_row;
};

enum {
  SIGNAL_DONE,
  SIGNAL_PERSON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotAccountDialog, spot_account_dialog, ADW_TYPE_WINDOW)

/* ---- what is entered ---- */

static void
set_credential (SpotAccountDialog *self,
                char              *credential)
{
  g_clear_pointer (&self->token, spot_token_free);
  spot_secrets_wipe (self->credential);
  self->credential = credential;
  self->kind = credential != NULL ? spot_credential_get_kind (credential) : SPOT_CREDENTIAL_UNKNOWN;
  if (self->kind == SPOT_CREDENTIAL_PUBLIC_TOKEN)
    self->token = spot_token_decode (credential, NULL);
}

/* A word without blanks that is long enough: the server knows better. */
static char *
dup_unknown_key (const char *text)
{
  char *word = g_strstrip (g_strdup (text));

  if (strlen (word) >= MIN_UNKNOWN_KEY && strpbrk (word, " \t\r\n,;\"'<>") == NULL && strstr (word, "://") == NULL
      && g_str_is_ascii (word))
    return word;
  spot_secrets_wipe (word);
  return NULL;
}

/* What of the text is a key, and where its server is if the text tells. */
static void
read_text (SpotAccountDialog *self,
           const char        *text)
{
  g_autoptr (GPtrArray) found = spot_reference_find_all (text, -1, NULL);
  SpotReference *secret = NULL;
  gboolean known = FALSE;

  for (guint i = 0; i < found->len; i++)
    {
      SpotReference *reference = found->pdata[i];

      known |= reference->kind != SPOT_REFERENCE_TAG;
      if (reference->kind == SPOT_REFERENCE_CREDENTIAL && secret == NULL)
        secret = reference;
      if (reference->kind == SPOT_REFERENCE_SERVER && self->account == NULL)
        {
          g_autofree char *url = spot_reference_dup_api_url (reference);

          if (url != NULL && !g_str_equal (url, SPOT_CLOUD_API_URL))
            spot_server_row_set_url (self->server_row, url);
        }
    }
  if (secret != NULL)
    set_credential (self, spot_reference_take_secret (secret));
  else
    set_credential (self, known ? NULL : dup_unknown_key (text));
}

static void key_changed_cb (SpotAccountDialog *self);

static gboolean
tidy_cb (gpointer user_data)
{
  SpotAccountDialog *self = user_data;

  self->tidy_id = 0;
  if (self->credential != NULL && strcmp (gtk_editable_get_text (GTK_EDITABLE (self->key_row)), self->credential) != 0)
    {
      /* It is the same key: whatever is under way with it goes on. */
      g_signal_handlers_block_by_func (self->key_row, key_changed_cb, self);
      gtk_editable_set_text (GTK_EDITABLE (self->key_row), self->credential);
      g_signal_handlers_unblock_by_func (self->key_row, key_changed_cb, self);
      gtk_editable_set_position (GTK_EDITABLE (self->key_row), -1);
    }
  return G_SOURCE_REMOVE;
}

/* ---- what is said about it ---- */

static SpotEnvironmentKind
get_environment_kind (SpotAccountDialog *self)
{
  static const struct { const char *word; SpotEnvironmentKind kind; } kinds[] = {
    { "dev", SPOT_ENVIRONMENT_DEVELOPMENT },
    { "stg", SPOT_ENVIRONMENT_STAGING },
    { "prod", SPOT_ENVIRONMENT_PRODUCTION },
    { "preview", SPOT_ENVIRONMENT_PREVIEW },
  };
  const char *word = self->credential != NULL ? spot_credential_get_environment (self->credential) : NULL;

  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].word, word))
      return kinds[i].kind;
  return SPOT_ENVIRONMENT_UNKNOWN;
}

/* What the key before was for, where another key is entered in its place. */
static SpotEnvironmentKind
get_kind_before (SpotAccountDialog *self)
{
  g_autoptr (SpotAccountEnvironment) first = NULL;

  if (self->account == NULL || spot_account_get_kind (self->account) == SPOT_ACCOUNT_SIGNED_IN)
    return SPOT_ENVIRONMENT_UNKNOWN;
  first = g_list_model_get_item (spot_account_get_environments (self->account), 0);
  return first != NULL ? spot_account_environment_get_kind (first) : SPOT_ENVIRONMENT_UNKNOWN;
}

static char *
dup_what (SpotAccountDialog *self)
{
  SpotEnvironmentKind kind = get_environment_kind (self);
  SpotEnvironmentKind before = get_kind_before (self);

  if (self->token != NULL)
    {
      g_autofree char *expiry = spot_account_words_expiry (spot_token_get_expires_us (self->token), g_get_real_time ());
      g_autofree char *scopes = spot_account_words_scopes (self->token);

      /* Translators: of a token: when it expires, and what it allows */
      return g_strdup_printf (C_ ("token", "%s. %s"), expiry, scopes);
    }
  if (before != SPOT_ENVIRONMENT_UNKNOWN && kind != SPOT_ENVIRONMENT_UNKNOWN && kind != before)
    /* Translators: both are environments: "Production", "Development"… */
    return g_strdup_printf (_ ("For %s, where the one before was for %s. Add another account if you want to see both."),
                            spot_account_words_kind (kind), spot_account_words_kind (before));
  switch (self->kind)
    {
    case SPOT_CREDENTIAL_ROOT_KEY:
    case SPOT_CREDENTIAL_ADDITIONAL_KEY:
      if (kind == SPOT_ENVIRONMENT_PRODUCTION)
        return g_strdup (_ ("For production: what you cancel or replay with it is real."));
      return g_strdup (spot_account_words_kind (kind));
    case SPOT_CREDENTIAL_PERSONAL:
      return g_strdup (_ ("Yours, as by signing in. You choose the environments next."));
    case SPOT_CREDENTIAL_PUBLISHABLE_KEY:
    case SPOT_CREDENTIAL_ORGANIZATION:
    case SPOT_CREDENTIAL_USER:
    case SPOT_CREDENTIAL_RUN_TOKEN:
      return g_strdup (_ ("Of no use for watching runs"));
    case SPOT_CREDENTIAL_PUBLIC_TOKEN:
    case SPOT_CREDENTIAL_UNKNOWN:
    default:
      return g_strdup (_ ("The server will tell what it is"));
    }
}

static void
update_what (SpotAccountDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->key_row));
  gboolean anything = strspn (text, " \t\r\n") < strlen (text);
  g_autofree char *what = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->what_row), anything);
  if (self->credential == NULL)
    {
      gtk_image_set_from_icon_name (self->what_icon, "dialog-question-symbolic");
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->what_row), _ ("No key or token so far"));
      adw_action_row_set_subtitle (self->what_row, _ ("Secret keys begin with tr_, and public access tokens with ey."));
      gtk_widget_set_visible (GTK_WIDGET (self->badge), FALSE);
      return;
    }
  what = dup_what (self);
  gtk_image_set_from_icon_name (self->what_icon, "dialog-password-symbolic");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->what_row), spot_account_words_credential (self->kind));
  adw_action_row_set_subtitle (self->what_row, what);
  spot_account_words_set_badge (self->badge, get_environment_kind (self));
}

static const char *
get_accept_label (SpotAccountDialog *self)
{
  if (self->account == NULL && self->kind == SPOT_CREDENTIAL_PERSONAL)
    return _ ("_Next");
  if (self->test == TEST_BAD)
    return self->account != NULL ? _ ("_Replace Anyway") : _ ("_Add Anyway");
  return self->account != NULL ? _ ("_Replace") : _ ("_Add");
}

static void
update_accept (SpotAccountDialog *self)
{
  gboolean person = self->account == NULL && self->kind == SPOT_CREDENTIAL_PERSONAL;
  gboolean tested = self->test == TEST_GOOD || (self->test == TEST_BAD && !person);

  gtk_button_set_label (self->accept_button, get_accept_label (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button), self->credential != NULL && tested && !self->working);
  if (self->test == TEST_BAD)
    gtk_widget_remove_css_class (GTK_WIDGET (self->accept_button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->accept_button), "suggested-action");
}

/* @icon_name: (nullable): NULL while it is being found out */
static void
set_result (SpotAccountDialog *self,
            TestState          test,
            const char        *icon_name,
            const char        *title,
            const char        *subtitle)
{
  static const char *const classes[] = { "success", "warning", "error" };
  const char *css_class = test == TEST_GOOD ? "success" : test == TEST_RUNNING || test == TEST_NONE ? NULL : "error";

  self->test = test;
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->result_icon), classes[i]);
  if (css_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->result_icon), css_class);
  gtk_widget_set_visible (GTK_WIDGET (self->result_row), title != NULL);
  gtk_widget_set_visible (self->test_button, test == TEST_BAD || test == TEST_GOOD);
  gtk_stack_set_visible_child_name (self->result_stack, icon_name != NULL ? "result" : "busy");
  gtk_spinner_set_spinning (self->spinner, icon_name == NULL && title != NULL);
  if (icon_name != NULL)
    gtk_image_set_from_icon_name (self->result_icon, icon_name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->result_row), title != NULL ? title : "");
  adw_action_row_set_subtitle (self->result_row, subtitle != NULL ? subtitle : "");
  update_accept (self);
}

static void
add_line (GPtrArray  *lines,
          const char *text)
{
  if (text != NULL && *text != '\0')
    g_ptr_array_add (lines, spot_text_dup_line (text, -1, MAX_NAME_CHARACTERS));
}

/* Who it is, as the server says. */
static char *
dup_who (const SpotAccountReport *report)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GUri) uri = report->url != NULL ? g_uri_parse (report->url, G_URI_FLAGS_NONE, NULL) : NULL;

  add_line (lines, report->email);
  add_line (lines, report->organization);
  add_line (lines, report->project);
  add_line (lines, spot_account_words_kind (report->kind));
  add_line (lines, report->branch);
  if (uri != NULL)
    add_line (lines, g_uri_get_host (uri));
  g_ptr_array_add (lines, NULL);
  /* Translators: between the parts that say who a key is: organization, project, environment, host */
  return g_strjoinv (C_ ("account", " · "), (char **) lines->pdata);
}

/* ---- the test ---- */

/* What the account is, or is to be. The texts belong to @settings_texts and to widgets. */
static void
fill_draft (SpotAccountDialog *self,
            SpotAccountDraft  *draft,
            GPtrArray         *settings_texts)
{
  static const struct { const char *key; gsize offset; } keys[] = {
    { "api-url", G_STRUCT_OFFSET (SpotAccountDraft, api_url) },
    { "realtime-url", G_STRUCT_OFFSET (SpotAccountDraft, realtime_url) },
    { "branch", G_STRUCT_OFFSET (SpotAccountDraft, branch) },
    { "ca-file", G_STRUCT_OFFSET (SpotAccountDraft, ca_file) },
  };

  if (self->account == NULL)
    {
      spot_server_row_fill (self->server_row, draft);
      draft->name = gtk_editable_get_text (GTK_EDITABLE (self->name_row));
      draft->read_only = gtk_switch_get_active (self->read_only);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      char *text = g_settings_get_string (spot_account_get_settings (self->account), keys[i].key);

      g_ptr_array_add (settings_texts, text);
      G_STRUCT_MEMBER (const char *, draft, keys[i].offset) = text;
    }
  draft->allow_plain_http = g_settings_get_boolean (spot_account_get_settings (self->account), "allow-plain-http");
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SpotAccountDialog) self = user_data;
  g_autoptr (SpotAccountReport) report = spot_account_check_finish (result, NULL);

  /* Given up, for another. */
  if (report == NULL || self->closed)
    return;
  if (report->good)
    {
      g_autofree char *who = dup_who (report);

      set_result (self, TEST_GOOD, "emblem-ok-symbolic", _ ("Connected"), who);
      if (self->account == NULL && report->kind != SPOT_ENVIRONMENT_UNKNOWN)
        spot_account_words_set_badge (self->badge, report->kind);
    }
  else
    {
      g_autofree char *detail = report->detail != NULL ? spot_text_dup_line (report->detail, -1, 300) : NULL;

      set_result (self, g_str_equal (report->code, "bad-settings") ? TEST_WRONG : TEST_BAD, "dialog-error-symbolic",
                  _ ("Not connected"), report->sentence);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->result_row), detail);
    }
}

static void
stop_test (SpotAccountDialog *self)
{
  g_clear_handle_id (&self->test_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static gboolean
start_test_cb (gpointer user_data)
{
  SpotAccountDialog *self = user_data;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  SpotAccountDraft draft = { NULL };

  self->test_id = 0;
  fill_draft (self, &draft, texts);
  spot_account_check_draft_async (&draft, self->credential, self->cancellable, tested_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
plan_test (SpotAccountDialog *self,
           guint              delay_ms)
{
  stop_test (self);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->result_row), NULL);
  if (self->credential == NULL)
    {
      set_result (self, TEST_NONE, NULL, NULL, NULL);
      return;
    }
  if (self->account == NULL && spot_server_row_needs_yes (self->server_row))
    {
      set_result (self, TEST_NONE, "dialog-warning-symbolic", _ ("Not tested"),
                  _ ("The key has not been sent: it would go out unencrypted. Allow that below, or use https://."));
      return;
    }
  set_result (self, TEST_RUNNING, NULL, _ ("Testing the connection…"), NULL);
  self->test_id = g_timeout_add (delay_ms, start_test_cb, self);
}

static void
key_changed_cb (SpotAccountDialog *self)
{
  read_text (self, gtk_editable_get_text (GTK_EDITABLE (self->key_row)));
  update_what (self);
  plan_test (self, TEST_DELAY_MS);
  /* Not in the middle of a paste. */
  if (self->credential != NULL && self->tidy_id == 0
      && strcmp (gtk_editable_get_text (GTK_EDITABLE (self->key_row)), self->credential) != 0)
    self->tidy_id = g_idle_add (tidy_cb, self);
}

static void
server_changed_cb (SpotAccountDialog *self)
{
  plan_test (self, TEST_DELAY_MS);
}

static void
test_cb (SpotAccountDialog *self)
{
  plan_test (self, 0);
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotAccountDialog *self = SPOT_ACCOUNT_DIALOG (widget);

  if (self->token != NULL)
    update_what (self);
}

/* ---- keeping it ---- */

static void
tell_failure (SpotAccountDialog *self,
              const GError      *error)
{
  self->working = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error->domain == SPOT_SECRETS_ERROR)
    set_result (self, self->test, "dialog-error-symbolic", _ ("Not kept"),
                error->code == SPOT_SECRETS_ERROR_LOCKED
                  ? _ ("The keyring is locked. Unlock it, and try again.")
                  : _ ("The keyring did not take the key. Try again."));
  else
    set_result (self, TEST_WRONG, "dialog-error-symbolic", _ ("Not added"), error->message);
}

static void
finish (SpotAccountDialog *self,
        SpotAccount       *account)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0, account);
  gtk_window_close (GTK_WINDOW (self));
}

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SpotAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpotAccount) account = spot_accounts_add_finish (SPOT_ACCOUNTS (source), result, &error);

  if (self->closed)
    return;
  if (account != NULL)
    finish (self, account);
  else
    tell_failure (self, error);
}

static void
replaced_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (SpotAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean replaced = spot_account_replace_credential_finish (SPOT_ACCOUNT (source), result, &error);

  if (self->closed)
    return;
  if (replaced)
    finish (self, SPOT_ACCOUNT (source));
  else
    tell_failure (self, error);
}

static void
accept_cb (SpotAccountDialog *self)
{
  SpotAccountDraft draft = { NULL };

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->accept_button)))
    return;
  self->working = TRUE;
  update_accept (self);
  if (self->account != NULL)
    {
      spot_account_replace_credential_async (self->account, self->credential, NULL, replaced_cb, g_object_ref (self));
      return;
    }
  fill_draft (self, &draft, NULL);
  if (self->kind == SPOT_CREDENTIAL_PERSONAL)
    {
      g_signal_emit (self, signals[SIGNAL_PERSON], 0, self->credential, &draft);
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  spot_accounts_add_async (self->accounts, &draft, self->credential, NULL, added_cb, g_object_ref (self));
}

/* ---- where it will be kept ---- */

static void
update_keeping (SpotAccountDialog *self)
{
  const char *explanation = spot_secrets_get_explanation (spot_accounts_get_secrets (self->accounts));

  gtk_widget_set_visible (self->keeping_group, explanation != NULL);
  if (explanation != NULL)
    adw_action_row_set_subtitle (self->keeping_row, explanation);
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (SpotAccountDialog) self = user_data;

  spot_secrets_wipe (spot_secrets_lookup_finish (SPOT_SECRETS (source), result, NULL));
  if (!self->closed)
    update_keeping (self);
}

/* There is no such account: it is only asked so that one knows who answers. */
static void
find_keeping (SpotAccountDialog *self)
{
  SpotSecrets *secrets = spot_accounts_get_secrets (self->accounts);

  update_keeping (self);
  if (spot_secrets_get_place (secrets) == SPOT_SECRETS_UNKNOWN)
    spot_secrets_lookup_async (secrets, "none", NULL, looked_up_cb, g_object_ref (self));
}

/* ---- object ---- */

static void
spot_account_dialog_dispose (GObject *object)
{
  SpotAccountDialog *self = SPOT_ACCOUNT_DIALOG (object);

  self->closed = TRUE;
  g_clear_handle_id (&self->test_id, g_source_remove);
  g_clear_handle_id (&self->tidy_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  set_credential (self, NULL);
  G_OBJECT_CLASS (spot_account_dialog_parent_class)->dispose (object);
}

static void
spot_account_dialog_finalize (GObject *object)
{
  SpotAccountDialog *self = SPOT_ACCOUNT_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (spot_account_dialog_parent_class)->finalize (object);
}

static void
spot_account_dialog_class_init (SpotAccountDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = spot_account_dialog_dispose;
  object_class->finalize = spot_account_dialog_finalize;

  /**
   * SpotAccountDialog::done:
   * @self: the dialog
   * @account: an account
   *
   * The account is there, or has its new key.
   */
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, SPOT_TYPE_ACCOUNT);
  /**
   * SpotAccountDialog::person:
   * @self: the dialog
   * @token: a person's access token, good during the emission
   * @draft: (type SpotAccountDraft): what the account is to be, likewise
   *
   * The person has to choose environments; nothing has been kept.
   */
  signals[SIGNAL_PERSON] = g_signal_new ("person", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_POINTER);

  g_type_ensure (SPOT_TYPE_SERVER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-account-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, key_group);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, what_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, what_icon);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, badge);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, result_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, result_stack);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, result_icon);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, test_button);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, server_group);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, server_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, more_group);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, read_only);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, keeping_group);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountDialog, keeping_row);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, server_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
}

static void
spot_account_dialog_init (SpotAccountDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  /* What servers and tokens say of themselves is not markup. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->what_row), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->result_row), FALSE);
  /* What was typed is not to be had again by undoing. */
  g_object_set (gtk_editable_get_delegate (GTK_EDITABLE (self->key_row)), "enable-undo", FALSE, NULL);
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/**
 * spot_account_dialog_new:
 * @parent: the window that asks
 * @accounts: where the account is to be
 * @account: (nullable): one of them, whose key is to be replaced; %NULL for a new one
 *
 * Returns: (transfer none): a dialog, to be presented; held by GTK until it is closed
 */
SpotAccountDialog *
spot_account_dialog_new (GtkWindow    *parent,
                         SpotAccounts *accounts,
                         SpotAccount  *account)
{
  SpotAccountDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (SPOT_IS_ACCOUNTS (accounts), NULL);
  g_return_val_if_fail (account == NULL || SPOT_IS_ACCOUNT (account), NULL);

  self = g_object_new (SPOT_TYPE_ACCOUNT_DIALOG, "transient-for", parent, NULL);
  self->accounts = g_object_ref (accounts);
  if (account != NULL)
    self->account = g_object_ref (account);
  gtk_widget_set_visible (self->server_group, account == NULL);
  gtk_widget_set_visible (self->more_group, account == NULL);
  if (account == NULL)
    {
      gtk_window_set_title (GTK_WINDOW (self), _ ("Add Account"));
      adw_preferences_group_set_description (self->key_group,
                                             _ ("Paste the secret key of an environment, or a public access token. Keys are in "
                                                "the dashboard, under API Keys."));
    }
  else
    {
      g_autofree char *name = spot_text_dup_line (spot_account_get_name (account), -1, MAX_NAME_CHARACTERS);
      g_autofree char *escaped = g_markup_escape_text (name, -1);
      /* Translators: %s is the name of an account */
      g_autofree char *description = g_strdup_printf (_ ("Paste a key or token for %s. Watches go on from where they are, and "
                                                         "nothing is missed."), escaped);

      gtk_window_set_title (GTK_WINDOW (self), _ ("Replace Key"));
      gtk_window_set_default_size (GTK_WINDOW (self), 480, 420);
      adw_preferences_group_set_description (self->key_group, description);
    }
  update_accept (self);
  find_keeping (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->key_row));
  return self;
}

/**
 * spot_account_dialog_set_text:
 * @self: a dialog
 * @text: what somebody pasted or dropped
 *
 * Puts @text into the entry, as if it had been pasted there.
 */
void
spot_account_dialog_set_text (SpotAccountDialog *self,
                              const char        *text)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_DIALOG (self));
  g_return_if_fail (text != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->key_row), text);
}
