/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "feed-rig.h"

static gint64
rig_now (gpointer data)
{
  return ((FeedRig *) data)->now_us;
}

static gint64
rig_wall (gpointer data)
{
  return ((FeedRig *) data)->wall_us;
}

static double
rig_random (gpointer data)
{
  return ((FeedRig *) data)->random;
}

FeedRig *
feed_rig_new (SpotFeedSpec *spec)
{
  FeedRig *rig = g_new0 (FeedRig, 1);
  SpotFeedClock clock = { rig_now, rig_wall, rig_random, rig };

  rig->now_us = 1000 * G_TIME_SPAN_SECOND;
  rig->wall_us = G_GINT64_CONSTANT (1795431600) * G_TIME_SPAN_SECOND;
  rig->random = 0.5;
  rig->machine = spot_feed_machine_new (spec, &clock);
  return rig;
}

void
feed_rig_free (FeedRig *rig)
{
  spot_feed_machine_free (rig->machine);
  g_free (rig->target);
  g_free (rig);
}

void
feed_rig_advance (FeedRig *rig,
                  gint64   ms)
{
  rig->now_us += ms * G_TIME_SPAN_MILLISECOND;
  rig->wall_us += ms * G_TIME_SPAN_MILLISECOND;
}

void
feed_rig_send (FeedRig *rig)
{
  g_autoptr(SpotFeedRequest) request = NULL;

  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REQUEST);
  request = spot_feed_machine_dup_request (rig->machine);
  g_free (rig->target);
  rig->target = g_strdup (request->target);
  rig->live = request->live;
  rig->timeout_ms = request->timeout_ms;
}

void
feed_rig_assert_sends (FeedRig    *rig,
                       const char *target)
{
  feed_rig_send (rig);
  g_assert_cmpstr (rig->target, ==, target);
}

void
feed_rig_assert_waits (FeedRig *rig,
                       gint64   ms)
{
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_WAIT);
  g_assert_cmpint (spot_feed_machine_get_wait_ms (rig->machine), ==, ms);
}

/* Lets the time pass that the machine wants to wait, if any. */
void
feed_rig_wait (FeedRig *rig)
{
  if (spot_feed_machine_next (rig->machine) == SPOT_FEED_STEP_WAIT)
    feed_rig_advance (rig, spot_feed_machine_get_wait_ms (rig->machine));
}

static const char *
lookup (gpointer    headers,
        const char *name)
{
  char **lines = headers;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gsize length = strlen (name);

      if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
        return lines[i] + length + 1 + strspn (lines[i] + length + 1, " ");
    }
  return NULL;
}

gboolean
feed_rig_begin_answer (FeedRig    *rig,
                       guint       status,
                       const char *headers)
{
  g_auto(GStrv) lines = g_strsplit (headers, "\n", -1);

  return spot_feed_machine_take_head (rig->machine, status, lookup, lines);
}

gboolean
feed_rig_feed (FeedRig    *rig,
               const char *data,
               gsize       length)
{
  gsize piece = rig->piece != 0 ? rig->piece : length;

  while (length > 0)
    {
      gsize n = MIN (piece, length);

      if (!spot_feed_machine_take_body (rig->machine, data, n))
        return FALSE;
      data += n;
      length -= n;
    }
  return TRUE;
}

void
feed_rig_answer (FeedRig    *rig,
                 guint       status,
                 const char *headers,
                 const char *body)
{
  if (feed_rig_begin_answer (rig, status, headers))
    feed_rig_feed (rig, body, strlen (body));
  spot_feed_machine_take_end (rig->machine);
}

void
feed_rig_fail (FeedRig *rig,
               GQuark   domain,
               int      code)
{
  g_autoptr(GError) error = g_error_new_literal (domain, code, "failed by the test");

  spot_feed_machine_take_failure (rig->machine, error);
}

char *
feed_rig_take_batches (FeedRig *rig)
{
  static const char * const kinds[] = { "PREVIEW", "SNAPSHOT", "REFETCH", "CHANGES", "CATCH_UP" };
  GString *text = g_string_new (NULL);
  SpotRunBatch *batch;

  while ((batch = spot_feed_machine_take_batch (rig->machine)) != NULL)
    {
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", kinds[batch->kind]);
      for (guint i = 0; i < batch->changes->len; i++)
        {
          SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);

          if (change->removed)
            g_string_append_printf (text, " -%s", spot_run_record_get_id (change->record));
          else
            g_string_append_printf (text, " %s=%s", spot_run_record_get_id (change->record),
                                    spot_run_record_get_status_word (change->record));
        }
      if (batch->n_bad_rows > 0)
        g_string_append_printf (text, " (%u bad)", batch->n_bad_rows);
      spot_run_batch_unref (batch);
    }
  return g_string_free (text, FALSE);
}

void
feed_rig_assert_batches (FeedRig    *rig,
                         const char *expected)
{
  g_autofree char *batches = feed_rig_take_batches (rig);

  g_assert_cmpstr (batches, ==, expected);
}

void
feed_rig_assert_state (FeedRig      *rig,
                       SpotFeedState state)
{
  g_assert_cmpint (spot_feed_machine_get_state (rig->machine), ==, state);
}

void
feed_rig_go_live_electric (FeedRig *rig)
{
  g_autofree char *batches = NULL;

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: h1\nelectric-offset: 0_0",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "," SNAPSHOT_END "]");
  feed_rig_send (rig);
  g_assert_nonnull (strstr (rig->target, "handle=h1&log=full&offset=0_0"));
  feed_rig_answer (rig, 200, "electric-handle: h1\nelectric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
  batches = feed_rig_take_batches (rig);
  g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=PENDING"));
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_advance (rig, 2000);
}

void
feed_rig_go_live_native (FeedRig *rig)
{
  g_autofree char *batches = NULL;

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: h1\nelectric-offset: 100_1",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
  batches = feed_rig_take_batches (rig);
  g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=PENDING"));
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_advance (rig, 2000);
}

FeedRig *
feed_rig_new_run (void)
{
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);

  return feed_rig_new (spec);
}

FeedRig *
feed_rig_new_list (void)
{
  const char *tags[] = { "a", NULL };
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (tags, "1h", NULL, NULL);

  return feed_rig_new (spec);
}

void
feed_rig_assert_problem (FeedRig *rig,
                         GQuark   domain,
                         int      code)
{
  g_assert_error (spot_feed_machine_get_problem (rig->machine), domain, code);
}
