/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-api-error.h"
#include "spot-connection-private.h"
#include "spot-protocol-error.h"

/* Each way in which a feed can fail has words of its own, where the user can do something about it. */
static void
test_problems (void)
{
  const struct
  {
    GQuark      domain;
    int         code;
    SpotProblem problem;
  } cases[] = {
    { SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE, SPOT_PROBLEM_UNREACHABLE },
    { SPOT_API_ERROR, SPOT_API_ERROR_TLS, SPOT_PROBLEM_TLS },
    { SPOT_API_ERROR, SPOT_API_ERROR_REDIRECT, SPOT_PROBLEM_REDIRECT },
    { SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST, SPOT_PROBLEM_BAD_REQUEST },
    { SPOT_API_ERROR, SPOT_API_ERROR_UNAUTHORIZED, SPOT_PROBLEM_UNAUTHORIZED },
    { SPOT_API_ERROR, SPOT_API_ERROR_FORBIDDEN, SPOT_PROBLEM_FORBIDDEN },
    { SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND, SPOT_PROBLEM_NOT_FOUND },
    { SPOT_API_ERROR, SPOT_API_ERROR_BUSY, SPOT_PROBLEM_BUSY },
    { SPOT_API_ERROR, SPOT_API_ERROR_SERVER, SPOT_PROBLEM_SERVER },
    { SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER, SPOT_PROBLEM_BAD_ANSWER },
    { SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER, SPOT_PROBLEM_MISSING_HEADER },
    { SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE, SPOT_PROBLEM_TOO_LARGE },
    { SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED, SPOT_PROBLEM_BAD_ANSWER },
    { G_IO_ERROR, G_IO_ERROR_FAILED, SPOT_PROBLEM_BAD_ANSWER },
  };

  g_assert_cmpint (spot_problem_from_error (NULL), ==, SPOT_PROBLEM_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = g_error_new_literal (cases[i].domain, cases[i].code, "x");

      g_assert_cmpint (spot_problem_from_error (error), ==, cases[i].problem);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/problems", test_problems);
  return g_test_run ();
}
