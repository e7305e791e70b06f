/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-client.h"

#define RUNS "/realtime/v1/runs?offset=-1"

static DevClient *
new_client (void)
{
  DevClient *client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"runTags\":[\"a\"]}");
  return client;
}

static DevAnswer *
get_any (DevClient  *client,
         const char *path)
{
  DevAnswer *answer = dev_client_send (client, DEV_HEADERS_ALL, "GET", path, NULL);

  dev_client_wait (answer);
  return answer;
}

static void
assert_sound (DevClient *client)
{
  g_autoptr(DevAnswer) answer = dev_client_get (client, RUNS);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (answer)), ==, 2);
}

/* Faults that answer, by name, status and body. */
static void
test_answers (void)
{
  static const struct
  {
    const char *fault;
    guint status;
    const char *content_type;
    const char *body;
  } cases[] = {
    { "401", 401, "application/json", "{\"error\":\"Invalid or Missing API key\"}" },
    { "409", 409, "application/json", "[{\"headers\":{\"control\":\"must-refetch\"}}]" },
    { "429", 429, "application/json", "{\"error\":\"Too many concurrent requests\"}" },
    { "503", 503, "application/json", NULL },
    { "html", 200, "text/html", NULL },
  };
  g_autoptr(DevClient) client = new_client ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int j = 0; j < 2; j++)
      {
        g_autoptr(DevAnswer) answer = NULL;

        spot_dev_server_set_fault (client->server, cases[i].fault, j == 0 ? 1 : -1);
        answer = dev_client_get (client, RUNS);
        g_assert_cmpuint (answer->status, ==, cases[i].status);
        g_assert_true (g_str_has_prefix (dev_answer_header (answer, "content-type"), cases[i].content_type));
        if (cases[i].body != NULL)
          g_assert_cmpstr (answer->body, ==, cases[i].body);
        g_assert_cmpint (g_strcmp0 (dev_answer_header (answer, "retry-after"), "1") == 0, ==, cases[i].status == 503);
        if (j == 1)
          {
            g_autoptr(DevAnswer) again = dev_client_get (client, RUNS);

            g_assert_cmpuint (again->status, ==, cases[i].status);
            spot_dev_server_set_fault (client->server, NULL, 0);
          }
        assert_sound (client);
      }
}

/* The connection breaks in the middle of a body whose size was announced: in chunks, or by its length. */
static void
test_drop (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) chunked = NULL, with_length = NULL, live = NULL;
  g_autoptr(DevAnswer) start = NULL;
  g_autofree char *url = NULL;

  chunked = get_any (client, RUNS "&fault=drop");
  g_assert_cmpuint (chunked->status, ==, 200);
  g_assert_nonnull (dev_answer_header (chunked, "electric-handle"));
  g_assert_nonnull (chunked->error);
  with_length = get_any (client, "/realtime/v1/runs?fault=drop");
  g_assert_cmpuint (with_length->status, ==, 400);
  g_assert_nonnull (with_length->error);
  assert_sound (client);

  start = dev_client_get (client, RUNS);
  url = g_strconcat ("/realtime/v1/runs?fault=drop&live=true&offset=0_0&handle=",
                     dev_answer_header (start, "electric-handle"), NULL);
  live = dev_client_poll (client, url);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  dev_client_wait (live);
  g_assert_cmpuint (live->status, ==, 200);
  g_assert_nonnull (live->error);
  g_assert_cmpuint (spot_dev_server_get_n_live (client->server), ==, 0);
}

static void
test_truncated (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) whole = dev_client_get (client, RUNS);
  g_autoptr(DevAnswer) answer = dev_client_get (client, RUNS "&fault=truncated");
  g_autoptr(JsonNode) node = json_from_string (answer->body, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_null (node);
  g_assert_cmpuint (strlen (answer->body), ==, strlen (whole->body) / 2);
  g_assert_true (g_str_has_prefix (whole->body, answer->body));
}

