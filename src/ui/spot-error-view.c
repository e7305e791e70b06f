/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "spot-value.h"

#include "spot-error-view.h"
#include "spot-error-words.h"
#include "spot-share.h"
#include "spot-text.h"

/* Servers cut messages at 1,000 and stacks at some 50,000 characters; a copy has all that came. */
#define MAX_MESSAGE_CHARACTERS 4000
#define MAX_BLOCK_CHARACTERS 60000
#define MAX_CAUSES 20

struct _SpotErrorView
{
  GtkWidget parent_instance;

  GtkLabel *name;
  GtkLabel *message;
  GtkLabel *explanation;
  GtkBox   *blocks;

  SpotRunError *error;  /* nullable, owned */
  char         *run_id; /* nullable */
  char         *task;   /* nullable */
};

G_DEFINE_FINAL_TYPE (SpotErrorView, spot_error_view, GTK_TYPE_WIDGET)

static void
set_label (GtkLabel   *label,
           const char *text)
{
  g_autofree char *block = spot_text_dup_block (text, -1, MAX_MESSAGE_CHARACTERS);

  gtk_label_set_text (label, block);
  gtk_widget_set_visible (GTK_WIDGET (label), *block != '\0');
}

static void
append_heading (SpotErrorView *self,
                const char    *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_margin_top (label, 6);
  gtk_box_append (self->blocks, label);
}

/* Lines as long as they are, to be scrolled sideways: a wrapped stack cannot be read. */
static void
append_code (SpotErrorView *self,
             const char    *text)
{
  g_autofree char *block = spot_text_dup_block (text, -1, MAX_BLOCK_CHARACTERS);
  GtkWidget *label = gtk_label_new (block);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "code");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
  gtk_widget_add_css_class (scroller, "card");
  gtk_box_append (self->blocks, scroller);
}

/* The value that was thrown, as a person would write it. */
static void
append_raw (SpotErrorView *self,
            const char    *raw)
{
  g_autoptr (SpotValue) value = spot_value_new_from_json (raw, -1, NULL);
  g_autofree char *pretty = value ? spot_value_to_json (value, TRUE) : NULL;

  append_heading (self, _ ("Thrown Value"));
  append_code (self, pretty ? pretty : raw);
}

static void
append_cause (SpotErrorView      *self,
              const SpotRunError *cause)
{
  g_autofree char *headline = spot_run_error_dup_headline (cause);
  g_autofree char *line = spot_text_dup_line (headline, -1, MAX_MESSAGE_CHARACTERS);
  /* Translators: %s is the first line of another error */
  g_autofree char *heading = g_strdup_printf (_ ("Caused by %s"), line);

  append_heading (self, heading);
  if (cause->stack && *cause->stack)
    append_code (self, cause->stack);
}

static void
copy_markdown_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  SpotErrorView *self = SPOT_ERROR_VIEW (widget);
  g_autofree char *markdown = NULL;

  if (self->error == NULL)
    return;
  markdown = spot_run_error_to_markdown (self->error, self->run_id, self->task);
  spot_share_copy (widget, markdown, _ ("Error copied as Markdown"));
}

static void
spot_error_view_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_ERROR_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_error_view_parent_class)->dispose (object);
}

static void
spot_error_view_finalize (GObject *object)
{
  SpotErrorView *self = SPOT_ERROR_VIEW (object);

  g_clear_pointer (&self->error, spot_run_error_free);
  g_free (self->run_id);
  g_free (self->task);
  G_OBJECT_CLASS (spot_error_view_parent_class)->finalize (object);
}

static void
spot_error_view_class_init (SpotErrorViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_error_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = spot_error_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-error-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotErrorView, name);
  gtk_widget_class_bind_template_child (widget_class, SpotErrorView, message);
  gtk_widget_class_bind_template_child (widget_class, SpotErrorView, explanation);
  gtk_widget_class_bind_template_child (widget_class, SpotErrorView, blocks);
  gtk_widget_class_install_action (widget_class, "error.copy-markdown", NULL, copy_markdown_action);
}

static void
spot_error_view_init (SpotErrorView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_error_view_take_error:
 * @self: a `SpotErrorView`
 * @error: (nullable) (transfer full): what to show
 * @run_id: (nullable): whose error it is, for copies
 * @task: (nullable): its task, for copies
 */
void
spot_error_view_take_error (SpotErrorView *self,
                            SpotRunError  *error,
                            const char    *run_id,
                            const char    *task)
{
  GtkWidget *child;

  g_return_if_fail (SPOT_IS_ERROR_VIEW (self));

  g_clear_pointer (&self->error, spot_run_error_free);
  self->error = error;
  g_free (self->run_id);
  self->run_id = g_strdup (run_id);
  g_free (self->task);
  self->task = g_strdup (task);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->blocks))))
    gtk_box_remove (self->blocks, child);
  if (error == NULL)
    return;

  set_label (self->name, error->name ? error->name : _ ("Error"));
  set_label (self->message, error->message);
  set_label (self->explanation, spot_error_words_explain (error));
  if (error->raw && *error->raw && g_strcmp0 (error->raw, error->message) != 0)
    append_raw (self, error->raw);
  if (error->stack && *error->stack)
    {
      append_heading (self, _ ("Stack"));
      append_code (self, error->stack);
    }
  for (guint i = 0; error->causes && i < MIN (error->causes->len, MAX_CAUSES); i++)
    append_cause (self, g_ptr_array_index (error->causes, i));
}
