/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-json-row.h"
#include "spot-json-search.h"
#include "spot-json-tree.h"

/* A value that is new is opened up to here, so that small ones are seen whole. */
#define OPEN_AT_FIRST_ROWS 32

/* "Expand all" stops here. */
#define EXPAND_ALL_ROWS 5000

struct _SpotJsonTree
{
  GtkWidget parent_instance;

  GtkListView *list;
  GtkPopover  *menu;

  SpotJsonNode       *root;      /* nullable, owned */
  GtkTreeListModel   *model;     /* nullable, owned */
  GtkSingleSelection *selection; /* nullable, owned */
  GHashTable         *open;      /* (element-type utf8): paths that are folded open */
  char               *needle;    /* nullable */
  GPtrArray          *matches;   /* nullable, as spot_json_search() gives them */
  guint               match;     /* the one in front, from 0 */
};

enum
{
  SELECTION_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotJsonTree, spot_json_tree, GTK_TYPE_WIDGET)

/* ---- folding ---- */

static GListModel *
children_cb (gpointer item,
             gpointer user_data)
{
  return spot_json_node_get_children (item);
}

/* The container whose children are the rows of the first level. */
static gboolean
root_unfolds (SpotJsonTree *self)
{
  return self->root && spot_json_node_can_unfold (self->root);
}

static GtkTreeListRow *
get_child_row (SpotJsonTree   *self,
               GtkTreeListRow *parent,
               guint           index)
{
  return parent ? gtk_tree_list_row_get_child_row (parent, index)
                : gtk_tree_list_model_get_child_row (self->model, index);
}

/* Unfolds below @row (%NULL: the root), which is unfolded itself, what is remembered as open. */
static void
restore (SpotJsonTree   *self,
         GtkTreeListRow *row)
{
  g_autoptr (SpotJsonNode) node = NULL;
  SpotValue *value;
  guint n;

  if (g_hash_table_size (self->open) == 0)
    return;
  node = row ? gtk_tree_list_row_get_item (row) : g_object_ref (self->root);
  value = spot_json_node_get_value (node);
  n = spot_value_get_n_children (value);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (GtkTreeListRow) child = NULL;

      if (!spot_json_value_can_unfold (spot_value_get_child (value, i)))
        continue;
      path = spot_json_child_path (spot_json_node_get_path (node), value, i);
      if (!g_hash_table_contains (self->open, path))
        continue;
      child = get_child_row (self, row, i);
      if (child == NULL)
        continue;
      gtk_tree_list_row_set_expanded (child, TRUE);
      restore (self, child);
    }
}

/* Opens level by level while the rows are fewer than @max_rows. */
static void
open_breadth_first (SpotJsonTree *self,
                    guint         max_rows)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  for (guint i = 0; i < MIN (n_rows, max_rows); i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (self->model), i));
  for (guint i = 0; i < rows->len && n_rows < max_rows; i++)
    {
      GtkTreeListRow *row = g_ptr_array_index (rows, i);
      g_autoptr (SpotJsonNode) node = gtk_tree_list_row_get_item (row);
      guint n = spot_json_node_can_unfold (node) ? spot_value_get_n_children (spot_json_node_get_value (node)) : 0;

      if (n == 0 || n > max_rows - n_rows)
        continue;
      if (!gtk_tree_list_row_get_expanded (row))
        {
          g_hash_table_add (self->open, g_strdup (spot_json_node_get_path (node)));
          gtk_tree_list_row_set_expanded (row, TRUE);
          n_rows += n;
        }
      for (guint j = 0; j < n; j++)
        g_ptr_array_add (rows, gtk_tree_list_row_get_child_row (row, j));
    }
}

/* ---- the row in front ---- */

