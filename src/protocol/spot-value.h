/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SpotValueKind:
 * @SPOT_VALUE_UNDEFINED: JavaScript's undefined, which is not null
 * @SPOT_VALUE_NUMBER: text is the number as it was written, every digit of it
 * @SPOT_VALUE_BIGINT: text is a decimal integer of any length
 * @SPOT_VALUE_DATE: text is ISO 8601, or empty for an invalid date
 * @SPOT_VALUE_ERROR: like an object with name and message
 * @SPOT_VALUE_MAP: children have key values instead of key names
 *
 * What a value of a payload, output, metadata or stream record is: JSON's kinds and those that superjson adds
 * (protocol §6.4).
 */
typedef enum {
  SPOT_VALUE_NULL,
  SPOT_VALUE_UNDEFINED,
  SPOT_VALUE_BOOLEAN,
  SPOT_VALUE_NUMBER,
  SPOT_VALUE_BIGINT,
  SPOT_VALUE_STRING,
  SPOT_VALUE_DATE,
  SPOT_VALUE_URL,
  SPOT_VALUE_REGEXP,
  SPOT_VALUE_SYMBOL,
  SPOT_VALUE_ERROR,
  SPOT_VALUE_ARRAY,
  SPOT_VALUE_SET,
  SPOT_VALUE_MAP,
  SPOT_VALUE_OBJECT,
} SpotValueKind;

#define SPOT_TYPE_VALUE_KIND (spot_value_kind_get_type ())
GType spot_value_kind_get_type (void);

/**
 * SpotValue:
 *
 * A tree of values for looking at: immutable, refcounted. Numbers keep every digit.
 */
typedef struct _SpotValue SpotValue;

#define SPOT_TYPE_VALUE (spot_value_get_type ())
GType spot_value_get_type (void);

SpotValue    *spot_value_new_from_json  (const char      *text,
                                         gssize           length,
                                         GError         **error);
SpotValue    *spot_value_new_string     (const char      *text,
                                         gssize           length);
SpotValue    *spot_value_ref            (SpotValue       *self);
void          spot_value_unref          (SpotValue       *self);

SpotValueKind spot_value_get_kind       (const SpotValue *self);
const char   *spot_value_get_text       (const SpotValue *self,
                                         gsize           *length);
const char   *spot_value_get_type_name  (const SpotValue *self);
gboolean      spot_value_is_container   (const SpotValue *self);
guint         spot_value_get_n_children (const SpotValue *self);
SpotValue    *spot_value_get_child      (const SpotValue *self,
                                         guint            index);
const char   *spot_value_get_child_name (const SpotValue *self,
                                         guint            index);
SpotValue    *spot_value_get_child_key  (const SpotValue *self,
                                         guint            index);
SpotValue    *spot_value_get_member     (const SpotValue *self,
                                         const char      *name);
gboolean      spot_value_get_double     (const SpotValue *self,
                                         double          *number);
gboolean      spot_value_get_time       (const SpotValue *self,
                                         gint64          *time_us);
char         *spot_value_to_json        (const SpotValue *self,
                                         gboolean         pretty);
gboolean      spot_value_equal          (const SpotValue *self,
                                         const SpotValue *other);

/**
 * SpotValueFilterFunc:
 * @child: an element, or the value of a member or entry
 * @name: (nullable): the member's name, or the entry's key when that is a string; %NULL for elements
 * @depth: 0 for a child of the root
 * @user_data: data
 *
 * Decides about one child: returns @child itself to look at its children next, another value to put in its place, or
 * %NULL to leave it out.
 *
 * Returns: (transfer full) (nullable): what is to stand there
 */
typedef SpotValue *(*SpotValueFilterFunc) (SpotValue  *child,
                                           const char *name,
                                           guint       depth,
                                           gpointer    user_data);

SpotValue    *spot_value_filter         (SpotValue          *self,
                                         SpotValueFilterFunc func,
                                         gpointer            user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotValue, spot_value_unref)

G_END_DECLS
