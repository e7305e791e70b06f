/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-value.h"

G_BEGIN_DECLS

/**
 * SpotJsonNode:
 *
 * One place in a value tree as a list item: made when somebody looks at it, kept while the place exists, given a new
 * value when the tree changes. Signal `changed`: the value or its name is another one.
 */
#define SPOT_TYPE_JSON_NODE (spot_json_node_get_type ())
G_DECLARE_FINAL_TYPE (SpotJsonNode, spot_json_node, SPOT, JSON_NODE, GObject)

/* The children of a container as a GListModel of #SpotJsonNode; nodes are made on demand. */
#define SPOT_TYPE_JSON_CHILDREN (spot_json_children_get_type ())
G_DECLARE_FINAL_TYPE (SpotJsonChildren, spot_json_children, SPOT, JSON_CHILDREN, GObject)

SpotJsonNode *spot_json_node_new_root     (SpotValue    *value);
gboolean      spot_json_node_set_value    (SpotJsonNode *self,
                                           SpotValue    *value);
SpotValue    *spot_json_node_get_value    (SpotJsonNode *self);
const char   *spot_json_node_get_path     (SpotJsonNode *self);
GListModel   *spot_json_node_get_children (SpotJsonNode *self);
gboolean      spot_json_node_can_unfold   (SpotJsonNode *self);
gboolean      spot_json_value_can_unfold  (SpotValue    *value);
char         *spot_json_child_path        (const char   *parent_path,
                                           SpotValue    *parent,
                                           guint         index);
char         *spot_json_node_dup_name     (SpotJsonNode *self);
char         *spot_json_node_dup_summary  (SpotJsonNode *self);
const char   *spot_json_node_get_hint     (SpotJsonNode *self);
const char   *spot_json_node_get_css_class (SpotJsonNode *self);
char         *spot_json_node_dup_copy     (SpotJsonNode *self);
const char   *spot_json_node_get_uri      (SpotJsonNode *self);

G_END_DECLS