static GtkTreeListRow *
get_selected_row (SpotJsonTree *self)
{
  return self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

static void
selected_cb (SpotJsonTree *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
show_row (SpotJsonTree   *self,
          GtkTreeListRow *row)
{
  guint position = gtk_tree_list_row_get_position (row);

  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static void
show_match (SpotJsonTree *self)
{
  GArray *place = g_ptr_array_index (self->matches, self->match);
  g_autoptr (GtkTreeListRow) row = NULL;

  if (!root_unfolds (self))
    {
      row = gtk_tree_list_model_get_child_row (self->model, 0);
      show_row (self, row);
      return;
    }
  for (guint i = 0; i < place->len; i++)
    {
      g_autoptr (GtkTreeListRow) parent = g_steal_pointer (&row);

      if (parent && !gtk_tree_list_row_get_expanded (parent))
        {
          g_autoptr (SpotJsonNode) node = gtk_tree_list_row_get_item (parent);

          g_hash_table_add (self->open, g_strdup (spot_json_node_get_path (node)));
          gtk_tree_list_row_set_expanded (parent, TRUE);
        }
      row = get_child_row (self, parent, g_array_index (place, guint, i));
      if (row == NULL)
        return;
    }
  if (row)
    show_row (self, row);
}

static void
find_matches (SpotJsonTree *self)
{
  g_clear_pointer (&self->matches, g_ptr_array_unref);
  if (self->needle && self->root)
    self->matches = spot_json_search (spot_json_node_get_value (self->root), self->needle);
  if (self->matches == NULL || self->match >= self->matches->len)
    self->match = 0;
}

/* ---- callbacks ---- */

static void
activate_cb (SpotJsonTree *self,
             guint         position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (row && gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "json.open-link", NULL);
}

static void
menu_pressed_cb (SpotJsonTree *self,
                 int           n_press,
                 double        x,
                 double        y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = picked;

  if (row && !SPOT_IS_JSON_ROW (row))
    row = gtk_widget_get_ancestor (row, SPOT_TYPE_JSON_ROW);
  /* The margin around a row belongs to the list item, whose only child is the row. */
  if (row == NULL && picked && gtk_widget_get_first_child (picked)
      && SPOT_IS_JSON_ROW (gtk_widget_get_first_child (picked)))
    row = gtk_widget_get_first_child (picked);
  if (row && spot_json_row_get_list_row (SPOT_JSON_ROW (row)))
    gtk_single_selection_set_selected (
        self->selection, gtk_tree_list_row_get_position (spot_json_row_get_list_row (SPOT_JSON_ROW (row))));
  gtk_popover_set_pointing_to (self->menu, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (self->menu);
}

static void
menu_key_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SpotJsonTree *self = SPOT_JSON_TREE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t bounds;

  if (focus && gtk_widget_is_ancestor (focus, widget) && gtk_widget_compute_bounds (focus, widget, &bounds))
    {
      int x = (int) bounds.origin.x + 24;
      int y = (int) (bounds.origin.y + bounds.size.height / 2);

      gtk_popover_set_pointing_to (self->menu, &(GdkRectangle) { x, y, 1, 1 });
    }
  gtk_popover_popup (self->menu);
}

/* ---- class ---- */

static void
drop_model (SpotJsonTree *self)
{
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->list)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->root);
}

static void
spot_json_tree_dispose (GObject *object)
{
  SpotJsonTree *self = SPOT_JSON_TREE (object);
  GtkWidget *child;

  drop_model (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SPOT_TYPE_JSON_TREE);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_json_tree_parent_class)->dispose (object);
}

static void
spot_json_tree_finalize (GObject *object)
{
  SpotJsonTree *self = SPOT_JSON_TREE (object);

  g_hash_table_unref (self->open);
  g_clear_pointer (&self->matches, g_ptr_array_unref);
  g_free (self->needle);
  G_OBJECT_CLASS (spot_json_tree_parent_class)->finalize (object);
}

static void
spot_json_tree_class_init (SpotJsonTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = spot_json_tree_dispose;
  object_class->finalize = spot_json_tree_finalize;

  /**
   * SpotJsonTree::selection-changed:
   *
   * Another row, or none, is selected.
   */
  signals[SELECTION_CHANGED]
      = g_signal_new ("selection-changed", SPOT_TYPE_JSON_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SPOT_TYPE_JSON_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-json-tree.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotJsonTree, list);
  gtk_widget_class_bind_template_child (widget_class, SpotJsonTree, menu);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_pressed_cb);
  gtk_widget_class_install_action (widget_class, "tree.menu", NULL, menu_key_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "tree.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "tree.menu", NULL);
}

