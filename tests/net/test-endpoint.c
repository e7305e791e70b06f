/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-endpoint.h"

typedef struct
{
  const char *url;
  const char *expected; /* NULL: an error */
  gboolean    allow;
  int         code;
} UrlCase;

static void
test_urls (void)
{
  static const UrlCase cases[] = {
    { "https://api.trigger.dev", "https://api.trigger.dev" },
    { "https://api.trigger.dev/", "https://api.trigger.dev" },
    { "  https://api.trigger.dev/base//  ", "https://api.trigger.dev/base" },
    { "HTTPS://api.trigger.dev", "HTTPS://api.trigger.dev" },
    { "http://localhost:3030", "http://localhost:3030" },
    { "http://LOCALHOST:3030", "http://LOCALHOST:3030" },
    { "http://127.0.0.1:8030/", "http://127.0.0.1:8030" },
    { "http://127.9.9.9", "http://127.9.9.9" },
    { "http://[::1]:3030", "http://[::1]:3030" },
    { "http://example.com", "http://example.com", TRUE },
    { "http://example.com", NULL, FALSE, G_IO_ERROR_PERMISSION_DENIED },
    { "http://localhost.example.com", NULL, FALSE, G_IO_ERROR_PERMISSION_DENIED },
    { "http://127.0.0.1.example.com", NULL, FALSE, G_IO_ERROR_PERMISSION_DENIED },
    { "http://10.0.0.1", NULL, FALSE, G_IO_ERROR_PERMISSION_DENIED },
    { "http://0.0.0.0", NULL, FALSE, G_IO_ERROR_PERMISSION_DENIED },
  };
  static const char * const bad[] = {
    "", "/", "api.trigger.dev", "ftp://api.trigger.dev", "https://", "https:///x", "https://user:pw@api.trigger.dev",
    "https://api.trigger.dev?x=1", "https://api.trigger.dev/#x", "https://a b", "file:///etc/passwd", "https://x:99999",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (cases[i].url, "tr_dev_key", NULL, cases[i].allow, &error);

      if (cases[i].expected != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (spot_endpoint_get_url (endpoint), ==, cases[i].expected);
        }
      else
        {
          g_assert_null (endpoint);
          g_assert_error (error, G_IO_ERROR, cases[i].code);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (bad[i], "tr_dev_key", NULL, TRUE, &error);

      g_assert_null (endpoint);
      g_assert_cmpuint (error->domain, ==, G_URI_ERROR);
      g_assert_null (strstr (error->message, "tr_dev_key"));
    }
}

static void
test_credential (void)
{
  static const char * const bad[] = { "", "  ", "a b", "a\nX-Evil: 1", "a\x7f", "caf\xc3\xa9" };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autofree char *authorization = NULL;
  g_autofree char *redacted = NULL;

  endpoint = spot_endpoint_new ("https://x", " tr_dev_key\n", "feature/x", FALSE, &error);
  g_assert_no_error (error);
  authorization = spot_endpoint_dup_authorization (endpoint);
  g_assert_cmpstr (authorization, ==, "Bearer tr_dev_key");
  g_assert_cmpstr (spot_endpoint_get_branch (endpoint), ==, "feature/x");
  redacted = spot_endpoint_redact (endpoint, "<p>You sent Bearer tr_dev_key, tr_dev_key!", -1);
  g_assert_cmpstr (redacted, ==, "<p>You sent Bearer ***, ***!");

  g_clear_pointer (&redacted, g_free);
  redacted = spot_endpoint_redact (endpoint, "It breaks off: tr_dev_k", -1);
  g_assert_cmpstr (redacted, ==, "It breaks off: ***");
  g_clear_pointer (&redacted, g_free);
  redacted = spot_endpoint_redact (endpoint, "tr_dev_", -1);
  g_assert_cmpstr (redacted, ==, "tr_dev_");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_error (&error);
      g_assert_null (spot_endpoint_new ("https://x", bad[i], NULL, FALSE, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_clear_error (&error);
  g_assert_null (spot_endpoint_new ("https://x", "key", "a\r\nX-Evil: 1", FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_no_branch (void)
{
  g_autoptr(SpotEndpoint) none = spot_endpoint_new ("https://x", "key", NULL, FALSE, NULL);
  g_autoptr(SpotEndpoint) empty = spot_endpoint_new ("https://x", "key", "", FALSE, NULL);

  g_assert_null (spot_endpoint_get_branch (none));
  g_assert_null (spot_endpoint_get_branch (empty));
}

static void
test_two_addresses (void)
{
  SpotEndpointOptions options = {
    .api_url = "https://api.example/", .realtime_url = "https://live.example//", .branch = "b",
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new_full (&options, &error);
  g_autoptr(SpotEndpoint) other = NULL;
  g_autofree char *authorization = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (spot_endpoint_get_url (endpoint), ==, "https://api.example");
  g_assert_cmpstr (spot_endpoint_get_realtime_url (endpoint), ==, "https://live.example");
  g_assert_null (spot_endpoint_dup_authorization (endpoint));
  text = spot_endpoint_redact (endpoint, "nothing to hide", -1);
  g_assert_cmpstr (text, ==, "nothing to hide");

  other = spot_endpoint_new_with_credential (endpoint, "tr_dev_other", NULL, &error);
  g_assert_no_error (error);
  authorization = spot_endpoint_dup_authorization (other);
  g_assert_cmpstr (authorization, ==, "Bearer tr_dev_other");
  g_assert_cmpstr (spot_endpoint_get_realtime_url (other), ==, "https://live.example");
  g_assert_null (spot_endpoint_get_branch (other));
  g_assert_null (spot_endpoint_new_with_credential (endpoint, "a b", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  options.realtime_url = "";
  g_clear_pointer (&other, spot_endpoint_unref);
  other = spot_endpoint_new_full (&options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_endpoint_get_realtime_url (other), ==, "https://api.example");

  /* Agreement is asked for either. */
  options.realtime_url = "http://live.example";
  g_assert_null (spot_endpoint_new_full (&options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_nonnull (strstr (error->message, "live.example"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/urls", test_urls);
  g_test_add_func ("/endpoint/credential", test_credential);
  g_test_add_func ("/endpoint/no-branch", test_no_branch);
  g_test_add_func ("/endpoint/two-addresses", test_two_addresses);
  return g_test_run ();
}
