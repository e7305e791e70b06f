/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a target over its corpus, an input a test case, so that every build checks what the fuzzer has found before. */
#include "config.h"

#include <string.h>

#include "spot-fuzz.h"

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
test_input (gconstpointer path)
{
  g_autofree char *bytes = NULL;
  g_autofree guint8 *input = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &bytes, &size, &error);
  g_assert_no_error (error);
  /* A block of just this size, so that reading behind it is noticed. */
  input = g_malloc (MAX (size, 1));
  memcpy (input, bytes, size);
  LLVMFuzzerTestOneInput (input, size);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = NULL;
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  LLVMFuzzerInitialize (&argc, &argv);
  folder = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", SPOT_FUZZ_TARGET, NULL);
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_assert_cmpuint (paths->len, >, 5);
  g_ptr_array_sort (paths, compare_paths);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *base = g_path_get_basename (paths->pdata[i]);
      g_autofree char *test = g_strdup_printf ("/fuzz/%s/%s", SPOT_FUZZ_TARGET, base);

      g_test_add_data_func (test, paths->pdata[i], test_input);
    }
  /* Nothing at all is an input too, and the one that fuzzers begin with. */
  LLVMFuzzerTestOneInput ((const guint8 *) "", 0);

  return g_test_run ();
}
