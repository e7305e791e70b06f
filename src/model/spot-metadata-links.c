/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-metadata.h"
#include "spot-plain-text.h"

#include "spot-metadata-private.h"

#define MAX_LINKS 50u
#define MAX_CANDIDATES 2000u /* strings that are looked at closely */
#define MAX_URI_BYTES 8192u
#define MAX_TITLE_CHARS 120

typedef struct
{
  GPtrArray *links;
  guint      n_candidates;
} Collector;

/* The words of a key: "processedVideo", "processed_video", "processed-video" → "processed video". */
static GString *
split_key (const char *key)
{
  GString *words = g_string_new (NULL);
  gboolean after_lower = FALSE;

  for (const char *p = key; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gunichar next = g_utf8_get_char (g_utf8_next_char (p));

      if (strchr ("_-.: ", *p) != NULL || g_unichar_iscntrl (c))
        {
          after_lower = FALSE;
          if (words->len > 0 && words->str[words->len - 1] != ' ')
            g_string_append_c (words, ' ');
          continue;
        }
      /* "PDFFile": the last capital begins the next word. */
      if (g_unichar_isupper (c) && words->len > 0 && words->str[words->len - 1] != ' '
          && (after_lower || g_unichar_islower (next)))
        g_string_append_c (words, ' ');
      after_lower = !g_unichar_isupper (c);
      g_string_append_unichar (words, c);
      if (words->len > 4 * MAX_TITLE_CHARS)
        break;
    }
  return words;
}

static gboolean
is_acronym (const char *word)
{
  static const char *const acronyms[] = { "pdf", "csv", "html", "json", "xml", "zip", "api", "id", "pr", "ci", "ai",
                                          "url", "uri", "ui", "cv", "seo", "rss", NULL };

  return g_strv_contains (acronyms, word);
}

/* "processedVideoUrl" → "processedVideo"; what is nothing but such an ending stays. */
static char *
without_link_ending (const char *key)
{
  static const char *const endings[] = { "Url", "URL", "Uri", "URI", "Link", "Href", "_url", "_uri", "_link", "-url",
                                         "-link", NULL };

  for (guint i = 0; endings[i] != NULL; i++)
    if (g_str_has_suffix (key, endings[i]) && strlen (key) > strlen (endings[i]))
      return g_strndup (key, strlen (key) - strlen (endings[i]));
  return g_strdup (key);
}

/* A key as a title: "technicalResearch" → "Technical research". */
char *
spot_metadata_title_from_key (const char *key)
{
  g_autoptr (GString) split = split_key (key);
  g_auto (GStrv) words = g_strsplit (g_strstrip (split->str), " ", -1);
  g_autoptr (GString) title = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *lower = g_utf8_strdown (words[i], -1);
      g_autofree char *upper = g_utf8_strup (words[i], -1);
      glong n_chars = g_utf8_strlen (words[i], -1);

      if (title->len > 0)
        g_string_append_c (title, ' ');
      if (is_acronym (lower))
        g_string_append (title, upper);
      else if (n_chars > 1 && g_str_equal (words[i], upper))
        g_string_append (title, words[i]);
      else if (i == 0)
        {
          g_string_append_unichar (title, g_unichar_toupper (g_utf8_get_char (lower)));
          g_string_append (title, *lower ? g_utf8_next_char (lower) : "");
        }
      else
        g_string_append (title, lower);
    }
  if (title->len == 0)
    g_string_append (title, key);
  return spot_plain_text_dup_line (title->str, MAX_TITLE_CHARS);
}

/* What must not be in a URI that somebody is to read and click: it would hide or turn around what is really there. */
static gboolean
has_deceptive_characters (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || g_unichar_isspace (c) || g_unichar_iszerowidth (c)
          || g_unichar_type (c) == G_UNICODE_FORMAT)
        return TRUE;
    }
  return FALSE;
}

/* The host that a web address really leads to, in ASCII so that no letter can pass for another; %NULL when it has
 * none. */
static char *
dup_web_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  g_autofree char *ascii = NULL;

  if (host == NULL || *host == '\0' || has_deceptive_characters (host))
    return NULL;
  if (strpbrk (host, "/\\@?#%<>\"'`{}|^") != NULL)
    return NULL;
  ascii = g_hostname_to_ascii (host);
  return ascii && *ascii ? g_steal_pointer (&ascii) : NULL;
}

