/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"

#include "spot-reference-private.h"

/* What stands around an id, key or address in a text, and is no part of it. */
#define BEFORE "\"'`([{<"
#define AFTER "\"'`)]}>.;:!?"

#define TAG_PREFIX "tag:"

/* A key of a kind that is not known yet: `tr_`, letters, `_`, and a secret. */
#define MAX_KIND_LETTERS 12u
#define MIN_SECRET_BYTES 20u

/* A part of the text that was pasted. */
typedef struct
{
  const char *start;
  gsize       length;
  gboolean    is_quoted; /* it had quotes around it, and may have blanks in it */
  gboolean    is_tag;    /* it says so */
  gboolean    is_bad;    /* not UTF-8 */
} Piece;

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/**
 * spot_reference_free:
 * @self: (transfer full): a reference
 *
 * Frees it. A secret is overwritten first.
 */
void
spot_reference_free (SpotReference *self)
{
  g_return_if_fail (self != NULL);

  if (self->kind == SPOT_REFERENCE_CREDENTIAL)
    wipe (self->text);
  else
    g_free (self->text);
  g_free (self->server);
  g_free (self->organization);
  g_free (self->project);
  g_free (self->project_ref);
  g_free (self->environment);
  g_free (self);
}

/**
 * spot_reference_take_secret:
 * @self: a reference
 *
 * Hands over the secret, of which @self keeps nothing. Whoever takes it overwrites it when done.
 *
 * Returns: (transfer full) (nullable): the key or token, %NULL for what is none or was taken before
 */
char *
spot_reference_take_secret (SpotReference *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind == SPOT_REFERENCE_CREDENTIAL ? g_steal_pointer (&self->text) : NULL;
}

/* ---- what is what ---- */

/* Characters between pieces. Those that nobody sees, or that turn text around, come with what is copied from pages. */
static gboolean
is_separator (gunichar c)
{
  return c == ',' || g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x200b || c == 0x200e || c == 0x200f ||
         (c >= 0x202a && c <= 0x202e) || c == 0x2060 || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Whether there is a key, or what might be a token, anywhere in a short text. */
static gboolean
holds_secret (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (p > text && g_ascii_isalnum (p[-1]))
        continue;
      if (g_str_has_prefix (p, "tr_") && spot_credential_get_kind (p) != SPOT_CREDENTIAL_UNKNOWN)
        return TRUE;
      if (g_str_has_prefix (p, "eyJ") && strchr (p, '.') != NULL)
        return TRUE;
    }
  return FALSE;
}

/**
 * spot_reference_is_tag:
 * @text: (nullable): any text
 *
 * Whether the server takes @text as a tag (protocol §2.1 and §2.2). What holds a key or token is no tag either: tags
 * are kept and shown, and sent in addresses.
 *
 * Returns: whether it does
 */
gboolean
spot_reference_is_tag (const char *text)
{
  if (text == NULL || *text == '\0' || !g_utf8_validate (text, -1, NULL) ||
      g_utf8_strlen (text, -1) > SPOT_MAX_TAG_CHARS || strpbrk (text, ",\\\"") != NULL)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || (c != ' ' && is_separator (c)))
        return FALSE;
    }
  return *text != ' ' && text[strlen (text) - 1] != ' ' && !holds_secret (text);
}

/* Whether @text is the id of a run or batch: letters and digits behind a prefix. */
gboolean
spot_reference_is_id (const char        *text,
                      gsize              length,
                      SpotReferenceKind *kind)
{
  gsize n;

  if (length > SPOT_MAX_ID_BYTES)
    return FALSE;
  if (length > 4 && memcmp (text, "run_", 4) == 0)
    {
      *kind = SPOT_REFERENCE_RUN;
      n = 4;
    }
  else if (length > 6 && memcmp (text, "batch_", 6) == 0)
    {
      *kind = SPOT_REFERENCE_BATCH;
      n = 6;
    }
  else
    {
      return FALSE;
    }
  while (n < length && g_ascii_isalnum (text[n]))
    n++;
  return n == length;
}

