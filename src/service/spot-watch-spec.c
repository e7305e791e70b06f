/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "spot-json.h"

#include "spot-watch-spec.h"

/* Texts that people type; ids and tags are shorter anyway. */
#define MAX_TEXT_BYTES 4096
#define MAX_TAGS 10

/* Of the file's form. A reader leaves out what it does not know, so this only grows when that would be wrong. */
#define FORM_VERSION 1

static const char * const kind_words[] = {
  [SPOT_WATCH_ENVIRONMENT] = "environment",
  [SPOT_WATCH_TAGS] = "tags",
  [SPOT_WATCH_BATCH] = "batch",
  [SPOT_WATCH_RUN] = "run",
};

static const char * const rule_words[] = {
  [SPOT_WATCH_RULE_DEFAULT] = "default",
  [SPOT_WATCH_RULE_ALL] = "all",
  [SPOT_WATCH_RULE_FAILURES] = "failures",
  [SPOT_WATCH_RULE_NONE] = "none",
};

static const char * const color_words[] = {
  [SPOT_WATCH_COLOR_NONE] = "none",
  [SPOT_WATCH_COLOR_BLUE] = "blue",
  [SPOT_WATCH_COLOR_GREEN] = "green",
  [SPOT_WATCH_COLOR_YELLOW] = "yellow",
  [SPOT_WATCH_COLOR_ORANGE] = "orange",
  [SPOT_WATCH_COLOR_RED] = "red",
  [SPOT_WATCH_COLOR_PURPLE] = "purple",
};

G_DEFINE_ENUM_TYPE (SpotWatchKind, spot_watch_kind,
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_ENVIRONMENT, "environment"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_TAGS, "tags"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_BATCH, "batch"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_RUN, "run"))

G_DEFINE_ENUM_TYPE (SpotWatchRule, spot_watch_rule,
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_RULE_DEFAULT, "default"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_RULE_ALL, "all"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_RULE_FAILURES, "failures"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_RULE_NONE, "none"))

G_DEFINE_ENUM_TYPE (SpotWatchColor, spot_watch_color,
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_NONE, "none"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_BLUE, "blue"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_GREEN, "green"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_YELLOW, "yellow"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_ORANGE, "orange"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_RED, "red"),
  G_DEFINE_ENUM_VALUE (SPOT_WATCH_COLOR_PURPLE, "purple"))

G_DEFINE_BOXED_TYPE (SpotWatchSpec, spot_watch_spec, spot_watch_spec_copy, spot_watch_spec_free)

static gboolean
is_empty (const char *text)
{
  return text == NULL || *text == '\0';
}

static char *
dup_unless_empty (const char *text)
{
  return is_empty (text) ? NULL : g_strdup (text);
}

/**
 * spot_watch_spec_new:
 * @kind: what it asks for
 * @subject: (nullable): run id or batch id
 * @tags: (nullable): for %SPOT_WATCH_TAGS
 *
 * Returns: (transfer full): a spec without an id, a name and an environment
 */
SpotWatchSpec *
spot_watch_spec_new (SpotWatchKind       kind,
                     const char         *subject,
                     const char * const *tags)
{
  SpotWatchSpec *self = g_new0 (SpotWatchSpec, 1);

  self->kind = kind;
  self->subject = dup_unless_empty (subject);
  self->tags = g_strdupv ((char **) tags);
  return self;
}

/**
 * spot_watch_spec_copy:
 * @self: a spec
 *
 * Returns: (transfer full): another that says the same
 */
SpotWatchSpec *
spot_watch_spec_copy (const SpotWatchSpec *self)
{
  SpotWatchSpec *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->id = g_strdup (self->id);
  copy->environment = g_strdup (self->environment);
  copy->subject = g_strdup (self->subject);
  copy->tags = g_strdupv (self->tags);
  copy->filter = g_strdup (self->filter);
  copy->name = g_strdup (self->name);
  return copy;
}

/**
 * spot_watch_spec_free:
 * @self: (nullable) (transfer full): a spec
 */
void
spot_watch_spec_free (SpotWatchSpec *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->environment);
  g_free (self->subject);
  g_strfreev (self->tags);
  g_free (self->filter);
  g_free (self->name);
  g_free (self);
}

static gboolean
are_tags_valid (char **tags)
{
  if (tags == NULL || tags[0] == NULL || g_strv_length (tags) > MAX_TAGS)
    return FALSE;
  for (guint i = 0; tags[i] != NULL; i++)
    if (*tags[i] == '\0' || strlen (tags[i]) > MAX_TEXT_BYTES)
      return FALSE;
  return TRUE;
}

