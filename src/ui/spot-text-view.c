/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-json-search.h"
#include "spot-text.h"
#include "spot-text-view.h"

/* Laying out more than this takes longer than a frame or two. */
#define SHOWN_AT_FIRST 60000u

struct _SpotTextView
{
  GtkWidget parent_instance;

  GtkTextView *view;
  GtkWidget   *cut_bar;
  GtkLabel    *cut_label;

  char     *text;   /* nullable, owned: as it came */
  gsize     length; /* of text in bytes */
  char     *shown;  /* nullable, owned: what is in the buffer */
  gboolean  show_all;
  char     *needle; /* nullable */
  guint     match;  /* the one in front, from 1 */
  guint     n_matches;
};

G_DEFINE_FINAL_TYPE (SpotTextView, spot_text_view, GTK_TYPE_WIDGET)

/* Replaces what differs between @self->shown and @shown, whole characters only. */
static void
replace_text (SpotTextView *self,
              char         *shown)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  const char *before = self->shown ? self->shown : "";
  gsize n_before = strlen (before);
  gsize n_after = strlen (shown);
  gsize n_common = MIN (n_before, n_after);
  gsize head = 0;
  gsize tail = 0;
  GtkTextIter start, end;

  while (head < n_common && before[head] == shown[head])
    head++;
  while (head > 0 && ((shown[head] & 0xc0) == 0x80 || (before[head] & 0xc0) == 0x80))
    head--;
  while (tail < n_common - head && before[n_before - tail - 1] == shown[n_after - tail - 1])
    tail++;
  while (tail > 0 && (shown[n_after - tail] & 0xc0) == 0x80)
    tail--;

  if (head + tail < n_before || head + tail < n_after)
    {
      gtk_text_buffer_get_iter_at_offset (buffer, &start, (int) g_utf8_strlen (before, (gssize) head));
      gtk_text_buffer_get_iter_at_offset (buffer, &end, (int) g_utf8_strlen (before, (gssize) (n_before - tail)));
      gtk_text_buffer_delete (buffer, &start, &end);
      gtk_text_buffer_insert (buffer, &start, shown + head, (int) (n_after - head - tail));
    }
  g_free (self->shown);
  self->shown = shown;
}

static void
refresh (SpotTextView *self)
{
  g_autofree char *size = NULL;
  g_autofree char *label = NULL;
  gboolean cut = !self->show_all && self->length > SHOWN_AT_FIRST;

  replace_text (self, spot_text_dup_block (self->text, (gssize) self->length, cut ? SHOWN_AT_FIRST : G_MAXUINT));
  gtk_widget_set_visible (self->cut_bar, cut);
  if (!cut)
    return;
  size = spot_format_size (self->length);
  /* Translators: %s is a size such as "1.2 MB" */
  label = g_strdup_printf (_ ("Only the beginning is shown. All of it is %s."), size);
  gtk_label_set_text (self->cut_label, label);
}

static void
show_all_cb (SpotTextView *self)
{
  self->show_all = TRUE;
  refresh (self);
  if (self->needle)
    {
      g_autofree char *needle = g_steal_pointer (&self->needle);

      spot_text_view_search (self, needle);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
spot_text_view_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_TEXT_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_text_view_parent_class)->dispose (object);
}

static void
spot_text_view_finalize (GObject *object)
{
  SpotTextView *self = SPOT_TEXT_VIEW (object);

  g_free (self->text);
  g_free (self->shown);
  g_free (self->needle);
  G_OBJECT_CLASS (spot_text_view_parent_class)->finalize (object);
}

static void
spot_text_view_class_init (SpotTextViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_text_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = spot_text_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-text-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotTextView, view);
  gtk_widget_class_bind_template_child (widget_class, SpotTextView, cut_bar);
  gtk_widget_class_bind_template_child (widget_class, SpotTextView, cut_label);
  gtk_widget_class_bind_template_callback (widget_class, show_all_cb);
}