static char *
dup_mail_address (GUri *uri)
{
  g_autofree char *address = g_uri_unescape_string (g_uri_get_path (uri), NULL);
  const char *at;

  if (address == NULL || !g_utf8_validate (address, -1, NULL) || has_deceptive_characters (address))
    return NULL;
  at = strchr (address, '@');
  if (at == NULL || at == address || at[1] == '\0')
    return NULL;
  return g_steal_pointer (&address);
}

/* The host of a web address, the address of a mailto; %NULL when @uri must not be opened at a click. */
char *
spot_metadata_dup_uri_host (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;
  const char *scheme;

  if (uri == NULL || strlen (uri) > MAX_URI_BYTES || !g_utf8_validate (uri, -1, NULL) || has_deceptive_characters (uri))
    return NULL;
  /* Browsers take a backslash for a slash, GUri takes it for part of the user: they must not disagree about the
   * host. */
  if (strchr (uri, '\\') != NULL)
    return NULL;
  parsed = g_uri_parse (uri, G_URI_FLAGS_ENCODED, NULL);
  if (parsed == NULL)
    return NULL;
  scheme = g_uri_get_scheme (parsed);
  if (g_str_equal (scheme, "http") || g_str_equal (scheme, "https"))
    return dup_web_host (parsed);
  if (g_str_equal (scheme, "mailto"))
    return dup_mail_address (parsed);
  return NULL;
}

/**
 * spot_uri_is_safe:
 * @uri: (nullable): any text, from a server or a person
 *
 * Whether @uri may be opened at a click: http or https with a host, or mailto with an address, valid UTF-8 of sensible
 * length without control, blank, invisible or direction characters.
 *
 * Returns: whether it may
 */
gboolean
spot_uri_is_safe (const char *uri)
{
  g_autofree char *host = spot_metadata_dup_uri_host (uri);

  return host != NULL;
}

