/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-run-index.h"
#include "spot-test-runs.h"

static SpotRun *
new_run (guint number)
{
  g_autofree char *word = g_strdup_printf ("run_%u:EXECUTING", number);
  g_autoptr(SpotRunRecord) record = spot_test_parse_record (word);

  return spot_run_new (record);
}

/* Against a hash table, with many runs coming and going. */
static void
test_random (void)
{
  g_autoptr(SpotRunIndex) index = spot_run_index_new ();
  g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GHashTable) inside = g_hash_table_new (NULL, NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  guint cursor = 0;
  guint n_seen = 0;
  SpotRun *run;

  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (runs, new_run (i));
  for (guint i = 0; i < 20000; i++)
    {
      run = runs->pdata[g_rand_int_range (random, 0, 1000)];
      if (g_hash_table_contains (inside, run))
        {
          g_assert_true (spot_run_index_lookup (index, spot_run_get_id (run)) == run);
          g_assert_true (spot_run_index_remove (index, run));
          g_hash_table_remove (inside, run);
        }
      else
        {
          g_assert_false (spot_run_index_remove (index, run));
          spot_run_index_insert (index, run);
          g_hash_table_add (inside, run);
        }
      g_assert_cmpuint (spot_run_index_get_n_runs (index), ==, g_hash_table_size (inside));
    }

  for (guint i = 0; i < runs->len; i++)
    {
      run = spot_run_index_lookup (index, spot_run_get_id (runs->pdata[i]));
      g_assert_true (run == (g_hash_table_contains (inside, runs->pdata[i]) ? runs->pdata[i] : NULL));
    }
  while (spot_run_index_next (index, &cursor, &run))
    {
      g_assert_true (g_hash_table_contains (inside, run));
      n_seen++;
    }
  g_assert_cmpuint (n_seen, ==, g_hash_table_size (inside));
}

static void
test_owns (void)
{
  SpotRunIndex *index = spot_run_index_new ();
  SpotRun *run = new_run (1);
  SpotRun *other = new_run (2);

  spot_run_index_insert (index, run);
  spot_run_index_insert (index, other);
  spot_run_index_remove (index, run);
  g_assert_finalize_object (run);
  spot_run_index_free (index);
  g_assert_finalize_object (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-index/random", test_random);
  g_test_add_func ("/run-index/owns", test_owns);
  return g_test_run ();
}