/* Nothing comes until the client gives up, and then nothing is left of it. */
static void
test_stall (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) stalled = dev_client_send (client, DEV_HEADERS_ALL, "GET", RUNS "&fault=stall", NULL);

  assert_sound (client);
  while (spot_dev_server_get_n_requests (client->server) < 2)
    g_main_context_iteration (NULL, TRUE);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  assert_sound (client);
  g_assert_false (stalled->done);
  soup_session_abort (client->session);
  dev_client_wait (stalled);
  g_assert_nonnull (stalled->error);
  assert_sound (client);
}

/* 409 takes the place of the answer, and the shape really is another one afterwards; a waiting poll is not told its
   name. */
static void
test_must_refetch (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) start = dev_client_get (client, RUNS);
  g_autofree char *url = g_strconcat ("/realtime/v1/runs?offset=0_0&handle=",
                                      dev_answer_header (start, "electric-handle"), NULL);
  g_autofree char *live_url = g_strconcat (url, "&live=true&fault=409", NULL);
  g_autoptr(DevAnswer) refetch = NULL, stale = NULL, live = NULL;

  spot_dev_server_set_fault (client->server, "409", 1);
  refetch = dev_client_get (client, url);
  g_assert_cmpuint (refetch->status, ==, 409);
  g_assert_cmpstr (dev_answer_header (refetch, "electric-handle"), !=, dev_answer_header (start, "electric-handle"));
  stale = dev_client_get (client, url);
  g_assert_cmpuint (stale->status, ==, 409);
  g_assert_cmpstr (dev_answer_header (stale, "electric-handle"), ==, dev_answer_header (refetch, "electric-handle"));
  live = dev_client_get (client, live_url);
  g_assert_cmpuint (live->status, ==, 409);
  g_assert_null (dev_answer_header (live, "electric-handle"));
}

static void
test_header_and_control (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) by_header = dev_client_send (client, DEV_HEADERS_ALL, "GET", RUNS, NULL);
  g_autoptr(DevAnswer) control = NULL, bad = NULL, nobody = NULL;

  soup_message_headers_append (soup_message_get_request_headers (by_header->message), "x-runspotter-fault", "429");
  dev_client_wait (by_header);
  g_assert_cmpuint (by_header->status, ==, 429);

  control = dev_client_send (client, DEV_HEADERS_KEY, "POST", "/dev/faults", "{\"fault\":\"503\",\"count\":2}");
  dev_client_wait (control);
  g_assert_cmpuint (control->status, ==, 200);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(DevAnswer) answer = dev_client_get (client, RUNS);

      g_assert_cmpuint (answer->status, ==, 503);
    }
  assert_sound (client);

  bad = dev_client_send (client, DEV_HEADERS_KEY, "POST", "/dev/faults", "{\"fault\":\"earthquake\"}");
  dev_client_wait (bad);
  g_assert_cmpuint (bad->status, ==, 400);
  nobody = dev_client_send (client, DEV_HEADERS_NONE, "POST", "/dev/faults", "{\"fault\":\"503\"}");
  dev_client_wait (nobody);
  g_assert_cmpuint (nobody->status, ==, 401);
  assert_sound (client);
}

/* Faults of what is in the answer: each leaves sound HTTP. */
static void
test_bodies (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) whole = dev_client_get (client, RUNS);
  g_autoptr(DevAnswer) slow = dev_client_get (client, RUNS "&fault=slow");
  g_autoptr(DevAnswer) twice = dev_client_get (client, RUNS "&fault=duplicate");
  g_autoptr(DevAnswer) wrong = dev_client_get (client, RUNS "&fault=wrong-types");
  g_autoptr(DevAnswer) huge = dev_client_get (client, RUNS "&fault=huge-row");
  g_autoptr(DevAnswer) headless = dev_client_get (client, RUNS "&fault=no-handle");
  g_autoptr(DevAnswer) skewed = dev_client_get (client, RUNS "&fault=skew");
  g_autoptr(DevAnswer) zipped = dev_client_get (client, RUNS "&fault=gzip");
  guint n = json_array_get_length (dev_answer_messages (whole));

  g_assert_cmpstr (slow->body, ==, whole->body);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (twice)), ==, 2 * n - 1);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (wrong)), ==, n);
  g_assert_nonnull (strstr (wrong->body, ":[{\"not\":1}]"));
  g_assert_cmpuint (strlen (huge->body), >, 10 * 1024 * 1024);
  g_assert_null (dev_answer_header (headless, "electric-handle"));
  g_assert_nonnull (dev_answer_header (headless, "electric-offset"));
  g_assert_cmpstr (dev_answer_header (skewed, "date"), !=, dev_answer_header (whole, "date"));
  g_assert_cmpstr (dev_answer_header (zipped, "content-encoding"), ==, "gzip");
}