/* By the ending of the path. */
static gboolean
ends_as_image (const char *uri)
{
  static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", NULL };
  gsize length = strcspn (uri, "?#");

  for (guint i = 0; endings[i] != NULL; i++)
    {
      gsize n = strlen (endings[i]);

      if (length > n && g_ascii_strncasecmp (uri + length - n, endings[i], n) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
names_image (const char *key)
{
  g_autofree char *bare = key ? without_link_ending (key) : NULL;
  static const char *const names[] = { "image", "thumbnail", "screenshot", "preview", NULL };

  for (guint i = 0; bare != NULL && names[i] != NULL; i++)
    if (strlen (bare) >= strlen (names[i])
        && g_ascii_strcasecmp (bare + strlen (bare) - strlen (names[i]), names[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_generic_key (const char *key)
{
  static const char *const keys[] = { "url", "link", "href", "uri", "URL", "links", "urls", NULL };

  return g_strv_contains (keys, key);
}

/* @key: the nearest member name; @position: from 1 for the elements of a list of several, else 0 */
static char *
make_title (const char *key,
            guint       position)
{
  g_autofree char *bare = NULL;
  g_autofree char *title = NULL;
  gsize length;

  if (key == NULL || is_generic_key (key))
    title = g_strdup (_ ("Link"));
  else
    {
      bare = without_link_ending (key);
      length = strlen (bare);
      if (position > 0 && length > 2 && bare[length - 1] == 's' && bare[length - 2] != 's')
        bare[length - 1] = '\0';
      title = spot_metadata_title_from_key (bare);
    }
  return position > 0 ? g_strdup_printf ("%s %u", title, position) : g_steal_pointer (&title);
}

/* The text of a value that may be a link, borrowed. */
static const char *
get_candidate (const SpotValue *value)
{
  SpotValueKind kind = value ? spot_value_get_kind (value) : SPOT_VALUE_NULL;
  const char *text;
  gsize length;

  if (kind != SPOT_VALUE_STRING && kind != SPOT_VALUE_URL)
    return NULL;
  text = spot_value_get_text (value, &length);
  /* What follows a NUL would not be seen here. */
  if (length > MAX_URI_BYTES || strlen (text) != length)
    return NULL;
  if (g_ascii_strncasecmp (text, "http://", 7) == 0 || g_ascii_strncasecmp (text, "https://", 8) == 0
      || g_ascii_strncasecmp (text, "mailto:", 7) == 0)
    return text;
  return NULL;
}

/* @label: (nullable): a title that the run gave */
static void
add_link (Collector  *collector,
          const char *uri,
          const char *label,
          const char *key,
          guint       position)
{
  g_autofree char *host = NULL;
  SpotLink *link;

  if (collector->n_candidates >= MAX_CANDIDATES)
    return;
  for (guint i = 0; i < collector->links->len; i++)
    {
      link = collector->links->pdata[i];
      if (g_str_equal (link->uri, uri))
        return;
    }
  collector->n_candidates++;
  host = spot_metadata_dup_uri_host (uri);
  if (host == NULL)
    return;

  link = g_new0 (SpotLink, 1);
  link->uri = g_strdup (uri);
  link->host = g_steal_pointer (&host);
  link->title = label ? spot_plain_text_dup_line (label, MAX_TITLE_CHARS) : make_title (key, position);
  link->is_image = ends_as_image (uri) || names_image (key);
  /* Beyond the limit the last place goes to the latest, which may become the primary one. */
  if (collector->links->len == MAX_LINKS)
    g_ptr_array_set_size (collector->links, MAX_LINKS - 1);
  g_ptr_array_add (collector->links, link);
}

/* A wait token's address is a way to complete it: nothing to click by mistake. */
static gboolean
is_wait_token (const SpotValue *object)
{
  const char *id = spot_metadata_get_string (object, "id");

  return id != NULL && g_str_has_prefix (id, "waitpoint_");
}

static void
collect (Collector  *collector,
         SpotValue  *value,
         const char *key,
         guint       position)
{
  static const char *const labels[] = { "label", "title", "name", NULL };
  SpotValueKind kind = spot_value_get_kind (value);
  guint n = spot_value_get_n_children (value);
  const char *uri;

  uri = get_candidate (value);
  if (uri != NULL)
    add_link (collector, uri, NULL, key, position);
  if (n == 0 || (kind == SPOT_VALUE_OBJECT && is_wait_token (value)))
    return;
  if (kind == SPOT_VALUE_OBJECT)
    {
      uri = get_candidate (spot_value_get_member (value, "url"));
      if (uri == NULL)
        uri = get_candidate (spot_value_get_member (value, "href"));
    }
  if (uri != NULL)
    add_link (collector, uri, spot_metadata_get_first (value, labels), key, position);
  for (guint i = 0; i < n; i++)
    {
      const char *name = spot_value_get_child_name (value, i);
      SpotValue *name_value = spot_value_get_child_key (value, i);

      if (name == NULL && name_value != NULL && spot_value_get_kind (name_value) == SPOT_VALUE_STRING)
        name = spot_value_get_text (name_value, NULL);
      if (name != NULL)
        collect (collector, spot_value_get_child (value, i), name, 0);
      else
        collect (collector, spot_value_get_child (value, i), key, n > 1 ? i + 1 : 0);
    }
}

/* links: the primary one first. What a run calls its result comes before what it added last (product f). */
void
spot_metadata_read_links (SpotMetadata *self)
{
  static const char *const primary[] = { "url", "link", "links", "resultUrl", "result_url", "reportUrl", "report_url",
                                         NULL };
  Collector collector = { self->links, 0 };
  guint n = spot_value_get_n_children (self->tree);

  for (guint i = 0; primary[i] != NULL; i++)
    {
      SpotValue *value = spot_value_get_member (self->tree, primary[i]);

      if (value != NULL)
        collect (&collector, value, primary[i], 0);
    }
  if (self->links->len > 0)
    {
      for (guint i = 0; i < n; i++)
        collect (&collector, spot_value_get_child (self->tree, i), spot_value_get_child_name (self->tree, i), 0);
      return;
    }

  for (guint i = 0; i < n; i++)
    collect (&collector, spot_value_get_child (self->tree, i), spot_value_get_child_name (self->tree, i), 0);
  if (self->links->len > 1)
    {
      SpotLink *latest = g_ptr_array_steal_index (self->links, self->links->len - 1);

      g_ptr_array_insert (self->links, 0, latest);
    }
}
