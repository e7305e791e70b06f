/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-metadata.h"
#include "spot-plain-text.h"

#include "spot-metadata-private.h"

/* What is kept of hostile or merely long lists. */
#define MAX_STEPS 500u
#define MAX_LOG_LINES 500u
#define MAX_TITLE_CHARS 200
#define MAX_MESSAGE_CHARS 500
#define MAX_LINE_CHARS 2000
#define MAX_STATE_CHARS 40u

static const struct
{
  const char   *word;
  SpotStepState state;
} state_words[] = {
  { "pending", SPOT_STEP_PENDING },     { "queued", SPOT_STEP_PENDING },      { "waiting", SPOT_STEP_PENDING },
  { "todo", SPOT_STEP_PENDING },        { "idle", SPOT_STEP_PENDING },        { "not-started", SPOT_STEP_PENDING },
  { "running", SPOT_STEP_RUNNING },     { "in-progress", SPOT_STEP_RUNNING }, { "processing", SPOT_STEP_RUNNING },
  { "active", SPOT_STEP_RUNNING },      { "started", SPOT_STEP_RUNNING },     { "executing", SPOT_STEP_RUNNING },
  { "completed", SPOT_STEP_DONE },      { "complete", SPOT_STEP_DONE },       { "done", SPOT_STEP_DONE },
  { "success", SPOT_STEP_DONE },        { "succeeded", SPOT_STEP_DONE },      { "finished", SPOT_STEP_DONE },
  { "ok", SPOT_STEP_DONE },             { "failed", SPOT_STEP_FAILED },       { "error", SPOT_STEP_FAILED },
  { "failure", SPOT_STEP_FAILED },      { "errored", SPOT_STEP_FAILED },      { "skipped", SPOT_STEP_SKIPPED },
  { "canceled", SPOT_STEP_SKIPPED },    { "cancelled", SPOT_STEP_SKIPPED },
};

/* Whether @text is a word for a state; words that are none, "uploading", are taken as running when they sound like
 * it. */
static gboolean
read_state_word (const char    *text,
                 SpotStepState *state)
{
  g_autofree char *word = NULL;

  *state = SPOT_STEP_PENDING;
  if (strlen (text) > MAX_STATE_CHARS)
    return FALSE;
  word = g_ascii_strdown (text, -1);
  g_strdelimit (word, "_ ", '-');
  for (guint i = 0; i < G_N_ELEMENTS (state_words); i++)
    if (g_str_equal (word, state_words[i].word))
      {
        *state = state_words[i].state;
        return TRUE;
      }
  if (g_str_has_suffix (word, "ing"))
    *state = SPOT_STEP_RUNNING;
  return FALSE;
}

static gboolean
has_value (const SpotValue *object,
           const char      *name)
{
  SpotValue *member = spot_value_get_member (object, name);
  SpotValueKind kind = member ? spot_value_get_kind (member) : SPOT_VALUE_NULL;
  gsize length;

  if (kind == SPOT_VALUE_NULL || kind == SPOT_VALUE_UNDEFINED)
    return FALSE;
  if (kind == SPOT_VALUE_BOOLEAN)
    return g_str_equal (spot_value_get_text (member, NULL), "true");
  if (kind == SPOT_VALUE_STRING)
    {
      spot_value_get_text (member, &length);
      return length > 0;
    }
  return TRUE;
}

static SpotStepState
read_state (const SpotValue *object,
            const char     **unknown_word)
{
  static const char *const names[] = { "status", "state", NULL };
  const char *text = spot_metadata_get_first (object, names);
  SpotStepState state = SPOT_STEP_PENDING;

  *unknown_word = NULL;
  if (text != NULL)
    {
      if (read_state_word (text, &state))
        return state;
      *unknown_word = text;
    }
  if (has_value (object, "error"))
    return SPOT_STEP_FAILED;
  if (text != NULL)
    return state;
  if (has_value (object, "done") || has_value (object, "completed") || has_value (object, "completedAt")
      || has_value (object, "durationMs"))
    return SPOT_STEP_DONE;
  return has_value (object, "startedAt") ? SPOT_STEP_RUNNING : SPOT_STEP_PENDING;
}