static void
spot_text_view_init (SpotTextView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_text_view_set_text:
 * @self: a `SpotTextView`
 * @text: (nullable): what to show; %NULL forgets everything, also that all was asked for
 * @length: length of @text in bytes, or -1 when it is NUL-terminated
 *
 * Shows @text. Characters that hide or turn the direction of writing are shown as escapes.
 */
void
spot_text_view_set_text (SpotTextView *self,
                         const char   *text,
                         gssize        length)
{
  gsize n;

  g_return_if_fail (SPOT_IS_TEXT_VIEW (self));

  n = text == NULL ? 0 : length < 0 ? strlen (text) : (gsize) length;
  if (text == NULL)
    self->show_all = FALSE;
  else if (self->text && n == self->length && memcmp (self->text, text, n) == 0)
    return;
  g_free (self->text);
  self->text = text ? g_malloc (n + 1) : NULL;
  if (text)
    {
      memcpy (self->text, text, n);
      self->text[n] = '\0';
    }
  self->length = n;
  refresh (self);
}

/**
 * spot_text_view_dup_shown:
 * @self: a `SpotTextView`
 *
 * Returns: (transfer full): the text in sight, escapes included
 */
char *
spot_text_view_dup_shown (SpotTextView *self)
{
  g_return_val_if_fail (SPOT_IS_TEXT_VIEW (self), NULL);

  return g_strdup (self->shown ? self->shown : "");
}

/* Counts the matches and selects the one in front. */
static void
find (SpotTextView *self,
      gboolean      select)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter iter, start, end;

  self->n_matches = 0;
  gtk_text_buffer_get_start_iter (buffer, &iter);
  while (self->n_matches < SPOT_JSON_MAX_MATCHES &&
         gtk_text_iter_forward_search (&iter, self->needle, GTK_TEXT_SEARCH_CASE_INSENSITIVE, &start, &end, NULL))
    {
      self->n_matches++;
      if (select && self->n_matches == self->match)
        {
          gtk_text_buffer_select_range (buffer, &start, &end);
          gtk_text_view_scroll_to_iter (self->view, &start, 0.1, FALSE, 0.0, 0.0);
        }
      iter = end;
    }
}

/**
 * spot_text_view_search:
 * @self: a `SpotTextView`
 * @needle: (nullable): what to look for in the text in sight; %NULL or empty for nothing
 *
 * Returns: the number of matches, at most %SPOT_JSON_MAX_MATCHES; the first one is selected
 */
guint
spot_text_view_search (SpotTextView *self,
                       const char   *needle)
{
  g_return_val_if_fail (SPOT_IS_TEXT_VIEW (self), 0);

  g_free (self->needle);
  self->needle = needle && *needle ? g_strdup (needle) : NULL;
  self->match = 1;
  self->n_matches = 0;
  if (self->needle)
    find (self, TRUE);
  return self->n_matches;
}

/**
 * spot_text_view_step:
 * @self: a `SpotTextView`
 * @step: 1 for the next match, -1 for the one before, 0 to stay; goes round at the ends
 *
 * Returns: the position of the match now in front, from 1; 0 when there is none
 */
guint
spot_text_view_step (SpotTextView *self,
                     int           step)
{
  g_return_val_if_fail (SPOT_IS_TEXT_VIEW (self), 0);

  if (self->needle == NULL || self->n_matches == 0)
    return 0;
  if (step != 0)
    {
      self->match = (guint) (((int) self->match - 1 + step + (int) self->n_matches) % (int) self->n_matches) + 1;
      find (self, TRUE);
    }
  return self->match;
}

/**
 * spot_text_view_get_n_matches:
 * @self: a `SpotTextView`
 *
 * Returns: how many matches there are, at most %SPOT_JSON_MAX_MATCHES
 */
guint
spot_text_view_get_n_matches (SpotTextView *self)
{
  g_return_val_if_fail (SPOT_IS_TEXT_VIEW (self), 0);

  return self->n_matches;
}
