/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-api-error.h"
#include "spot-http.h"
#include "spot-protocol-error.h"

#define NOW_US (G_GINT64_CONSTANT (1795431600) * G_USEC_PER_SEC) /* Mon, 23 Nov 2026 11:00:00 GMT */

static void
test_47_retry_after (void)
{
  static const struct
  {
    const char *value;
    gint64      wait_ms;
  } cases[] = {
    { NULL, 0 },
    { "", 0 },
    { "5", 5000 },
    { " 5 ", 5000 },
    { "0.5", 500 },
    { "0", 0 },
    { "-3", 0 },
    { "soon", 0 },
    { "1.2.3", 0 },
    { ".", 0 },
    { "1e9", 0 },
    { "0x10", 0 },
    { "inf", 0 },
    { "NaN", 0 },
    { "86400", SPOT_MAX_RETRY_AFTER_MS },
    { "99999999999999999999999999999999999999999999999999999999999999999999999", SPOT_MAX_RETRY_AFTER_MS },
    { "Mon, 23 Nov 2026 11:00:30 GMT", 30000 },
    { "Mon, 23 Nov 2026 10:59:30 GMT", 0 },
    { "Tue, 24 Nov 2026 11:00:00 GMT", SPOT_MAX_RETRY_AFTER_MS },
    { "Mon, 99 Foo 2026", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].value);
      g_assert_cmpint (spot_http_parse_retry_after (cases[i].value, NOW_US), ==, cases[i].wait_ms);
    }
}

static void
test_59_status_errors (void)
{
  static const struct
  {
    guint        status;
    SpotApiError code;
  } cases[] = {
    { 400, SPOT_API_ERROR_BAD_REQUEST },
    { 401, SPOT_API_ERROR_UNAUTHORIZED },
    { 403, SPOT_API_ERROR_FORBIDDEN },
    { 404, SPOT_API_ERROR_NOT_FOUND },
    { 413, SPOT_API_ERROR_BAD_REQUEST },
    { 429, SPOT_API_ERROR_BUSY },
    { 500, SPOT_API_ERROR_SERVER },
    { 503, SPOT_API_ERROR_SERVER },
    { 599, SPOT_API_ERROR_SERVER },
    { 302, SPOT_API_ERROR_REDIRECT },
    { 304, SPOT_API_ERROR_BAD_ANSWER },
    { 206, SPOT_API_ERROR_BAD_ANSWER },
  };
  g_autoptr(GError) binary = spot_http_status_error (500, "/x", "a\0b\xff\n\x01", 6);
  g_autofree char *body = g_strnfill (100000, 'x');
  g_autoptr(GError) error = spot_http_status_error (502, "/realtime/v1/runs", body, 100000);
  g_autoptr(GError) empty = spot_http_status_error (503, "/x", "", 0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) one = spot_http_status_error (cases[i].status, "/x", NULL, 0);

      g_assert_error (one, SPOT_API_ERROR, (int) cases[i].code);
    }
  g_assert_true (g_utf8_validate (binary->message, -1, NULL));
  g_assert_null (strpbrk (binary->message, "\n\x01"));
  g_assert_cmpuint (strlen (error->message), <, 300);
  g_assert_true (g_str_has_prefix (error->message, "/realtime/v1/runs: status 502: xxx"));
  g_assert_cmpstr (empty->message, ==, "/x: status 503");
}

static void
test_61_transport_errors (void)
{
  static const struct
  {
    int          code;
    SpotApiError expected;
  } io[] = {
    { G_IO_ERROR_CONNECTION_REFUSED, SPOT_API_ERROR_UNREACHABLE },
    { G_IO_ERROR_TIMED_OUT, SPOT_API_ERROR_UNREACHABLE },
    { G_IO_ERROR_PARTIAL_INPUT, SPOT_API_ERROR_UNREACHABLE },
    { G_IO_ERROR_INVALID_DATA, SPOT_API_ERROR_BAD_ANSWER },
  };
  g_autoptr(GError) tls = g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "no");
  g_autoptr(GError) own = g_error_new_literal (SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED, "cut");
  g_autoptr(GError) mapped_tls = spot_http_transport_error (tls);
  g_autoptr(GError) mapped_own = spot_http_transport_error (own);

  for (guint i = 0; i < G_N_ELEMENTS (io); i++)
    {
      g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, io[i].code, "x");
      g_autoptr(GError) mapped = spot_http_transport_error (error);

      g_assert_error (mapped, SPOT_API_ERROR, (int) io[i].expected);
    }
  g_assert_error (mapped_tls, SPOT_API_ERROR, SPOT_API_ERROR_TLS);
  g_assert_error (mapped_own, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED);
}

static void
test_request_headers (void)
{
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new ("https://api.trigger.test/base/", "tr_dev_key", "b1", FALSE,
                                                        NULL);
  g_autoptr(SoupMessage) message = spot_http_new_get (endpoint, "/realtime/v1/runs?offset=-1&tags=a%2Cb+c", NULL);
  g_autoptr(SoupSession) session = spot_http_new_session ();
  g_autofree char *uri = g_uri_to_string (soup_message_get_uri (message));
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  g_assert_cmpstr (uri, ==, "https://api.trigger.test/base/realtime/v1/runs?offset=-1&tags=a%2Cb+c");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Authorization"), ==, "Bearer tr_dev_key");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "x-trigger-api-version"), ==, "2025-07-16");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "x-trigger-electric-version"), ==, "1.0.0-beta.1");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "x-trigger-branch"), ==, "b1");
  g_assert_true (soup_message_get_flags (message) & SOUP_MESSAGE_NO_REDIRECT);
  g_assert_cmpstr (soup_session_get_user_agent (session), ==, "Runspotter/" PACKAGE_VERSION);
  g_assert_true (soup_session_has_feature (session, SOUP_TYPE_CONTENT_DECODER));
  g_assert_false (soup_session_has_feature (session, SOUP_TYPE_CACHE));
  g_assert_false (soup_session_has_feature (session, SOUP_TYPE_COOKIE_JAR));
  g_assert_false (soup_session_has_feature (session, SOUP_TYPE_LOGGER));
  g_assert_false (soup_session_has_feature (session, SOUP_TYPE_AUTH_MANAGER));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/47-retry-after", test_47_retry_after);
  g_test_add_func ("/http/59-status-errors", test_59_status_errors);
  g_test_add_func ("/http/61-transport-errors", test_61_transport_errors);
  g_test_add_func ("/http/request-headers", test_request_headers);
  return g_test_run ();
}