/* A fault can wait for its turn. */
static void
test_after (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) set = dev_client_send (client, DEV_HEADERS_ALL, "POST", "/dev/faults",
                                              "{\"fault\":\"401\",\"count\":1,\"after\":2}");
  static const guint statuses[] = { 200, 200, 401, 200 };

  dev_client_wait (set);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(DevAnswer) answer = dev_client_get (client, RUNS);

      g_assert_cmpuint (answer->status, ==, statuses[i]);
    }
}

static void
set (DevClient  *client,
     const char *settings)
{
  g_autoptr(DevAnswer) answer = dev_client_send (client, DEV_HEADERS_KEY, "POST", "/dev/settings", settings);

  dev_client_wait (answer);
  g_assert_cmpuint (answer->status, ==, 200);
}

/* What a hundred requests to a flaky server come to. */
static char *
list_answers (DevClient *client)
{
  GString *course = g_string_new (NULL);

  for (int i = 0; i < 100; i++)
    {
      g_autoptr(DevAnswer) answer = get_any (client, "/realtime/v1/runs?offset=-1&tags=none");

      g_string_append_printf (course, "%u%s ", answer->status, answer->error != NULL ? "!" : "");
    }
  return g_string_free (course, FALSE);
}

/* The same for the same seed, and all is well once that is turned off. */
static void
test_flaky (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_FLAKY, .seed = 5, .speed = 1, .hold_ms = DEV_HOLD_MS };
  g_autoptr(DevClient) client = dev_client_new_for (&options);
  g_autoptr(DevClient) same = dev_client_new_for (&options);
  g_autofree char *course = list_answers (client);
  g_autofree char *same_course = list_answers (same);
  g_autofree char *sound_course = NULL;

  g_assert_cmpstr (course, ==, same_course);
  g_assert_nonnull (strstr (course, "409 "));
  set (client, "{\"flaky\":false}");
  sound_course = list_answers (client);
  for (guint i = 0; i < strlen (sound_course); i += 4)
    g_assert_true (g_str_has_prefix (sound_course + i, "200 "));
}

/* A scenario that stands still goes on where it would be now. */
static void
test_frozen (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_HUGE, .seed = 5, .speed = 1, .hold_ms = 300, .n_runs = 50,
                                   .changes_per_s = 200 };
  g_autoptr(DevClient) client = dev_client_new_for (&options);
  g_autoptr(DevAnswer) before = NULL, after = NULL, again = NULL;

  set (client, "{\"frozen\":true}");
  before = dev_client_get (client, RUNS "&dialect=native");
  after = dev_client_get (client, RUNS "&dialect=native");
  g_assert_cmpstr (after->body, ==, before->body);
  set (client, "{\"frozen\":false}");
  /* The next change may be some milliseconds away. */
  for (guint i = 0; i < 1000 && (again == NULL || g_str_equal (again->body, before->body)); i++)
    {
      g_clear_pointer (&again, dev_answer_free);
      again = dev_client_get (client, RUNS "&dialect=native");
    }
  g_assert_false (g_str_equal (again->body, before->body));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faults/answers", test_answers);
  g_test_add_func ("/faults/drop", test_drop);
  g_test_add_func ("/faults/truncated", test_truncated);
  g_test_add_func ("/faults/stall", test_stall);
  g_test_add_func ("/faults/must-refetch", test_must_refetch);
  g_test_add_func ("/faults/header-and-control", test_header_and_control);
  g_test_add_func ("/faults/bodies", test_bodies);
  g_test_add_func ("/faults/after", test_after);
  g_test_add_func ("/faults/flaky", test_flaky);
  g_test_add_func ("/faults/frozen", test_frozen);

  return g_test_run ();
}
