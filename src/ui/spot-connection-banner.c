/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-account-words.h"
#include "spot-clock.h"
#include "spot-words.h"

#include "spot-connection-banner.h"

/* A connection that is back sooner than this has not been worth a word: many servers drop one now and then. */
#define PATIENCE_MS 800

struct _SpotConnectionBanner
{
  GtkWidget       parent_instance;

  SpotConnection *connection; /* (owned) (nullable) */
  SpotAccount    *account;    /* (owned) (nullable) */
  char           *forbidden;  /* (owned) (nullable) */
  guint           patience_id;

  GtkRevealer    *revealer;
  GtkLabel       *title;
  GtkLabel       *sentence;
  GtkWidget      *mend;
  GtkWidget      *retry;
};

enum {
  PROP_0,
  PROP_CONNECTION,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotConnectionBanner, spot_connection_banner, GTK_TYPE_WIDGET)

/* The account knows best what is wrong with its key. */
static gboolean
is_matter_of_account (SpotConnectionBanner *self)
{
  SpotProblem problem = spot_connection_get_problem (self->connection);

  return self->account != NULL
         && (problem == SPOT_PROBLEM_UNAUTHORIZED
             || (problem == SPOT_PROBLEM_FORBIDDEN && spot_account_get_kind (self->account) == SPOT_ACCOUNT_PUBLIC_TOKEN));
}

static void
update_words (SpotConnectionBanner *self)
{
  SpotProblem problem = spot_connection_get_problem (self->connection);
  const char *sentence = problem == SPOT_PROBLEM_FORBIDDEN && self->forbidden != NULL ? self->forbidden
                                                                                      : spot_words_problem (problem);
  gboolean mendable = is_matter_of_account (self);
  g_autofree char *title = NULL;

  if (mendable && problem == SPOT_PROBLEM_UNAUTHORIZED && spot_account_get_needs_attention (self->account))
    {
      title = spot_account_words_state (self->account, g_get_real_time ());
      if (spot_account_get_explanation (self->account) != NULL)
        sentence = spot_account_get_explanation (self->account);
    }
  else
    {
      title = spot_words_connection (spot_connection_get_state (self->connection),
                                     spot_connection_get_retry_at (self->connection), g_get_monotonic_time ());
    }
  if (mendable)
    gtk_button_set_label (GTK_BUTTON (self->mend), spot_account_words_replace (self->account));
  gtk_widget_set_visible (self->mend, mendable);
  gtk_widget_set_visible (self->retry, !mendable);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->sentence, sentence ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), sentence != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sentence), spot_connection_get_detail (self->connection));
}

static gboolean
patience_cb (gpointer user_data)
{
  SpotConnectionBanner *self = user_data;

  self->patience_id = 0;
  update_words (self);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  return G_SOURCE_REMOVE;
}

static void
update (SpotConnectionBanner *self)
{
  SpotConnectionState state
    = self->connection ? spot_connection_get_state (self->connection) : SPOT_CONNECTION_LIVE;

  switch (state)
    {
    case SPOT_CONNECTION_NEEDS_ATTENTION:
      g_clear_handle_id (&self->patience_id, g_source_remove);
      update_words (self);
      gtk_revealer_set_reveal_child (self->revealer, TRUE);
      break;
    case SPOT_CONNECTION_RECONNECTING:
    case SPOT_CONNECTION_OFFLINE:
      if (gtk_revealer_get_reveal_child (self->revealer))
        update_words (self);
      else if (self->patience_id == 0)
        self->patience_id = g_timeout_add (PATIENCE_MS, patience_cb, self);
      break;
    case SPOT_CONNECTION_CONNECTING:
    case SPOT_CONNECTION_CATCHING_UP:
    case SPOT_CONNECTION_LIVE:
    case SPOT_CONNECTION_PAUSED:
    default:
      g_clear_handle_id (&self->patience_id, g_source_remove);
      gtk_revealer_set_reveal_child (self->revealer, FALSE);
      break;
    }
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotConnectionBanner *self = SPOT_CONNECTION_BANNER (widget);

  if (self->connection != NULL && gtk_revealer_get_reveal_child (self->revealer))
    update_words (self);
}

