/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-json-node.h"

G_BEGIN_DECLS

/**
 * SpotJsonTree:
 *
 * A value as a list of rows that fold. What is folded open is remembered by path and survives new values, as do
 * selection and the place that the list is scrolled to. A value that comes after none is opened as far as it fits on a
 * page.
 */
#define SPOT_TYPE_JSON_TREE (spot_json_tree_get_type ())
G_DECLARE_FINAL_TYPE (SpotJsonTree, spot_json_tree, SPOT, JSON_TREE, GtkWidget)

void          spot_json_tree_set_value    (SpotJsonTree *self,
                                           SpotValue    *value);
SpotValue    *spot_json_tree_get_value    (SpotJsonTree *self);
SpotJsonNode *spot_json_tree_dup_selected (SpotJsonTree *self);
void          spot_json_tree_set_folded   (SpotJsonTree *self,
                                           const char   *path,
                                           gboolean      folded);
gboolean      spot_json_tree_get_folded   (SpotJsonTree *self,
                                           const char   *path);
void          spot_json_tree_remember_fold (SpotJsonTree  *self,
                                            GtkTreeListRow *row);
void          spot_json_tree_expand_all   (SpotJsonTree *self);
void          spot_json_tree_collapse_all (SpotJsonTree *self);
guint         spot_json_tree_get_n_rows   (SpotJsonTree *self);

guint         spot_json_tree_search       (SpotJsonTree *self,
                                           const char   *needle);
guint         spot_json_tree_step         (SpotJsonTree *self,
                                           int           step);
guint spot_json_tree_get_n_matches (SpotJsonTree *self);

G_END_DECLS