/* Whether @text is made as a key: a prefix, of a kind that this version knows or not, and at least something behind
 * it. */
static gboolean
looks_like_key (const char *text)
{
  const char *behind = strrchr (text, '_');
  SpotCredentialKind kind = spot_credential_get_kind (text);
  gsize n_letters;

  if (behind == NULL || behind[1] == '\0')
    return FALSE;
  if (kind != SPOT_CREDENTIAL_UNKNOWN)
    return kind != SPOT_CREDENTIAL_PUBLIC_TOKEN && kind != SPOT_CREDENTIAL_RUN_TOKEN;
  n_letters = strspn (text + 3, "abcdefghijklmnopqrstuvwxyz");
  return g_str_has_prefix (text, "tr_") && n_letters > 0 && n_letters <= MAX_KIND_LETTERS &&
         text[3 + n_letters] == '_' && strlen (behind + 1) >= MIN_SECRET_BYTES;
}

/* Whether @text is made as a token: three parts, of which the first begins as nearly every header does. */
static gboolean
looks_like_token (const char *text)
{
  const char *first = strchr (text, '.');
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;

  if (second == NULL || strchr (second + 1, '.') != NULL || second == first + 1 || second[1] == '\0')
    return FALSE;
  return g_str_has_prefix (text, "eyJ") || spot_credential_get_kind (text) != SPOT_CREDENTIAL_UNKNOWN;
}

/* Adds a key or token. */
static gboolean
add_credential (SpotReferenceList *list,
                const char        *start,
                gsize              length)
{
  char *text;
  gboolean found;

  if (length < 8 || length > SPOT_MAX_TOKEN_BYTES ||
      (memcmp (start, "tr_", 3) != 0 && memcmp (start, "pk_", 3) != 0 && memcmp (start, "ey", 2) != 0))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (start[i]) && start[i] != '_' && start[i] != '-' && start[i] != '.' && start[i] != '=')
        return FALSE;
    }
  text = g_strndup (start, length);
  found = *text == 'e' ? looks_like_token (text) : looks_like_key (text);
  if (found)
    spot_reference_list_add (list, SPOT_REFERENCE_CREDENTIAL, text, NULL);
  wipe (text);
  return found;
}

/* ---- the list ---- */

static void
take_up (char       **kept,
         const char  *text)
{
  if (*kept == NULL)
    *kept = g_strdup (text);
}

/* @where: (nullable): what was found in the address that it stands in */
void
spot_reference_list_add (SpotReferenceList   *self,
                         SpotReferenceKind    kind,
                         const char          *text,
                         const SpotReference *where)
{
  static const SpotReference nowhere = { 0 };
  SpotReference *reference = NULL;

  if (where == NULL)
    where = &nowhere;
  if ((kind != SPOT_REFERENCE_CREDENTIAL && holds_secret (text)) ||
      (where->server != NULL && holds_secret (where->server)) ||
      (where->organization != NULL && holds_secret (where->organization)) ||
      (where->project != NULL && holds_secret (where->project)) ||
      (where->project_ref != NULL && holds_secret (where->project_ref)) ||
      (where->environment != NULL && holds_secret (where->environment)))
    {
      self->n_left_out++;
      return;
    }
  for (guint i = 0; i < self->found->len && reference == NULL; i++)
    {
      reference = self->found->pdata[i];
      if (reference->kind != kind || strcmp (reference->text, text) != 0)
        reference = NULL;
    }
  if (reference == NULL)
    {
      if (self->found->len == SPOT_MAX_REFERENCES)
        {
          self->n_left_out++;
          return;
        }
      reference = g_new0 (SpotReference, 1);
      reference->kind = kind;
      reference->text = g_strdup (text);
      if (kind == SPOT_REFERENCE_CREDENTIAL)
        {
          reference->credential = spot_credential_get_kind (text);
          reference->environment = g_strdup (spot_credential_get_environment (text));
        }
      g_ptr_array_add (self->found, reference);
    }
  /* One that is named twice is known by the first address. */
  if (reference->server == NULL && where->server != NULL)
    {
      take_up (&reference->server, where->server);
      take_up (&reference->organization, where->organization);
      take_up (&reference->project, where->project);
      take_up (&reference->project_ref, where->project_ref);
      take_up (&reference->environment, where->environment);
    }
}

