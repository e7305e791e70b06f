/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-api-error.h"

#include "spot-api-answer.h"

/* Times with so many digits are nanoseconds, with fewer milliseconds. */
#define NANOSECONDS_FROM 1e16

/* (nullable): a member of an object; NULL for a member of anything else. */
static SpotValue *
get (SpotValue  *object, /* nullable */
     const char *name)
{
  return object != NULL && spot_value_get_kind (object) == SPOT_VALUE_OBJECT ? spot_value_get_member (object, name)
                                                                             : NULL;
}

static SpotValue *
get_of_kind (SpotValue     *object, /* nullable */
             const char    *name,
             SpotValueKind  kind)
{
  SpotValue *value = get (object, name);

  return value != NULL && spot_value_get_kind (value) == kind ? value : NULL;
}

/**
 * spot_api_answer_get_text:
 * @object: (nullable): what a server said
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member's text; %NULL when @object is no object or has no such text
 */
const char *
spot_api_answer_get_text (SpotValue  *object,
                          const char *name)
{
  SpotValue *value = get_of_kind (object, name, SPOT_VALUE_STRING);

  return value != NULL ? spot_value_get_text (value, NULL) : NULL;
}

/**
 * spot_api_answer_get_object:
 * @object: (nullable): what a server said
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, an object; %NULL when @object is none or has no such member
 */
SpotValue *
spot_api_answer_get_object (SpotValue  *object,
                            const char *name)
{
  return get_of_kind (object, name, SPOT_VALUE_OBJECT);
}

/**
 * spot_api_answer_is_true:
 * @object: (nullable): what a server said
 * @name: a member's name
 *
 * Returns: whether @object has such a member, which is `true`
 */
gboolean
spot_api_answer_is_true (SpotValue  *object,
                         const char *name)
{
  SpotValue *value = get_of_kind (object, name, SPOT_VALUE_BOOLEAN);

  return value != NULL && strcmp (spot_value_get_text (value, NULL), "true") == 0;
}

static double
get_number (SpotValue  *object,
            const char *name)
{
  SpotValue *value = get_of_kind (object, name, SPOT_VALUE_NUMBER);
  double number = 0;

  return value != NULL && spot_value_get_double (value, &number) && number > 0 ? MIN (number, 9e18) : 0;
}

static GError *
make_error (const char *problem)
{
  return g_error_new_literal (SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER, problem);
}

/* (nullable): NULL for no further page. */
static char *
dup_next (SpotValue *answer)
{
  const char *next = spot_api_answer_get_text (get (answer, "pagination"), "next");

  return next != NULL && *next != '\0' ? g_strdup (next) : NULL;
}

/**
 * spot_api_run_page_parse:
 * @answer: the answer to spot_api_call_list_runs()
 * @error: return location for an error
 *
 * Reads a page. What is no run is left out.
 *
 * Fails with %SPOT_API_ERROR_BAD_ANSWER when there is no list at all.
 *
 * Returns: (transfer full) (nullable): the page, %NULL after an error
 */
SpotApiRunPage *
spot_api_run_page_parse (SpotValue  *answer,
                         GError    **error)
{
  SpotApiRunPage *self;
  SpotValue *data;

  g_return_val_if_fail (answer != NULL, NULL);

  data = get_of_kind (answer, "data", SPOT_VALUE_ARRAY);
  if (data == NULL)
    {
      g_propagate_error (error, make_error ("the answer holds no list of runs"));
      return NULL;
    }
  self = g_new0 (SpotApiRunPage, 1);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_value_unref);
  self->next = dup_next (answer);
  for (guint i = 0; i < spot_value_get_n_children (data); i++)
    {
      SpotValue *run = spot_value_get_child (data, i);

      if (spot_api_answer_get_text (run, "id") != NULL)
        g_ptr_array_add (self->runs, spot_value_ref (run));
    }
  return self;
}

/**
 * spot_api_run_page_free:
 * @self: (transfer full): a page
 *
 * Frees it.
 */
void
spot_api_run_page_free (SpotApiRunPage *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->runs);
  g_free (self->next);
  g_free (self);
}

static void
span_free (SpotTraceSpan *span)
{
  g_free (span->id);
  g_free (span->parent_id);
  g_free (span->run_id);
  g_free (span->message);
  g_free (span->level);
  g_clear_pointer (&span->details, spot_value_unref);
  g_free (span);
}

/* ISO text, or nanoseconds or milliseconds since 1970 as text or number. */
static gint64
get_moment_us (SpotValue  *object,
               const char *name)
{
  SpotValue *value = get (object, name);
  gint64 moment_us;
  double number;

  if (value == NULL)
    return 0;
  if (spot_value_get_time (value, &moment_us))
    return moment_us;
  if (spot_value_get_kind (value) == SPOT_VALUE_STRING)
    {
      const char *text = spot_value_get_text (value, NULL);

      if (*text == '\0' || strspn (text, "0123456789") != strlen (text) || strlen (text) > 19)
        return 0;
      number = g_ascii_strtod (text, NULL);
      if (number >= NANOSECONDS_FROM)
        return (gint64) (g_ascii_strtoull (text, NULL, 10) / 1000);
    }
  else
    {
      number = get_number (object, name);
    }
  return number >= NANOSECONDS_FROM ? (gint64) (number / 1000.0) : (gint64) (number * 1000.0);
}

