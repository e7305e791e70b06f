/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-format.h"

#include "spot-closures.h"
#include "spot-status.h"
#include "spot-text.h"

/* Longer lines are not read in a label; the tree and copies have all of it. */
#define MAX_LINE_CHARACTERS 500

/**
 * spot_closure_status_label:
 * @object: (nullable): not used
 * @status: a status
 * @word: (nullable): the server's word, shown for a status that is not known
 *
 * Returns: (transfer full): the word to show
 */
char *
spot_closure_status_label (gpointer       object,
                           SpotRunStatus  status,
                           const char    *word)
{
  g_autofree char *label = spot_status_dup_label (status, word);

  return spot_text_dup_line (label, -1, 60);
}

/**
 * spot_closure_status_icon:
 * @object: (nullable): not used
 * @status: a status
 *
 * Returns: (transfer full): the name of its icon
 */
char *
spot_closure_status_icon (gpointer      object,
                          SpotRunStatus status)
{
  return g_strdup (spot_status_get_icon_name (status));
}

/**
 * spot_closure_status_explanation:
 * @object: (nullable): not used
 * @status: a status
 *
 * Returns: (transfer full): the sentence that explains it
 */
char *
spot_closure_status_explanation (gpointer      object,
                                 SpotRunStatus status)
{
  return g_strdup (spot_status_get_explanation (status));
}

/**
 * spot_closure_line:
 * @object: (nullable): not used
 * @text: (nullable): text from a server
 *
 * Returns: (transfer full): the text as one honest line; empty for %NULL
 */
char *
spot_closure_line (gpointer    object,
                   const char *text)
{
  return spot_text_dup_line (text, -1, MAX_LINE_CHARACTERS);
}

/**
 * spot_closure_is_set:
 * @object: (nullable): not used
 * @text: (nullable): a text
 *
 * Returns: whether there is anything in it
 */
gboolean
spot_closure_is_set (gpointer    object,
                     const char *text)
{
  return text != NULL && *text != '\0';
}

/**
 * spot_closure_has_progress:
 * @object: (nullable): not used
 * @progress: a fraction, or -1 for none
 *
 * Returns: whether a bar can be shown
 */
gboolean
spot_closure_has_progress (gpointer object,
                           double   progress)
{
  return progress >= 0.0;
}

/**
 * spot_closure_fraction:
 * @object: (nullable): not used
 * @progress: a fraction, or -1 for none
 *
 * Returns: the fraction from 0 to 1, 0 for none
 */
double
spot_closure_fraction (gpointer object,
                       double   progress)
{
  return progress >= 0.0 ? MIN (progress, 1.0) : 0.0;
}

/**
 * spot_closure_percent:
 * @object: (nullable): not used
 * @progress: a fraction, or -1 for none
 *
 * Returns: (transfer full): "62 %", empty for none
 */
char *
spot_closure_percent (gpointer object,
                      double   progress)
{
  return progress >= 0.0 ? spot_format_percent (progress) : g_strdup ("");
}

/**
 * spot_closures_bind:
 * @klass: a widget class that has a template
 *
 * Makes the closures known to the template, each under its C name.
 */
void
spot_closures_bind (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, spot_closure_status_label);
  gtk_widget_class_bind_template_callback (klass, spot_closure_status_icon);
  gtk_widget_class_bind_template_callback (klass, spot_closure_status_explanation);
  gtk_widget_class_bind_template_callback (klass, spot_closure_line);
  gtk_widget_class_bind_template_callback (klass, spot_closure_is_set);
  gtk_widget_class_bind_template_callback (klass, spot_closure_has_progress);
  gtk_widget_class_bind_template_callback (klass, spot_closure_fraction);
  gtk_widget_class_bind_template_callback (klass, spot_closure_percent);
}
