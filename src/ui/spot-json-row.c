/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-json-row.h"
#include "spot-json-tree.h"
#include "spot-share.h"
#include "spot-text.h"

struct _SpotJsonRow
{
  GtkWidget parent_instance;

  GtkTreeExpander *expander;
  GtkLabel        *name;
  GtkLabel        *value;
  GtkLabel        *hint;
  GtkWidget       *link;

  GtkTreeListRow *list_row;  /* nullable, owned */
  SpotJsonNode   *node;      /* nullable, owned: list_row's item */
  const char     *css_class; /* nullable: the one on value */
  gulong          expanded_id;
  gulong          changed_id;
};

enum
{
  PROP_LIST_ROW = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotJsonRow, spot_json_row, GTK_TYPE_WIDGET)

static void
refresh (SpotJsonRow *self)
{
  g_autofree char *name = spot_json_node_dup_name (self->node);
  g_autofree char *summary = spot_json_node_dup_summary (self->node);
  g_autofree char *spoken = NULL;
  const char *hint = spot_json_node_get_hint (self->node);
  const char *uri = spot_json_node_get_uri (self->node);
  const char *css_class = spot_json_node_get_css_class (self->node);

  gtk_label_set_text (self->name, name);
  gtk_widget_set_visible (GTK_WIDGET (self->name), *name != '\0');
  gtk_label_set_text (self->value, summary);
  if (self->css_class != css_class)
    {
      if (self->css_class)
        gtk_widget_remove_css_class (GTK_WIDGET (self->value), self->css_class);
      gtk_widget_add_css_class (GTK_WIDGET (self->value), css_class);
      self->css_class = css_class;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->hint), hint != NULL);
  if (hint)
    {
      g_autofree char *line = spot_text_dup_line (hint, -1, 60);

      gtk_label_set_text (self->hint, line);
    }
  gtk_widget_set_visible (self->link, uri != NULL);
  gtk_widget_set_tooltip_text (self->link, uri);

  /* Translators: what a screen reader says of a row of a value tree: name, value */
  spoken = *name ? g_strdup_printf (_ ("%s: %s"), name, summary) : g_strdup (summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
expanded_cb (SpotJsonRow *self)
{
  GtkWidget *tree = gtk_widget_get_ancestor (GTK_WIDGET (self), SPOT_TYPE_JSON_TREE);

  if (tree)
    spot_json_tree_remember_fold (SPOT_JSON_TREE (tree), self->list_row);
}

static void
link_clicked_cb (SpotJsonRow *self)
{
  const char *uri = self->node ? spot_json_node_get_uri (self->node) : NULL;

  if (uri)
    spot_share_open_uri (GTK_WIDGET (self), uri);
}

static void
set_list_row (SpotJsonRow    *self,
              GtkTreeListRow *list_row)
{
  if (list_row == self->list_row)
    return;
  g_clear_signal_handler (&self->expanded_id, self->list_row);
  g_clear_signal_handler (&self->changed_id, self->node);
  g_clear_object (&self->node);
  g_set_object (&self->list_row, list_row);
  if (list_row)
    self->node = gtk_tree_list_row_get_item (list_row);
  if (self->expander)
    gtk_tree_expander_set_list_row (self->expander, self->node ? list_row : NULL);
  if (self->node)
    {
      self->expanded_id = g_signal_connect_swapped (list_row, "notify::expanded", G_CALLBACK (expanded_cb), self);
      self->changed_id = g_signal_connect_swapped (self->node, "changed", G_CALLBACK (refresh), self);
      refresh (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIST_ROW]);
}

static void
spot_json_row_get_property (GObject    *object,
                            guint       id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LIST_ROW:
      g_value_set_object (value, SPOT_JSON_ROW (object)->list_row);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_json_row_set_property (GObject      *object,
                            guint         id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (id)
    {
    case PROP_LIST_ROW:
      set_list_row (SPOT_JSON_ROW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_json_row_dispose (GObject *object)
{
  SpotJsonRow *self = SPOT_JSON_ROW (object);
  GtkWidget *child;

  set_list_row (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SPOT_TYPE_JSON_ROW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_json_row_parent_class)->dispose (object);
}

static void
spot_json_row_class_init (SpotJsonRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_json_row_get_property;
  object_class->set_property = spot_json_row_set_property;
  object_class->dispose = spot_json_row_dispose;

  /**
   * SpotJsonRow:list-row:
   *
   * The place in the tree that the row shows.
   */
  props[PROP_LIST_ROW] = g_param_spec_object ("list-row", NULL, NULL, GTK_TYPE_TREE_LIST_ROW,
                                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-json-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotJsonRow, expander);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonRow, name);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonRow, value);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonRow, hint);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonRow, link);
  gtk_widget_class_bind_template_callback (widget_class, link_clicked_cb);
}

static void
spot_json_row_init (SpotJsonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_json_row_get_list_row:
 * @self: a `SpotJsonRow`
 *
 * Returns: (transfer none) (nullable): the place in the tree that the row shows
 */
GtkTreeListRow *
spot_json_row_get_list_row (SpotJsonRow *self)
{
  g_return_val_if_fail (SPOT_IS_JSON_ROW (self), NULL);

  return self->list_row;
}