/**
 * spot_watch_spec_is_valid:
 * @self: a spec
 *
 * Returns: whether it has what its kind needs
 */
gboolean
spot_watch_spec_is_valid (const SpotWatchSpec *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->filter != NULL && strlen (self->filter) > MAX_TEXT_BYTES)
    return FALSE;
  if (self->name != NULL && strlen (self->name) > MAX_TEXT_BYTES)
    return FALSE;
  switch (self->kind)
    {
    case SPOT_WATCH_TAGS:
      return are_tags_valid (self->tags);
    case SPOT_WATCH_BATCH:
    case SPOT_WATCH_RUN:
      return !is_empty (self->subject) && strlen (self->subject) <= MAX_TEXT_BYTES;
    case SPOT_WATCH_ENVIRONMENT:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * spot_watch_spec_same_runs:
 * @self: a spec
 * @other: a spec
 *
 * Returns: whether both ask for the same runs of the same environment
 */
gboolean
spot_watch_spec_same_runs (const SpotWatchSpec *self,
                           const SpotWatchSpec *other)
{
  static const char * const none[] = { NULL };

  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->kind == other->kind && g_strcmp0 (self->environment, other->environment) == 0
         && g_strcmp0 (self->subject, other->subject) == 0
         && g_strcmp0 (is_empty (self->filter) ? NULL : self->filter, is_empty (other->filter) ? NULL : other->filter) == 0
         && g_strv_equal (self->tags != NULL ? (const char * const *) self->tags : none,
                          other->tags != NULL ? (const char * const *) other->tags : none);
}

/**
 * spot_watch_spec_dup_subject:
 * @self: a spec
 *
 * Returns: (transfer full): run id, batch id, or tags joined by ", "; empty for an environment
 */
char *
spot_watch_spec_dup_subject (const SpotWatchSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->kind == SPOT_WATCH_TAGS && self->tags != NULL)
    return g_strjoinv (", ", self->tags);
  return g_strdup (self->subject != NULL ? self->subject : "");
}

/**
 * spot_watch_spec_is_muted:
 * @self: a spec
 * @now_us: wall-clock time, microseconds since 1970
 *
 * Returns: whether it announces nothing at that time, because the user said so
 */
gboolean
spot_watch_spec_is_muted (const SpotWatchSpec *self,
                          gint64               now_us)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->muted_until_us > now_us;
}

/* ---- text ---- */

static guint
find_word (const char * const *words,
           guint                n_words,
           const char          *word)
{
  for (guint i = 0; i < n_words && word != NULL; i++)
    if (g_str_equal (words[i], word))
      return i;
  return n_words;
}

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *text)
{
  if (is_empty (text))
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_flag (JsonBuilder *builder,
          const char  *name,
          gboolean     flag)
{
  if (!flag)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, TRUE);
}

static void
add_spec (JsonBuilder         *builder,
          const SpotWatchSpec *spec,
          gboolean             for_others)
{
  json_builder_begin_object (builder);
  if (!for_others)
    {
      add_text (builder, "id", spec->id);
      add_text (builder, "environment", spec->environment);
    }
  add_text (builder, "kind", kind_words[spec->kind]);
  add_text (builder, "subject", spec->subject);
  if (spec->tags != NULL)
    {
      json_builder_set_member_name (builder, "tags");
      json_builder_begin_array (builder);
      for (guint i = 0; spec->tags[i] != NULL; i++)
        json_builder_add_string_value (builder, spec->tags[i]);
      json_builder_end_array (builder);
    }
  add_text (builder, "filter", spec->filter);
  add_text (builder, "name", spec->name);
  if (spec->color != SPOT_WATCH_COLOR_NONE)
    add_text (builder, "color", color_words[spec->color]);
  if (spec->rule != SPOT_WATCH_RULE_DEFAULT)
    add_text (builder, "notify", rule_words[spec->rule]);
  add_flag (builder, "keepNothing", spec->keep_nothing);
  if (!for_others)
    {
      add_flag (builder, "paused", spec->paused);
      if (spec->muted_until_us > 0)
        {
          json_builder_set_member_name (builder, "mutedUntil");
          json_builder_add_int_value (builder, spec->muted_until_us);
        }
    }
  json_builder_end_object (builder);
}

/**
 * spot_watch_specs_to_json:
 * @specs: (element-type SpotWatchSpec): watches, in their order
 * @for_others: leaves out what only means something to this program on this machine: ids, environments, pauses, mutes
 *
 * Returns: (transfer full): them as a JSON text with a final newline
 */