static SpotStep *
new_step (const char   *title,
          SpotStepState state,
          const char   *message)
{
  SpotStep *step = g_new0 (SpotStep, 1);

  step->title = spot_plain_text_dup_line (title, MAX_TITLE_CHARS);
  step->state = state;
  step->message = message ? spot_plain_text_dup_line (message, MAX_MESSAGE_CHARS) : NULL;
  return step;
}

/* @fallback_title: (nullable): for what has no title of its own */
static SpotStep *
read_step (const SpotValue *object,
           const char      *fallback_title)
{
  static const char *const titles[] = { "title", "name", "label", NULL };
  static const char *const ids[] = { "id", "nodeId", "node_id", "key", "file", "url", NULL };
  static const char *const messages[] = { "message", "error", "detail", "description", NULL };
  static const char *const error_messages[] = { "message", NULL };
  const char *title = spot_metadata_get_first (object, titles);
  const char *message = spot_metadata_get_first (object, messages);
  const char *unknown_word;
  SpotStepState state = read_state (object, &unknown_word);

  if (title == NULL)
    title = fallback_title ? fallback_title : spot_metadata_get_first (object, ids);
  if (message == NULL)
    message = spot_metadata_get_first (spot_value_get_member (object, "error"), error_messages);
  return new_step (title ? title : "", state, message ? message : unknown_word);
}

/* A list of objects, each with a status: {id | nodeId, title | name, status, …}. */
static gboolean
is_step_array (const SpotValue *value)
{
  guint n = value && spot_value_get_kind (value) == SPOT_VALUE_ARRAY ? spot_value_get_n_children (value) : 0;

  for (guint i = 0; i < n && i < MAX_STEPS; i++)
    {
      SpotValue *child = spot_value_get_child (value, i);

      if (!spot_metadata_is_object (child) || spot_metadata_get_string (child, "status") == NULL)
        return FALSE;
    }
  return n > 0;
}

/* name → {status, message?} for every member */
static gboolean
is_status_map (const SpotValue *value)
{
  guint n = spot_metadata_is_object (value) ? spot_value_get_n_children (value) : 0;

  for (guint i = 0; i < n && i < MAX_STEPS; i++)
    if (spot_metadata_get_string (spot_value_get_child (value, i), "status") == NULL)
      return FALSE;
  return n > 0;
}

static void
add_array (GPtrArray       *to,
           const SpotValue *array)
{
  guint n = spot_value_get_n_children (array);

  for (guint i = 0; i < n && to->len < MAX_STEPS; i++)
    if (spot_metadata_is_object (spot_value_get_child (array, i)))
      g_ptr_array_add (to, read_step (spot_value_get_child (array, i), NULL));
}

/* An object of steps: {technicalResearch: {status}}, or {fetch: "done"}. */
static void
add_step_object (GPtrArray       *to,
                 const SpotValue *object)
{
  guint n = spot_value_get_n_children (object);

  for (guint i = 0; i < n && to->len < MAX_STEPS; i++)
    {
      SpotValue *child = spot_value_get_child (object, i);
      const char *name = spot_value_get_child_name (object, i);
      const char *word = spot_metadata_get_string (object, name);
      g_autofree char *title = spot_metadata_title_from_key (name);
      SpotStepState state;

      if (spot_metadata_is_object (child))
        g_ptr_array_add (to, read_step (child, title));
      else if (word != NULL && read_state_word (word, &state))
        g_ptr_array_add (to, new_step (title, state, NULL));
    }
}

static void
read_steps (SpotMetadata *self)
{
  static const char *const names[] = { "steps", "stages", "phases", "nodes", "tasks", NULL };

  for (guint i = 0; names[i] != NULL && self->steps->len == 0; i++)
    {
      SpotValue *value = spot_value_get_member (self->tree, names[i]);
      gboolean is_steps = i == 0;

      /* Only `steps` says what it is: the others have to look like it. */
      if (value != NULL && spot_value_get_kind (value) == SPOT_VALUE_ARRAY && (is_steps || is_step_array (value)))
        add_array (self->steps, value);
      else if (spot_metadata_is_object (value) && (is_steps || is_status_map (value)))
        add_step_object (self->steps, value);
    }
}

