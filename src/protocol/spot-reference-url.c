/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"

#include "spot-reference-private.h"

/* The longest name of a host, and what a part of a path may have. */
#define MAX_HOST_BYTES 253u
#define MAX_SEGMENT_BYTES 128u
#define MAX_SEGMENTS 32

/* A path in its parts, unescaped; one that holds more than letters, digits and `.-_~` is empty. */
typedef struct
{
  char **segments;
  guint  n_segments;
  guint  at;
} Path;

/* What the pages, and the calls, of a server begin with: what comes before it is where the server is. */
static const char *const first_segments[] = { "orgs", "projects", "runs", "api", "realtime", "account", "login",
                                              "invites", "healthcheck", NULL };

static gboolean
is_plain (const char *text)
{
  gsize length = strlen (text);

  /* A full stop at the end is as likely a sentence's. */
  if (length == 0 || length > MAX_SEGMENT_BYTES || text[length - 1] == '.')
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && strchr (".-_~", *p) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* The host as it is looked up: in ASCII, so that no letter can pass for another; NULL for what is no host. */
static char *
normalize_host (const char *host)
{
  g_autofree char *ascii = NULL;
  gsize length;

  if (host == NULL || *host == '\0' || strlen (host) > MAX_HOST_BYTES)
    return NULL;
  if (strchr (host, ':') != NULL)
    {
      g_autofree char *lower = g_ascii_strdown (host, -1);

      /* A zone means something on one machine only. */
      return strchr (host, '%') == NULL && g_hostname_is_ip_address (host) ? g_strdup_printf ("[%s]", lower) : NULL;
    }
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL)
    return NULL;
  length = strlen (ascii);
  if (length > 1 && ascii[length - 1] == '.')
    ascii[--length] = '\0';
  if (length == 0 || length > MAX_HOST_BYTES || ascii[length - 1] == '.')
    return NULL;
  for (gsize i = 0; i < length; i++)
    {
      ascii[i] = g_ascii_tolower (ascii[i]);
      if (!g_ascii_isalnum (ascii[i]) && ascii[i] != '-' && ascii[i] != '_' && ascii[i] != '.')
        return NULL;
      if (ascii[i] == '.' && (i == 0 || ascii[i - 1] == '.'))
        return NULL;
    }
  return g_steal_pointer (&ascii);
}

/* Scheme, host and port; NULL for an address that a browser and this program might not read alike, or that tries to
 * look like another one. */
static GString *
read_origin (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  gboolean secure = strcmp (scheme, "https") == 0;
  int port = g_uri_get_port (uri);
  g_autofree char *host = NULL;
  GString *origin;

  if ((!secure && strcmp (scheme, "http") != 0) || g_uri_get_userinfo (uri) != NULL || port == 0)
    return NULL;
  host = normalize_host (g_uri_get_host (uri));
  if (host == NULL)
    return NULL;
  origin = g_string_new (scheme);
  g_string_append_printf (origin, "://%s", host);
  if (port > 0 && port != (secure ? 443 : 80))
    g_string_append_printf (origin, ":%d", port);
  return origin;
}

static void
path_clear (Path *path)
{
  g_strfreev (path->segments);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Path, path_clear)

static void
path_init (Path       *self,
           const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "/", MAX_SEGMENTS + 1);

  self->segments = g_new0 (char *, MAX_SEGMENTS + 1);
  self->n_segments = self->at = 0;
  for (guint i = 0; parts[i] != NULL && i < MAX_SEGMENTS; i++)
    {
      g_autofree char *plain = NULL;

      if (*parts[i] == '\0')
        continue;
      plain = g_uri_unescape_segment (parts[i], NULL, NULL);
      self->segments[self->n_segments++] = plain != NULL && is_plain (plain) ? g_steal_pointer (&plain) : g_strdup ("");
    }
}

/* The part after @offset others; empty when there is none. */
static const char *
path_peek (const Path *self,
           guint       offset)
{
  return self->at + offset < self->n_segments ? self->segments[self->at + offset] : "";
}

/* Steps over @name and what it names, and returns that; NULL when they do not come next. */
static const char *
path_read_named (Path       *self,
                 const char *name)
{
  const char *named = path_peek (self, 1);

  if (strcmp (path_peek (self, 0), name) != 0 || *named == '\0')
    return NULL;
  self->at += 2;
  return named;
}

/* Steps to the first page, adding what comes before it to @server. FALSE when that cannot be a server's address. */
static gboolean
read_base (Path    *path,
           GString *server)
{
  for (; path->at < path->n_segments; path->at++)
    {
      const char *segment = path_peek (path, 0);

      if (*segment == '\0')
        return FALSE;
      if (g_strv_contains (first_segments, segment))
        break;
      g_string_append_printf (server, "/%s", segment);
    }
  return TRUE;
}

/* Reads the organization, project and environment of a page (protocol §8.7). Those of old dashboards, and of
 * addresses that redirect, have a `v3` before the project. */
