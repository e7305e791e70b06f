/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-chips.h"
#include "spot-json-view.h"
#include "spot-metadata-view.h"
#include "spot-text.h"
#include "spot-words-detail.h"

/* The rest is in the tree. */
#define MAX_STEPS 60
#define LOG_LINES 5

struct _SpotMetadataView
{
  GtkWidget parent_instance;

  GtkWidget      *widgets_scroller;
  GtkWidget      *warning_box;
  GtkLabel       *warning;
  GtkWidget      *progress_box;
  GtkLabel       *label;
  GtkLabel       *count;
  GtkProgressBar *bar;
  GtkWidget      *steps_box;
  GtkWidget      *steps;
  GtkWidget      *items_box;
  GtkWidget      *items;
  GtkWidget      *log_box;
  GtkLabel       *log_earlier;
  GtkLabel       *log;
  GtkWidget      *links_box;
  SpotChips      *links;
  GtkWidget      *references_box;
  SpotChips      *references;
  GtkWidget      *separator;
  SpotJsonView   *tree;
};

G_DEFINE_FINAL_TYPE (SpotMetadataView, spot_metadata_view, GTK_TYPE_WIDGET)

/* ---- steps ---- */

static const struct
{
  const char *icon_name;
  const char *css_class;
  const char *word;
} states[] = {
  [SPOT_STEP_PENDING] = { "spot-step-pending-symbolic", "dim-label", NC_ ("step", "Pending") },
  [SPOT_STEP_RUNNING] = { "spot-step-running-symbolic", "accent", NC_ ("step", "Running") },
  [SPOT_STEP_DONE] = { "spot-step-done-symbolic", "success", NC_ ("step", "Done") },
  [SPOT_STEP_FAILED] = { "spot-step-failed-symbolic", "error", NC_ ("step", "Failed") },
  [SPOT_STEP_SKIPPED] = { "spot-step-skipped-symbolic", "dim-label", NC_ ("step", "Skipped") },
};

static GtkWidget *
new_step (void)
{
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "spacing", 8, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "valign", GTK_ALIGN_START, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *more = gtk_label_new (NULL);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (more), 0);
  gtk_label_set_wrap (GTK_LABEL (more), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (more), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (more, "caption");
  gtk_widget_add_css_class (more, "quiet");
  gtk_widget_add_css_class (image, "step-icon");
  gtk_box_append (GTK_BOX (texts), label);
  gtk_box_append (GTK_BOX (texts), more);
  gtk_box_append (GTK_BOX (row), image);
  gtk_box_append (GTK_BOX (row), texts);
  return row;
}

static void
set_step (GtkWidget      *row,
          const SpotStep *step)
{
  SpotStepState state = (guint) step->state < G_N_ELEMENTS (states) ? step->state : SPOT_STEP_PENDING;
  const char *word = g_dpgettext2 (GETTEXT_PACKAGE, "step", states[state].word);
  GtkWidget *image = gtk_widget_get_first_child (row);
  GtkWidget *texts = gtk_widget_get_next_sibling (image);
  GtkWidget *more = gtk_widget_get_last_child (texts);
  g_autofree char *title = spot_text_dup_line (step->title, -1, 200);
  g_autofree char *message = spot_text_dup_line (step->message, -1, 400);
  /* Translators: what a screen reader says of a step: its title, how it stands */
  g_autofree char *spoken = g_strdup_printf (_ ("%s: %s"), title, word);

  gtk_image_set_from_icon_name (GTK_IMAGE (image), states[state].icon_name);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    gtk_widget_remove_css_class (image, states[i].css_class);
  gtk_widget_add_css_class (image, states[state].css_class);
  gtk_widget_set_tooltip_text (row, word);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (texts)), title);
  gtk_label_set_text (GTK_LABEL (more), message);
  gtk_widget_set_visible (more, *message != '\0');
}

/* Rows are kept, so that the page does not jump. */
static gboolean
set_steps (GtkWidget *box,
           GPtrArray *steps)
{
  GtkWidget *row = gtk_widget_get_first_child (box);
  guint n = steps ? MIN (steps->len, MAX_STEPS) : 0;

  for (guint i = 0; i < n; i++)
    {
      if (row == NULL)
        {
          row = new_step ();
          gtk_box_append (GTK_BOX (box), row);
        }
      set_step (row, g_ptr_array_index (steps, i));
      row = gtk_widget_get_next_sibling (row);
    }
  while (row)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (row);

      gtk_box_remove (GTK_BOX (box), row);
      row = next;
    }
  return n > 0;
}

