/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-plain-text.h"
#include "spot-value.h"

#include "spot-run-error.h"

/* The server cuts messages at 1,000 characters and stacks at 50 lines of 1,024; what it does not cut is cut here. */
#define MAX_NAME_BYTES 1024u
#define MAX_MESSAGE_BYTES (16u * 1024u)
#define MAX_STACK_BYTES (256u * 1024u)
#define MAX_RAW_BYTES (512u * 1024u)
#define MAX_CAUSES 5u
#define MAX_HEADLINE_CHARS 160

/* The codes whose names do not say what happened, or what to do. */
static const struct
{
  const char *code;
  const char *sentence;
} explained_codes[] = {
  { "TASK_PROCESS_OOM_KILLED",
    N_ ("The run used more memory than its machine has. A larger machine preset mends this.") },
  { "TASK_PROCESS_MAYBE_OOM_KILLED",
    N_ ("The run probably used more memory than its machine has. A larger machine preset mends this.") },
  { "TASK_PROCESS_SIGSEGV",
    N_ ("Native code crashed: often a native module or its version, sometimes too little memory.") },
  { "TASK_PROCESS_SIGTERM", N_ ("The run’s process was told to stop from outside.") },
  { "OUTDATED_SDK_VERSION",
    N_ ("The task was built with an SDK that is too old for this server. Update it and deploy again.") },
  { "TASK_DID_CONCURRENT_WAIT", N_ ("The task waited for several things at the same time, which is not supported.") },
  { "RECURSIVE_WAIT_DEADLOCK",
    N_ ("The run waited for a run that waits for the same queue, and no concurrency was left: neither could go on.") },
};

/* A string member, %NULL when it is missing or something else. NULs within become U+FFFD: this is text to show. */
static char *
dup_member (SpotValue  *object,
            const char *name,
            gsize       max_bytes)
{
  SpotValue *member = spot_value_get_member (object, name);
  g_autofree char *text = NULL;
  const char *bytes;
  gsize length;

  if (member == NULL || spot_value_get_kind (member) != SPOT_VALUE_STRING)
    return NULL;
  bytes = spot_value_get_text (member, &length);
  text = g_utf8_make_valid (bytes, (gssize) length);
  return spot_plain_text_dup_cut (text, max_bytes);
}

static SpotRunError *
new_error (SpotRunErrorKind kind)
{
  SpotRunError *self = g_new0 (SpotRunError, 1);

  self->kind = kind;
  self->causes = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_run_error_free);
  return self;
}

static void
read_causes (SpotRunError *self,
             SpotValue    *causes)
{
  if (causes == NULL || spot_value_get_kind (causes) != SPOT_VALUE_ARRAY)
    return;
  for (guint i = 0; i < spot_value_get_n_children (causes) && self->causes->len < MAX_CAUSES; i++)
    {
      SpotValue *object = spot_value_get_child (causes, i);
      SpotRunError *cause;

      if (spot_value_get_kind (object) != SPOT_VALUE_OBJECT)
        continue;
      cause = new_error (SPOT_RUN_ERROR_BUILT_IN);
      cause->name = dup_member (object, "name", MAX_NAME_BYTES);
      cause->message = dup_member (object, "message", MAX_MESSAGE_BYTES);
      if (cause->message == NULL)
        cause->message = g_strdup ("");
      cause->stack = dup_member (object, "stackTrace", MAX_STACK_BYTES);
      g_ptr_array_add (self->causes, cause);
    }
}

/* A thrown value that is no error: it often has a message all the same. */
static void
read_thrown_value (SpotRunError *self)
{
  g_autoptr (SpotValue) thrown = spot_value_new_from_json (self->raw, -1, NULL);

  if (thrown == NULL)
    return;
  if (spot_value_get_kind (thrown) == SPOT_VALUE_STRING)
    self->message = spot_plain_text_dup_cut (spot_value_get_text (thrown, NULL), MAX_MESSAGE_BYTES);
  else
    {
      self->name = dup_member (thrown, "name", MAX_NAME_BYTES);
      self->message = dup_member (thrown, "message", MAX_MESSAGE_BYTES);
    }
}

/* The management API tells only a code of an internal error: "trigger.dev internal error (CODE)". */
static char *
dup_code_of_message (const char *message)
{
  static const char prefix[] = "trigger.dev internal error (";
  const char *code, *end;

  if (!g_str_has_prefix (message, prefix))
    return NULL;
  code = message + strlen (prefix);
  end = strchr (code, ')');
  if (end == NULL || end[1] != '\0' || end == code)
    return NULL;
  return g_strndup (code, MIN ((gsize) (end - code), MAX_NAME_BYTES));
}

