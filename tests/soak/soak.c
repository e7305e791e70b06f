/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include <gio/gio.h>

#include "soak-ends.h"
#include "soak-faults.h"
#include "soak-lives.h"
#include "soak-log.h"
#include "soak-truth.h"
#include "soak-usage.h"

/* Twenty feeds over two servers, each in a process of its own, that both change their dialect, fail in every way that a network and
 * a server can, go away and come back, while hundreds of runs live and end. When it is over every watch shows what the server
 * has, every end that was to be told was told once, and the program holds no more memory, files and threads than before. */

#define N_SITES 2
#define N_SLOTS 7
#define N_OWN_RUNS 4
#define TICK_MS 10
/* More than any wait of a feed that may have begun with the last fault: a live request that is never answered. */
#define SETTLE_S 120
#define NOTICES_S 30
#define RETRY_MS 1000
#define STEADY_MS 3000
#define USAGE_MS 30000
/* So much more memory at the end is none: by then the runs have outputs and errors, and the scenario has more of them. */
#define MEMORY_RATIO 1.2
#define MAX_MORE_FDS 3
#define MAX_MORE_THREADS 2

/* What is used, and how many feeds go on, which is what most of it is for. */
typedef struct
{
  SoakUsage usage;
  guint     n_feeds;
} Moment;

/* A server and what is watched there. */
typedef struct
{
  SoakServer      *server;
  SoakLives       *lives;
  SoakFaults      *faults;
  SoakEnds        *ends;
  SpotEnvironment *environment;
  gboolean         every_column;
} Site;

typedef struct
{
  int          duration_ms;
  guint        seed;
  guint        n_runs;
  SpotMonitor *monitor;
  Site         sites[N_SITES];

  gint64       begun_us;
  GRand       *dice; /* of what the user and the machine do */
  char        *slots[N_SLOTS]; /* runs that somebody looks at, in the first environment; nullable */
  int          next_ms;
  int          awake_ms; /* when the machine wakes, 0 when it does */
  int          retry_ms;
  int          usage_ms;
  gboolean     calm;
  gboolean     living; /* lives go on */
  guint        n_opened;
  guint        n_sleeps;
  guint        n_retries;
} Soak;

static int
get_now_ms (Soak *self)
{
  return (int) ((g_get_monotonic_time () - self->begun_us) / 1000);
}

/* ---- what the user and the machine do ---- */

static void
look_at (Soak  *self,
         guint  slot,
         guint  run)
{
  Site *site = &self->sites[0];

  if (self->slots[slot] != NULL)
    spot_environment_close_run (site->environment, self->slots[slot]);
  g_free (self->slots[slot]);
  self->slots[slot] = soak_lives_dup_run_id (site->lives, run);
  spot_environment_open_run (site->environment, self->slots[slot]);
  self->n_opened++;
}

/* In each place another run, and one whose feed goes on. */
static void
look_at_endless_runs (Soak *self)
{
  for (guint i = 0; i < N_SLOTS; i++)
    look_at (self, i, soak_lives_get_endless (i));
}

static void
disturb (Soak *self,
         int   now_ms)
{
  int what = g_rand_int_range (self->dice, 0, 12);
  int sleep_ms = g_rand_int_range (self->dice, 100, 3000);

  self->next_ms = now_ms + g_rand_int_range (self->dice, 500, 4000);
  if (what == 0)
    {
      soak_log ("the machine sleeps for %d ms", sleep_ms);
      spot_monitor_set_asleep (self->monitor, TRUE);
      self->awake_ms = now_ms + sleep_ms;
      self->n_sleeps++;
    }
  else if (what == 1)
    {
      soak_log ("the network comes back");
      spot_monitor_refresh (self->monitor);
    }
  else
    {
      look_at (self, (guint) g_rand_int_range (self->dice, 0, N_SLOTS),
               (guint) g_rand_int_range (self->dice, 0, (int) self->n_runs));
    }
}

/* A feed that asks for somebody's attention gets it. */
static void
retry (Soak           *self,
       SpotConnection *connection)
{
  if (spot_connection_get_state (connection) != SPOT_CONNECTION_NEEDS_ATTENTION)
    return;
  self->n_retries++;
  spot_connection_retry_now (connection);
}

static void
retry_all (Soak *self)
{
  for (guint i = 0; i < N_SITES; i++)
    {
      GListModel *watches = spot_environment_get_watches (self->sites[i].environment);

      for (guint j = 0; j < g_list_model_get_n_items (watches); j++)
        {
          g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, j);

          retry (self, spot_watch_get_connection (watch));
        }
    }
  for (guint i = 0; i < N_SLOTS; i++)
    if (self->slots[i] != NULL)
      {
        /* Opened and closed again for its connection. */
        retry (self, spot_environment_open_run (self->sites[0].environment, self->slots[i]));
        spot_environment_close_run (self->sites[0].environment, self->slots[i]);
      }
}