static void
read_where (Path          *path,
            SpotReference *where)
{
  const char *project;
  gboolean has_version;

  where->organization = g_strdup (path_read_named (path, "orgs"));
  has_version = strcmp (path_peek (path, 0), "projects") == 0 && strcmp (path_peek (path, 1), "v3") == 0 &&
                *path_peek (path, 2) != '\0' && strcmp (path_peek (path, 2), "env") != 0;
  if (has_version)
    {
      project = path_peek (path, 2);
      path->at += 3;
    }
  else
    {
      project = path_read_named (path, "projects");
    }
  if (where->organization == NULL)
    where->project_ref = g_strdup (project);
  else
    where->project = g_strdup (project);
  where->environment = g_strdup (path_read_named (path, "env"));
}

/* Steps over `api/v1` and `realtime/v1`: the address of a call is as good as that of a page. */
static void
skip_version (Path *path)
{
  const char *version = path_peek (path, 1);

  if ((strcmp (path_peek (path, 0), "api") == 0 || strcmp (path_peek (path, 0), "realtime") == 0) &&
      version[0] == 'v' && g_ascii_isdigit (version[1]))
    path->at += 2;
}

/* A list of runs that is narrowed by its query: to tags, a batch, a run. */
static gboolean
read_query (SpotReferenceList   *list,
            GUri                *uri,
            const SpotReference *where)
{
  const char *query = g_uri_get_query (uri);
  GUriParamsIter iter;
  gboolean found = FALSE;

  if (query == NULL)
    return FALSE;
  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_WWW_FORM);
  for (;;)
    {
      g_autofree char *name = NULL;
      g_autofree char *value = NULL;
      g_auto(GStrv) texts = NULL;
      SpotReferenceKind kind;
      gboolean is_tags;

      if (!g_uri_params_iter_next (&iter, &name, &value, NULL))
        break;
      is_tags = strcmp (name, "tags") == 0;
      if (!is_tags && strcmp (name, "batchId") != 0 && strcmp (name, "runId") != 0)
        continue;
      texts = g_strsplit (value, ",", SPOT_MAX_REFERENCES + 1);
      for (guint i = 0; texts[i] != NULL; i++)
        {
          if (*texts[i] == '\0')
            continue;
          if (is_tags ? !spot_reference_is_tag (texts[i])
                      : !spot_reference_is_id (texts[i], strlen (texts[i]), &kind))
            {
              list->n_left_out++;
              continue;
            }
          spot_reference_list_add (list, is_tags ? SPOT_REFERENCE_TAG : kind, texts[i], where);
          found = TRUE;
        }
    }
  return found;
}

static char *
make_environment_address (const SpotReference *where)
{
  if (where->organization != NULL)
    return g_strdup_printf ("%s/orgs/%s/projects/%s/env/%s", where->server, where->organization, where->project,
                            where->environment);
  return g_strdup_printf ("%s/projects/v3/%s/env/%s", where->server, where->project_ref, where->environment);
}

static void
read_page (SpotReferenceList   *list,
           GUri                *uri,
           Path                *path,
           const SpotReference *where)
{
  const char *page = path_peek (path, 0);
  const char *id = path_peek (path, 1);
  gboolean is_list = *page == '\0' || strcmp (page, "runs") == 0;
  SpotReferenceKind kind;

  if ((strcmp (page, "runs") == 0 || strcmp (page, "batches") == 0) && spot_reference_is_id (id, strlen (id), &kind))
    {
      spot_reference_list_add (list, kind, id, where);
    }
  else if (is_list && read_query (list, uri, where))
    {
      return;
    }
  else if (where->environment != NULL && (where->project != NULL || where->project_ref != NULL))
    {
      g_autofree char *address = make_environment_address (where);

      spot_reference_list_add (list, SPOT_REFERENCE_ENVIRONMENT, address, where);
    }
  else
    {
      spot_reference_list_add (list, SPOT_REFERENCE_SERVER, where->server, where);
    }
}

/* Reads a web address and adds what it refers to. FALSE, with nothing added, for one that is none or that is not to be
 * trusted. @url is valid UTF-8. */
gboolean
spot_reference_read_url (SpotReferenceList *list,
                         const char        *url)
{
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GString) server = NULL;
  g_auto(Path) path = { NULL };
  SpotReference where = { 0 };

  /* Browsers take a backslash for a slash, GUri for part of the host. */
  if (strlen (url) > SPOT_MAX_REFERENCE_URL_BYTES || strchr (url, '\\') != NULL)
    return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  server = uri != NULL ? read_origin (uri) : NULL;
  if (server == NULL)
    return FALSE;
  path_init (&path, g_uri_get_path (uri));
  if (!read_base (&path, server))
    return FALSE;

  where.server = server->str;
  read_where (&path, &where);
  skip_version (&path);
  read_page (list, uri, &path, &where);
  g_free (where.organization);
  g_free (where.project);
  g_free (where.project_ref);
  g_free (where.environment);
  return TRUE;
}
