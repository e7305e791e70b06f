/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-words.h"
#include "spot-clock.h"
#include "spot-format.h"
#include "spot-text.h"
#include "spot-words.h"

#include "spot-watch-row.h"

#define MAX_NAME_CHARACTERS 120

struct _SpotWatchRow
{
  GtkWidget       parent_instance;

  GObject        *item;       /* (owned) (nullable): SpotEnvironment or SpotWatch */
  SpotConnection *connection; /* (owned) (nullable): of an environment */
  char           *words;      /* (owned) (nullable): accessible name */

  GtkWidget      *environment_box;
  GtkLabel       *environment_name;
  GtkLabel       *environment_badge;
  GtkLabel       *environment_words;
  GtkWidget      *watch_box;
  GtkImage       *watch_icon;
  GtkLabel       *watch_name;
  GtkImage       *watch_muted;
  GtkLabel       *watch_failed;
  GtkLabel       *watch_count;
};

enum {
  PROP_0,
  PROP_ITEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotWatchRow, spot_watch_row, GTK_TYPE_WIDGET)

static void
set_label (GtkLabel   *label,
           const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
set_words (SpotWatchRow *self,
           char         *words)
{
  GtkWidget *list_item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (g_strcmp0 (words, self->words) == 0)
    {
      g_free (words);
      return;
    }
  g_free (self->words);
  self->words = words;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (list_item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list_item), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
}

static void
update_environment (SpotWatchRow *self)
{
  SpotEnvironment *environment = SPOT_ENVIRONMENT (self->item);
  SpotEnvironmentKind kind = spot_environment_get_kind (environment);
  g_autofree char *name = spot_text_dup_line (spot_environment_get_name (environment), -1, MAX_NAME_CHARACTERS);
  g_autofree char *state = NULL;
  g_autofree char *words = NULL;

  if (self->connection != NULL)
    state = spot_words_connection (spot_connection_get_state (self->connection),
                                   spot_connection_get_retry_at (self->connection), g_get_monotonic_time ());
  words = spot_words_connections (state ? state : "", spot_environment_get_n_connections (environment),
                                  spot_environment_get_max_connections (environment));
  set_label (self->environment_name, name);
  spot_account_words_set_badge (self->environment_badge, kind);
  set_label (self->environment_words, words);
  if (kind != SPOT_ENVIRONMENT_UNKNOWN)
    /* Translators: an environment in the sidebar read aloud: its name, what it is for, and its connection in words */
    set_words (self, g_strdup_printf (C_ ("sidebar", "%s, %s, %s"), name, spot_account_words_kind (kind), words));
  else
    /* Translators: an environment in the sidebar read aloud: its name and its connection in words */
    set_words (self, g_strdup_printf (C_ ("sidebar", "%s, %s"), name, words));
}

/**
 * spot_watch_row_get_kind_icon:
 * @kind: what a watch asks for
 *
 * Returns: the name of its symbolic icon
 */
const char *
spot_watch_row_get_kind_icon (SpotWatchKind kind)
{
  switch (kind)
    {
    case SPOT_WATCH_TAGS:
      return "spot-watch-tag-symbolic";
    case SPOT_WATCH_BATCH:
      return "spot-watch-batch-symbolic";
    case SPOT_WATCH_RUN:
      return "spot-watch-run-symbolic";
    case SPOT_WATCH_ENVIRONMENT:
    default:
      return "spot-watch-environment-symbolic";
    }
}

/* What stands at the end of the row, and how it is read aloud; both NULL for nothing. */
static void
describe_progress (SpotWatch  *watch,
                   char      **count,
                   char      **words)
{
  guint n_runs = spot_watch_get_n_runs (watch);
  guint n_running = spot_watch_get_count (watch, SPOT_STATUS_GROUP_RUNNING);

  *count = *words = NULL;
  if (spot_watch_get_spec (watch)->paused)
    {
      /* Translators: of a watch that asks for nothing because the user said so */
      *count = g_strdup (C_ ("watch", "Paused"));
      *words = g_strdup (*count);
    }
  else if (spot_watch_get_kind (watch) == SPOT_WATCH_BATCH && n_runs > 0)
    {
      guint n_open = n_running + spot_watch_get_count (watch, SPOT_STATUS_GROUP_WAITING);

      *count = spot_format_percent ((double) (n_runs - MIN (n_open, n_runs)) / n_runs);
      /* Translators: how many runs of a batch have ended; %s is a percentage */
      *words = g_strdup_printf (_ ("%s ended"), *count);
    }
  else if (n_running > 0)
    {
      *count = g_strdup_printf ("%'u", n_running);
      *words = g_strdup_printf (ngettext ("%'u running", "%'u running", n_running), n_running);
    }
}

static void
set_color (SpotWatchRow   *self,
           SpotWatchColor  color)
{
  static const char *const classes[] = {
    [SPOT_WATCH_COLOR_BLUE] = "watch-blue",     [SPOT_WATCH_COLOR_GREEN] = "watch-green",
    [SPOT_WATCH_COLOR_YELLOW] = "watch-yellow", [SPOT_WATCH_COLOR_ORANGE] = "watch-orange",
    [SPOT_WATCH_COLOR_RED] = "watch-red",       [SPOT_WATCH_COLOR_PURPLE] = "watch-purple",
  };

  for (guint i = 1; i < G_N_ELEMENTS (classes); i++)
    if (i == color)
      gtk_widget_add_css_class (GTK_WIDGET (self->watch_icon), classes[i]);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->watch_icon), classes[i]);
}