static void
spot_json_tree_init (SpotJsonTree *self)
{
  g_autoptr (GtkListItemFactory) factory = NULL;

  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  factory = gtk_builder_list_item_factory_new_from_resource (NULL, RESOURCE_PATH "/ui/spot-json-item.ui");
  gtk_list_view_set_factory (self->list, factory);
}

/* ---- public ---- */

static void
build (SpotJsonTree *self,
       SpotValue    *value)
{
  GListModel *rows;

  drop_model (self);
  self->root = spot_json_node_new_root (value);
  if (spot_json_node_can_unfold (self->root))
    {
      rows = spot_json_node_get_children (self->root);
    }
  else
    {
      rows = G_LIST_MODEL (g_list_store_new (SPOT_TYPE_JSON_NODE));
      g_list_store_append (G_LIST_STORE (rows), self->root);
    }
  self->model = gtk_tree_list_model_new (rows, FALSE, FALSE, children_cb, NULL, NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

/**
 * spot_json_tree_set_value:
 * @self: a `SpotJsonTree`
 * @value: (nullable): what to show; %NULL forgets everything, also what was folded open
 *
 * Shows another state of the same value, touching only the rows that differ.
 */
void
spot_json_tree_set_value (SpotJsonTree *self,
                          SpotValue    *value)
{
  g_return_if_fail (SPOT_IS_JSON_TREE (self));

  if (value == NULL)
    {
      drop_model (self);
      g_hash_table_remove_all (self->open);
    }
  else if (self->root == NULL)
    {
      build (self, value);
      open_breadth_first (self, OPEN_AT_FIRST_ROWS);
    }
  else if (spot_value_equal (spot_json_node_get_value (self->root), value))
    {
      return;
    }
  else if (spot_json_node_can_unfold (self->root) == spot_json_value_can_unfold (value))
    {
      if (spot_json_node_set_value (self->root, value))
        restore (self, NULL);
    }
  else
    {
      build (self, value);
      if (root_unfolds (self))
        restore (self, NULL);
    }
  find_matches (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/**
 * spot_json_tree_get_value:
 * @self: a `SpotJsonTree`
 *
 * Returns: (transfer none) (nullable): what it shows
 */
SpotValue *
spot_json_tree_get_value (SpotJsonTree *self)
{
  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), NULL);

  return self->root ? spot_json_node_get_value (self->root) : NULL;
}

/**
 * spot_json_tree_dup_selected:
 * @self: a `SpotJsonTree`
 *
 * Returns: (transfer full) (nullable): the node of the selected row
 */
SpotJsonNode *
spot_json_tree_dup_selected (SpotJsonTree *self)
{
  GtkTreeListRow *row;

  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), NULL);

  row = get_selected_row (self);
  return row ? gtk_tree_list_row_get_item (row) : NULL;
}

static GtkTreeListRow *
find_row (SpotJsonTree *self,
          const char   *path)
{
  guint n = self->model ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), i);
      g_autoptr (SpotJsonNode) node = gtk_tree_list_row_get_item (row);

      if (g_strcmp0 (spot_json_node_get_path (node), path) == 0)
        return g_steal_pointer (&row);
    }
  return NULL;
}

/**
 * spot_json_tree_set_folded:
 * @self: a `SpotJsonTree`
 * @path: of a row that is there, as spot_json_node_get_path() writes it
 * @folded: whether to hide its children
 *
 * Folds or unfolds one row; nothing happens when there is no such row.
 */
void
spot_json_tree_set_folded (SpotJsonTree *self,
                           const char   *path,
                           gboolean      folded)
{
  g_autoptr (GtkTreeListRow) row = NULL;

  g_return_if_fail (SPOT_IS_JSON_TREE (self));

  row = find_row (self, path);
  if (row == NULL || !gtk_tree_list_row_is_expandable (row))
    return;
  if (folded)
    g_hash_table_remove (self->open, path);
  else
    g_hash_table_add (self->open, g_strdup (path));
  gtk_tree_list_row_set_expanded (row, !folded);
  if (!folded)
    restore (self, row);
}

/**
 * spot_json_tree_get_folded:
 * @self: a `SpotJsonTree`
 * @path: as spot_json_node_get_path() writes it
 *
 * Returns: whether no children of that place are to be seen
 */