/* ---- pieces ---- */

/* Whether the comma at @p belongs to the query of an address rather than to a list of addresses. */
static gboolean
is_in_query (const char *start,
             const char *p,
             const char *end)
{
  const char *scheme = p - start <= SPOT_MAX_REFERENCE_URL_BYTES ? g_strstr_len (start, p - start, "://") : NULL;

  return scheme != NULL && memchr (scheme, '?', (gsize) (p - scheme)) != NULL &&
         !(end - p > 5 && g_ascii_strncasecmp (p + 1, "http", 4) == 0);
}

/* Takes the next piece from *@at, FALSE at the end. A piece in quotes ends with them, any other at a separator. */
static gboolean
next_piece (const char **at,
            const char  *end,
            Piece       *piece)
{
  const char *p = *at;
  const char *close = NULL;
  gunichar c = 0;

  while (p < end && (c = g_utf8_get_char_validated (p, end - p)) < 0x110000 && is_separator (c))
    p = g_utf8_next_char (p);
  memset (piece, 0, sizeof *piece);
  if (p == end)
    return FALSE;

  if ((gsize) (end - p) > strlen (TAG_PREFIX) && memcmp (p, TAG_PREFIX, strlen (TAG_PREFIX)) == 0)
    {
      piece->is_tag = TRUE;
      p += strlen (TAG_PREFIX);
    }
  piece->start = p;
  if (*p == '"')
    close = memchr (p + 1, '"', (gsize) (end - p - 1));
  if (close != NULL && memchr (p, '\n', (gsize) (close - p)) == NULL)
    {
      piece->is_quoted = TRUE;
      piece->start = p + 1;
      piece->length = (gsize) (close - p - 1);
      piece->is_bad = !g_utf8_validate_len (piece->start, piece->length, NULL);
      *at = close + 1;
      return TRUE;
    }
  while (p < end)
    {
      c = g_utf8_get_char_validated (p, end - p);
      if (c >= 0x110000)
        {
          piece->is_bad = TRUE;
          p++;
          continue;
        }
      if (is_separator (c) && !(c == ',' && is_in_query (piece->start, p, end)))
        break;
      p = g_utf8_next_char (p);
    }
  piece->length = (gsize) (p - piece->start);
  *at = p;
  return TRUE;
}

/* Whether the last byte closes a bracket that was opened in the same text, as in `http://[::1]`. */
static gboolean
closes_bracket (const char *start,
                gsize       length)
{
  switch (start[length - 1])
    {
    case ')':
      return memchr (start, '(', length) != NULL;
    case ']':
      return memchr (start, '[', length) != NULL;
    case '}':
      return memchr (start, '{', length) != NULL;
    case '>':
      return memchr (start, '<', length) != NULL;
    default:
      return FALSE;
    }
}

static void
trim (const char **start,
      gsize       *length)
{
  while (*length > 0 && strchr (BEFORE, **start) != NULL)
    {
      (*start)++;
      (*length)--;
    }
  while (*length > 0 && strchr (AFTER, (*start)[*length - 1]) != NULL && !closes_bracket (*start, *length))
    (*length)--;
}

/* `TRIGGER_SECRET_KEY=`, as files and shells have it: steps behind it. */
static gboolean
skip_variable (const char **start,
               gsize       *length)
{
  gsize n = 0;

  while (n < *length &&
         (g_ascii_isupper ((*start)[n]) || (*start)[n] == '_' || (n > 0 && g_ascii_isdigit ((*start)[n]))))
    n++;
  if (n == 0 || n == *length || (*start)[n] != '=')
    return FALSE;
  *start += n + 1;
  *length -= n + 1;
  return TRUE;
}

