/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-query-text.h"

/* Nobody types more, and each word is a search through every run. */
#define MAX_WORDS 32u

typedef enum {
  FIELD_ANY,
  FIELD_STATUS,
  FIELD_TAG,
  FIELD_TASK,
  FIELD_ID,
  FIELD_TEST,
} Field;

typedef struct
{
  Field    field;
  gboolean negated;
  char    *needle;   /* owned, nullable: folded */
  gboolean is_ascii; /* of the needle */
  guint32  statuses; /* known ones that the needle fits, a bit each */
} Word;

struct _SpotQueryText
{
  grefcount ref_count;
  GArray   *words; /* owned (element-type Word) */
};

static const struct
{
  const char *prefix;
  Field       field;
} prefixes[] = {
  { "status:", FIELD_STATUS },
  { "tag:", FIELD_TAG },
  { "task:", FIELD_TASK },
  { "id:", FIELD_ID },
};

static void
word_clear (gpointer data)
{
  Word *word = data;

  g_free (word->needle);
}

static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return g_utf8_casefold (valid, -1);
}

/* Whether the needle fits one name of a status, in which "_", "-" and " " are the same. */
static gboolean
fits_name (const Word *word,
           const char *name,
           gboolean    whole)
{
  g_autofree char *plain_name = NULL;
  g_autofree char *plain_needle = g_strdelimit (g_strdup (word->needle), "-_", ' ');

  if (name == NULL)
    return FALSE;
  plain_name = fold (name);
  g_strdelimit (plain_name, "-_", ' ');
  if (whole)
    return g_str_equal (plain_name, plain_needle);
  return word->field == FIELD_STATUS ? g_str_has_prefix (plain_name, plain_needle)
                                     : strstr (plain_name, plain_needle) != NULL;
}

/* COMPLETED_WITH_ERRORS is not what somebody means who types "completed". So known statuses go by the names that people
 * see, and by the raw word only as a whole. There are few of them, so all are asked before any run is. */
static guint32
find_statuses (const Word *word)
{
  guint32 statuses = 0;

  for (guint i = SPOT_RUN_STATUS_UNKNOWN + 1; i < SPOT_N_RUN_STATUSES; i++)
    {
      if (fits_name (word, spot_run_status_to_seed (i), FALSE) || fits_name (word, spot_run_status_to_api (i), FALSE)
          || fits_name (word, spot_run_status_to_word (i), TRUE)
          || (i == SPOT_RUN_STATUS_DEQUEUED && fits_name (word, "STARTING", FALSE)))
        statuses |= 1u << i;
    }
  return statuses;
}

static gboolean
matches_status (const Word *word,
                SpotRun    *run)
{
  SpotRunStatus status = spot_run_get_status (run);

  if (status == SPOT_RUN_STATUS_UNKNOWN)
    return fits_name (word, spot_run_get_status_word (run), FALSE);
  return (word->statuses & (1u << status)) != 0;
}