static void
update_watch (SpotWatchRow *self)
{
  SpotWatch *watch = SPOT_WATCH (self->item);
  const SpotWatchSpec *spec = spot_watch_get_spec (watch);
  g_autofree char *name = spot_text_dup_line (spot_watch_get_name (watch), -1, MAX_NAME_CHARACTERS);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autofree char *count = NULL;
  g_autofree char *count_words = NULL;
  g_autofree char *failed = NULL;
  g_autofree char *failed_words = NULL;
  gboolean muted = spot_watch_spec_is_muted (spec, g_get_real_time ());
  guint n_failed = spot_watch_get_count (watch, SPOT_STATUS_GROUP_BAD);

  describe_progress (watch, &count, &count_words);
  if (n_failed > 0)
    {
      failed = g_strdup_printf ("%'u", n_failed);
      failed_words = g_strdup_printf (ngettext ("%'u failed", "%'u failed", n_failed), n_failed);
    }

  if (g_strcmp0 (gtk_image_get_icon_name (self->watch_icon), spot_watch_row_get_kind_icon (spec->kind)) != 0)
    gtk_image_set_from_icon_name (self->watch_icon, spot_watch_row_get_kind_icon (spec->kind));
  set_color (self, spec->color);
  set_label (self->watch_name, name);
  set_label (self->watch_count, count ? count : "");
  set_label (self->watch_failed, failed ? failed : "");
  gtk_widget_set_visible (GTK_WIDGET (self->watch_count), count != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->watch_failed), failed != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->watch_muted), muted);

  g_ptr_array_add (parts, name);
  if (count_words != NULL)
    g_ptr_array_add (parts, count_words);
  if (failed_words != NULL)
    g_ptr_array_add (parts, failed_words);
  if (muted)
    /* Translators: of a watch that announces nothing because the user said so */
    g_ptr_array_add (parts, (char *) C_ ("watch", "muted"));
  g_ptr_array_add (parts, NULL);
  /* Translators: between the parts of a watch in the sidebar read aloud: its name, "12 running", "3 failed" */
  set_words (self, g_strjoinv (C_ ("sidebar", ", "), (char **) parts->pdata));
}