/* The address in @text, which may stand behind a title as in `[title](address)`, or lack its scheme; NULL for none. */
static char *
dup_url (const char *text)
{
  const char *scheme = strstr (text, "://");
  gsize n_host;

  if (scheme != NULL)
    {
      while (scheme > text && g_ascii_isalpha (scheme[-1]))
        scheme--;
      if (g_ascii_strncasecmp (scheme, "http://", 7) != 0 && g_ascii_strncasecmp (scheme, "https://", 8) != 0)
        return NULL;
      if (scheme > text && strchr ("([<{\"'=", scheme[-1]) == NULL)
        return NULL;
      return g_strndup (scheme, strcspn (scheme, "<>\"')"));
    }
  /* Browsers hide the scheme. */
  if (strstr (text, "/runs/run_") == NULL && strstr (text, "/batches/batch_") == NULL)
    return NULL;
  n_host = strcspn (text, ":/");
  if (g_str_has_prefix (text, "localhost") && n_host == strlen ("localhost"))
    return g_strconcat ("http://", text, NULL);
  if (n_host == 0 || memchr (text, '.', n_host) == NULL || !g_ascii_isalnum (*text))
    return NULL;
  return g_strconcat ("https://", text, NULL);
}

/* Whether it is one of the words that come before a key in a command or header. */
static gboolean
is_before_key (const Piece *piece)
{
  static const char *const words[] = { "export", "bearer", "authorization", NULL };
  const char *start = piece->start;
  gsize length = piece->length;

  trim (&start, &length);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (length == strlen (words[i]) && g_ascii_strncasecmp (start, words[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_letters (const Piece *piece)
{
  for (gsize i = 0; i < piece->length; i++)
    {
      if (g_ascii_isalnum (piece->start[i]) || (guchar) piece->start[i] >= 0x80)
        return TRUE;
    }
  return FALSE;
}

/* Adds what can be known by its form alone. *@is_key: whether it was a key or token; *@is_strange: whether it looks
 * like something that must not be taken for a tag. */
static gboolean
add_known (SpotReferenceList *list,
           const Piece       *piece,
           gboolean          *is_key,
           gboolean          *is_strange)
{
  const char *start = piece->start;
  gsize length = piece->length;
  SpotReferenceKind kind;
  char *copy;
  char *url;
  gboolean found;

  *is_key = FALSE;
  trim (&start, &length);
  *is_strange = skip_variable (&start, &length);
  trim (&start, &length);
  if (spot_reference_is_id (start, length, &kind))
    {
      g_autofree char *id = g_strndup (start, length);

      spot_reference_list_add (list, kind, id, NULL);
      return TRUE;
    }
  *is_key = add_credential (list, start, length);
  if (*is_key)
    return TRUE;
  *is_strange |= g_strstr_len (piece->start, (gssize) piece->length, "://") != NULL;
  if (length > 2 * SPOT_MAX_REFERENCE_URL_BYTES)
    return FALSE;
  copy = g_strndup (start, length);
  url = dup_url (copy);
  found = url != NULL && spot_reference_read_url (list, url);
  wipe (copy);
  wipe (url);
  return found;
}

static void
add_tag (SpotReferenceList *list,
         const Piece       *piece)
{
  char *text = NULL;

  if (piece->length <= SPOT_MAX_TAG_CHARS * 4)
    text = g_strndup (piece->start, piece->length);
  if (spot_reference_is_tag (text))
    spot_reference_list_add (list, SPOT_REFERENCE_TAG, text, NULL);
  else
    list->n_left_out++;
  wipe (text);
}

/**
 * spot_reference_find_all:
 * @text: any text: typed, pasted or dropped
 * @length: its length in bytes, or -1 when it ends with a NUL
 * @n_left_out: (out) (optional): how many pieces of @text are nothing that is known, or beyond what is looked at
 *
 * Finds what a text refers to: ids of runs and batches, addresses of the dashboard (protocol §8.7) or of any server,
 * keys and tokens, and tags, separated by blanks, commas or line ends. Ids, keys and addresses may have quotes,
 * brackets and punctuation around them, and `NAME=`, `export` or `Bearer` before them, as in files and commands. What has
 * no form of its own is a tag if the server would take it as one; quotes hold a tag with blanks together, and `tag:`
 * before a piece says that it is one. What might hold a secret without being one is never a tag.
 *
 * Looks at the first %SPOT_MAX_REFERENCE_BYTES of @text and gives up to %SPOT_MAX_REFERENCES different references.
 * Freeing the array overwrites the secrets in it; @text is the caller's to wipe.
 *
 * Returns: (transfer full) (element-type SpotReference): what was found, in order, perhaps nothing
 */
GPtrArray *
spot_reference_find_all (const char *text,
                         gssize      length,
                         guint      *n_left_out)
{
  SpotReferenceList list = { NULL };
  Piece waiting[2]; /* words that are dropped when a key follows, and tags otherwise */
  guint n_waiting = 0;
  gsize n;
  const char *at = text;
  const char *end;
  Piece piece;

  g_return_val_if_fail (text != NULL, NULL);

  list.found = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_reference_free);
  n = length < 0 ? strnlen (text, SPOT_MAX_REFERENCE_BYTES + 1) : (gsize) length;
  if (n > SPOT_MAX_REFERENCE_BYTES)
    {
      /* A piece that is cut could be taken for a whole one. */
      n = SPOT_MAX_REFERENCE_BYTES;
      while (n > 0 && strchr (" \t\r\n,", text[n - 1]) == NULL)
        n--;
      list.n_left_out++;
    }
  end = text + n;
  while (next_piece (&at, end, &piece))
    {
      gboolean is_key = FALSE;
      gboolean is_strange = FALSE;
      gboolean is_known;

      if (!piece.is_bad && !piece.is_tag && n_waiting < G_N_ELEMENTS (waiting) && is_before_key (&piece))
        {
          waiting[n_waiting++] = piece;
          continue;
        }
      is_known = !piece.is_bad && !piece.is_tag && add_known (&list, &piece, &is_key, &is_strange);
      for (guint i = 0; i < n_waiting && !is_key; i++)
        add_tag (&list, &waiting[i]);
      n_waiting = 0;
      /* Brackets and dashes that stand alone are no loss. */
      if (is_known || (!piece.is_bad && !piece.is_tag && !has_letters (&piece)))
        continue;
      if (piece.is_bad || is_strange)
        list.n_left_out++;
      else
        add_tag (&list, &piece);
    }
  for (guint i = 0; i < n_waiting; i++)
    add_tag (&list, &waiting[i]);

  if (n_left_out != NULL)
    *n_left_out = list.n_left_out;
  return list.found;
}

/**
 * spot_reference_dup_shown:
 * @self: a reference
 *
 * Returns: (transfer full): what of it may be shown: its text, of a secret only how it begins
 */
char *
spot_reference_dup_shown (const SpotReference *self)
{
  const char *behind;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->kind != SPOT_REFERENCE_CREDENTIAL)
    return g_strdup (self->text);
  if (self->text == NULL || g_str_has_prefix (self->text, "ey"))
    return g_strdup ("…");
  /* "tr_dev_…": up to the second underscore, which is behind what every key of the kind begins with. */
  behind = strchr (self->text, '_');
  behind = behind != NULL ? strchr (behind + 1, '_') : NULL;
  return behind != NULL ? g_strdup_printf ("%.*s…", (int) (behind + 1 - self->text), self->text) : g_strdup ("…");
}

/**
 * spot_reference_dup_api_url:
 * @self: a reference
 *
 * Returns: (transfer full) (nullable): where the server that @self was found at answers calls, as far as one can tell:
 *   the cloud has a host of its own for them, one's own server usually has not. %NULL when it came without an address
 */
char *
spot_reference_dup_api_url (const SpotReference *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (g_strcmp0 (self->server, "https://cloud.trigger.dev") == 0)
    return g_strdup ("https://api.trigger.dev");
  return g_strdup (self->server);
}
