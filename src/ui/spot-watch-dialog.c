/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-flow-layout.h"
#include "spot-status.h"
#include "spot-text.h"
#include "spot-watch-entry.h"
#include "spot-watch-row.h"

#include "spot-watch-dialog.h"

/* What a person takes in at a glance. */
#define MAX_PREVIEWS 5
#define MAX_SUGGESTIONS 8
#define MAX_NAME_CHARACTERS 120

struct _SpotWatchDialog
{
  AdwWindow            parent_instance;

  SpotMonitor         *monitor; /* (owned) */
  SpotWatch           *watch;   /* (owned) (nullable): that is changed; %NULL for a new one */
  SpotWatchEntry      *entry;   /* (owned) (nullable): what the text asks for */
  GPtrArray           *tags;    /* (owned) (element-type utf8): seen in the environment, the most frequent first */

  GtkButton           *accept_button;
  AdwPreferencesGroup *subject_group;
  AdwEntryRow         *subject_row;
  AdwComboRow         *environment_row;
  GtkWidget           *suggestions_group;
  GtkWidget           *suggestions;
  GtkListBox          *preview;
  AdwEntryRow         *name_row;
  AdwEntryRow         *filter_row;
  AdwComboRow         *rule_row;
  AdwComboRow         *color_row;
  GtkSwitch           *keep_nothing;
};

enum {
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotWatchDialog, spot_watch_dialog, ADW_TYPE_WINDOW)

static const char *
get_subject_text (SpotWatchDialog *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->subject_row));
}

static SpotEnvironment *
get_environment (SpotWatchDialog *self)
{
  return adw_combo_row_get_selected_item (self->environment_row);
}

/* ---- tags that have been seen ---- */

static void
count_tags (gpointer run,
            gpointer counts)
{
  const char *const *tags = spot_run_get_tags (run);

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    g_hash_table_replace (counts, g_strdup (tags[i]),
                          GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, tags[i])) + 1));
}

static int
compare_tags (gconstpointer a,
              gconstpointer b,
              gpointer      counts)
{
  guint n_a = GPOINTER_TO_UINT (g_hash_table_lookup (counts, *(char *const *) a));
  guint n_b = GPOINTER_TO_UINT (g_hash_table_lookup (counts, *(char *const *) b));

  if (n_a != n_b)
    return n_a > n_b ? -1 : 1;
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
collect_tags (SpotWatchDialog *self)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SpotEnvironment *environment = get_environment (self);
  GHashTableIter iter;
  gpointer tag;

  g_ptr_array_set_size (self->tags, 0);
  if (environment == NULL)
    return;
  spot_run_store_foreach (spot_environment_get_store (environment), count_tags, counts);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    g_ptr_array_add (self->tags, g_strdup (tag));
  g_ptr_array_sort_with_data (self->tags, compare_tags, counts);
}

/* Where the last word of the text begins, which is the one that is being typed. */
static const char *
find_last_word (const char *text)
{
  const char *word = text + strlen (text);

  while (word > text && strchr (" ,\t", word[-1]) == NULL)
    word--;
  return word;
}

static void
suggestion_cb (GtkButton *button,
               gpointer   user_data)
{
  SpotWatchDialog *self = user_data;
  const char *tag = g_object_get_data (G_OBJECT (button), "tag");
  const char *text = get_subject_text (self);
  gboolean has_blank = strpbrk (tag, " ,\t") != NULL;
  g_autofree char *completed = g_strdup_printf ("%.*s%s%s%s ", (int) (find_last_word (text) - text), text,
                                                has_blank ? "\"" : "", tag, has_blank ? "\"" : "");

  gtk_editable_set_text (GTK_EDITABLE (self->subject_row), completed);
  gtk_widget_grab_focus (GTK_WIDGET (self->subject_row));
  gtk_editable_set_position (GTK_EDITABLE (self->subject_row), -1);
}

static void
add_suggestion (SpotWatchDialog *self,
                const char      *tag)
{
  g_autofree char *shown = spot_text_dup_line (tag, -1, 40);
  /* Translators: a button that completes what is being typed; %s is a tag */
  g_autofree char *words = g_strdup_printf (_ ("Add tag %s"), shown);
  GtkWidget *button = gtk_button_new_with_label (shown);

  g_object_set_data_full (G_OBJECT (button), "tag", g_strdup (tag), g_free);
  gtk_widget_add_css_class (button, "chip");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (suggestion_cb), self, 0);
  gtk_widget_set_parent (button, self->suggestions);
}

static gboolean
is_entered (SpotWatchDialog *self,
            const char      *tag)
{
  for (guint i = 0; self->entry != NULL && i < self->entry->specs->len; i++)
    {
      const SpotWatchSpec *spec = self->entry->specs->pdata[i];

      if (spec->tags != NULL && g_strv_contains ((const char *const *) spec->tags, tag))
        return TRUE;
    }
  return FALSE;
}