char *
spot_watch_specs_to_json (GPtrArray *specs,
                          gboolean   for_others)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonGenerator) generator = json_generator_new ();
  g_autoptr(JsonNode) root = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (specs != NULL, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, FORM_VERSION);
  json_builder_set_member_name (builder, "watches");
  json_builder_begin_array (builder);
  for (guint i = 0; i < specs->len; i++)
    add_spec (builder, specs->pdata[i], for_others);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

/* NULL for a watch that this version cannot make sense of. */
static SpotWatchSpec *
read_spec (JsonObject *object)
{
  g_autoptr(SpotWatchSpec) spec = NULL;
  JsonArray *tags = spot_json_get_array (object, "tags");
  guint kind = find_word (kind_words, G_N_ELEMENTS (kind_words), spot_json_get_string (object, "kind"));
  guint rule = find_word (rule_words, G_N_ELEMENTS (rule_words), spot_json_get_string (object, "notify"));
  guint color = find_word (color_words, G_N_ELEMENTS (color_words), spot_json_get_string (object, "color"));

  if (kind == G_N_ELEMENTS (kind_words))
    return NULL;
  spec = spot_watch_spec_new ((SpotWatchKind) kind, spot_json_get_string (object, "subject"), NULL);
  if (kind == SPOT_WATCH_TAGS && tags != NULL && json_array_get_length (tags) <= MAX_TAGS)
    {
      g_autoptr(GPtrArray) texts = g_ptr_array_new ();

      for (guint i = 0; i < json_array_get_length (tags); i++)
        {
          const char *tag = spot_json_node_string (json_array_get_element (tags, i));

          if (tag == NULL)
            return NULL;
          g_ptr_array_add (texts, (gpointer) tag);
        }
      g_ptr_array_add (texts, NULL);
      spec->tags = g_strdupv ((char **) texts->pdata);
    }
  spec->id = dup_unless_empty (spot_json_get_string (object, "id"));
  spec->environment = dup_unless_empty (spot_json_get_string (object, "environment"));
  spec->filter = dup_unless_empty (spot_json_get_string (object, "filter"));
  spec->name = dup_unless_empty (spot_json_get_string (object, "name"));
  spec->rule = rule < G_N_ELEMENTS (rule_words) ? (SpotWatchRule) rule : SPOT_WATCH_RULE_DEFAULT;
  spec->color = color < G_N_ELEMENTS (color_words) ? (SpotWatchColor) color : SPOT_WATCH_COLOR_NONE;
  spot_json_get_boolean (object, "paused", &spec->paused);
  spot_json_get_boolean (object, "keepNothing", &spec->keep_nothing);
  spot_json_get_int (object, "mutedUntil", &spec->muted_until_us);
  return spot_watch_spec_is_valid (spec) ? g_steal_pointer (&spec) : NULL;
}

/**
 * spot_watch_specs_from_json:
 * @text: (array length=length): a file of spot_watch_specs_to_json(), from whoever
 * @length: bytes of @text, or -1 when it ends with a nul
 * @n_skipped: (out) (optional): how many watches this version could make no sense of
 * @error: return location for an error
 *
 * Reads what it can: members that are not known are left out, watches that are not whole are skipped and counted.
 *
 * Fails with %G_IO_ERROR_INVALID_DATA for a text that is no list of watches, or of a later form.
 *
 * Returns: (transfer full) (nullable) (element-type SpotWatchSpec): the watches, in their order
 */
GPtrArray *
spot_watch_specs_from_json (const char  *text,
                            gssize       length,
                            guint       *n_skipped,
                            GError     **error)
{
  g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_watch_spec_free);
  g_autoptr(JsonNode) root = NULL;
  JsonObject *object;
  JsonArray *watches;
  gint64 version = 0;
  guint skipped = 0;

  g_return_val_if_fail (text != NULL, NULL);

  if (length < 0)
    length = (gssize) strlen (text);
  if ((gsize) length <= SPOT_MAX_WATCHES_BYTES)
    root = spot_json_parse (text, length, NULL);
  object = root != NULL ? spot_json_node_object (root) : NULL;
  watches = object != NULL ? spot_json_get_array (object, "watches") : NULL;
  if (watches == NULL || !spot_json_get_int (object, "version", &version) || version < 1)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("This is not a list of watches."));
      return NULL;
    }
  if (version > FORM_VERSION)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("This list of watches was written by a newer version."));
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (watches); i++)
    {
      JsonObject *member = spot_json_node_object (json_array_get_element (watches, i));
      SpotWatchSpec *spec = member != NULL && specs->len < SPOT_MAX_WATCHES ? read_spec (member) : NULL;

      if (spec != NULL)
        g_ptr_array_add (specs, spec);
      else
        skipped++;
    }
  if (n_skipped != NULL)
    *n_skipped = skipped;
  return g_steal_pointer (&specs);
}
