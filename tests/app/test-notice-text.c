/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "spot-notice-text.h"

/* 2026-08-21 14:02:01 UTC */
#define NOW_US G_GINT64_CONSTANT (1787320921000000)

static void
test_run_titles (void)
{
  static const struct { SpotRunStatus status; const char *title; } cases[] = {
    { SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY, "send-mail completed" },
    { SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS, "send-mail failed" },
    { SPOT_RUN_STATUS_CRASHED, "send-mail crashed" },
    { SPOT_RUN_STATUS_CANCELED, "send-mail was canceled" },
    { SPOT_RUN_STATUS_TIMED_OUT, "send-mail timed out" },
    { SPOT_RUN_STATUS_EXPIRED, "send-mail expired" },
    { SPOT_RUN_STATUS_INTERRUPTED, "send-mail was interrupted" },
    { SPOT_RUN_STATUS_SYSTEM_FAILURE, "send-mail had a system failure" },
    { SPOT_RUN_STATUS_UNKNOWN, "send-mail ended" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SpotNotice notice = { .kind = SPOT_NOTICE_RUN, .run_id = (char *) "run_1", .task = (char *) "send-mail" };
      g_autofree char *title = NULL;

      notice.status = cases[i].status;
      title = spot_notice_dup_title (&notice);
      g_assert_cmpstr (title, ==, cases[i].title);
    }
}

static void
test_title_without_task (void)
{
  SpotNotice notice = { .kind = SPOT_NOTICE_RUN, .run_id = (char *) "run_1", .status = SPOT_RUN_STATUS_CRASHED };
  g_autofree char *title = spot_notice_dup_title (&notice);

  g_assert_cmpstr (title, ==, "run_1 crashed");
}

static void
test_run_body (void)
{
  char *tags[] = { (char *) "user_1", (char *) "org:a b", NULL };
  SpotNotice notice = {
    .kind = SPOT_NOTICE_RUN,
    .run_id = (char *) "run_1",
    .status = SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS,
    .detail = (char *) "TypeError: x of undefined",
    .tags = tags,
    .wall_ms = 72000,
  };
  g_autofree char *body = spot_notice_dup_body (&notice, NOW_US);
  g_autofree char *bare = NULL;

  g_assert_cmpstr (body, ==, "TypeError: x of undefined\nuser_1, org:a b · 1 m 12 s");
  notice.detail = NULL;
  notice.tags = NULL;
  notice.wall_ms = -1;
  bare = spot_notice_dup_body (&notice, NOW_US);
  g_assert_cmpstr (bare, ==, "");
}

static void
test_group_body (void)
{
  static const struct
  {
    guint       good, bad, neutral, total;
    gboolean    finished;
    const char *body;
  } cases[] = {
    { 405, 7, 0, 1000, FALSE, "412 of 1000, 7 failed" },
    { 992, 8, 0, 1000, TRUE, "992 completed, 8 failed" },
    { 0, 37, 0, 0, FALSE, "37 failed" },
    { 1, 0, 2, 0, TRUE, "1 completed, 2 canceled" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SpotNotice notice = { .kind = SPOT_NOTICE_GROUP, .watch_name = (char *) "import rows" };
      g_autofree char *title = NULL;
      g_autofree char *body = NULL;

      notice.n_good = cases[i].good;
      notice.n_bad = cases[i].bad;
      notice.n_neutral = cases[i].neutral;
      notice.n_total = cases[i].total;
      notice.finished = cases[i].finished;
      title = spot_notice_dup_title (&notice);
      body = spot_notice_dup_body (&notice, NOW_US);
      g_assert_cmpstr (title, ==, "import rows");
      g_assert_cmpstr (body, ==, cases[i].body);
    }
}

static void
test_away_body (void)
{
  static const struct
  {
    guint       good, bad, neutral;
    gint64      ago_s;
    const char *body;
  } cases[] = {
    { 118, 3, 0, 3421, "3 failed, 118 completed since 13:05" },
    { 0, 1, 0, 3421, "1 failed since 13:05" },
    { 1, 0, 2, 86400, "1 completed, 2 canceled since 20 Aug 14:02" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SpotNotice notice = { .kind = SPOT_NOTICE_AWAY, .watch_name = (char *) "import rows", .wall_ms = -1 };
      g_autofree char *title = NULL;
      g_autofree char *body = NULL;

      notice.n_good = cases[i].good;
      notice.n_bad = cases[i].bad;
      notice.n_neutral = cases[i].neutral;
      notice.since_us = NOW_US - cases[i].ago_s * G_USEC_PER_SEC;
      title = spot_notice_dup_title (&notice);
      body = spot_notice_dup_body (&notice, NOW_US);
      g_assert_cmpstr (title, ==, "import rows");
      g_assert_cmpstr (body, ==, cases[i].body);
    }
}

/* What a task writes must not be able to make the banner say what nobody wrote. */
static void
test_hostile_text (void)
{
  g_autofree char *long_text = g_strnfill (5000, 'x');
  SpotNotice notice = {
    .kind = SPOT_NOTICE_RUN,
    .run_id = (char *) "run_1",
    .task = (char *) "a\nb\tc\u202ed",
    .status = SPOT_RUN_STATUS_CRASHED,
    .wall_ms = -1,
  };
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;

  notice.detail = long_text;
  title = spot_notice_dup_title (&notice);
  body = spot_notice_dup_body (&notice, NOW_US);
  g_assert_cmpstr (title, ==, "a b c d crashed");
  g_assert_cmpint (g_utf8_strlen (body, -1), ==, 201);
}

static void
test_markup_is_no_markup (void)
{
  SpotNotice notice = {
    .kind = SPOT_NOTICE_RUN,
    .run_id = (char *) "run_1",
    .status = SPOT_RUN_STATUS_CRASHED,
    .detail = (char *) "<a href='http://e'>x</a> 1 < 2 & 3",
    .wall_ms = -1,
  };
  g_autofree char *body = spot_notice_dup_body (&notice, NOW_US);

  g_assert_cmpstr (body, ==, "<\u2060a href='http://e'>x<\u2060/a> 1 < 2 & 3");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notice-text/run-titles", test_run_titles);
  g_test_add_func ("/notice-text/title-without-task", test_title_without_task);
  g_test_add_func ("/notice-text/run-body", test_run_body);
  g_test_add_func ("/notice-text/group-body", test_group_body);
  g_test_add_func ("/notice-text/away-body", test_away_body);
  g_test_add_func ("/notice-text/hostile-text", test_hostile_text);
  g_test_add_func ("/notice-text/markup-is-no-markup", test_markup_is_no_markup);
  return g_test_run ();
}