static void
update (SpotWatchRow *self)
{
  gtk_widget_set_visible (self->environment_box, SPOT_IS_ENVIRONMENT (self->item));
  gtk_widget_set_visible (self->watch_box, SPOT_IS_WATCH (self->item));
  if (SPOT_IS_ENVIRONMENT (self->item))
    update_environment (self);
  else if (SPOT_IS_WATCH (self->item))
    update_watch (self);
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotWatchRow *self = SPOT_WATCH_ROW (widget);

  if (SPOT_IS_ENVIRONMENT (self->item))
    update_environment (self);
  else if (SPOT_IS_WATCH (self->item) && gtk_widget_get_visible (GTK_WIDGET (self->watch_muted)))
    update_watch (self);
}

static void
spot_watch_row_root (GtkWidget *widget)
{
  SpotWatchRow *self = SPOT_WATCH_ROW (widget);

  GTK_WIDGET_CLASS (spot_watch_row_parent_class)->root (widget);
  /* There is a list item around us now that wants the name too. */
  g_clear_pointer (&self->words, g_free);
  update (self);
}

static void
spot_watch_row_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, SPOT_WATCH_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_watch_row_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      spot_watch_row_set_item (SPOT_WATCH_ROW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
clear_item (SpotWatchRow *self)
{
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
}

static void
spot_watch_row_dispose (GObject *object)
{
  SpotWatchRow *self = SPOT_WATCH_ROW (object);

  clear_item (self);
  g_clear_pointer (&self->environment_box, gtk_widget_unparent);
  g_clear_pointer (&self->watch_box, gtk_widget_unparent);
  G_OBJECT_CLASS (spot_watch_row_parent_class)->dispose (object);
}

static void
spot_watch_row_finalize (GObject *object)
{
  g_free (SPOT_WATCH_ROW (object)->words);
  G_OBJECT_CLASS (spot_watch_row_parent_class)->finalize (object);
}

static void
spot_watch_row_class_init (SpotWatchRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_watch_row_get_property;
  object_class->set_property = spot_watch_row_set_property;
  object_class->dispose = spot_watch_row_dispose;
  object_class->finalize = spot_watch_row_finalize;
  widget_class->root = spot_watch_row_root;

  /**
   * SpotWatchRow:item:
   *
   * The #SpotEnvironment or #SpotWatch that the row shows; %NULL for none.
   */
  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, G_TYPE_OBJECT,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-watch-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, environment_box);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, environment_name);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, environment_badge);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, environment_words);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, watch_box);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, watch_icon);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, watch_name);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, watch_muted);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, watch_failed);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchRow, watch_count);
  gtk_widget_class_set_css_name (widget_class, "watchrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
spot_watch_row_init (SpotWatchRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/**
 * spot_watch_row_new:
 *
 * Returns: (transfer floating): a row without an item
 */
GtkWidget *
spot_watch_row_new (void)
{
  return g_object_new (SPOT_TYPE_WATCH_ROW, NULL);
}

/**
 * spot_watch_row_set_item:
 * @self: a row
 * @item: (nullable): the #SpotEnvironment or #SpotWatch to show
 */
void
spot_watch_row_set_item (SpotWatchRow *self,
                         GObject      *item)
{
  g_return_if_fail (SPOT_IS_WATCH_ROW (self));
  g_return_if_fail (item == NULL || SPOT_IS_ENVIRONMENT (item) || SPOT_IS_WATCH (item));

  if (self->item == item)
    return;
  clear_item (self);
  if (item != NULL)
    {
      self->item = g_object_ref (item);
      g_signal_connect_swapped (item, "notify", G_CALLBACK (update), self);
    }
  if (SPOT_IS_ENVIRONMENT (item))
    {
      g_set_object (&self->connection, spot_environment_get_connection (SPOT_ENVIRONMENT (item)));
      if (self->connection != NULL)
        g_signal_connect_swapped (self->connection, "notify", G_CALLBACK (update), self);
    }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

/**
 * spot_watch_row_get_words:
 * @self: a row
 *
 * Returns: (nullable): its accessible name
 */
const char *
spot_watch_row_get_words (SpotWatchRow *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH_ROW (self), NULL);

  return self->words;
}