static gboolean
looks_out_of_memory (const SpotRunError *self)
{
  if (self->kind == SPOT_RUN_ERROR_INTERNAL)
    return g_strcmp0 (self->name, "TASK_PROCESS_OOM_KILLED") == 0
           || g_strcmp0 (self->name, "TASK_PROCESS_MAYBE_OOM_KILLED") == 0;
  return self->kind == SPOT_RUN_ERROR_BUILT_IN && g_strcmp0 (self->name, "UnexpectedExitError") == 0
         && g_str_has_prefix (self->message, "Unexpected exit with code -1") && self->stack != NULL
         && (strstr (self->stack, "SIGKILL") != NULL || strstr (self->stack, "SIGABRT") != NULL);
}

static void
read_object (SpotRunError *self,
             SpotValue    *object)
{
  g_autofree char *type = dup_member (object, "type", MAX_NAME_BYTES);

  self->stack = dup_member (object, "stackTrace", MAX_STACK_BYTES);
  read_causes (self, spot_value_get_member (object, "causes"));
  if (g_strcmp0 (type, "CUSTOM_ERROR") == 0)
    {
      self->raw = dup_member (object, "raw", MAX_RAW_BYTES);
      if (self->raw == NULL)
        return;
      self->kind = SPOT_RUN_ERROR_CUSTOM;
      read_thrown_value (self);
      return;
    }
  if (g_strcmp0 (type, "STRING_ERROR") == 0)
    {
      self->message = dup_member (object, "raw", MAX_MESSAGE_BYTES);
      if (self->message != NULL)
        self->kind = SPOT_RUN_ERROR_STRING;
      return;
    }

  self->message = dup_member (object, "message", MAX_MESSAGE_BYTES);
  if (g_strcmp0 (type, "INTERNAL_ERROR") == 0)
    {
      self->name = dup_member (object, "code", MAX_NAME_BYTES);
      if (self->name != NULL)
        self->kind = SPOT_RUN_ERROR_INTERNAL;
      return;
    }
  self->name = dup_member (object, "name", MAX_NAME_BYTES);
  if (g_strcmp0 (type, "BUILT_IN_ERROR") == 0)
    self->kind = SPOT_RUN_ERROR_BUILT_IN;
  else if (type == NULL && self->message != NULL)
    {
      char *code = self->name == NULL ? dup_code_of_message (self->message) : NULL;

      self->kind = code ? SPOT_RUN_ERROR_INTERNAL : SPOT_RUN_ERROR_BUILT_IN;
      if (code)
        self->name = code;
    }
}

/**
 * spot_run_error_parse:
 * @json: (nullable): the text of the `error` column, or the error object of the management API
 * @length: its length in bytes, or -1 when it ends with a NUL
 *
 * Reads why a run broke (protocol §6.5). Never fails: what is of no known form is %SPOT_RUN_ERROR_OTHER with all of
 * the text in `raw`. Overlong texts are cut.
 *
 * Returns: (transfer full) (nullable): the error; %NULL when there is none: no text, or `null`
 */
SpotRunError *
spot_run_error_parse (const char *json,
                      gssize      length)
{
  g_autoptr (SpotRunError) self = NULL;
  g_autoptr (SpotValue) value = NULL;
  gsize n_bytes;

  n_bytes = json == NULL ? 0 : length < 0 ? strlen (json) : (gsize) length;
  if (n_bytes == 0)
    return NULL;
  value = spot_value_new_from_json (json, (gssize) n_bytes, NULL);
  if (value != NULL && spot_value_get_kind (value) == SPOT_VALUE_NULL)
    return NULL;

  self = new_error (SPOT_RUN_ERROR_OTHER);
  if (value != NULL && spot_value_get_kind (value) == SPOT_VALUE_OBJECT)
    read_object (self, value);
  else if (value != NULL && spot_value_get_kind (value) == SPOT_VALUE_STRING)
    self->message = spot_plain_text_dup_cut (spot_value_get_text (value, NULL), MAX_MESSAGE_BYTES);
  if (self->kind == SPOT_RUN_ERROR_OTHER)
    {
      g_autofree char *valid = g_utf8_make_valid (json, (gssize) n_bytes);

      g_free (self->raw);
      self->raw = spot_plain_text_dup_cut (valid, MAX_RAW_BYTES);
    }
  if (self->message == NULL)
    self->message = g_strdup ("");
  self->out_of_memory = looks_out_of_memory (self);
  return g_steal_pointer (&self);
}

/**
 * spot_run_error_free:
 * @self: (transfer full): an error
 */
void
spot_run_error_free (SpotRunError *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->name);
  g_free (self->message);
  g_free (self->stack);
  g_free (self->raw);
  g_ptr_array_unref (self->causes);
  g_free (self);
}

/**
 * spot_run_error_dup_headline:
 * @self: (nullable): an error
 *
 * One line that says what happened, "TypeError: x of undefined", at most 160 characters long. Not translated: it is
 * the task's or the server's own text.
 *
 * Returns: (transfer full) (nullable): the line, never empty; %NULL for no error
 */