static void
set_calm (Soak     *self,
          gboolean  calm)
{
  soak_log (calm ? "calm" : "no longer calm");
  self->calm = calm;
  for (guint i = 0; i < N_SITES; i++)
    soak_faults_set_calm (self->sites[i].faults, calm);
  if (calm && self->awake_ms != 0)
    {
      self->awake_ms = 0;
      spot_monitor_set_asleep (self->monitor, FALSE);
    }
}

/* ---- time ---- */

static guint
get_n_runs (Soak *self)
{
  guint n_runs = 0;

  for (guint i = 0; i < N_SITES; i++)
    n_runs += spot_run_store_get_n_runs (spot_environment_get_store (self->sites[i].environment));
  return n_runs;
}

static void
log_usage (Soak *self)
{
  SoakUsage usage;

  soak_usage_measure (&usage);
  soak_log ("%u runs, %" G_GSIZE_FORMAT " KiB resident, %" G_GSIZE_FORMAT " KiB allocated, %u files, %u threads",
            get_n_runs (self), usage.rss_bytes / 1024, usage.heap_bytes / 1024, usage.n_fds, usage.n_threads);
}

static void
tick (Soak *self)
{
  int now_ms = get_now_ms (self);

  for (guint i = 0; i < N_SITES; i++)
    {
      Site *site = &self->sites[i];

      if (!soak_server_is_alive (site->server))
        g_error ("The server %s has died", soak_server_get_name (site->server));
      if (self->living)
        soak_lives_advance (site->lives, now_ms);
      soak_faults_advance (site->faults, now_ms);
    }
  if (self->awake_ms != 0 && now_ms >= self->awake_ms)
    {
      self->awake_ms = 0;
      spot_monitor_set_asleep (self->monitor, FALSE);
    }
  if (!self->calm && self->awake_ms == 0 && now_ms >= self->next_ms)
    disturb (self, now_ms);
  if (now_ms >= self->usage_ms)
    {
      self->usage_ms = now_ms + USAGE_MS;
      log_usage (self);
    }
  if (now_ms >= self->retry_ms)
    {
      self->retry_ms = now_ms + RETRY_MS;
      retry_all (self);
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  tick (user_data);
  return G_SOURCE_CONTINUE;
}

typedef gboolean (*Condition) (Soak *self);

/* Lets everything go on until @condition holds, or until @seconds have gone. Returns whether it holds. */
static gboolean
wait_for (Soak      *self,
          Condition  condition,
          int        seconds)
{
  gint64 deadline_us = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;

  while (!condition (self))
    {
      if (g_get_monotonic_time () >= deadline_us)
        return FALSE;
      g_main_context_iteration (NULL, TRUE);
    }
  return TRUE;
}

static void
live_until (Soak *self,
            int   until_ms)
{
  while (get_now_ms (self) < until_ms)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
are_idle (Soak *self)
{
  for (guint i = 0; i < N_SITES; i++)
    if (!soak_server_is_idle (self->sites[i].server))
      return FALSE;
  return TRUE;
}

static gboolean
have_lived (Soak *self)
{
  for (guint i = 0; i < N_SITES; i++)
    if (soak_lives_advance (self->sites[i].lives, get_now_ms (self)))
      return FALSE;
  return are_idle (self);
}

static gboolean
are_ready (Soak *self)
{
  for (guint i = 0; i < N_SITES; i++)
    {
      GListModel *watches = spot_environment_get_watches (self->sites[i].environment);

      for (guint j = 0; j < g_list_model_get_n_items (watches); j++)
        {
          g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, j);

          if (!spot_watch_get_ready (watch))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
are_live (Soak *self)
{
  for (guint i = 0; i < N_SITES; i++)
    if (spot_connection_get_state (spot_environment_get_connection (self->sites[i].environment)) != SPOT_CONNECTION_LIVE)
      return FALSE;
  return are_ready (self);
}

static gboolean
wait_until_live (Soak *self)
{
  if (wait_for (self, are_live, SETTLE_S))
    return TRUE;
  for (guint i = 0; i < N_SITES; i++)
    {
      SpotConnection *connection = spot_environment_get_connection (self->sites[i].environment);

      soak_log ("%s is not live: state %d, problem %d, %s", soak_server_get_name (self->sites[i].server),
                spot_connection_get_state (connection), spot_connection_get_problem (connection),
                spot_connection_get_detail (connection));
    }
  return FALSE;
}

/* ---- setting up ---- */

static void
add_watch (Site               *site,
           SpotWatchKind       kind,
           const char         *name,
           const char         *subject,
           const char * const *tags)
{
  SpotWatchSpec *spec = spot_watch_spec_new (kind, subject, tags);

  spec->name = g_strdup_printf ("%s/%s", soak_server_get_name (site->server), name);
  spec->rule = SPOT_WATCH_RULE_ALL;
  g_assert_nonnull (spot_environment_add_watch (site->environment, spec, G_MAXUINT));
  spot_watch_spec_free (spec);
}

static void
add_watches (Site *site)
{
  add_watch (site, SPOT_WATCH_ENVIRONMENT, "all", NULL, NULL);
  for (guint i = 0; i < (site->every_column ? 3 : 2); i++)
    {
      g_autofree char *shard = soak_lives_dup_shard (i);

      add_watch (site, SPOT_WATCH_TAGS, shard, NULL, (const char *[]) { "soak", shard, NULL });
    }
  for (guint i = 0; i < SOAK_N_BATCHES; i++)
    {
      g_autofree char *batch_id = soak_lives_dup_batch_id (site->lives, i);

      add_watch (site, SPOT_WATCH_BATCH, batch_id, batch_id, NULL);
    }
  for (guint i = 0; site->every_column && i < N_OWN_RUNS; i++)
    {
      /* Two that end, and in no batch, and two that do not. */
      g_autofree char *run_id = soak_lives_dup_run_id (site->lives, i < 2 ? 3 + i : soak_lives_get_endless (i));

      add_watch (site, SPOT_WATCH_RUN, run_id, run_id, NULL);
    }
}

static void
set_up (Soak       *self,
        const char *program,
        const char *folder)
{
  static const char *const names[N_SITES] = { "A", "B" };
  static const char *const dialects[N_SITES] = { "electric", "native" };
  static const int away_ms[N_SITES] = { 300, 2500 };
  /* The scenario adds its runs to ours: few enough that a server of the native kind tells them all. */
  double speed = MIN (1.0, 300000.0 / self->duration_ms);

  self->n_runs = CLAMP ((guint) self->duration_ms / 1000, 100, 450);
  self->monitor = spot_monitor_new ();
  self->dice = g_rand_new_with_seed (self->seed);
  for (guint i = 0; i < N_SITES; i++)
    {
      Site *site = &self->sites[i];
      g_autofree char *log_path = g_strdup_printf ("%s/server-%s.log", folder, names[i]);
      guint seed = self->seed * 10 + i;
      g_autoptr(GError) error = NULL;

      site->server = soak_server_new (program, names[i], dialects[i], seed, speed, away_ms[i], log_path);
      site->lives = soak_lives_new (site->server, seed, self->n_runs, self->duration_ms);
      site->faults = soak_faults_new (site->server, dialects[i], seed);
      site->every_column = i == 1;
      site->environment = spot_monitor_add_environment (self->monitor, names[i], soak_server_get_url (site->server),
                                                        soak_server_get_key (site->server), FALSE, &error);
      g_assert_no_error (error);
      spot_environment_set_every_column (site->environment, site->every_column);
      site->ends = soak_ends_new (self->monitor, site->environment);
      soak_lives_create (site->lives);
    }
}

static void
tear_down (Soak *self)
{
  spot_monitor_stop (self->monitor);
  for (guint i = 0; i < N_SITES; i++)
    {
      soak_ends_free (self->sites[i].ends);
      soak_faults_free (self->sites[i].faults);
      soak_lives_free (self->sites[i].lives);
      soak_server_free (self->sites[i].server);
    }
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (self->monitor);
  for (guint i = 0; i < N_SLOTS; i++)
    g_free (self->slots[i]);
  g_rand_free (self->dice);
}

/* ---- the verdict ---- */

/* How many runs are not as the servers have them; -1 when a server does not answer. */
static int
count_differences (Soak     *self,
                   gboolean  complain)
{
  int n = 0;

  for (guint i = 0; i < N_SITES; i++)
    {
      Site *site = &self->sites[i];
      GListModel *watches = spot_environment_get_watches (site->environment);

      for (guint j = 0; j < g_list_model_get_n_items (watches); j++)
        {
          g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, j);
          int n_here = soak_truth_compare (site->server, site->environment, watch, site->every_column, complain, NULL);

          if (n_here < 0)
            return -1;
          n += n_here;
        }
    }
  return n;
}

static gboolean
is_true (Soak *self)
{
  /* Not a question to ask all the time: each is some megabytes. */
  int until_ms = get_now_ms (self) + 500;

  if (count_differences (self, FALSE) == 0)
    return TRUE;
  live_until (self, until_ms);
  return FALSE;
}

static void
judge_ends (Soak           *self,
            gboolean        complain,
            SoakEndsReport *sum)
{
  *sum = (SoakEndsReport) { 0 };
  for (guint i = 0; i < N_SITES; i++)
    {
      Site *site = &self->sites[i];
      g_autoptr(GHashTable) ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autoptr(SpotWatch) all = g_list_model_get_item (spot_environment_get_watches (site->environment), 0);
      SoakEndsReport report;

      soak_truth_compare (site->server, site->environment, all, site->every_column, FALSE, ended);
      soak_ends_judge (site->ends, ended, complain, &report);
      sum->n_ended += report.n_ended;
      sum->n_seen += report.n_seen;
      sum->n_lost += report.n_lost;
      sum->n_doubled += report.n_doubled;
      sum->n_singles += report.n_singles;
      sum->n_counted += report.n_counted;
    }
}

static gboolean
are_ends_told (Soak *self)
{
  int until_ms = get_now_ms (self) + 500;
  SoakEndsReport report;

  judge_ends (self, FALSE, &report);
  if (report.n_lost == 0 && report.n_doubled == 0)
    return TRUE;
  live_until (self, until_ms);
  return FALSE;
}

static void
check (gboolean   *passed,
       gboolean    condition,
       const char *failure)
{
  if (condition)
    return;
  *passed = FALSE;
  printf ("FAILED: %s\n", failure);
}

static double
to_mib (gsize bytes)
{
  return (double) bytes / 1024 / 1024;
}

/* What was let go of takes a moment to be gone: measures until nothing becomes less any more. */
static void
measure (Soak   *self,
         Moment *moment)
{
  int since_ms = get_now_ms (self);

  moment->n_feeds = 0;
  for (guint i = 0; i < N_SITES; i++)
    moment->n_feeds += spot_environment_get_n_connections (self->sites[i].environment);
  soak_usage_measure (&moment->usage);
  while (get_now_ms (self) < since_ms + STEADY_MS)
    {
      SoakUsage usage;

      live_until (self, get_now_ms (self) + 100);
      soak_usage_measure (&usage);
      if (usage.n_fds < moment->usage.n_fds || usage.n_threads < moment->usage.n_threads)
        {
          moment->usage = usage;
          since_ms = get_now_ms (self);
        }
    }
}

static gboolean
report (Soak         *self,
        const Moment *start,
        const Moment *stop,
        gboolean      is_calm,
        gboolean      is_equal,
        int           settled_ms)
{
  double ratio = (double) stop->usage.rss_bytes / (double) start->usage.rss_bytes;
  /* Feeds of runs that have ended since are over, and with each a thread, a connection and what wakes it. */
  int n_over = (int) start->n_feeds - (int) stop->n_feeds;
  guint n_changes = 0;
  gboolean passed = TRUE;
  SoakEndsReport ends;

  judge_ends (self, TRUE, &ends);
  for (guint i = 0; i < N_SITES; i++)
    n_changes += soak_lives_get_n_changes (self->sites[i].lives);
  printf ("Soak of %d s, seed %u: %u feeds on %d servers, %u runs, %u changes besides the scenario's\n", self->duration_ms / 1000,
          self->seed, start->n_feeds, N_SITES, get_n_runs (self), n_changes);
  for (guint i = 0; i < N_SITES; i++)
    {
      g_autofree char *faults = soak_faults_describe (self->sites[i].faults);

      printf ("Faults of server %s, besides one request in six: %s\n", soak_server_get_name (self->sites[i].server), faults);
    }
  printf ("Here: %u runs looked at, %u sleeps, %u retries by hand\n", self->n_opened, self->n_sleeps, self->n_retries);
  if (is_equal)
    printf ("State: every run of every watch as on its server, %.1f s after the last fault\n", settled_ms / 1000.0);
  printf ("Ends: %u, of which %u were seen to happen; %u lost, %u doubled; %u notices of one, %u in counts\n", ends.n_ended,
          ends.n_seen, ends.n_lost, ends.n_doubled, ends.n_singles, ends.n_counted);
  printf ("Memory: %.1f MiB resident at the start, %.1f MiB at the end: %.2f times, of at most %.2f (heap %.1f and %.1f MiB)%s\n",
          to_mib (start->usage.rss_bytes), to_mib (stop->usage.rss_bytes), ratio, MEMORY_RATIO, to_mib (start->usage.heap_bytes),
          to_mib (stop->usage.heap_bytes), soak_usage_is_telling () ? "" : "; not judged under a sanitizer");
  printf ("Feeds: %u and %u; files: %u and %u; threads: %u and %u\n", start->n_feeds, stop->n_feeds, start->usage.n_fds,
          stop->usage.n_fds, start->usage.n_threads, stop->usage.n_threads);

  check (&passed, is_calm, "not every feed came to be live");
  check (&passed, is_equal, "a run is not as on its server");
  check (&passed, ends.n_seen > 0 && ends.n_lost == 0, "an end was lost");
  check (&passed, ends.n_doubled == 0, "an end was doubled");
  check (&passed, !soak_usage_is_telling () || ratio <= MEMORY_RATIO, "memory has grown");
  check (&passed, (int) stop->usage.n_fds <= (int) start->usage.n_fds - 2 * n_over + MAX_MORE_FDS, "files were left open");
  check (&passed, (int) stop->usage.n_threads <= (int) start->usage.n_threads - n_over + MAX_MORE_THREADS,
         "threads were left behind");
  return passed;
}

static gboolean
run (Soak       *self,
     const char *program,
     const char *folder)
{
  Moment start, stop;
  guint tick_id;
  gboolean is_calm, is_equal, passed;
  int faultless_ms;

  set_up (self, program, folder);
  self->begun_us = g_get_monotonic_time ();
  self->calm = TRUE;
  tick_id = g_timeout_add (TICK_MS, tick_cb, self);
  g_assert_true (wait_for (self, are_idle, SETTLE_S));
  for (guint i = 0; i < N_SITES; i++)
    {
      add_watches (&self->sites[i]);
      soak_ends_listen (self->sites[i].ends);
    }
  look_at_endless_runs (self);
  set_calm (self, TRUE);
  is_calm = wait_until_live (self);

  /* The time of lives and faults begins here. In the first of it everything happens that happens once. */
  self->begun_us = g_get_monotonic_time ();
  self->next_ms = self->retry_ms = self->usage_ms = 0;
  self->living = TRUE;
  set_calm (self, FALSE);
  live_until (self, self->duration_ms / 6);
  set_calm (self, TRUE);
  look_at_endless_runs (self);
  is_calm &= wait_until_live (self);
  measure (self, &start);

  set_calm (self, FALSE);
  live_until (self, self->duration_ms);
  set_calm (self, TRUE);
  for (guint i = 0; i < N_SITES; i++)
    soak_server_tell (self->sites[i].server, "POST", "/dev/settings", g_strdup ("{\"frozen\":true}"));
  faultless_ms = get_now_ms (self);
  is_calm &= wait_for (self, have_lived, SETTLE_S);
  is_equal = wait_for (self, is_true, SETTLE_S);
  faultless_ms = get_now_ms (self) - faultless_ms;
  if (!is_equal)
    count_differences (self, TRUE);
  wait_for (self, are_ends_told, NOTICES_S);
  look_at_endless_runs (self);
  is_calm &= wait_until_live (self);
  measure (self, &stop);

  passed = report (self, &start, &stop, is_calm, is_equal, faultless_ms);
  g_source_remove (tick_id);
  tear_down (self);
  return passed;
}

int
main (int    argc,
      char **argv)
{
  int seconds = 300, seed = 1;
  g_autofree char *program = NULL;
  g_autofree char *folder = NULL;
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long things go wrong", "SECONDS" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "What happens follows from it", "NUMBER" },
    { "server", 0, 0, G_OPTION_ARG_FILENAME, &program, "The development server", "PROGRAM" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where logs go", "FOLDER" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("- everything goes wrong for a while");
  g_autofree char *log_path = NULL;
  g_autoptr(GError) error = NULL;
  Soak soak = { 0 };
  gboolean passed;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  if (argc > 1 || program == NULL || folder == NULL || seconds < 1 || seconds > 24 * 3600 || seed < 0)
    {
      g_printerr ("Wrong options; see --help\n");
      return EXIT_FAILURE;
    }

  g_mkdir_with_parents (folder, 0755);
  log_path = g_build_filename (folder, "soak.log", NULL);
  soak_log_open (log_path);
  soak_log ("%d s, seed %d", seconds, seed);
  soak.duration_ms = seconds * 1000;
  soak.seed = (guint) seed;
  passed = run (&soak, program, folder);
  soak_log (passed ? "passed" : "failed");
  soak_log_close ();
  printf ("%s; what was done is in %s\n", passed ? "Passed" : "Failed", folder);
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