static void
update_suggestions (SpotWatchDialog *self)
{
  g_autofree char *word = g_utf8_casefold (find_last_word (get_subject_text (self)), -1);
  GtkWidget *child;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (self->suggestions)) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i < self->tags->len && n < MAX_SUGGESTIONS; i++)
    {
      g_autofree char *folded = g_utf8_casefold (self->tags->pdata[i], -1);

      if (strstr (folded, word) == NULL || is_entered (self, self->tags->pdata[i]))
        continue;
      add_suggestion (self, self->tags->pdata[i]);
      n++;
    }
  gtk_widget_set_visible (self->suggestions_group, n > 0);
}

/* ---- what comes of it ---- */

static void
add_preview (SpotWatchDialog *self,
             const char      *icon_name,
             const char      *title,
             const char      *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  /* Titles of rows are markup unless told otherwise, and ids and tags are somebody's text. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (icon_name != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icon_name));
  gtk_list_box_append (self->preview, row);
}

static void
preview_spec (SpotWatchDialog     *self,
              const SpotWatchSpec *spec)
{
  SpotEnvironment *environment = get_environment (self);
  const char *environment_name = environment ? spot_environment_get_name (environment) : "";
  g_autofree char *subject = spot_watch_spec_dup_subject (spec);
  g_autofree char *shown = spot_text_dup_line (subject, -1, MAX_NAME_CHARACTERS);
  g_autofree char *shown_environment = spot_text_dup_line (environment_name, -1, MAX_NAME_CHARACTERS);
  g_autofree char *words = NULL;
  SpotRun *run = NULL;

  switch (spec->kind)
    {
    case SPOT_WATCH_RUN:
      if (environment != NULL)
        run = spot_run_store_lookup (spot_environment_get_store (environment), spec->subject);
      if (run != NULL)
        /* Translators: of a run that is known: its environment, its status as "Executing" */
        words = g_strdup_printf (_ ("Run in %s, %s"), shown_environment, spot_status_get_label (spot_run_get_status (run)));
      else
        words = g_strdup_printf (_ ("Run in %s"), shown_environment);
      break;
    case SPOT_WATCH_BATCH:
      words = g_strdup_printf (_ ("Batch in %s"), shown_environment);
      break;
    case SPOT_WATCH_TAGS:
      if (g_strv_length (spec->tags) == 1)
        words = g_strdup_printf (_ ("Runs in %s with this tag"), shown_environment);
      else
        words = g_strdup_printf (_ ("Runs in %s that have all of these tags"), shown_environment);
      break;
    case SPOT_WATCH_ENVIRONMENT:
    default:
      words = g_strdup_printf (_ ("Every run in %s"), shown_environment);
      break;
    }
  add_preview (self, spot_watch_row_get_kind_icon (spec->kind), *shown != '\0' ? shown : words, *shown != '\0' ? words : NULL);
}

static void
preview_problem (SpotWatchDialog *self)
{
  switch (self->entry->problem)
    {
    case SPOT_WATCH_ENTRY_CREDENTIAL:
      add_preview (self, "dialog-password-symbolic", _ ("This is a key or token"),
                   _ ("It belongs to an account: add it there, not here."));
      break;
    case SPOT_WATCH_ENTRY_ADDRESS:
      add_preview (self, "dialog-question-symbolic", _ ("This address names no run or batch"),
                   _ ("Open the run or batch in the dashboard and copy its address."));
      break;
    case SPOT_WATCH_ENTRY_TOO_MANY_TAGS:
      add_preview (self, "dialog-question-symbolic", _ ("No run has that many tags"),
                   _ ("A run has at most ten, and must have all of those that you ask for."));
      break;
    case SPOT_WATCH_ENTRY_NOTHING:
    default:
      add_preview (self, "dialog-question-symbolic", _ ("Nothing to watch in this text"),
                   _ ("A run begins with run_, a batch with batch_; anything else is a tag."));
      break;
    }
}

static void
update (SpotWatchDialog *self)
{
  GtkWidget *row;
  guint n;

  g_clear_pointer (&self->entry, spot_watch_entry_free);
  self->entry = spot_watch_entry_parse (get_subject_text (self));
  /* Nothing typed: everything is what is left. */
  if (self->entry->problem == SPOT_WATCH_ENTRY_EMPTY)
    g_ptr_array_add (self->entry->specs, spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL));

  while ((row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->preview, 0))) != NULL)
    gtk_list_box_remove (self->preview, row);
  n = self->entry->specs->len;
  if (n == 0)
    preview_problem (self);
  for (guint i = 0; i < MIN (n, MAX_PREVIEWS); i++)
    preview_spec (self, self->entry->specs->pdata[i]);
  if (n > MAX_PREVIEWS)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more", n - MAX_PREVIEWS), n - MAX_PREVIEWS);

      add_preview (self, NULL, more, NULL);
    }
  if (n > 0 && self->entry->n_left_out > 0)
    {
      g_autofree char *left_out = g_strdup_printf (ngettext ("%u word is nothing to watch", "%u words are nothing to watch",
                                                             self->entry->n_left_out), self->entry->n_left_out);

      add_preview (self, "dialog-question-symbolic", left_out, NULL);
    }
  update_suggestions (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button),
                            get_environment (self) != NULL && (self->watch == NULL ? n > 0 : n == 1));
}

