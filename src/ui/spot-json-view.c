/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-json-search.h"
#include "spot-json-tree.h"
#include "spot-json-view.h"
#include "spot-share.h"
#include "spot-text-view.h"

struct _SpotJsonView
{
  GtkWidget parent_instance;

  GtkWidget      *modes;
  GtkLabel       *summary;
  GtkWidget      *more;
  GtkRevealer    *search_revealer;
  GtkEditable    *search_entry;
  GtkLabel       *search_count;
  GtkStack       *stack;
  SpotJsonTree   *tree;
  SpotTextView   *text;

  SpotValue *value;      /* nullable, owned */
  char      *plain;      /* nullable, owned: text that is no value */
  char      *mode;       /* owned: "tree" or "text", what the user chose */
  gboolean   text_stale; /* the text page does not show the value yet */
};

enum
{
  PROP_MODE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotJsonView, spot_json_view, GTK_TYPE_WIDGET)

/* A text alone has no tree to speak of. */
static gboolean
is_text_only (SpotJsonView *self)
{
  return self->value == NULL || spot_value_get_kind (self->value) == SPOT_VALUE_STRING;
}

static gboolean
shows_text (SpotJsonView *self)
{
  return is_text_only (self) || g_str_equal (self->mode, "text");
}

static char *
dup_everything (SpotJsonView *self)
{
  gsize length = 0;
  const char *text;

  if (self->value == NULL)
    return g_strdup (self->plain ? self->plain : "");
  if (!is_text_only (self))
    return spot_value_to_json (self->value, TRUE);
  text = spot_value_get_text (self->value, &length);
  return g_strndup (text, length);
}

static void
refresh_text (SpotJsonView *self)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!self->text_stale)
    return;
  self->text_stale = FALSE;
  if (self->value && is_text_only (self))
    {
      const char *string = spot_value_get_text (self->value, &length);

      spot_text_view_set_text (self->text, string, (gssize) length);
      return;
    }
  text = dup_everything (self);
  spot_text_view_set_text (self->text, self->value || self->plain ? text : NULL, -1);
}

/* Moves to the match @by further on, and says which one of how many it is. */
static void
step (SpotJsonView *self,
      int           by)
{
  gboolean text = shows_text (self);
  guint match = text ? spot_text_view_step (self->text, by) : spot_json_tree_step (self->tree, by);
  guint n = text ? spot_text_view_get_n_matches (self->text) : spot_json_tree_get_n_matches (self->tree);
  g_autofree char *count = NULL;

  if (*gtk_editable_get_text (self->search_entry) == '\0')
    count = g_strdup ("");
  else if (n == 0)
    count = g_strdup (_ ("none"));
  else if (n >= SPOT_JSON_MAX_MATCHES)
    /* Translators: which match of how many, and there are more */
    count = g_strdup_printf (_ ("%u of %u+"), match, n);
  else
    /* Translators: which match of how many */
    count = g_strdup_printf (_ ("%u of %u"), match, n);
  gtk_label_set_text (self->search_count, count);
}

static void
search (SpotJsonView *self)
{
  const char *needle = gtk_editable_get_text (self->search_entry);

  if (shows_text (self))
    spot_text_view_search (self->text, needle);
  else
    spot_json_tree_search (self->tree, needle);
  step (self, 0);
}

static void
refresh_mode (SpotJsonView *self)
{
  gboolean text = shows_text (self);

  gtk_widget_set_visible (self->modes, !is_text_only (self));
  gtk_widget_set_visible (self->more, !is_text_only (self));
  if (text)
    refresh_text (self);
  gtk_stack_set_visible_child_name (self->stack, text ? "text" : "tree");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.expand-all", !text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.collapse-all", !text);
}

