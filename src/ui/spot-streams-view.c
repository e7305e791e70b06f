/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-compat.h"
#include "spot-share.h"
#include "spot-streams-view.h"
#include "spot-text.h"
#include "spot-words-detail.h"
#include "spot-words.h"

/* Laying out much more takes longer than a frame or two. At the double, the first half goes. */
#define SHOWN_CHARACTERS 60000

/* A paragraph is laid out as a whole whenever something is appended to it: longer ones are broken to be shown. */
#define MAX_LINE_CHARACTERS 4000

#define MAX_NAME_CHARACTERS 24
#define MAX_FILE_NAME_BYTES 60

#define INPUT_PREFIX "$trigger.input:"

struct _SpotStreamsView
{
  GtkWidget parent_instance;

  GtkDropDown       *chooser;
  GtkLabel          *state;
  GtkWidget         *retry;
  GtkScrolledWindow *scroller;
  GtkAdjustment     *adjustment;
  GtkTextView       *text;
  GtkWidget         *to_end;
  GtkLabel          *cut;

  SpotRunStreams *streams; /* nullable, owned */
  SpotRunStream  *stream;  /* nullable, owned: the one that is shown */
  SpotStreamForm  form;
  guint           line_length;   /* of the last line, in characters */
  gboolean        at_line_start; /* of the stream's own text */
  gboolean        left_out;      /* something that is kept is not shown */
  gboolean        stale;         /* it was not in sight when something came */
  gboolean        following;
  guint           tick_id;       /* scrolls to the end in the next frame; 0 for none */
};

G_DEFINE_FINAL_TYPE (SpotStreamsView, spot_streams_view, GTK_TYPE_WIDGET)

enum
{
  PROP_FORM = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* ---- text ---- */

/* Inserts at the end what can be looked at, in lines that can be laid out. */
static void
insert (SpotStreamsView *self,
        const char      *block)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autoptr (GString) out = g_string_new (NULL);
  GtkTextIter end;

  for (const char *c = block; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (letter == '\n')
        self->line_length = 0;
      else if (++self->line_length > MAX_LINE_CHARACTERS)
        {
          g_string_append_c (out, '\n');
          self->line_length = 1;
        }
      g_string_append_unichar (out, letter);
    }
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, out->str, (int) out->len);
}

static void
drop_beginning (SpotStreamsView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  int n = gtk_text_buffer_get_char_count (buffer);
  GtkTextIter start, end;

  if (n <= 2 * SHOWN_CHARACTERS)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, n - SHOWN_CHARACTERS);
  gtk_text_buffer_delete (buffer, &start, &end);
  self->left_out = TRUE;
}

static void
append_chunks (SpotStreamsView *self,
               GPtrArray       *chunks,
               guint            first)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *block = NULL;
  gsize length;

  for (guint i = first; i < chunks->len; i++)
    self->at_line_start = spot_stream_chunk_write (chunks->pdata[i], self->form, self->at_line_start, text);
  /* One chunk alone can be larger than what is shown: its end is the newest. */
  length = MIN (text->len, 4 * SHOWN_CHARACTERS);
  if (length < text->len)
    {
      self->left_out = TRUE;
      while (length > 0 && (text->str[text->len - length] & 0xc0) == 0x80)
        length--;
    }
  block = spot_text_dup_block (text->str + text->len - length, (gssize) length, G_MAXUINT);
  insert (self, block);
  drop_beginning (self);
}

/* From which of @chunks on they fill what is shown, counted in bytes of memory, of which a text has fewer. */
static guint
find_first (GPtrArray *chunks)
{
  gsize n_bytes = 0;
  guint i = chunks->len;

  while (i > 0 && n_bytes < 4 * SHOWN_CHARACTERS)
    n_bytes += ((SpotStreamChunk *) chunks->pdata[--i])->n_bytes;
  return i;
}

static void
clear_text (SpotStreamsView *self)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
  self->line_length = 0;
  self->at_line_start = TRUE;
  self->left_out = FALSE;
}

typedef struct
{
  GPtrArray *chunks; /* the newest first */
  gsize      n_bytes;
} Tail;

static gboolean
take_tail (SpotStreamChunk *chunk,
           gpointer         user_data)
{
  Tail *tail = user_data;

  g_ptr_array_add (tail->chunks, chunk);
  tail->n_bytes += chunk->n_bytes;
  return tail->n_bytes < 4 * SHOWN_CHARACTERS;
}