static void
subject_changed_cb (SpotWatchDialog *self)
{
  update (self);
}

static void
environment_selected_cb (SpotWatchDialog *self)
{
  collect_tags (self);
  update (self);
}

static char *
dup_text (AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static SpotWatchSpec *
finish_spec (SpotWatchDialog     *self,
             const SpotWatchSpec *entered)
{
  SpotWatchSpec *spec = spot_watch_spec_copy (entered);

  if (self->watch != NULL)
    {
      const SpotWatchSpec *before = spot_watch_get_spec (self->watch);

      spec->paused = before->paused;
      spec->muted_until_us = before->muted_until_us;
    }
  /* A name is for one watch: several that were pasted at once keep their own. */
  if (self->entry->specs->len == 1)
    spec->name = dup_text (self->name_row);
  spec->filter = dup_text (self->filter_row);
  spec->rule = (SpotWatchRule) adw_combo_row_get_selected (self->rule_row);
  spec->color = (SpotWatchColor) adw_combo_row_get_selected (self->color_row);
  spec->keep_nothing = gtk_switch_get_active (self->keep_nothing);
  return spec;
}

static void
accept_cb (SpotWatchDialog *self)
{
  g_autoptr (SpotEnvironment) environment = NULL;
  SpotWatch *first = NULL;

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->accept_button)))
    return;
  environment = g_object_ref (get_environment (self));
  for (guint i = 0; i < self->entry->specs->len; i++)
    {
      g_autoptr (SpotWatchSpec) spec = finish_spec (self, self->entry->specs->pdata[i]);
      SpotWatch *watch;

      if (self->watch != NULL)
        watch = spot_environment_change_watch (environment, self->watch, spec) ? self->watch : NULL;
      else
        watch = spot_environment_add_watch (environment, spec, G_MAXUINT);
      if (first == NULL)
        first = watch;
    }
  if (first != NULL)
    g_signal_emit (self, signals[SIGNAL_DONE], 0, environment, first);
  gtk_window_close (GTK_WINDOW (self));
}

static void
spot_watch_dialog_dispose (GObject *object)
{
  SpotWatchDialog *self = SPOT_WATCH_DIALOG (object);
  GtkWidget *child;

  if (self->suggestions != NULL)
    while ((child = gtk_widget_get_first_child (self->suggestions)) != NULL)
      gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_watch_dialog_parent_class)->dispose (object);
}

static void
spot_watch_dialog_finalize (GObject *object)
{
  SpotWatchDialog *self = SPOT_WATCH_DIALOG (object);

  g_clear_pointer (&self->entry, spot_watch_entry_free);
  g_clear_pointer (&self->tags, g_ptr_array_unref);
  g_clear_object (&self->watch);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (spot_watch_dialog_parent_class)->finalize (object);
}

static void
spot_watch_dialog_class_init (SpotWatchDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = spot_watch_dialog_dispose;
  object_class->finalize = spot_watch_dialog_finalize;

  /**
   * SpotWatchDialog::done:
   * @self: the dialog
   * @environment: where
   * @watch: the watch that was made or changed; of several, the first
   *
   * The user has agreed.
   */
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, SPOT_TYPE_ENVIRONMENT, SPOT_TYPE_WATCH);

  g_type_ensure (SPOT_TYPE_ENVIRONMENT);
  g_type_ensure (SPOT_TYPE_FLOW_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-watch-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, subject_group);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, subject_row);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, environment_row);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, suggestions_group);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, suggestions);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, filter_row);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, rule_row);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, color_row);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchDialog, keep_nothing);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, environment_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, subject_changed_cb);
}

