/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-lifecycle.h"

#define NONE SPOT_TIME_NONE

static void
test_table (void)
{
  const struct
  {
    const char *name;
    gint64      created, delay, queued, started, finished, now;
    gint64      parts[SPOT_N_LIFECYCLE_PARTS];
    int         running;
    gint64      end;
  } table[] = {
    { "queued", 100, NONE, 100, NONE, NONE, 150, { -1, 50, -1 }, SPOT_LIFECYCLE_QUEUED, 150 },
    { "running", 100, NONE, 100, 110, NONE, 150, { -1, 10, 40 }, SPOT_LIFECYCLE_RUNNING, 150 },
    { "ended", 100, NONE, 101, 110, 130, 150, { -1, 10, 20 }, -1, 130 },
    { "delayed", 100, 300, NONE, NONE, NONE, 150, { 50, -1, -1 }, SPOT_LIFECYCLE_DELAYED, 150 },
    { "delay over", 100, 120, NONE, NONE, NONE, 150, { 20, 30, -1 }, SPOT_LIFECYCLE_QUEUED, 150 },
    { "delayed, queued", 100, 120, 125, NONE, NONE, 150, { 25, 25, -1 }, SPOT_LIFECYCLE_QUEUED, 150 },
    { "delayed, ran", 100, 120, 125, 130, 145, 150, { 25, 5, 15 }, -1, 145 },
    { "expired in the queue", 100, NONE, 100, NONE, 140, 150, { -1, 40, -1 }, -1, 140 },
    { "canceled in its delay", 100, 300, NONE, NONE, 140, 150, { 40, -1, -1 }, -1, 140 },
    { "our clock is behind", 100, NONE, 100, NONE, NONE, 50, { -1, 0, -1 }, SPOT_LIFECYCLE_QUEUED, 100 },
    { "started before it was made", 100, NONE, 100, 90, 130, 150, { -1, 0, 30 }, -1, 130 },
    { "started after its end", 100, NONE, 100, 140, 130, 150, { -1, 30, 0 }, -1, 130 },
    { "ended before it was made", 100, NONE, 100, 110, 20, 150, { -1, 0, 0 }, -1, 100 },
    { "absurd end", 100, NONE, 100, 110, G_MAXINT64, 150, { -1, 10, 40 }, SPOT_LIFECYCLE_RUNNING, 150 },
    { "absurd start", 100, NONE, 100, G_MAXINT64, NONE, 150, { -1, 50, -1 }, SPOT_LIFECYCLE_QUEUED, 150 },
  };
  SpotLifecycle life;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gint64 sum = 0;

      g_test_message ("%s", table[i].name);
      g_assert_true (spot_lifecycle_compute (&life, table[i].created, table[i].delay, table[i].queued, table[i].started,
                                             table[i].finished, table[i].now));
      for (guint j = 0; j < SPOT_N_LIFECYCLE_PARTS; j++)
        {
          g_assert_cmpint (life.part_us[j], ==, table[i].parts[j]);
          sum += MAX (life.part_us[j], 0);
        }
      g_assert_cmpint (life.running, ==, table[i].running);
      g_assert_cmpint (life.end_us, ==, table[i].end);
      g_assert_cmpint (sum, ==, life.end_us - life.begin_us);
    }
  g_assert_false (spot_lifecycle_compute (&life, NONE, NONE, NONE, NONE, NONE, 150));
  g_assert_false (spot_lifecycle_compute (&life, G_MAXINT64, NONE, NONE, NONE, NONE, 150));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lifecycle/table", test_table);
  return g_test_run ();
}