char *
spot_run_error_dup_headline (const SpotRunError *self)
{
  g_autofree char *name = NULL;
  g_autofree char *message = NULL;
  g_autofree char *raw = NULL;
  g_autofree char *both = NULL;

  if (self == NULL)
    return NULL;

  name = spot_plain_text_dup_first_line (self->name ? self->name : "", MAX_HEADLINE_CHARS);
  message = spot_plain_text_dup_first_line (self->message, MAX_HEADLINE_CHARS);
  if (*message == '\0' && *name == '\0')
    {
      raw = spot_plain_text_dup_first_line (self->raw ? self->raw : "", MAX_HEADLINE_CHARS);
      return g_strdup (*raw != '\0' ? raw : "Error");
    }
  if (*message == '\0')
    return g_steal_pointer (&name);
  if (*name == '\0' || g_str_has_prefix (message, name))
    return g_steal_pointer (&message);
  both = g_strdup_printf ("%s: %s", name, message);
  return spot_plain_text_dup_first_line (both, MAX_HEADLINE_CHARS);
}

/* A fence longer than any run of backticks in @text. */
static char *
dup_fence (const char *text)
{
  gsize longest = 2, run = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      run = *p == '`' ? run + 1 : 0;
      longest = MAX (longest, run);
    }
  return g_strnfill (longest + 1, '`');
}

static void
append_block (GString    *out,
              const char *text)
{
  g_autofree char *fence = dup_fence (text);

  g_string_append_printf (out, "%s\n%s%s%s\n", fence, text, g_str_has_suffix (text, "\n") ? "" : "\n", fence);
}

static void
append_error (GString            *out,
              const SpotRunError *error)
{
  gboolean has_name = error->name != NULL && *error->name != '\0';
  const char *colon = has_name && *error->message != '\0' ? ": " : "";
  g_autofree char *first = g_strconcat (has_name ? error->name : "", colon, error->message, NULL);

  /* Stacks usually begin with name and message: say it once. */
  if (error->stack != NULL && *error->message != '\0' && strstr (error->stack, error->message) != NULL)
    append_block (out, error->stack);
  else
    {
      if (*first != '\0')
        append_block (out, first);
      if (error->stack != NULL && *error->stack != '\0')
        append_block (out, error->stack);
    }
  if (error->raw != NULL && *error->raw != '\0')
    append_block (out, error->raw);
}

/* Server text within a line: as code, whose fence is longer than any in it. */
static void
append_code (GString    *out,
             const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *line = spot_plain_text_dup_line (valid, MAX_HEADLINE_CHARS);
  g_autofree char *fence = dup_fence (line);
  /* dup_fence() begins at the three of a block; one is enough in a line without backticks. */
  const char *shown = strchr (line, '`') ? fence : "`";

  g_string_append_printf (out, "%s%s%s%s%s", shown, g_str_has_prefix (line, "`") ? " " : "", line,
                          g_str_has_suffix (line, "`") ? " " : "", shown);
}

/**
 * spot_run_error_to_markdown:
 * @self: an error
 * @run_id: (nullable): the run's id
 * @task: (nullable): the task's identifier
 *
 * The whole error for pasting into an issue, in English whatever the locale. No text of the error can leave its code
 * block.
 *
 * Returns: (transfer full): the text
 */
char *
spot_run_error_to_markdown (const SpotRunError *self,
                            const char         *run_id,
                            const char         *task)
{
  GString *out;
  const char *sentence;
  g_autofree char *headline = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  headline = spot_run_error_dup_headline (self);
  sentence = self->kind == SPOT_RUN_ERROR_INTERNAL ? spot_run_error_explain_code (self->name) : NULL;
  if (sentence == NULL && self->out_of_memory)
    sentence = spot_run_error_explain_code ("TASK_PROCESS_MAYBE_OOM_KILLED");

  out = g_string_new ("**Error:** ");
  append_code (out, headline);
  g_string_append_c (out, '\n');
  if ((task != NULL && *task != '\0') || (run_id != NULL && *run_id != '\0'))
    g_string_append_c (out, '\n');
  if (task != NULL && *task != '\0')
    {
      g_string_append (out, "- Task: ");
      append_code (out, task);
      g_string_append_c (out, '\n');
    }
  if (run_id != NULL && *run_id != '\0')
    {
      g_string_append (out, "- Run: ");
      append_code (out, run_id);
      g_string_append_c (out, '\n');
    }
  if (sentence != NULL)
    g_string_append_printf (out, "\n%s\n", sentence);
  g_string_append_c (out, '\n');
  append_error (out, self);
  for (guint i = 0; i < self->causes->len; i++)
    {
      g_string_append (out, "\nCaused by:\n\n");
      append_error (out, self->causes->pdata[i]);
    }
  return g_string_free (out, FALSE);
}

/**
 * spot_run_error_explain_code:
 * @code: (nullable): the code of an internal error
 *
 * What a code means, for those whose name does not say it.
 *
 * Returns: (transfer none) (nullable): an English sentence to be given to gettext(), or %NULL
 */
const char *
spot_run_error_explain_code (const char *code)
{
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (explained_codes); i++)
    if (g_str_equal (code, explained_codes[i].code))
      return explained_codes[i].sentence;
  return NULL;
}