/* The next word: up to white space, or to the closing quotation mark if one opens the word or follows its prefix. */
static char *
dup_next_word (const char **cursor)
{
  g_autoptr(GString) word = NULL;
  const char *p = *cursor;
  gboolean quoted = FALSE;

  while (g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  *cursor = p;
  if (*p == '\0')
    return NULL;

  word = g_string_new (NULL);
  for (; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (*p == '"')
        quoted = !quoted;
      else if (!quoted && g_unichar_isspace (g_utf8_get_char (p)))
        break;
      else
        g_string_append_unichar (word, g_utf8_get_char (p));
    }
  *cursor = p;
  return g_string_free (g_steal_pointer (&word), FALSE);
}

static void
add_word (SpotQueryText *self,
          const char    *text)
{
  Word word = { .field = FIELD_ANY };

  if (text[0] == '-')
    {
      word.negated = TRUE;
      text++;
    }
  if (g_ascii_strcasecmp (text, "is:test") == 0)
    {
      word.field = FIELD_TEST;
      g_array_append_val (self->words, word);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      gsize length = strlen (prefixes[i].prefix);

      if (g_ascii_strncasecmp (text, prefixes[i].prefix, length) == 0)
        {
          word.field = prefixes[i].field;
          text += length;
          break;
        }
    }
  /* Half a word, "-" or "tag:", asks for nothing yet. */
  if (text[0] == '\0')
    return;

  word.needle = fold (text);
  word.is_ascii = g_str_is_ascii (word.needle);
  if (word.field == FIELD_ANY || word.field == FIELD_STATUS)
    word.statuses = find_statuses (&word);
  g_array_append_val (self->words, word);
}

/* Looks for a needle of lower-case ASCII without a copy of the text. */
static gboolean
contains_ascii (const char *text,
                gsize       length,
                const char *needle)
{
  gsize needle_length = strlen (needle);
  const char upper = g_ascii_toupper (needle[0]);

  if (needle_length > length)
    return FALSE;
  for (const char *p = text, *last = text + (length - needle_length); p <= last; p++)
    {
      gsize n = 1;

      if (*p != needle[0] && *p != upper)
        continue;
      while (n < needle_length && g_ascii_tolower (p[n]) == needle[n])
        n++;
      if (n == needle_length)
        return TRUE;
    }
  return FALSE;
}

static gboolean
contains (const Word *word,
          const char *text)
{
  g_autofree char *folded = NULL;

  if (word->is_ascii)
    return contains_ascii (text, strlen (text), word->needle);
  folded = fold (text);
  return strstr (folded, word->needle) != NULL;
}

static gboolean
contains_in_tags (const Word *word,
                  SpotRun    *run)
{
  const char * const *tags = spot_run_get_tags (run);

  for (guint i = 0; tags[i] != NULL; i++)
    {
      if (contains (word, tags[i]))
        return TRUE;
    }
  return FALSE;
}

static gboolean
contains_in_column (const Word *word,
                    SpotRun    *run,
                    SpotColumn  column)
{
  SpotRunRecord *record = spot_run_get_record (run);
  g_autofree char *text = NULL;
  gsize length = 0;

  text = spot_run_record_dup_text (record, column, &length);
  if (text == NULL)
    return FALSE;
  return word->is_ascii ? contains_ascii (text, length, word->needle) : contains (word, text);
}

static gboolean
matches_word (const Word *word,
              SpotRun    *run)
{
  SpotRunRecord *record = spot_run_get_record (run);

  switch (word->field)
    {
    case FIELD_STATUS:
      return matches_status (word, run);
    case FIELD_TAG:
      return contains_in_tags (word, run);
    case FIELD_TASK:
      return contains (word, spot_run_get_task (run));
    case FIELD_ID:
      return contains (word, spot_run_record_get_id (record));
    case FIELD_TEST:
      return spot_run_get_is_test (run);
    case FIELD_ANY:
    default:
      /* The long columns last: they have to be unpacked. */
      return contains (word, spot_run_record_get_id (record)) || contains (word, spot_run_get_task (run))
             || contains_in_tags (word, run) || matches_status (word, run)
             || contains_in_column (word, run, SPOT_COLUMN_ERROR) || contains_in_column (word, run, SPOT_COLUMN_METADATA);
    }
}

/**
 * spot_query_text_new:
 * @text: what was typed, in any encoding
 *
 * Words are separated by white space; quotation marks keep white space in a word. All words have to be found, in any case
 * of letters. `-` before a word asks for runs without it. `status:`, `tag:`, `task:` and `id:` look in one place, `is:test`
 * asks for test runs; a word without any of them may be in the id, task, tags, status, error or metadata.
 *
 * Returns: (transfer full): the words
 */
SpotQueryText *
spot_query_text_new (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char *cursor = valid;
  SpotQueryText *self;
  char *word;

  self = g_new0 (SpotQueryText, 1);
  g_ref_count_init (&self->ref_count);
  self->words = g_array_new (FALSE, FALSE, sizeof (Word));
  g_array_set_clear_func (self->words, word_clear);
  while (self->words->len < MAX_WORDS && (word = dup_next_word (&cursor)) != NULL)
    {
      add_word (self, word);
      g_free (word);
    }
  return self;
}

/**
 * spot_query_text_ref:
 * @self: words
 *
 * Returns: (transfer full): @self
 */
SpotQueryText *
spot_query_text_ref (SpotQueryText *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_query_text_unref:
 * @self: (transfer full): words
 */
void
spot_query_text_unref (SpotQueryText *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->words);
  g_free (self);
}

/**
 * spot_query_text_is_empty:
 * @self: words
 *
 * Returns: whether they ask for nothing, so that every run matches
 */
gboolean
spot_query_text_is_empty (SpotQueryText *self)
{
  return self->words->len == 0;
}

/**
 * spot_query_text_matches:
 * @self: words
 * @run: a run
 *
 * Returns: whether @run has all of them
 */
gboolean
spot_query_text_matches (SpotQueryText *self,
                         SpotRun       *run)
{
  for (guint i = 0; i < self->words->len; i++)
    {
      const Word *word = &g_array_index (self->words, Word, i);

      if (matches_word (word, run) == word->negated)
        return FALSE;
    }
  return TRUE;
}

/**
 * spot_query_text_get_columns:
 * @self: words
 *
 * Returns: the columns that spot_query_text_matches() looks at (SPOT_COLUMN_BIT)
 */
guint32
spot_query_text_get_columns (SpotQueryText *self)
{
  static const guint32 columns[] = {
    [FIELD_ANY] = SPOT_COLUMN_BIT (SPOT_COLUMN_FRIENDLY_ID) | SPOT_COLUMN_BIT (SPOT_COLUMN_TASK_IDENTIFIER)
                  | SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS) | SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS)
                  | SPOT_COLUMN_BIT (SPOT_COLUMN_ERROR) | SPOT_COLUMN_BIT (SPOT_COLUMN_METADATA),
    [FIELD_STATUS] = SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS),
    [FIELD_TAG] = SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS),
    [FIELD_TASK] = SPOT_COLUMN_BIT (SPOT_COLUMN_TASK_IDENTIFIER),
    [FIELD_ID] = SPOT_COLUMN_BIT (SPOT_COLUMN_FRIENDLY_ID),
    [FIELD_TEST] = SPOT_COLUMN_BIT (SPOT_COLUMN_IS_TEST),
  };
  guint32 all = 0;

  for (guint i = 0; i < self->words->len; i++)
    all |= columns[g_array_index (self->words, Word, i).field];
  return all;
}