/* Members with a meaning of their own are no items. */
static gboolean
is_own_meaning (const char *name)
{
  static const char *const names[] = { "status", "state", "progress", "steps", "stages", "phases", "nodes", "tasks",
                                       "user", "org", "organization", "customer", "notification", "error", NULL };

  return g_strv_contains (names, name);
}

static void
read_items (SpotMetadata *self)
{
  guint n = spot_value_get_n_children (self->tree);
  guint n_items = 0;

  for (guint i = 0; i < n && n_items < 2; i++)
    if (!is_own_meaning (spot_value_get_child_name (self->tree, i))
        && spot_metadata_get_string (spot_value_get_child (self->tree, i), "status") != NULL)
      n_items++;
  if (n_items >= 2)
    {
      for (guint i = 0; i < n && self->items->len < MAX_STEPS; i++)
        {
          SpotValue *child = spot_value_get_child (self->tree, i);
          const char *name = spot_value_get_child_name (self->tree, i);

          if (!is_own_meaning (name) && spot_metadata_get_string (child, "status") != NULL)
            g_ptr_array_add (self->items, read_step (child, name));
        }
      return;
    }

  /* Or all of them under one name. */
  for (guint i = 0; i < n && self->items->len == 0; i++)
    {
      SpotValue *child = spot_value_get_child (self->tree, i);

      if (is_own_meaning (spot_value_get_child_name (self->tree, i)))
        continue;
      if (is_step_array (child))
        add_array (self->items, child);
      else if (is_status_map (child) && spot_value_get_n_children (child) >= 2)
        for (guint k = 0; k < spot_value_get_n_children (child) && k < MAX_STEPS; k++)
          g_ptr_array_add (self->items,
                           read_step (spot_value_get_child (child, k), spot_value_get_child_name (child, k)));
    }
}

/* Log lines keep their line breaks. */
static char *
dup_log_line (const char *text)
{
  gsize length = strlen (text);
  const char *end = text;

  for (guint i = 0; i < MAX_LINE_CHARS && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  if ((gsize) (end - text) == length)
    return g_strdup (text);
  return g_strdup_printf ("%.*s…", (int) (end - text), text);
}

static char *
read_log_entry (const SpotValue *value)
{
  static const char *const names[] = { "message", "text", "msg", "line", "content", NULL };
  static const char *const tags[] = { "level", "role", "type", NULL };
  const char *text, *tag;
  g_autofree char *json = NULL;
  g_autofree char *line = NULL;

  if (!spot_value_is_container (value))
    return dup_log_line (spot_value_get_text (value, NULL));
  text = spot_metadata_get_first (value, names);
  if (text == NULL)
    {
      json = spot_value_to_json (value, FALSE);
      return dup_log_line (json);
    }
  tag = spot_metadata_get_first (value, tags);
  if (tag == NULL)
    return dup_log_line (text);
  line = g_strdup_printf ("%s: %s", tag, text);
  return dup_log_line (line);
}

static void
read_log (SpotMetadata *self)
{
  static const char *const names[] = { "logs", "log", "events", "messages", NULL };

  for (guint i = 0; names[i] != NULL && self->log->len == 0; i++)
    {
      SpotValue *value = spot_value_get_member (self->tree, names[i]);
      guint n = value && spot_value_get_kind (value) == SPOT_VALUE_ARRAY ? spot_value_get_n_children (value) : 0;

      for (guint k = n > MAX_LOG_LINES ? n - MAX_LOG_LINES : 0; k < n; k++)
        g_ptr_array_add (self->log, read_log_entry (spot_value_get_child (value, k)));
    }
}

/* steps, items and log */
void
spot_metadata_read_lists (SpotMetadata *self)
{
  read_steps (self);
  read_items (self);
  read_log (self);
}
