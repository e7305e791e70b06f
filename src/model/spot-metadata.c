/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-packet.h"
#include "spot-plain-text.h"

#include "spot-metadata.h"

#include "spot-metadata-private.h"

#define MAX_LABEL_CHARS 200
#define MAX_WARNING_CHARS 500
#define MASK "…"

gboolean
spot_metadata_is_object (const SpotValue *value)
{
  return value != NULL && spot_value_get_kind (value) == SPOT_VALUE_OBJECT;
}

/* A member that is a text which says something, borrowed; %NULL otherwise. */
const char *
spot_metadata_get_string (const SpotValue *object,
                          const char      *name)
{
  SpotValue *member = spot_metadata_is_object (object) ? spot_value_get_member (object, name) : NULL;
  SpotValueKind kind = member ? spot_value_get_kind (member) : SPOT_VALUE_NULL;
  const char *text;

  if (kind != SPOT_VALUE_STRING && kind != SPOT_VALUE_URL && kind != SPOT_VALUE_SYMBOL)
    return NULL;
  text = spot_value_get_text (member, NULL);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isspace (g_utf8_get_char (p)))
      return text;
  return NULL;
}

/* The first of some members that says something, borrowed. */
const char *
spot_metadata_get_first (const SpotValue   *object,
                         const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *text = spot_metadata_get_string (object, names[i]);

      if (text != NULL)
        return text;
    }
  return NULL;
}

/* Reserved keys belong to the SDK; a public token in metadata would be a credential on the screen and in whatever is
 * copied. */
static SpotValue *
clean_cb (SpotValue  *child,
          const char *name,
          guint       depth,
          gpointer    user_data)
{
  if (name == NULL)
    return spot_value_ref (child);
  if (depth == 0 && g_str_has_prefix (name, "$$"))
    return NULL;
  if ((g_str_equal (name, "publicAccessToken") || g_str_equal (name, "public_access_token"))
      && spot_value_get_kind (child) != SPOT_VALUE_NULL)
    return spot_value_new_string (MASK, -1);
  return spot_value_ref (child);
}

static SpotValue *
read_tree (const char *json,
           gssize      length)
{
  g_autoptr (SpotValue) value = json && length != 0 ? spot_value_new_from_json (json, length, NULL) : NULL;

  if (!spot_metadata_is_object (value))
    return NULL;
  /* Metadata is sometimes written as superjson; the type column is not at hand here, but its two keys tell. */
  if (spot_value_get_n_children (value) == 2 && spot_metadata_is_object (spot_value_get_member (value, "meta"))
      && spot_metadata_is_object (spot_value_get_member (value, "json")))
    {
      g_autoptr (SpotValue) inner = spot_superjson_unwrap (value);

      if (spot_metadata_is_object (inner))
        {
          spot_value_unref (value);
          value = g_steal_pointer (&inner);
        }
    }
  return spot_value_filter (value, clean_cb, NULL);
}

/* Best first (product f); a status object's own label counts as much as `label`, its type or name no more than a
 * status word. */
static char *
find_label (SpotValue *tree)
{
  static const char *const said[] = { "message", "stageLabel", "statusText", NULL };
  static const char *const stages[] = { "currentStep", "step", "stage", "phase", NULL };
  static const char *const label_only[] = { "label", NULL };
  static const char *const state_words[] = { "type", "name", "status", "state", NULL };
  static const char *const in_progress[] = { "label", "message", "currentItem", "currentRecord", NULL };
  static const char *const item_words[] = { "currentItem", "currentRecord", NULL };
  SpotValue *status = spot_value_get_member (tree, "status");
  SpotValue *state = spot_value_get_member (tree, "state");
  SpotValue *progress = spot_value_get_member (tree, "progress");
  const char *text;

  if ((text = spot_metadata_get_first (tree, label_only)) || (text = spot_metadata_get_first (status, label_only))
      || (text = spot_metadata_get_first (state, label_only)) || (text = spot_metadata_get_first (progress, label_only))
      || (text = spot_metadata_get_string (tree, "progress")) || (text = spot_metadata_get_first (tree, said))
      || (text = spot_metadata_get_first (status, said)) || (text = spot_metadata_get_first (state, said))
      || (text = spot_metadata_get_first (tree, stages)) || (text = spot_metadata_get_string (tree, "status"))
      || (text = spot_metadata_get_string (tree, "state")) || (text = spot_metadata_get_first (status, state_words))
      || (text = spot_metadata_get_first (state, state_words)) || (text = spot_metadata_get_first (tree, item_words))
      || (text = spot_metadata_get_first (progress, in_progress)))
    return spot_plain_text_dup_line (text, MAX_LABEL_CHARS);
  return NULL;
}

