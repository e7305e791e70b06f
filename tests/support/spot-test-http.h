/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotTestHttp:
 * @status: the status code
 * @headers: (array zero-terminated=1): the header lines, without their ends
 * @body: the body, chunks joined, with a NUL behind it
 * @body_length: length of @body in bytes
 * @is_whole: whether the recording has all of the body: some were cut off
 *
 * A recorded HTTP response.
 */
typedef struct
{
  guint    status;
  char   **headers;
  char    *body;
  gsize    body_length;
  gboolean is_whole;
} SpotTestHttp;

char        **spot_test_http_list       (const char   *folder);
SpotTestHttp *spot_test_http_load       (const char   *path);
void          spot_test_http_free       (SpotTestHttp *self);
const char   *spot_test_http_get_header (SpotTestHttp *self,
                                         const char   *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotTestHttp, spot_test_http_free)

G_END_DECLS