/* ---- the other parts ---- */

static gboolean
set_progress (SpotMetadataView   *self,
              const SpotMetadata *metadata,
              double              progress)
{
  g_autofree char *label = spot_text_dup_line (metadata->label, -1, 300);
  g_autofree char *count = spot_words_progress (progress, metadata->current, metadata->total);

  gtk_label_set_text (self->label, label);
  gtk_label_set_text (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), progress >= 0.0);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (progress, 0.0, 1.0));
  return *label != '\0' || *count != '\0';
}

static gboolean
set_log (SpotMetadataView *self,
         GPtrArray        *lines)
{
  g_autoptr (GString) tail = g_string_new (NULL);
  guint n = lines ? lines->len : 0;
  guint first = n > LOG_LINES ? n - LOG_LINES : 0;

  for (guint i = first; i < n; i++)
    {
      g_autofree char *line = spot_text_dup_line (g_ptr_array_index (lines, i), -1, 400);

      g_string_append (tail, line);
      if (i + 1 < n)
        g_string_append_c (tail, '\n');
    }
  gtk_label_set_text (self->log, tail->str);
  gtk_widget_set_visible (GTK_WIDGET (self->log_earlier), first > 0);
  if (first > 0)
    {
      g_autofree char *earlier
          = g_strdup_printf (ngettext ("%u earlier line in the tree", "%u earlier lines in the tree", first), first);

      gtk_label_set_text (self->log_earlier, earlier);
    }
  return n > 0;
}

/* ---- class ---- */

static void
spot_metadata_view_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_METADATA_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_metadata_view_parent_class)->dispose (object);
}

static void
spot_metadata_view_class_init (SpotMetadataViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_metadata_view_dispose;
  g_type_ensure (SPOT_TYPE_CHIPS);
  g_type_ensure (SPOT_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-metadata-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, widgets_scroller);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, warning_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, warning);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, progress_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, label);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, count);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, bar);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, steps_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, steps);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, items_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, items);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, log_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, log_earlier);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, log);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, links_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, links);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, references_box);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, references);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, separator);
  gtk_widget_class_bind_template_child (widget_class, SpotMetadataView, tree);
}

static void
spot_metadata_view_init (SpotMetadataView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_metadata_view_set_metadata:
 * @self: a `SpotMetadataView`
 * @metadata: (nullable): what to show, only looked at; %NULL forgets everything, also what was folded open
 * @progress: what the run tells, 0 to 1, or -1 for none
 * @show_progress: whether to show progress and label, which may be in sight elsewhere
 */
void
spot_metadata_view_set_metadata (SpotMetadataView   *self,
                                 const SpotMetadata *metadata,
                                 double              progress,
                                 gboolean            show_progress)
{
  gboolean any = FALSE;
  gboolean some;
  g_autofree char *warning = NULL;

  g_return_if_fail (SPOT_IS_METADATA_VIEW (self));

  spot_json_view_set_value (self->tree, metadata ? metadata->tree : NULL);
  if (metadata == NULL)
    return;

#define SHOW_PART(box, has) \
  any |= (some = (has)); \
  gtk_widget_set_visible (self->box, some)

  warning = spot_text_dup_line (metadata->warning, -1, 1000);
  gtk_label_set_text (self->warning, warning);
  SHOW_PART (warning_box, *warning != '\0');
  SHOW_PART (progress_box, show_progress && set_progress (self, metadata, progress));
  SHOW_PART (steps_box, set_steps (self->steps, metadata->steps));
  SHOW_PART (items_box, set_steps (self->items, metadata->items));
  SHOW_PART (log_box, set_log (self, metadata->log));
  spot_chips_set_links (self->links, metadata->links, G_MAXUINT);
  SHOW_PART (links_box, gtk_widget_get_visible (GTK_WIDGET (self->links)));
  spot_chips_set_references (self->references, metadata->references);
  SHOW_PART (references_box, gtk_widget_get_visible (GTK_WIDGET (self->references)));
#undef SHOW_PART

  gtk_widget_set_visible (self->widgets_scroller, any);
  gtk_widget_set_visible (self->separator, any);
}