/* Shows the newest of what is kept. */
static void
refill (SpotStreamsView *self)
{
  g_autoptr (GPtrArray) chunks = g_ptr_array_new ();
  Tail tail = { chunks, 0 };

  self->stale = FALSE;
  clear_text (self);
  if (self->stream == NULL)
    return;
  spot_run_stream_foreach (self->stream, TRUE, take_tail, &tail);
  for (guint i = 0; i < chunks->len / 2; i++)
    {
      gpointer swapped = chunks->pdata[i];

      chunks->pdata[i] = chunks->pdata[chunks->len - 1 - i];
      chunks->pdata[chunks->len - 1 - i] = swapped;
    }
  self->left_out = chunks->len < spot_run_stream_get_n_kept (self->stream);
  append_chunks (self, chunks, 0);
}

static void
refresh_cut (SpotStreamsView *self)
{
  g_autofree char *words =
      self->stream ? spot_words_stream_cut (spot_run_stream_get_n_dropped (self->stream), self->left_out) : NULL;

  gtk_label_set_text (self->cut, words ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->cut), words != NULL);
}

/* ---- the end in sight ---- */

static void
set_following (SpotStreamsView *self,
               gboolean         following)
{
  self->following = following;
  gtk_widget_set_visible (self->to_end, !following);
}

static gboolean
scroll_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (widget);

  self->tick_id = 0;
  if (self->following)
    gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_upper (self->adjustment));
  return G_SOURCE_REMOVE;
}

/* Not at once: the text view goes on laying out, and puts its place back, when it tells its height. */
static void
size_changed_cb (SpotStreamsView *self)
{
  if (self->following && self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_cb, NULL, NULL);
}

/* The text view moves by itself, too, while it finds out how high its lines are: what the user wants is told by what they do,
 * and by that they are back at the end. */
static void
scrolled_cb (SpotStreamsView *self)
{
  double rest = gtk_adjustment_get_upper (self->adjustment) - gtk_adjustment_get_page_size (self->adjustment) -
                gtk_adjustment_get_value (self->adjustment);

  if (self->tick_id == 0 && rest < 2.0 && gtk_adjustment_get_value (self->adjustment) > 0.0)
    set_following (self, TRUE);
}

static gboolean
wheel_cb (SpotStreamsView *self,
          double           dx,
          double           dy)
{
  if (dy < 0.0)
    set_following (self, FALSE);
  return GDK_EVENT_PROPAGATE;
}

static void
pressed_cb (SpotStreamsView *self)
{
  set_following (self, FALSE);
}

static void
move_cursor_cb (SpotStreamsView *self,
                GtkMovementStep  step,
                int              count)
{
  if (count < 0)
    set_following (self, FALSE);
}

static gboolean
dragged_cb (SpotStreamsView *self,
            GtkScrollType    scroll,
            double           value)
{
  set_following (self, value + gtk_adjustment_get_page_size (self->adjustment) >=
                           gtk_adjustment_get_upper (self->adjustment) - 2.0);
  return GDK_EVENT_PROPAGATE;
}

/* ---- the stream ---- */

static void
refresh_state (SpotStreamsView *self)
{
  SpotConnection *connection = self->stream ? spot_run_stream_get_connection (self->stream) : NULL;
  SpotProblem problem = connection ? spot_connection_get_problem (connection) : SPOT_PROBLEM_NONE;
  g_autofree char *words = NULL;

  if (connection)
    words = spot_words_stream (spot_connection_get_state (connection), spot_run_stream_get_ended (self->stream),
                               spot_run_stream_get_n_chunks (self->stream));
  gtk_label_set_text (self->state, words ? words : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state), spot_words_problem (problem));
  gtk_widget_set_visible (self->retry, problem != SPOT_PROBLEM_NONE);
}

static void
appended_cb (SpotStreamsView *self,
             GPtrArray       *chunks)
{
  guint first = find_first (chunks);

  refresh_state (self);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->stale = TRUE;
      return;
    }
  if (first > 0)
    {
      clear_text (self);
      self->left_out = TRUE;
    }
  append_chunks (self, chunks, first);
  refresh_cut (self);
}

static void
reset_cb (SpotStreamsView *self)
{
  clear_text (self);
  refresh_cut (self);
}

