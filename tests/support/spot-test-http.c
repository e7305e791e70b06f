/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-test-http.h"

static gint
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * spot_test_http_list:
 * @folder: a folder below tests/fixtures
 *
 * Returns: (transfer full): the recordings in it as paths for spot_test_http_load(), sorted; at least one
 */
char **
spot_test_http_list (const char *folder)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", folder, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) paths = g_ptr_array_new ();
  GDir *dir = g_dir_open (path, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)))
    {
      if (g_str_has_suffix (name, ".http"))
        g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }
  g_dir_close (dir);
  g_assert_cmpuint (paths->len, >, 0);
  g_ptr_array_sort (paths, compare_names);
  g_ptr_array_add (paths, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}

/* Joins the chunks. %FALSE when the last one is not there. */
static gboolean
join_chunks (const char *data,
             const char *end,
             GString    *body)
{
  while (data < end)
    {
      char *after;
      guint64 size = g_ascii_strtoull (data, &after, 16);

      g_assert_true (after > data && g_str_has_prefix (after, "\r\n"));
      data = after + 2;
      if (size == 0)
        return TRUE;
      g_string_append_len (body, data, MIN ((gssize) size, end - data));
      data += MIN ((gssize) size, end - data);
      if (end - data >= 2)
        {
          g_assert_true (g_str_has_prefix (data, "\r\n"));
          data += 2;
        }
    }

  return FALSE;
}

/**
 * spot_test_http_load:
 * @path: a recording's path below tests/fixtures, as `electric/01-run-initial.http`
 *
 * Returns: (transfer full): the response; the test fails when it is not there or no HTTP response
 */
SpotTestHttp *
spot_test_http_load (const char *path)
{
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "fixtures", path, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *data = NULL;
  g_autofree char *head = NULL;
  g_autoptr(GString) body = g_string_new (NULL);
  SpotTestHttp *self = g_new0 (SpotTestHttp, 1);
  const char *length_text;
  const char *encoding;
  const char *blank_line;
  const char *start;
  gsize length;

  g_file_get_contents (file, &data, &length, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (data, "HTTP/1."));
  blank_line = g_strstr_len (data, (gssize) length, "\r\n\r\n");
  g_assert_nonnull (blank_line);

  self->status = (guint) g_ascii_strtoull (data + strlen ("HTTP/1.1 "), NULL, 10);
  head = g_strndup (data, (gsize) (blank_line - data));
  self->headers = g_strsplit (head, "\r\n", -1);

  start = blank_line + strlen ("\r\n\r\n");
  encoding = spot_test_http_get_header (self, "transfer-encoding");
  length_text = spot_test_http_get_header (self, "content-length");
  if (encoding && g_ascii_strcasecmp (encoding, "chunked") == 0)
    {
      self->is_whole = join_chunks (start, data + length, body);
    }
  else
    {
      g_string_append_len (body, start, (gssize) length - (start - data));
      self->is_whole = !length_text || g_ascii_strtoull (length_text, NULL, 10) == body->len;
    }
  self->body_length = body->len;
  self->body = g_string_free (g_steal_pointer (&body), FALSE);

  return self;
}

/**
 * spot_test_http_free:
 * @self: (transfer full): a response
 *
 * Frees @self.
 */
void
spot_test_http_free (SpotTestHttp *self)
{
  g_strfreev (self->headers);
  g_free (self->body);
  g_free (self);
}

/**
 * spot_test_http_get_header:
 * @self: a response
 * @name: a header's name, in any case
 *
 * Returns: (transfer none) (nullable): the header's value, without blanks around it; %NULL when it is not there
 */
const char *
spot_test_http_get_header (SpotTestHttp *self,
                           const char   *name)
{
  gsize n = strlen (name);

  for (guint i = 1; self->headers[i]; i++)
    {
      const char *line = self->headers[i];

      if (g_ascii_strncasecmp (line, name, n) == 0 && line[n] == ':')
        {
          for (line += n + 1; *line == ' '; line++)
            ;
          return line;
        }
    }

  return NULL;
}