static void
selection_changed_cb (SpotJsonView *self)
{
  g_autoptr (SpotJsonNode) node = spot_json_tree_dup_selected (self->tree);
  gboolean tree = !shows_text (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.copy-value", tree && node != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.copy-path", tree && node != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.open-link", tree && node && spot_json_node_get_uri (node));
}

static void
refresh_summary (SpotJsonView *self)
{
  g_autofree char *summary = NULL;

  if (!is_text_only (self) && spot_value_is_container (self->value))
    {
      g_autoptr (SpotJsonNode) node = spot_json_node_new_root (self->value);
      g_autofree char *count = spot_json_node_dup_summary (node);
      const char *hint = spot_json_node_get_hint (node);

      summary = hint ? g_strdup_printf ("%s · %s", hint, count) : g_steal_pointer (&count);
    }
  gtk_label_set_text (self->summary, summary ? summary : "");
}

static void
refresh (SpotJsonView *self)
{
  self->text_stale = TRUE;
  refresh_mode (self);
  refresh_summary (self);
  selection_changed_cb (self);
  if (gtk_revealer_get_reveal_child (self->search_revealer) && !shows_text (self))
    step (self, 0);
}

/* ---- search bar ---- */

static void
search_changed_cb (SpotJsonView *self)
{
  search (self);
}

static void
search_next_cb (SpotJsonView *self)
{
  step (self, 1);
}

static void
search_previous_cb (SpotJsonView *self)
{
  step (self, -1);
}

static void
search_stop_cb (SpotJsonView *self)
{
  gtk_revealer_set_reveal_child (self->search_revealer, FALSE);
}

static void
search_revealed_cb (SpotJsonView *self)
{
  if (gtk_revealer_get_reveal_child (self->search_revealer))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
      return;
    }
  gtk_editable_set_text (self->search_entry, "");
  search (self);
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* ---- actions ---- */

static void
search_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SpotJsonView *self = SPOT_JSON_VIEW (widget);

  if (gtk_revealer_get_reveal_child (self->search_revealer))
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  else
    gtk_revealer_set_reveal_child (self->search_revealer, TRUE);
}

static void
copy_value_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  g_autoptr (SpotJsonNode) node = spot_json_tree_dup_selected (SPOT_JSON_VIEW (widget)->tree);
  g_autofree char *copy = node ? spot_json_node_dup_copy (node) : NULL;

  if (copy)
    spot_share_copy (widget, copy, _ ("Value copied"));
}

static void
copy_path_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autoptr (SpotJsonNode) node = spot_json_tree_dup_selected (SPOT_JSON_VIEW (widget)->tree);

  if (node)
    spot_share_copy (widget, spot_json_node_get_path (node), _ ("Path copied"));
}

static void
copy_all_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  g_autofree char *copy = dup_everything (SPOT_JSON_VIEW (widget));

  spot_share_copy (widget, copy, _ ("Everything copied"));
}

static void
open_link_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autoptr (SpotJsonNode) node = spot_json_tree_dup_selected (SPOT_JSON_VIEW (widget)->tree);

  if (node && spot_json_node_get_uri (node))
    spot_share_open_uri (widget, spot_json_node_get_uri (node));
}

static void
expand_all_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  spot_json_tree_expand_all (SPOT_JSON_VIEW (widget)->tree);
}

static void
collapse_all_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  spot_json_tree_collapse_all (SPOT_JSON_VIEW (widget)->tree);
}

/* ---- class ---- */

static void
set_mode (SpotJsonView *self,
          const char   *mode)
{
  if (mode == NULL || g_str_equal (mode, self->mode) || !(g_str_equal (mode, "tree") || g_str_equal (mode, "text")))
    return;
  g_free (self->mode);
  self->mode = g_strdup (mode);
  refresh_mode (self);
  selection_changed_cb (self);
  if (gtk_revealer_get_reveal_child (self->search_revealer))
    search (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODE]);
}