static char *
find_warning (SpotValue *tree)
{
  static const char *const names[] = { "message", "error", "reason", NULL };
  const char *text = spot_metadata_get_string (tree, "error");

  if (text == NULL)
    text = spot_metadata_get_first (spot_value_get_member (tree, "error"), names);
  return text ? spot_plain_text_dup_line (text, MAX_WARNING_CHARS) : NULL;
}

static void
read_notice (SpotMetadata *self)
{
  static const char *const names[] = { "message", "text", "title", NULL };
  static const char *const levels[] = { "info", "success", "warning", "error", NULL };
  SpotValue *notification = spot_value_get_member (self->tree, "notification");
  const char *text = spot_metadata_get_first (notification, names);
  const char *type = spot_metadata_get_string (notification, "type");

  if (text == NULL)
    return;
  self->notice = spot_plain_text_dup_line (text, MAX_WARNING_CHARS);
  for (guint i = 0; type != NULL && levels[i] != NULL; i++)
    if (g_ascii_strcasecmp (type, levels[i]) == 0)
      self->notice_level = (SpotNoticeLevel) i;
}

static gboolean
says_awaits_approval (SpotValue *tree)
{
  static const char *const words[] = { "waiting-for-approval", "awaiting-approval", "pending-approval",
                                       "needs-approval", "waiting-approval", NULL };
  const char *status = spot_metadata_get_string (tree, "status");
  g_autofree char *word = status ? g_ascii_strdown (status, MIN (strlen (status), 64)) : NULL;

  if (word == NULL)
    return FALSE;
  g_strdelimit (word, "_ ", '-');
  return g_strv_contains (words, word);
}

static void
step_free (gpointer data)
{
  SpotStep *step = data;

  g_free (step->title);
  g_free (step->message);
  g_free (step);
}

static void
link_free (gpointer data)
{
  SpotLink *link = data;

  g_free (link->title);
  g_free (link->uri);
  g_free (link->host);
  g_free (link);
}

static void
reference_free (gpointer data)
{
  SpotMetadataReference *reference = data;

  g_free (reference->id);
  g_free (reference->name);
  g_free (reference);
}

/**
 * spot_metadata_parse:
 * @json: (nullable): the text of the metadata column; a superjson envelope of exactly `json` and `meta` is unwrapped
 * @length: its length in bytes, or -1 when it ends with a NUL
 * @known_scale: what earlier metadata of the same task showed, the `seen_scale` of the last one
 *
 * Recognises what a run's metadata says. Never fails: what is no JSON object says nothing. Values of
 * `publicAccessToken` are masked in the tree.
 *
 * Returns: (transfer full): what was recognised
 */
SpotMetadata *
spot_metadata_parse (const char       *json,
                     gssize            length,
                     SpotProgressScale known_scale)
{
  SpotMetadata *self = g_new0 (SpotMetadata, 1);

  self->progress = self->current = self->total = -1.0;
  self->seen_scale = known_scale;
  self->steps = g_ptr_array_new_with_free_func (step_free);
  self->items = g_ptr_array_new_with_free_func (step_free);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->links = g_ptr_array_new_with_free_func (link_free);
  self->references = g_ptr_array_new_with_free_func (reference_free);
  self->tree = read_tree (json, length);
  if (self->tree == NULL)
    return self;

  self->label = find_label (self->tree);
  self->warning = find_warning (self->tree);
  read_notice (self);
  self->awaits_approval = says_awaits_approval (self->tree);
  spot_metadata_read_progress (self, known_scale);
  spot_metadata_read_lists (self);
  spot_metadata_read_links (self);
  spot_metadata_read_references (self);
  return self;
}

/**
 * spot_metadata_free:
 * @self: (transfer full): recognised metadata
 */
void
spot_metadata_free (SpotMetadata *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->tree, spot_value_unref);
  g_free (self->label);
  g_free (self->warning);
  g_free (self->notice);
  g_ptr_array_unref (self->steps);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->log);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->references);
  g_free (self);
}