static char *
dup_first_text (SpotValue  *a,
                SpotValue  *b,
                const char *name)
{
  const char *text = spot_api_answer_get_text (a, name);

  return g_strdup (text != NULL ? text : spot_api_answer_get_text (b, name));
}

/* @outer has who it is, @inner what it is; they are the same but in the tree form. */
static gboolean
add_span (SpotTrace  *self,
          SpotValue  *outer,
          SpotValue  *inner,
          const char *id_name)
{
  SpotTraceSpan *span;

  if (inner == NULL || spot_api_answer_get_text (outer, id_name) == NULL)
    return FALSE;
  span = g_new0 (SpotTraceSpan, 1);
  span->id = g_strdup (spot_api_answer_get_text (outer, id_name));
  span->parent_id = g_strdup (spot_api_answer_get_text (outer, "parentId"));
  span->run_id = dup_first_text (outer, inner, "runId");
  span->message = g_strdup (spot_api_answer_get_text (inner, "message"));
  if (span->message == NULL)
    span->message = g_strdup ("");
  span->level = g_strdup (spot_api_answer_get_text (inner, "level"));
  span->start_us = get_moment_us (inner, "startTime");
  span->duration_us = (gint64) (get_number (inner, "duration") / 1000.0);
  span->attempt = (guint) MIN (get_number (inner, "attemptNumber"), 1e9);
  span->is_error = spot_api_answer_is_true (inner, "isError");
  span->is_partial = spot_api_answer_is_true (inner, "isPartial");
  span->is_cancelled = spot_api_answer_is_true (inner, "isCancelled");
  span->details = spot_value_ref (inner);
  g_ptr_array_add (self->spans, span);
  return TRUE;
}

/* Nesting is bounded where JSON is read. */
static void
add_tree (SpotTrace *self,
          SpotValue *node)
{
  SpotValue *children;

  if (!add_span (self, node, get_of_kind (node, "data", SPOT_VALUE_OBJECT), "id"))
    return;
  children = get_of_kind (node, "children", SPOT_VALUE_ARRAY);
  for (guint i = 0; children != NULL && i < spot_value_get_n_children (children); i++)
    add_tree (self, spot_value_get_child (children, i));
}

static void
add_list (SpotTrace  *self,
          SpotValue  *list,
          const char *id_name)
{
  for (guint i = 0; i < spot_value_get_n_children (list); i++)
    add_span (self, spot_value_get_child (list, i), spot_value_get_child (list, i), id_name);
}

/**
 * spot_trace_parse:
 * @answer: the answer to spot_api_call_run_trace() or spot_api_call_run_events()
 * @error: return location for an error
 *
 * Reads any of the three forms: the tree of older servers, the pages of newer ones, and events. What is no span is left
 * out. No spans are normal: servers keep them for a while only.
 *
 * Fails with %SPOT_API_ERROR_BAD_ANSWER when it is none of these.
 *
 * Returns: (transfer full) (nullable): the trace, %NULL after an error
 */
SpotTrace *
spot_trace_parse (SpotValue  *answer,
                  GError    **error)
{
  SpotTrace *self;
  SpotValue *data;
  SpotValue *events;
  SpotValue *trace;

  g_return_val_if_fail (answer != NULL, NULL);

  data = get_of_kind (answer, "data", SPOT_VALUE_ARRAY);
  events = get_of_kind (answer, "events", SPOT_VALUE_ARRAY);
  trace = get_of_kind (answer, "trace", SPOT_VALUE_OBJECT);
  if (data == NULL && events == NULL && trace == NULL)
    {
      g_propagate_error (error, make_error ("the answer holds no trace"));
      return NULL;
    }
  self = g_new0 (SpotTrace, 1);
  self->spans = g_ptr_array_new_with_free_func ((GDestroyNotify) span_free);
  if (data != NULL)
    {
      add_list (self, data, "id");
      self->next = dup_next (answer);
      self->is_truncated = spot_api_answer_is_true (get (answer, "pagination"), "truncated");
    }
  else if (trace != NULL)
    {
      SpotValue *root = get (trace, "rootSpan");

      if (root != NULL)
        add_tree (self, root);
      self->is_truncated = spot_api_answer_is_true (trace, "isTruncated");
    }
  else
    {
      add_list (self, events, "spanId");
    }
  return self;
}

/**
 * spot_trace_free:
 * @self: (transfer full): a trace
 *
 * Frees it.
 */
void
spot_trace_free (SpotTrace *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->spans);
  g_free (self->next);
  g_free (self);
}