static void
set_stream (SpotStreamsView *self,
            SpotRunStream   *stream)
{
  if (self->stream == stream)
    return;
  if (self->stream)
    {
      g_signal_handlers_disconnect_by_data (self->stream, self);
      g_signal_handlers_disconnect_by_data (spot_run_stream_get_connection (self->stream), self);
    }
  g_set_object (&self->stream, stream);
  if (stream)
    {
      g_signal_connect_swapped (stream, "appended", G_CALLBACK (appended_cb), self);
      g_signal_connect_swapped (stream, "reset", G_CALLBACK (reset_cb), self);
      g_signal_connect_swapped (stream, "notify::ended", G_CALLBACK (refresh_state), self);
      g_signal_connect_swapped (spot_run_stream_get_connection (stream), "notify", G_CALLBACK (refresh_state), self);
    }
  set_following (self, TRUE);
  refill (self);
  refresh_cut (self);
  refresh_state (self);
}

static void
selected_cb (SpotStreamsView *self)
{
  set_stream (self, gtk_drop_down_get_selected_item (self->chooser));
}

/* ---- names of streams ---- */

static void
setup_name_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               gpointer                  user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_NAME_CHARACTERS);
  gtk_list_item_set_child (item, label);
}

static void
bind_name_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              gpointer                  user_data)
{
  SpotRunStream *stream = gtk_list_item_get_item (item);
  const char *key = spot_run_stream_get_key (stream);
  gboolean is_input = spot_run_stream_get_is_input (stream);
  g_autofree char *line = spot_text_dup_line (is_input ? key + strlen (INPUT_PREFIX) : key, -1, 120);
  /* Translators: a stream of what was sent to the run; %s is its name */
  g_autofree char *words = is_input ? g_strdup_printf (_ ("Input: %s"), line) : g_steal_pointer (&line);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), words);
}

/* ---- actions ---- */

static void
follow_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (widget);

  set_following (self, TRUE);
  size_changed_cb (self);
}

static void
retry_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (widget);

  if (self->stream)
    spot_connection_retry_now (spot_run_stream_get_connection (self->stream));
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (widget);
  g_autofree char *text = self->stream ? spot_run_stream_dup_text (self->stream, self->form, NULL) : NULL;

  if (text)
    spot_share_copy (widget, text, _ ("Stream copied"));
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SpotStreamsView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    spot_share_tell (GTK_WIDGET (self), _ ("Stream saved"));
  else
    spot_share_tell (GTK_WIDGET (self), _ ("The file could not be written"));
}

static void
save_to_cb (GFile    *file,
            gpointer  user_data)
{
  spot_streams_view_save (user_data, file);
}

static void
save_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autofree char *name = NULL;

  if (self->stream == NULL || !GTK_IS_WINDOW (root))
    return;
  name = spot_streams_view_dup_file_name (spot_run_streams_get_run_id (self->streams),
                                          spot_run_stream_get_key (self->stream));
  spot_compat_choose_file_to_save (GTK_WINDOW (root), _ ("Save Stream"), name, save_to_cb, g_object_ref (self),
                                   g_object_unref);
}

/* ---- class ---- */

static void
set_form (SpotStreamsView *self,
          const char      *name)
{
  SpotStreamForm form = g_strcmp0 (name, "pieces") == 0 ? SPOT_STREAM_LINES : SPOT_STREAM_JOINED;

  if (form == self->form)
    return;
  self->form = form;
  refill (self);
  refresh_cut (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FORM]);
}

