/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-faults.h"

#include "soak-log.h"

#define MIN_PAUSE_MS 200
#define MAX_PAUSE_MS 3000

/* Not a name of the server's own: what else can happen to it. */
#define ROTATE "rotate"
#define SWITCH "switch"
#define RESTART "restart"

/* How often each is drawn, compared with the others. Left out is what lies about a run in a sound answer (wrong-types,
 * huge-row): there is no telling such a row from a true one. */
static const struct
{
  const char *name;
  guint       weight;
} faults[] = {
  { "drop", 4 },  { "truncated", 3 }, { "stall", 1 },     { "409", 3 },  { "429", 3 },     { "503", 3 },
  { "503-plain", 2 }, { "500", 2 },   { "502", 2 },       { "html", 1 }, { "401", 1 },     { "no-handle", 1 },
  { "duplicate", 4 }, { "slow", 3 },  { "gzip", 2 },      { "skew", 1 },   { ROTATE, 2 },       { SWITCH, 2 },
  { RESTART, 2 },
};

struct _SoakFaults
{
  SoakServer *server; /* not owned */
  GRand      *dice;
  gboolean    native;
  gboolean    calm;
  int         next_ms;
  guint       counts[G_N_ELEMENTS (faults)];
};

/**
 * soak_faults_new:
 * @server: what it happens to; must outlive the result
 * @dialect: the one that @server began with
 * @seed: what happens follows from it
 *
 * Returns: (transfer full): faults, for the time being calm but for those that the server draws itself
 */
SoakFaults *
soak_faults_new (SoakServer *server,
                 const char *dialect,
                 guint       seed)
{
  SoakFaults *self = g_new0 (SoakFaults, 1);

  self->server = server;
  self->dice = g_rand_new_with_seed (seed);
  self->native = g_str_equal (dialect, "native");
  self->calm = TRUE;
  return self;
}

/**
 * soak_faults_free:
 * @self: (transfer full): faults
 */
void
soak_faults_free (SoakFaults *self)
{
  g_rand_free (self->dice);
  g_free (self);
}

static guint
draw (SoakFaults *self)
{
  guint total = 0, drawn;

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    total += faults[i].weight;
  drawn = (guint) g_rand_int_range (self->dice, 0, (int) total);
  for (guint i = 0;; i++)
    {
      if (drawn < faults[i].weight)
        return i;
      drawn -= faults[i].weight;
    }
}

static void
inflict (SoakFaults *self,
         const char *name,
         int         count)
{
  if (g_str_equal (name, RESTART))
    {
      soak_log ("%s: restarts", soak_server_get_name (self->server));
      soak_server_restart (self->server);
    }
  else if (g_str_equal (name, SWITCH))
    {
      self->native = !self->native;
      soak_log ("%s: speaks %s", soak_server_get_name (self->server), self->native ? "native" : "electric");
      soak_server_tell (self->server, "POST", "/dev/dialect",
                        g_strdup_printf ("{\"dialect\":\"%s\"}", self->native ? "native" : "electric"));
    }
  else if (g_str_equal (name, ROTATE))
    {
      soak_log ("%s: rotates", soak_server_get_name (self->server));
      soak_server_tell (self->server, "POST", "/dev/rotate", NULL);
    }
  else
    {
      soak_log ("%s: %s, %d times", soak_server_get_name (self->server), name, count);
      soak_server_tell (self->server, "POST", "/dev/faults",
                        g_strdup_printf ("{\"fault\":\"%s\",\"count\":%d}", name, count));
    }
}

/**
 * soak_faults_advance:
 * @self: faults
 * @now_ms: time since the beginning
 *
 * Lets the next thing go wrong when it is time.
 */
void
soak_faults_advance (SoakFaults *self,
                     int         now_ms)
{
  guint fault;
  int count;

  if (self->calm || now_ms < self->next_ms)
    return;

  /* All dice are rolled each time: the course does not depend on what comes of them. */
  fault = draw (self);
  count = g_rand_int_range (self->dice, 1, 5);
  self->next_ms = now_ms + g_rand_int_range (self->dice, MIN_PAUSE_MS, MAX_PAUSE_MS);
  self->counts[fault]++;
  inflict (self, faults[fault].name, count);
}

/**
 * soak_faults_set_calm:
 * @self: faults
 * @calm: whether nothing is to go wrong
 */
void
soak_faults_set_calm (SoakFaults *self,
                      gboolean    calm)
{
  self->calm = calm;
  if (calm)
    soak_server_tell (self->server, "POST", "/dev/faults", g_strdup ("{\"fault\":null,\"count\":0}"));
  soak_server_tell (self->server, "POST", "/dev/settings",
                    g_strdup_printf ("{\"flaky\":%s}", calm ? "false" : "true"));
}

/**
 * soak_faults_describe:
 * @self: faults
 *
 * Returns: (transfer full): how often each was drawn
 */
char *
soak_faults_describe (SoakFaults *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    g_string_append_printf (text, "%s%s %u", i > 0 ? ", " : "", faults[i].name, self->counts[i]);
  return g_string_free (text, FALSE);
}
