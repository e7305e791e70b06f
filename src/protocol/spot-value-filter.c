/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-value.h"

#include "spot-value-private.h"

static SpotValue *
filter (SpotValue          *self,
        SpotValueFilterFunc func,
        gpointer            user_data,
        guint               depth)
{
  guint n = spot_value_get_n_children (self);
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) children = NULL;
  gboolean changed = FALSE;

  if (n == 0)
    return spot_value_ref (self);
  if (spot_value_get_name (self, 0) != NULL)
    names = g_ptr_array_new_full (n, (GDestroyNotify) spot_value_unref);
  children = g_ptr_array_new_full (n, (GDestroyNotify) spot_value_unref);
  for (guint i = 0; i < n; i++)
    {
      SpotValue *child = spot_value_get_child (self, i);
      SpotValue *name = spot_value_get_name (self, i);
      g_autoptr (SpotValue) chosen = func (child, name ? spot_value_get_text (name, NULL) : NULL, depth, user_data);

      if (chosen == child)
        {
          g_autoptr (SpotValue) filtered = filter (child, func, user_data, depth + 1);

          spot_value_unref (chosen);
          chosen = g_steal_pointer (&filtered);
        }
      changed |= chosen != child;
      if (chosen == NULL)
        continue;
      g_ptr_array_add (children, g_steal_pointer (&chosen));
      if (names)
        g_ptr_array_add (names, spot_value_ref (name));
    }
  if (!changed)
    return spot_value_ref (self);
  g_ptr_array_set_free_func (children, NULL);
  if (names)
    g_ptr_array_set_free_func (names, NULL);
  return spot_value_with_children (self, g_steal_pointer (&names), g_steal_pointer (&children));
}

/**
 * spot_value_filter:
 * @self: a value
 * @func: (scope call): decides about each child, parents before their children
 * @user_data: data for @func
 *
 * Makes a tree without, or with other values for, some of the children of @self at any depth. What does not change is
 * shared.
 *
 * Returns: (transfer full): the tree, which is @self when nothing changed
 */
SpotValue *
spot_value_filter (SpotValue          *self,
                   SpotValueFilterFunc func,
                   gpointer            user_data)
{
  g_return_val_if_fail (self != NULL && func != NULL, NULL);

  return filter (self, func, user_data, 0);
}