gboolean
spot_json_tree_get_folded (SpotJsonTree *self,
                           const char   *path)
{
  g_autoptr (GtkTreeListRow) row = NULL;

  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), TRUE);

  row = find_row (self, path);
  return row == NULL || !gtk_tree_list_row_get_expanded (row);
}

/**
 * spot_json_tree_remember_fold:
 * @self: a `SpotJsonTree`
 * @row: one of its rows that was folded or unfolded
 *
 * For rows: remembers the new state, and shows again what was open below when it was folded.
 */
void
spot_json_tree_remember_fold (SpotJsonTree   *self,
                              GtkTreeListRow *row)
{
  g_autoptr (SpotJsonNode) node = NULL;

  g_return_if_fail (SPOT_IS_JSON_TREE (self));

  /* A row that goes away says so too, and is not to be unfolded any more; what was open in its place stays remembered.
   * (Whether it still has an item depends on the version of GTK.) */
  if (!gtk_tree_list_row_is_expandable (row))
    return;
  node = gtk_tree_list_row_get_item (row);
  if (!gtk_tree_list_row_get_expanded (row))
    g_hash_table_remove (self->open, spot_json_node_get_path (node));
  else if (g_hash_table_add (self->open, g_strdup (spot_json_node_get_path (node))))
    restore (self, row);
}

/**
 * spot_json_tree_expand_all:
 * @self: a `SpotJsonTree`
 *
 * Unfolds level by level until everything is seen or there are some thousand rows.
 */
void
spot_json_tree_expand_all (SpotJsonTree *self)
{
  g_return_if_fail (SPOT_IS_JSON_TREE (self));

  if (self->model)
    open_breadth_first (self, EXPAND_ALL_ROWS);
}

/**
 * spot_json_tree_collapse_all:
 * @self: a `SpotJsonTree`
 *
 * Leaves the first level only.
 */
void
spot_json_tree_collapse_all (SpotJsonTree *self)
{
  g_return_if_fail (SPOT_IS_JSON_TREE (self));

  g_hash_table_remove_all (self->open);
  if (!root_unfolds (self))
    return;
  for (guint i = spot_value_get_n_children (spot_json_node_get_value (self->root)); i > 0; i--)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_child_row (self->model, i - 1);

      gtk_tree_list_row_set_expanded (row, FALSE);
    }
}

/**
 * spot_json_tree_get_n_rows:
 * @self: a `SpotJsonTree`
 *
 * Returns: how many rows there are, those scrolled out of sight included
 */
guint
spot_json_tree_get_n_rows (SpotJsonTree *self)
{
  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), 0);

  return self->model ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
}

/**
 * spot_json_tree_search:
 * @self: a `SpotJsonTree`
 * @needle: (nullable): what to look for; %NULL or empty for nothing
 *
 * Looks through names and values, folded ones too, and brings the first match to the front. New values are looked
 * through again.
 *
 * Returns: the number of matches, at most %SPOT_JSON_MAX_MATCHES
 */
guint
spot_json_tree_search (SpotJsonTree *self,
                       const char   *needle)
{
  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), 0);

  g_free (self->needle);
  self->needle = needle && *needle ? g_strdup (needle) : NULL;
  self->match = 0;
  find_matches (self);
  if (self->matches == NULL || self->matches->len == 0)
    return 0;
  show_match (self);
  return self->matches->len;
}

/**
 * spot_json_tree_step:
 * @self: a `SpotJsonTree`
 * @step: 1 for the next match, -1 for the one before, 0 to stay; goes round at the ends
 *
 * Returns: the position of the match now in front, from 1; 0 when there is none
 */
guint
spot_json_tree_step (SpotJsonTree *self,
                     int           step)
{
  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), 0);

  if (self->matches == NULL || self->matches->len == 0)
    return 0;
  if (step != 0)
    {
      self->match = (guint) (((int) self->match + step + (int) self->matches->len) % (int) self->matches->len);
      show_match (self);
    }
  return self->match + 1;
}

/**
 * spot_json_tree_get_n_matches:
 * @self: a `SpotJsonTree`
 *
 * Returns: how many matches there are, at most %SPOT_JSON_MAX_MATCHES
 */
guint
spot_json_tree_get_n_matches (SpotJsonTree *self)
{
  g_return_val_if_fail (SPOT_IS_JSON_TREE (self), 0);

  return self->matches ? self->matches->len : 0;
}
