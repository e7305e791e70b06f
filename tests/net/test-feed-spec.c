/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-api-error.h"
#include "spot-feed-spec.h"

static void
assert_target (SpotFeedSpec           *spec,
               const SpotFeedPosition *position,
               const char             *expected)
{
  g_autofree char *target = spot_feed_spec_dup_target (spec, position);

  g_assert_cmpstr (target, ==, expected);
}

/* 32: sorted, encoded; the targets are those of the official client. */
static void
test_targets (void)
{
  const char *skip[] = { "payload", "output", NULL };
  const char *skip_payload[] = { "payload", NULL };
  const char *tags[] = { "user_7", "org a", NULL };
  const char *wild[] = { "a'b:c/d&offset=9", "\xc3\xa9+%", NULL };
  SpotFeedPosition start = { "-1" };
  SpotFeedPosition catch_up = { "0_0", "108168120-1795431432685608" };
  SpotFeedPosition first_live = { "0_inf", "82623849-1795431457631716", NULL, TRUE };
  SpotFeedPosition later_live = { "117064688_0", "29091088-1795431397233498", "66999400", TRUE };
  SpotFeedPosition again = { "-1", "h2", "5", FALSE, "1795431599981-80doxk1" };
  SpotFeedPosition old = { .offset = "0_9", .handle = "h 2", .old_names = TRUE };
  SpotFeedPosition odd = { "a&b", "h=1 2", "c#d", TRUE };
  g_autoptr(SpotFeedSpec) run = spot_feed_spec_new_run ("run_0001", NULL);
  g_autoptr(SpotFeedSpec) run_skip = spot_feed_spec_new_run ("run_0001", skip);
  g_autoptr(SpotFeedSpec) batch = spot_feed_spec_new_batch ("batch_01", NULL);
  g_autoptr(SpotFeedSpec) list = spot_feed_spec_new_list (tags, "2h", skip_payload, NULL);
  g_autoptr(SpotFeedSpec) all = spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  g_autoptr(SpotFeedSpec) strange = spot_feed_spec_new_list (wild, NULL, NULL, NULL);
  g_autoptr(SpotFeedSpec) slash = spot_feed_spec_new_run ("run/../x?y", NULL);

  assert_target (run, &start, "/realtime/v1/runs/run_0001?log=full&offset=-1");
  assert_target (run_skip, &start, "/realtime/v1/runs/run_0001?log=full&offset=-1&skipColumns=payload%2Coutput");
  assert_target (run_skip, &catch_up, "/realtime/v1/runs/run_0001?handle=108168120-1795431432685608&log=full&offset=0_0"
                                      "&skipColumns=payload%2Coutput");
  assert_target (list, &start,
                 "/realtime/v1/runs?createdAt=2h&log=full&offset=-1&skipColumns=payload&tags=user_7%2Corg+a");
  assert_target (list, &first_live, "/realtime/v1/runs?createdAt=2h&cursor=&handle=82623849-1795431457631716&live=true&"
                                    "log=full&offset=0_inf&skipColumns=payload&tags=user_7%2Corg+a");
  assert_target (run, &later_live,
                 "/realtime/v1/runs/run_0001?cursor=66999400&handle=29091088-1795431397233498&live=true&"
                                   "log=full&offset=117064688_0");
  assert_target (batch, &again,
                 "/realtime/v1/batches/batch_01?cache-buster=1795431599981-80doxk1&handle=h2&log=full&offset=-1");
  assert_target (list, &old, "/realtime/v1/runs?createdAt=2h&handle=h+2&log=full&offset=0_9&shape_id=h+2&skipColumns=payload&"
                             "tags=user_7%2Corg+a");
  assert_target (all, &start, "/realtime/v1/runs?log=full&offset=-1");
  assert_target (all, &odd, "/realtime/v1/runs?cursor=c%23d&handle=h%3D1+2&live=true&log=full&offset=a%26b");
  assert_target (strange, &start,
                 "/realtime/v1/runs?log=full&offset=-1&tags=a%27b%3Ac%2Fd%26offset%3D9%2C%C3%A9%2B%25");
  assert_target (slash, &start, "/realtime/v1/runs/run%2F..%2Fx%3Fy?log=full&offset=-1");
}

static void
test_71_tags (void)
{
  static const char * const good[] = { "a", "user:42", "it's", "a/b", "a b", " a ", "\xf0\x9f\x98\x80" };
  static const char * const bad[] = { "", "a\"b", "a\\b", "a\nb", "a\x7f", "a,b", "\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      const char *tags[] = { "first", good[i], NULL };
      g_autoptr(GError) error = NULL;
      g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (tags, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (spot_feed_spec_get_tags (spec)[1], ==, good[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *tags[] = { "first", bad[i], NULL };
      g_autoptr(GError) error = NULL;

      g_assert_null (spot_feed_spec_new_list (tags, NULL, NULL, &error));
      g_assert_error (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST);
    }
}

static void
test_72_created_at (void)
{
  static const char * const good[] = { "30m", "1h30m", "2d", "1w", "3hr", "1hr2m", "007s", "1h1h" };
  static const char * const bad[] = { "", "h", "30", "30 m", "-1h", "1.5h", "1y", "1hrs2", "1h\n", "m30" };
  g_autofree char *long_one = g_strnfill (99, '1');
  g_autofree char *longest = g_strconcat (long_one, "s", NULL);
  g_autofree char *too_long = g_strconcat ("1", longest, NULL);
  g_autoptr(SpotFeedSpec) spec = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(SpotFeedSpec) window = spot_feed_spec_new_list (NULL, good[i], NULL, NULL);

      g_assert_nonnull (window);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (spot_feed_spec_new_list (NULL, bad[i], NULL, &error));
      g_assert_error (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST);
    }
  spec = spot_feed_spec_new_list (NULL, longest, NULL, NULL);
  g_assert_nonnull (spec);
  g_assert_null (spot_feed_spec_new_list (NULL, too_long, NULL, NULL));
}

static void
test_getters (void)
{
  g_autoptr(SpotFeedSpec) run = spot_feed_spec_new_run ("run_1", NULL);
  g_autoptr(SpotFeedSpec) list = spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  g_autoptr(SpotFeedSpec) batch = spot_feed_spec_new_batch ("batch_1", NULL);

  g_assert_cmpint (spot_feed_spec_get_kind (run), ==, SPOT_FEED_RUN);
  g_assert_cmpstr (spot_feed_spec_get_id (run), ==, "run_1");
  g_assert_cmpint (spot_feed_spec_get_kind (list), ==, SPOT_FEED_LIST);
  g_assert_null (spot_feed_spec_get_id (list));
  g_assert_null (spot_feed_spec_get_tags (list)[0]);
  g_assert_cmpint (spot_feed_spec_get_kind (batch), ==, SPOT_FEED_BATCH);
  g_assert_cmpstr (spot_feed_spec_get_path (batch), ==, "/realtime/v1/batches/batch_1");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed-spec/32-targets", test_targets);
  g_test_add_func ("/feed-spec/71-tags", test_71_tags);
  g_test_add_func ("/feed-spec/72-created-at", test_72_created_at);
  g_test_add_func ("/feed-spec/getters", test_getters);
  return g_test_run ();
}