static void
spot_watch_dialog_init (SpotWatchDialog *self)
{
  self->tags = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
select_environment (SpotWatchDialog *self,
                    SpotEnvironment *environment)
{
  GListModel *environments = spot_monitor_get_environments (self->monitor);

  for (guint i = 0; i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr (SpotEnvironment) other = g_list_model_get_item (environments, i);

      if (other == environment)
        adw_combo_row_set_selected (self->environment_row, i);
    }
}

static void
set_row_text (AdwEntryRow *row,
              const char  *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

/* What the user would have typed for it. */
static char *
dup_entry_text (const SpotWatchSpec *spec)
{
  g_autoptr (GString) text = NULL;

  if (spec->kind != SPOT_WATCH_TAGS)
    return g_strdup (spec->subject != NULL ? spec->subject : "");
  text = g_string_new (NULL);
  for (guint i = 0; spec->tags[i] != NULL; i++)
    g_string_append_printf (text, "%stag:\"%s\"", i > 0 ? " " : "", spec->tags[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
fill (SpotWatchDialog     *self,
      const SpotWatchSpec *spec)
{
  g_autofree char *text = dup_entry_text (spec);

  set_row_text (self->subject_row, text);
  set_row_text (self->name_row, spec->name);
  set_row_text (self->filter_row, spec->filter);
  adw_combo_row_set_selected (self->rule_row, spec->rule);
  adw_combo_row_set_selected (self->color_row, spec->color);
  gtk_switch_set_active (self->keep_nothing, spec->keep_nothing);
}

/**
 * spot_watch_dialog_new:
 * @parent: the window that asks
 * @monitor: whose environments there are to choose from
 * @environment: (nullable): the one to begin with; that of @watch
 * @watch: (nullable): a watch to change; %NULL for a new one
 *
 * Returns: (transfer none): a dialog, to be presented; held by GTK until it is closed
 */
SpotWatchDialog *
spot_watch_dialog_new (GtkWindow       *parent,
                       SpotMonitor     *monitor,
                       SpotEnvironment *environment,
                       SpotWatch       *watch)
{
  SpotWatchDialog *self;
  GListModel *environments;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (SPOT_IS_MONITOR (monitor), NULL);
  g_return_val_if_fail (watch == NULL || SPOT_IS_WATCH (watch), NULL);

  self = g_object_new (SPOT_TYPE_WATCH_DIALOG, "transient-for", parent, NULL);
  environments = spot_monitor_get_environments (monitor);
  self->monitor = g_object_ref (monitor);
  if (watch != NULL)
    self->watch = g_object_ref (watch);
  gtk_window_set_title (GTK_WINDOW (self), watch != NULL ? _ ("Edit Watch") : _ ("New Watch"));
  gtk_button_set_label (self->accept_button, watch != NULL ? _ ("_Save") : _ ("_Add"));
  adw_combo_row_set_model (self->environment_row, environments);
  /* A watch stays where its runs are. */
  gtk_widget_set_visible (GTK_WIDGET (self->environment_row), watch == NULL && g_list_model_get_n_items (environments) > 1);
  if (environment != NULL)
    select_environment (self, environment);
  collect_tags (self);
  if (watch != NULL)
    fill (self, spot_watch_get_spec (watch));
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->subject_row));
  return self;
}

/* The environment that an address names, where there is only one such. */
static void
select_named_environment (SpotWatchDialog *self,
                          const char      *slug)
{
  static const struct { const char *slug; SpotEnvironmentKind kind; } kinds[] = {
    { "dev", SPOT_ENVIRONMENT_DEVELOPMENT },
    { "stg", SPOT_ENVIRONMENT_STAGING },
    { "staging", SPOT_ENVIRONMENT_STAGING },
    { "prod", SPOT_ENVIRONMENT_PRODUCTION },
    { "preview", SPOT_ENVIRONMENT_PREVIEW },
  };
  GListModel *environments = spot_monitor_get_environments (self->monitor);
  SpotEnvironmentKind wanted = SPOT_ENVIRONMENT_UNKNOWN;
  guint found = GTK_INVALID_LIST_POSITION;
  guint n_found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].slug, slug))
      wanted = kinds[i].kind;
  for (guint i = 0; wanted != SPOT_ENVIRONMENT_UNKNOWN && i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr (SpotEnvironment) environment = g_list_model_get_item (environments, i);

      if (spot_environment_get_kind (environment) == wanted)
        {
          found = i;
          n_found++;
        }
    }
  if (n_found == 1)
    adw_combo_row_set_selected (self->environment_row, found);
}

/**
 * spot_watch_dialog_set_text:
 * @self: a dialog for a new watch
 * @text: what was pasted or dropped
 *
 * Puts @text into the entry, as if it had been typed there; an address chooses the environment too.
 */
void
spot_watch_dialog_set_text (SpotWatchDialog *self,
                            const char      *text)
{
  g_autofree char *line = NULL;

  g_return_if_fail (SPOT_IS_WATCH_DIALOG (self));
  g_return_if_fail (text != NULL);

  /* The entry has one line. */
  line = g_strdelimit (g_strstrip (g_strdup (text)), "\r\n", ' ');
  set_row_text (self->subject_row, line);
  if (self->entry->environment != NULL)
    select_named_environment (self, self->entry->environment);
}
