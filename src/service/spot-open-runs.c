/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-open-runs.h"

struct _SpotOpenRuns
{
  SpotEndpoint *endpoint; /* (owned) */
  GPtrArray    *runs;     /* (owned) (element-type SpotOpenRun) */
  gboolean      offline;
  gboolean      stopped;
};

static void
open_run_free (gpointer data)
{
  SpotOpenRun *self = data;

  /* Others may hold them; the threads end now. */
  spot_run_streams_stop (self->streams);
  g_object_unref (self->streams);
  g_object_unref (self->connection);
  g_free (self->run_id);
  g_free (self);
}

/**
 * spot_open_runs_new:
 * @endpoint: the server and the credential
 *
 * Returns: (transfer full): no open runs
 */
SpotOpenRuns *
spot_open_runs_new (SpotEndpoint *endpoint)
{
  SpotOpenRuns *self = g_new0 (SpotOpenRuns, 1);

  self->endpoint = spot_endpoint_ref (endpoint);
  self->runs = g_ptr_array_new_with_free_func (open_run_free);
  return self;
}

/**
 * spot_open_runs_free:
 * @self: (nullable) (transfer full): open runs
 *
 * Closes all of them.
 */
void
spot_open_runs_free (SpotOpenRuns *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->runs);
  spot_endpoint_unref (self->endpoint);
  g_free (self);
}

/**
 * spot_open_runs_get_n:
 * @self: open runs
 *
 * Returns: how many there are
 */
guint
spot_open_runs_get_n (SpotOpenRuns *self)
{
  return self->runs->len;
}

/**
 * spot_open_runs_get:
 * @self: open runs
 * @index: which
 *
 * Returns: (transfer none): an open run
 */
SpotOpenRun *
spot_open_runs_get (SpotOpenRuns *self,
                    guint         index)
{
  return self->runs->pdata[index];
}

/**
 * spot_open_runs_find:
 * @self: open runs
 * @run_id: a run
 *
 * Returns: (transfer none) (nullable): that run, %NULL when it is not open
 */
SpotOpenRun *
spot_open_runs_find (SpotOpenRuns *self,
                     const char   *run_id)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (g_str_equal (spot_open_runs_get (self, i)->run_id, run_id))
      return self->runs->pdata[i];
  return NULL;
}

/**
 * spot_open_runs_find_by:
 * @self: open runs
 * @connection: a connection
 *
 * Returns: (transfer none) (nullable): the run whose feed it tells about
 */
SpotOpenRun *
spot_open_runs_find_by (SpotOpenRuns   *self,
                        SpotConnection *connection)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (spot_open_runs_get (self, i)->connection == connection)
      return self->runs->pdata[i];
  return NULL;
}

/**
 * spot_open_runs_add:
 * @self: open runs
 * @run_id: a run that is not open
 *
 * Returns: (transfer none): the run, open once, without data streams so far
 */
SpotOpenRun *
spot_open_runs_add (SpotOpenRuns *self,
                    const char   *run_id)
{
  SpotOpenRun *open_run = g_new0 (SpotOpenRun, 1);

  open_run->run_id = g_strdup (run_id);
  open_run->count = 1;
  open_run->connection = spot_connection_new ();
  open_run->streams = spot_run_streams_new (self->endpoint, run_id);
  spot_run_streams_set_offline (open_run->streams, self->offline);
  if (self->stopped)
    spot_run_streams_stop (open_run->streams);
  g_ptr_array_add (self->runs, open_run);
  return open_run;
}

/**
 * spot_open_runs_remove:
 * @self: open runs
 * @open_run: (transfer full): one of them
 *
 * Closes it: its data streams end.
 */
void
spot_open_runs_remove (SpotOpenRuns *self,
                       SpotOpenRun  *open_run)
{
  g_ptr_array_remove (self->runs, open_run);
}

/**
 * spot_open_runs_update_streams:
 * @self: open runs
 * @store: where their rows are
 *
 * Rows tell which data streams a run has, and when there will be no more.
 */
void
spot_open_runs_update_streams (SpotOpenRuns *self,
                               SpotRunStore *store)
{
  /* Listeners may open and close runs. */
  for (guint i = 0; i < self->runs->len; i++)
    {
      SpotOpenRun *open_run = self->runs->pdata[i];
      SpotRun *run = spot_run_store_lookup (store, open_run->run_id);
      g_autoptr(SpotRunStreams) streams = g_object_ref (open_run->streams);

      if (run != NULL)
        spot_run_streams_take_record (streams, spot_run_get_record (run));
    }
}

/**
 * spot_open_runs_set_offline:
 * @self: open runs
 * @offline: whether this machine has no network on which the server could be
 *
 * Changes how data streams whose server cannot be reached tell it.
 */
void
spot_open_runs_set_offline (SpotOpenRuns *self,
                            gboolean      offline)
{
  self->offline = offline;
  for (guint i = 0; i < self->runs->len; i++)
    spot_run_streams_set_offline (spot_open_runs_get (self, i)->streams, offline);
}

/**
 * spot_open_runs_set_endpoint:
 * @self: open runs
 * @endpoint: the server and the credential
 *
 * Data streams go on with another credential, from where they were.
 */
void
spot_open_runs_set_endpoint (SpotOpenRuns *self,
                             SpotEndpoint *endpoint)
{
  spot_endpoint_ref (endpoint);
  spot_endpoint_unref (self->endpoint);
  self->endpoint = endpoint;
  for (guint i = 0; i < self->runs->len; i++)
    spot_run_streams_set_endpoint (spot_open_runs_get (self, i)->streams, endpoint);
}

/**
 * spot_open_runs_retry_streams:
 * @self: open runs
 *
 * Data streams catch up at once.
 */
void
spot_open_runs_retry_streams (SpotOpenRuns *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    spot_run_streams_retry (spot_open_runs_get (self, i)->streams);
}

/**
 * spot_open_runs_stop:
 * @self: open runs
 *
 * Stops every data stream, for good. What is known stays.
 */
void
spot_open_runs_stop (SpotOpenRuns *self)
{
  self->stopped = TRUE;
  for (guint i = 0; i < self->runs->len; i++)
    spot_run_streams_stop (spot_open_runs_get (self, i)->streams);
}