static void
spot_streams_view_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_FORM:
      g_value_set_static_string (value, SPOT_STREAMS_VIEW (object)->form == SPOT_STREAM_LINES ? "pieces" : "text");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_streams_view_set_property (GObject      *object,
                                guint         id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (id)
    {
    case PROP_FORM:
      set_form (SPOT_STREAMS_VIEW (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_streams_view_map (GtkWidget *widget)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (widget);

  GTK_WIDGET_CLASS (spot_streams_view_parent_class)->map (widget);
  if (!self->stale)
    return;
  refill (self);
  refresh_cut (self);
}

static void
spot_streams_view_dispose (GObject *object)
{
  SpotStreamsView *self = SPOT_STREAMS_VIEW (object);
  GtkWidget *child;

  if (self->text)
    spot_streams_view_set_streams (self, NULL);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_STREAMS_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_streams_view_parent_class)->dispose (object);
}

static void
spot_streams_view_class_init (SpotStreamsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = spot_streams_view_get_property;
  G_OBJECT_CLASS (klass)->set_property = spot_streams_view_set_property;
  G_OBJECT_CLASS (klass)->dispose = spot_streams_view_dispose;
  widget_class->map = spot_streams_view_map;

  /**
   * SpotStreamsView:form:
   *
   * How a stream is shown: "text" puts pieces of text together, "pieces" has each on a line.
   */
  props[PROP_FORM] = g_param_spec_string ("form", NULL, NULL, "text",
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-streams-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, chooser);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, state);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, retry);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, scroller);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, adjustment);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, text);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, to_end);
  gtk_widget_class_bind_template_child (widget_class, SpotStreamsView, cut);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, size_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, scrolled_cb);
  gtk_widget_class_bind_template_callback (widget_class, wheel_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, move_cursor_cb);
  gtk_widget_class_install_property_action (widget_class, "streams.form", "form");
  gtk_widget_class_install_action (widget_class, "streams.follow", NULL, follow_action);
  gtk_widget_class_install_action (widget_class, "streams.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "streams.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "streams.save", NULL, save_action);
}

static void
spot_streams_view_init (SpotStreamsView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkWidget *range;

  self->at_line_start = TRUE;
  self->following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_name_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_name_cb), NULL);
  gtk_drop_down_set_factory (self->chooser, factory);
  /* A scrollbar tells nobody that it is dragged; the range in it does. */
  range = gtk_widget_get_first_child (gtk_scrolled_window_get_vscrollbar (self->scroller));
  if (GTK_IS_RANGE (range))
    g_signal_connect_object (range, "change-value", G_CALLBACK (dragged_cb), self, G_CONNECT_SWAPPED);
}

/* ---- public ---- */

/**
 * spot_streams_view_set_streams:
 * @self: a `SpotStreamsView`
 * @streams: (nullable): what to show, the first of them to begin with; %NULL forgets everything
 */
void
spot_streams_view_set_streams (SpotStreamsView *self,
                               SpotRunStreams  *streams)
{
  g_return_if_fail (SPOT_IS_STREAMS_VIEW (self));

  if (self->streams == streams)
    return;
  g_set_object (&self->streams, streams);
  gtk_drop_down_set_model (self->chooser, G_LIST_MODEL (streams));
  selected_cb (self);
}

/**
 * spot_streams_view_get_following:
 * @self: a `SpotStreamsView`
 *
 * Returns: whether the end stays in sight
 */
gboolean
spot_streams_view_get_following (SpotStreamsView *self)
{
  g_return_val_if_fail (SPOT_IS_STREAMS_VIEW (self), FALSE);

  return self->following;
}

/**
 * spot_streams_view_save:
 * @self: a `SpotStreamsView`
 * @file: where to
 *
 * Writes everything that is kept of the stream that is shown, in the form in which it is shown, and says how that went.
 */
void
spot_streams_view_save (SpotStreamsView *self,
                        GFile           *file)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  char *text;

  g_return_if_fail (SPOT_IS_STREAMS_VIEW (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->stream == NULL)
    return;
  text = spot_run_stream_dup_text (self->stream, self->form, &length);
  bytes = g_bytes_new_take (text, length);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, saved_cb,
                                       g_object_ref (self));
}

static void
append_name (GString    *out,
             const char *text)
{
  for (const char *c = text; *c != '\0' && out->len < MAX_FILE_NAME_BYTES; c++)
    g_string_append_c (out, g_ascii_isalnum (*c) || strchr ("_-", *c) ? *c : '-');
}

/**
 * spot_streams_view_dup_file_name:
 * @run_id: a run, whose id may be anything
 * @key: what it calls the stream, which may be anything
 *
 * Returns: (transfer full): a name for a file, of letters, digits, hyphens and underscores
 */
char *
spot_streams_view_dup_file_name (const char *run_id,
                                 const char *key)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_val_if_fail (run_id != NULL && key != NULL, NULL);

  append_name (out, run_id);
  g_string_append_c (out, '-');
  append_name (out, key);
  g_string_append (out, ".txt");
  return g_string_free (g_steal_pointer (&out), FALSE);
}