static void
spot_json_view_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_MODE:
      g_value_set_string (value, SPOT_JSON_VIEW (object)->mode);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_json_view_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  switch (id)
    {
    case PROP_MODE:
      set_mode (SPOT_JSON_VIEW (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_json_view_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_JSON_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_json_view_parent_class)->dispose (object);
}

static void
spot_json_view_finalize (GObject *object)
{
  SpotJsonView *self = SPOT_JSON_VIEW (object);

  g_clear_pointer (&self->value, spot_value_unref);
  g_free (self->plain);
  g_free (self->mode);
  G_OBJECT_CLASS (spot_json_view_parent_class)->finalize (object);
}

static void
spot_json_view_class_init (SpotJsonViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_json_view_get_property;
  object_class->set_property = spot_json_view_set_property;
  object_class->dispose = spot_json_view_dispose;
  object_class->finalize = spot_json_view_finalize;

  /**
   * SpotJsonView:mode:
   *
   * "tree" or "text", what the user chose to see values as. Text that is no value is always shown as text.
   */
  props[PROP_MODE] = g_param_spec_string ("mode", NULL, NULL, "tree",
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SPOT_TYPE_JSON_TREE);
  g_type_ensure (SPOT_TYPE_TEXT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-json-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, modes);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, summary);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, more);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, search_revealer);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, search_count);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, stack);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, tree);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonView, text);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_next_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_revealed_cb);

  gtk_widget_class_install_property_action (widget_class, "json.mode", "mode");
  gtk_widget_class_install_action (widget_class, "json.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "json.copy-value", NULL, copy_value_action);
  gtk_widget_class_install_action (widget_class, "json.copy-path", NULL, copy_path_action);
  gtk_widget_class_install_action (widget_class, "json.copy-all", NULL, copy_all_action);
  gtk_widget_class_install_action (widget_class, "json.open-link", NULL, open_link_action);
  gtk_widget_class_install_action (widget_class, "json.expand-all", NULL, expand_all_action);
  gtk_widget_class_install_action (widget_class, "json.collapse-all", NULL, collapse_all_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "json.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "json.copy-value", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "json.copy-path",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_ALT_MASK, "json.copy-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "json.open-link", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, 0, "json.expand-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, 0, "json.collapse-all", NULL);
}

static void
spot_json_view_init (SpotJsonView *self)
{
  self->mode = g_strdup ("tree");
  gtk_widget_init_template (GTK_WIDGET (self));
  refresh (self);
}

/* ---- public ---- */

/**
 * spot_json_view_new:
 *
 * Returns: (transfer floating): a view with nothing in it
 */
GtkWidget *
spot_json_view_new (void)
{
  return g_object_new (SPOT_TYPE_JSON_VIEW, NULL);
}

/**
 * spot_json_view_set_value:
 * @self: a `SpotJsonView`
 * @value: (nullable): what to show; %NULL for nothing, which forgets what was folded open
 *
 * Shows a value. What is folded open, selected and scrolled to stays when it is another state of the one before.
 */
void
spot_json_view_set_value (SpotJsonView *self,
                          SpotValue    *value)
{
  SpotValue *before;

  g_return_if_fail (SPOT_IS_JSON_VIEW (self));

  if (value && value == self->value)
    return;
  before = self->value;
  self->value = value ? spot_value_ref (value) : NULL;
  g_clear_pointer (&before, spot_value_unref);
  g_clear_pointer (&self->plain, g_free);
  spot_json_tree_set_value (self->tree, value);
  refresh (self);
}

/**
 * spot_json_view_set_text:
 * @self: a `SpotJsonView`
 * @text: (nullable): text that is no value: it is shown as it is
 */
void
spot_json_view_set_text (SpotJsonView *self,
                         const char   *text)
{
  g_return_if_fail (SPOT_IS_JSON_VIEW (self));

  if (self->value == NULL && text && g_strcmp0 (text, self->plain) == 0)
    return;
  g_clear_pointer (&self->value, spot_value_unref);
  g_free (self->plain);
  self->plain = g_strdup (text);
  spot_json_tree_set_value (self->tree, NULL);
  refresh (self);
}
