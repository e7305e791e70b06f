/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-metadata.h"

#include "spot-json-node.h"
#include "spot-text.h"

/* What of a long text stands in a row; copies have all of it. */
#define MAX_ROW_CHARACTERS 400
#define MAX_NAME_CHARACTERS 120

struct _SpotJsonNode
{
  GObject parent_instance;

  SpotValue        *value;    /* owned */
  SpotJsonNode     *parent;   /* nullable, owned: children are alive only as long as somebody looks */
  guint             index;    /* within the parent */
  char             *path;     /* owned */
  SpotJsonChildren *children; /* nullable, weak: owned by whoever shows them */
};

struct _SpotJsonChildren
{
  GObject parent_instance;

  SpotJsonNode *node;  /* owned: whose children */
  GHashTable   *nodes; /* index → SpotJsonNode, those that somebody asked for */
  guint         n_items;
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void spot_json_children_list_model_init (GListModelInterface *iface);
static void spot_json_children_update (SpotJsonChildren *self,
                                       SpotValue        *before,
                                       gboolean         *restructured);

G_DEFINE_FINAL_TYPE (SpotJsonNode, spot_json_node, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (SpotJsonChildren, spot_json_children, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, spot_json_children_list_model_init))

/* ---- one node ---- */

static void
spot_json_node_finalize (GObject *object)
{
  SpotJsonNode *self = SPOT_JSON_NODE (object);

  g_clear_weak_pointer (&self->children);
  g_clear_pointer (&self->value, spot_value_unref);
  g_clear_object (&self->parent);
  g_free (self->path);
  G_OBJECT_CLASS (spot_json_node_parent_class)->finalize (object);
}

static void
spot_json_node_class_init (SpotJsonNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_json_node_finalize;

  /**
   * SpotJsonNode::changed:
   *
   * What a row shows of the node may have changed.
   */
  signals[CHANGED]
      = g_signal_new ("changed", SPOT_TYPE_JSON_NODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
spot_json_node_init (SpotJsonNode *self)
{
}

/**
 * spot_json_node_new_root:
 * @value: a value
 *
 * Returns: (transfer full): the node of the whole value; its path is empty
 */
SpotJsonNode *
spot_json_node_new_root (SpotValue *value)
{
  SpotJsonNode *self = g_object_new (SPOT_TYPE_JSON_NODE, NULL);

  self->value = spot_value_ref (value);
  self->path = g_strdup ("");
  return self;
}

static SpotJsonNode *
new_child (SpotJsonNode *parent,
           guint         index)
{
  SpotJsonNode *self = g_object_new (SPOT_TYPE_JSON_NODE, NULL);

  self->value = spot_value_ref (spot_value_get_child (parent->value, index));
  self->parent = g_object_ref (parent);
  self->index = index;
  self->path = spot_json_child_path (parent->path, parent->value, index);
  return self;
}

/**
 * spot_json_node_set_value:
 * @self: a `SpotJsonNode`
 * @value: what stands in its place now; must be foldable if and only if the value before was
 *
 * Gives the node and the children that somebody looks at their new values. Children keep their nodes by name, in arrays
 * by position.
 *
 * Returns: whether rows came or went, so that what was folded open may have to be unfolded again
 */
gboolean
spot_json_node_set_value (SpotJsonNode *self,
                          SpotValue    *value)
{
  g_autoptr (SpotValue) before = NULL;
  gboolean restructured = FALSE;

  if (value == self->value)
    return FALSE;
  before = self->value;
  self->value = spot_value_ref (value);
  if (self->children)
    spot_json_children_update (self->children, before, &restructured);
  g_signal_emit (self, signals[CHANGED], 0);
  return restructured;
}

/**
 * spot_json_node_get_value:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer none): its value
 */
SpotValue *
spot_json_node_get_value (SpotJsonNode *self)
{
  return self->value;
}

/**
 * spot_json_node_get_path:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer none): the way to it from the root, as JavaScript writes it: `rows[3].name`; empty for the root
 */
const char *
spot_json_node_get_path (SpotJsonNode *self)
{
  return self->path;
}

/**
 * spot_json_child_path:
 * @parent_path: the container's path
 * @parent: the container
 * @index: which child
 *
 * Returns: (transfer full): the child's path; entries of maps and sets go by position
 */
char *
spot_json_child_path (const char *parent_path,
                      SpotValue  *parent,
                      guint       index)
{
  const char *name = spot_value_get_child_name (parent, index);
  GString *path = g_string_new (parent_path);

  if (name)
    spot_text_append_path_name (path, name);
  else
    spot_text_append_path_index (path, index);
  return g_string_free (path, FALSE);
}

/**
 * spot_json_value_can_unfold:
 * @value: a value
 *
 * Returns: whether it has children
 */
gboolean
spot_json_value_can_unfold (SpotValue *value)
{
  return spot_value_is_container (value) && spot_value_get_n_children (value) > 0;
}

/**
 * spot_json_node_can_unfold:
 * @self: a `SpotJsonNode`
 *
 * Returns: whether it has children
 */
gboolean
spot_json_node_can_unfold (SpotJsonNode *self)
{
  return spot_json_value_can_unfold (self->value);
}

/**
 * spot_json_node_get_children:
 * @self: a `SpotJsonNode`
 *
 * The same model as long as somebody holds it.
 *
 * Returns: (transfer full) (nullable): a list of `SpotJsonNode`, %NULL for a node without children
 */
GListModel *
spot_json_node_get_children (SpotJsonNode *self)
{
  SpotJsonChildren *children;

  if (!spot_json_node_can_unfold (self))
    return NULL;
  if (self->children)
    return G_LIST_MODEL (g_object_ref (self->children));

  children = g_object_new (SPOT_TYPE_JSON_CHILDREN, NULL);
  children->node = g_object_ref (self);
  children->n_items = spot_value_get_n_children (self->value);
  g_set_weak_pointer (&self->children, children);
  return G_LIST_MODEL (children);
}

static char *
dup_scalar (SpotValue *value,
            guint      max_characters)
{
  gsize length = 0;
  const char *text = spot_value_get_text (value, &length);

  return spot_text_dup_line (text, (gssize) length, max_characters);
}

/* A map's key may be anything. */
static char *
dup_map_key (SpotValue *key)
{
  g_autofree char *json = NULL;

  if (!spot_value_is_container (key))
    return dup_scalar (key, MAX_NAME_CHARACTERS);
  json = spot_value_to_json (key, FALSE);
  return spot_text_dup_line (json, -1, MAX_NAME_CHARACTERS);
}

/**
 * spot_json_node_dup_name:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer full): what the row is called: a member's name, a map's key, a position; empty for the root
 */
char *
spot_json_node_dup_name (SpotJsonNode *self)
{
  const char *name;
  SpotValue *key;

  if (self->parent == NULL)
    return g_strdup ("");
  name = spot_value_get_child_name (self->parent->value, self->index);
  if (name)
    return *name ? spot_text_dup_line (name, -1, MAX_NAME_CHARACTERS) : g_strdup ("\"\"");
  key = spot_value_get_child_key (self->parent->value, self->index);
  return key ? dup_map_key (key) : g_strdup_printf ("%u", self->index);
}

static char *
dup_count (SpotValue *value)
{
  guint n = spot_value_get_n_children (value);

  switch (spot_value_get_kind (value))
    {
    case SPOT_VALUE_ARRAY:
    case SPOT_VALUE_SET:
      /* Translators: how many elements an array has */
      return n == 0 ? g_strdup (_ ("empty")) : g_strdup_printf (ngettext ("%u item", "%u items", n), n);
    case SPOT_VALUE_MAP:
      /* Translators: how many entries a map has */
      return n == 0 ? g_strdup (_ ("empty")) : g_strdup_printf (ngettext ("%u entry", "%u entries", n), n);
    default:
      /* Translators: how many members an object has */
      return n == 0 ? g_strdup (_ ("empty")) : g_strdup_printf (ngettext ("%u member", "%u members", n), n);
    }
}

static char *
dup_error_summary (SpotValue *value)
{
  SpotValue *name = spot_value_get_member (value, "name");
  SpotValue *message = spot_value_get_member (value, "message");
  g_autofree char *name_text = name && !spot_value_is_container (name) ? dup_scalar (name, 60) : g_strdup ("Error");
  g_autofree char *message_text = NULL;

  if (message == NULL || spot_value_is_container (message))
    return g_steal_pointer (&name_text);
  message_text = dup_scalar (message, MAX_ROW_CHARACTERS);
  return g_strdup_printf ("%s: %s", name_text, message_text);
}

/**
 * spot_json_node_dup_summary:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer full): the value as one honest line, cut when it is long; for a container what is in it
 */
char *
spot_json_node_dup_summary (SpotJsonNode *self)
{
  g_autofree char *text = NULL;

  switch (spot_value_get_kind (self->value))
    {
    case SPOT_VALUE_NULL:
      return g_strdup ("null");
    case SPOT_VALUE_UNDEFINED:
      return g_strdup ("undefined");
    case SPOT_VALUE_STRING:
      text = dup_scalar (self->value, MAX_ROW_CHARACTERS);
      return g_strdup_printf ("\"%s\"", text);
    case SPOT_VALUE_DATE:
      text = dup_scalar (self->value, MAX_ROW_CHARACTERS);
      return *text ? g_steal_pointer (&text) : g_strdup (_ ("invalid date"));
    case SPOT_VALUE_ERROR:
      return dup_error_summary (self->value);
    case SPOT_VALUE_ARRAY:
    case SPOT_VALUE_SET:
    case SPOT_VALUE_MAP:
    case SPOT_VALUE_OBJECT:
      return dup_count (self->value);
    default:
      return dup_scalar (self->value, MAX_ROW_CHARACTERS);
    }
}

/**
 * spot_json_node_get_hint:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer none) (nullable): the type in JavaScript's words when the value is not what plain JSON has, else
 *   %NULL
 */
const char *
spot_json_node_get_hint (SpotJsonNode *self)
{
  const char *type_name = spot_value_get_type_name (self->value);

  switch (spot_value_get_kind (self->value))
    {
    case SPOT_VALUE_NULL:
    case SPOT_VALUE_UNDEFINED:
    case SPOT_VALUE_BOOLEAN:
    case SPOT_VALUE_NUMBER:
    case SPOT_VALUE_STRING:
      return NULL;
    case SPOT_VALUE_ARRAY:
      return g_ascii_strcasecmp (type_name, "array") == 0 ? NULL : type_name;
    case SPOT_VALUE_OBJECT:
      return g_ascii_strcasecmp (type_name, "object") == 0 ? NULL : type_name;
    default:
      return type_name;
    }
}

/**
 * spot_json_node_get_css_class:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer none): the style class of the value's text
 */
const char *
spot_json_node_get_css_class (SpotJsonNode *self)
{
  switch (spot_value_get_kind (self->value))
    {
    case SPOT_VALUE_STRING:
    case SPOT_VALUE_URL:
    case SPOT_VALUE_REGEXP:
      return "json-text";
    case SPOT_VALUE_NUMBER:
    case SPOT_VALUE_BIGINT:
    case SPOT_VALUE_DATE:
      return "json-number";
    case SPOT_VALUE_ERROR:
      return "json-error";
    case SPOT_VALUE_ARRAY:
    case SPOT_VALUE_SET:
    case SPOT_VALUE_MAP:
    case SPOT_VALUE_OBJECT:
      return "json-count";
    default:
      return "json-word";
    }
}

/**
 * spot_json_node_dup_copy:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer full): the value for the clipboard: a scalar's own text without quotes, all of it; a container as
 *   JSON
 */
char *
spot_json_node_dup_copy (SpotJsonNode *self)
{
  gsize length = 0;
  const char *text;

  if (spot_value_is_container (self->value))
    return spot_value_to_json (self->value, TRUE);
  if (spot_value_get_kind (self->value) == SPOT_VALUE_NULL)
    return g_strdup ("null");
  if (spot_value_get_kind (self->value) == SPOT_VALUE_UNDEFINED)
    return g_strdup ("undefined");
  text = spot_value_get_text (self->value, &length);
  return g_strndup (text ? text : "", length);
}

/**
 * spot_json_node_get_uri:
 * @self: a `SpotJsonNode`
 *
 * Returns: (transfer none) (nullable): the address that the value is, if it is one that may be opened
 */
const char *
spot_json_node_get_uri (SpotJsonNode *self)
{
  SpotValueKind kind = spot_value_get_kind (self->value);
  gsize length = 0;
  const char *text;

  if (kind != SPOT_VALUE_STRING && kind != SPOT_VALUE_URL)
    return NULL;
  text = spot_value_get_text (self->value, &length);
  return text && strlen (text) == length && spot_uri_is_safe (text) ? text : NULL;
}

/* ---- the children of one node ---- */

static GType
spot_json_children_get_item_type (GListModel *model)
{
  return SPOT_TYPE_JSON_NODE;
}

static guint
spot_json_children_get_n_items (GListModel *model)
{
  return SPOT_JSON_CHILDREN (model)->n_items;
}

static gpointer
spot_json_children_get_item (GListModel *model,
                             guint       position)
{
  SpotJsonChildren *self = SPOT_JSON_CHILDREN (model);
  SpotJsonNode *node;

  if (position >= self->n_items)
    return NULL;
  node = g_hash_table_lookup (self->nodes, GUINT_TO_POINTER (position));
  if (node == NULL)
    {
      node = new_child (self->node, position);
      g_hash_table_insert (self->nodes, GUINT_TO_POINTER (position), node);
    }
  return g_object_ref (node);
}

static void
spot_json_children_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = spot_json_children_get_item_type;
  iface->get_n_items = spot_json_children_get_n_items;
  iface->get_item = spot_json_children_get_item;
}

static void
spot_json_children_finalize (GObject *object)
{
  SpotJsonChildren *self = SPOT_JSON_CHILDREN (object);

  g_hash_table_unref (self->nodes);
  g_clear_object (&self->node);
  G_OBJECT_CLASS (spot_json_children_parent_class)->finalize (object);
}

static void
spot_json_children_class_init (SpotJsonChildrenClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_json_children_finalize;
}

static void
spot_json_children_init (SpotJsonChildren *self)
{
  self->nodes = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

/* Whether the child at @i before is the same place as the child at @j now. */
static gboolean
is_same_place (SpotValue *before,
               guint      i,
               SpotValue *after,
               guint      j)
{
  return g_strcmp0 (spot_value_get_child_name (before, i), spot_value_get_child_name (after, j)) == 0 &&
         spot_json_value_can_unfold (spot_value_get_child (before, i)) ==
           spot_json_value_can_unfold (spot_value_get_child (after, j));
}

/* The children that stay are those at both ends whose names are the same; where children have no names, those whose
 * positions are. What lies between goes and comes as one change. */
static void
spot_json_children_update (SpotJsonChildren *self,
                           SpotValue        *before,
                           gboolean         *restructured)
{
  SpotValue *after = self->node->value;
  guint n_before = self->n_items;
  guint n_after = spot_value_get_n_children (after);
  guint n_common = MIN (n_before, n_after);
  gboolean named = spot_value_get_kind (before) == SPOT_VALUE_OBJECT &&
                   spot_value_get_kind (after) == SPOT_VALUE_OBJECT;
  guint head = 0;
  guint tail = 0;
  g_autoptr (GHashTable) nodes = self->nodes;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer key, node;

  while (head < n_common && is_same_place (before, head, after, head))
    head++;
  while ((named || n_before == n_after) && tail < n_common - head
         && is_same_place (before, n_before - tail - 1, after, n_after - tail - 1))
    tail++;

  self->nodes = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->n_items = n_after;
  g_hash_table_iter_init (&iter, nodes);
  while (g_hash_table_iter_next (&iter, &key, &node))
    {
      guint index = GPOINTER_TO_UINT (key);

      if (index >= head && index < n_before - tail)
        continue;
      if (index >= head)
        index = n_after - (n_before - index);
      /* Only named children move, and their path is their name. */
      SPOT_JSON_NODE (node)->index = index;
      g_hash_table_insert (self->nodes, GUINT_TO_POINTER (index), g_object_ref (node));
      g_ptr_array_add (kept, g_object_ref (node));
    }
  if (n_before - tail > head || n_after - tail > head)
    {
      *restructured = TRUE;
      g_list_model_items_changed (G_LIST_MODEL (self), head, n_before - tail - head, n_after - tail - head);
    }
  for (guint i = 0; i < kept->len; i++)
    {
      SpotJsonNode *child = g_ptr_array_index (kept, i);

      *restructured |= spot_json_node_set_value (child, spot_value_get_child (after, child->index));
    }
}