static void
retry_cb (SpotConnectionBanner *self)
{
  if (self->connection != NULL)
    spot_connection_retry_now (self->connection);
}

static void
spot_connection_banner_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, SPOT_CONNECTION_BANNER (object)->connection);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_connection_banner_set_property (GObject      *object,
                                     guint         prop_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      spot_connection_banner_set_connection (SPOT_CONNECTION_BANNER (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_connection_banner_dispose (GObject *object)
{
  SpotConnectionBanner *self = SPOT_CONNECTION_BANNER (object);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_clear_object (&self->account);
  g_clear_pointer (&self->forbidden, g_free);
  g_clear_pointer ((GtkWidget **) &self->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (spot_connection_banner_parent_class)->dispose (object);
}

static void
spot_connection_banner_class_init (SpotConnectionBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_connection_banner_get_property;
  object_class->set_property = spot_connection_banner_set_property;
  object_class->dispose = spot_connection_banner_dispose;

  /**
   * SpotConnectionBanner:connection:
   *
   * The connection to speak about; %NULL for none.
   */
  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, SPOT_TYPE_CONNECTION,
                                                     G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                       | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-connection-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotConnectionBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, SpotConnectionBanner, title);
  gtk_widget_class_bind_template_child (widget_class, SpotConnectionBanner, sentence);
  gtk_widget_class_bind_template_child (widget_class, SpotConnectionBanner, mend);
  gtk_widget_class_bind_template_child (widget_class, SpotConnectionBanner, retry);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
spot_connection_banner_init (SpotConnectionBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/**
 * spot_connection_banner_set_connection:
 * @self: a banner
 * @connection: (nullable): the connection to speak about
 */
void
spot_connection_banner_set_connection (SpotConnectionBanner *self,
                                       SpotConnection       *connection)
{
  g_return_if_fail (SPOT_IS_CONNECTION_BANNER (self));
  g_return_if_fail (connection == NULL || SPOT_IS_CONNECTION (connection));

  if (self->connection == connection)
    return;
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_set_object (&self->connection, connection);
  /* What was said was about another connection. */
  g_clear_handle_id (&self->patience_id, g_source_remove);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  if (connection != NULL)
    g_signal_connect_swapped (connection, "notify", G_CALLBACK (update), self);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
}

static void
account_cb (SpotConnectionBanner *self)
{
  if (self->connection != NULL && gtk_revealer_get_reveal_child (self->revealer))
    update_words (self);
}

/**
 * spot_connection_banner_set_account:
 * @self: a banner
 * @account: (nullable): whose connection it is
 *
 * When the account is what is wrong, the banner says so and has a button that mends it.
 */
void
spot_connection_banner_set_account (SpotConnectionBanner *self,
                                    SpotAccount          *account)
{
  g_return_if_fail (SPOT_IS_CONNECTION_BANNER (self));
  g_return_if_fail (account == NULL || SPOT_IS_ACCOUNT (account));

  if (self->account == account)
    return;
  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_set_object (&self->account, account);
  if (account != NULL)
    {
      g_signal_connect_swapped (account, "notify", G_CALLBACK (account_cb), self);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->mend), "s", spot_account_get_id (account));
    }
  account_cb (self);
}

/**
 * spot_connection_banner_set_forbidden:
 * @self: a banner
 * @sentence: (nullable): what to say when the credential does not cover what is asked for
 */
void
spot_connection_banner_set_forbidden (SpotConnectionBanner *self,
                                      const char           *sentence)
{
  g_return_if_fail (SPOT_IS_CONNECTION_BANNER (self));

  g_free (self->forbidden);
  self->forbidden = g_strdup (sentence);
  account_cb (self);
}

/**
 * spot_connection_banner_get_revealed:
 * @self: a banner
 *
 * Returns: whether it says something
 */
gboolean
spot_connection_banner_get_revealed (SpotConnectionBanner *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION_BANNER (self), FALSE);

  return gtk_revealer_get_reveal_child (self->revealer);
}
