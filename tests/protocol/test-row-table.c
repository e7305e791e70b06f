/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-row-table.h"

/* Rows come and go at random, against GLib's table. */
static void
test_noise (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (9);
  g_autoptr(GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SpotRowTable table = { 0 };

  for (guint i = 0; i < 60000; i++)
    {
      /* Now more come, now more go, so that the table grows and shrinks. */
      gboolean goes = g_rand_int_range (random, 0, 100) < (i / 10000 % 2 == 0 ? 30 : 70);
      g_autofree char *key = g_strdup_printf ("\\\"public\\\".\\\"TaskRun\\\"/\\\"%d\\\"", g_rand_int_range (random, 0, 3000));
      SpotRow *row = spot_row_table_lookup (&table, key, strlen (key));

      g_assert_true (row == g_hash_table_lookup (wanted, key));
      if (!goes)
        {
          SpotRow *ensured = spot_row_table_ensure (&table, key, strlen (key), G_MAXSIZE);

          g_assert_true (!row || row == ensured);
          g_assert_cmpmem (ensured->key, ensured->key_length, key, strlen (key));
          g_hash_table_insert (wanted, g_strdup (key), ensured);
        }
      else if (row)
        {
          spot_row_table_remove (&table, row);
          g_hash_table_remove (wanted, key);
        }
      g_assert_cmpuint (table.n_rows, ==, g_hash_table_size (wanted));
      g_assert_cmpuint (table.n_rows, <=, table.n_slots);
    }
  spot_row_table_clear (&table);
  g_assert_cmpuint (table.n_rows, ==, 0);
  g_assert_null (spot_row_table_lookup (&table, "a", 1));
}

static void
test_cap (void)
{
  SpotRowTable table = { 0 };
  SpotRow *first = spot_row_table_ensure (&table, "a", 1, 2);

  g_assert_nonnull (first);
  g_assert_nonnull (spot_row_table_ensure (&table, "b", 1, 2));
  g_assert_null (spot_row_table_ensure (&table, "c", 1, 2));
  g_assert_true (spot_row_table_ensure (&table, "a", 1, 2) == first);
  spot_row_table_remove (&table, first);
  g_assert_nonnull (spot_row_table_ensure (&table, "c", 1, 2));
  g_assert_nonnull (spot_row_table_ensure (&table, "", 0, 3));
  spot_row_table_clear (&table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-table/noise", test_noise);
  g_test_add_func ("/row-table/limit-rows", test_cap);
  return g_test_run ();
}
