/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include "spot-api-answer.h"
#include "spot-api-client.h"
#include "spot-connection-private.h"
#include "spot-environment-private.h"
#include "spot-listed-run.h"

#include "spot-run-lister.h"

#define MAX_PAGE_SIZE 100u

/* Pages in a row from which nothing is left: the server goes round in circles, or nothing matches. */
#define MAX_EMPTY_PAGES 1000u

struct _SpotRunLister
{
  GObject        parent_instance;

  SpotEnvironment *environment; /* (owned) */
  SpotApiClient *client;   /* (owned) */
  char         **statuses; /* (owned) (nullable): the API's words */
  char         **tasks;    /* (owned) (nullable) */
  char         **tags;     /* (owned) (nullable) */
  char          *batch_id; /* (owned) (nullable) */
  gint64         from_us;
  gint64         to_us;

  GHashTable    *seen;     /* (owned) (element-type utf8): ids that were given out: pages are no snapshot */
  char          *next;     /* (owned) (nullable): cursor of the next page */
  guint          n_empty;  /* pages in a row */
  SpotProblem    problem;
  gboolean       busy;
  gboolean       at_end;
};

G_DEFINE_FINAL_TYPE (SpotRunLister, spot_run_lister, G_TYPE_OBJECT)

/* A word of the API does not cover its siblings (protocol §8.1). */
static const char *const siblings[][4] = {
  { "EXECUTING", "DEQUEUED", "REATTEMPTING", NULL },
  { "WAITING", "FROZEN", NULL },
  { "FAILED", "INTERRUPTED", NULL },
  { "PENDING_VERSION", "WAITING_FOR_DEPLOY", NULL },
};

static void
add_word (GPtrArray  *words,
          const char *word)
{
  if (!g_ptr_array_find_with_equal_func (words, word, g_str_equal, NULL))
    g_ptr_array_add (words, g_strdup (word));
}

/* Takes the words of feeds, of the API and of the documents, in any case; what it does not know the server may. */
static char **
dup_statuses (const char * const *given)
{
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; given[i] != NULL; i++)
    {
      g_autofree char *upper = g_ascii_strup (given[i], -1);
      SpotRunStatus status = spot_run_status_from_word (upper, -1);
      const char *word = upper;

      /* These two the API lumps together with others, and finds by their old names. */
      if (status == SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE)
        word = "REATTEMPTING";
      else if (status != SPOT_RUN_STATUS_UNKNOWN && status != SPOT_RUN_STATUS_INTERRUPTED)
        word = spot_run_status_to_api (status);
      add_word (words, word);
      for (guint j = 0; j < G_N_ELEMENTS (siblings); j++)
        for (guint k = 1; strcmp (siblings[j][0], word) == 0 && siblings[j][k] != NULL; k++)
          add_word (words, siblings[j][k]);
    }
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (words, FALSE);
}

static void
spot_run_lister_finalize (GObject *object)
{
  SpotRunLister *self = SPOT_RUN_LISTER (object);

  g_object_unref (self->client);
  g_object_unref (self->environment);
  g_strfreev (self->statuses);
  g_strfreev (self->tasks);
  g_strfreev (self->tags);
  g_free (self->batch_id);
  g_hash_table_unref (self->seen);
  g_free (self->next);
  G_OBJECT_CLASS (spot_run_lister_parent_class)->finalize (object);
}

static void
spot_run_lister_class_init (SpotRunListerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_run_lister_finalize;
}

static void
spot_run_lister_init (SpotRunLister *self)
{
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * spot_run_lister_new:
 * @environment: whose runs
 * @filter: which of them; copied
 *
 * Returns: (transfer full): a list of which nothing has been asked for
 */
SpotRunLister *
spot_run_lister_new (SpotEnvironment     *environment,
                     const SpotRunFilter *filter)
{
  SpotRunLister *self;

  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (environment), NULL);
  g_return_val_if_fail (filter != NULL, NULL);

  self = g_object_new (SPOT_TYPE_RUN_LISTER, NULL);
  self->environment = g_object_ref (environment);
  self->client = spot_api_client_new (environment->endpoint);
  self->statuses = filter->statuses != NULL ? dup_statuses (filter->statuses) : NULL;
  self->tasks = g_strdupv ((char **) filter->tasks);
  self->tags = g_strdupv ((char **) filter->tags);
  self->batch_id = g_strdup (filter->batch_id);
  self->from_us = filter->from_us;
  self->to_us = filter->to_us;
  return self;
}

/* The API gives runs with any of the tags. */
static gboolean
has_tags (SpotRunLister       *self,
          const SpotRunRecord *record)
{
  for (guint i = 0; self->tags != NULL && self->tags[i] != NULL; i++)
    if (!g_strv_contains (spot_run_record_get_tags (record), self->tags[i]))
      return FALSE;
  return TRUE;
}

static GPtrArray *
take_page (SpotRunLister  *self,
           SpotApiRunPage *page)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_run_record_unref);

  for (guint i = 0; i < page->runs->len; i++)
    {
      g_autoptr(SpotRunRecord) record = spot_listed_run_to_record (page->runs->pdata[i], NULL);

      if (record != NULL && has_tags (self, record) && g_hash_table_add (self->seen, g_strdup (spot_run_record_get_id (record))))
        g_ptr_array_add (records, g_steal_pointer (&record));
    }
  self->n_empty = records->len > 0 ? 0 : self->n_empty + 1;
  self->at_end = page->next == NULL || g_strcmp0 (page->next, self->next) == 0 || self->n_empty >= MAX_EMPTY_PAGES;
  g_free (self->next);
  self->next = g_steal_pointer (&page->next);
  return records;
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotRunLister *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, &error);
  g_autoptr(SpotApiRunPage) page = answer != NULL ? spot_api_run_page_parse (answer, &error) : NULL;

  self->busy = FALSE;
  if (page == NULL)
    {
      self->problem = spot_problem_from_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_pointer (task, take_page (self, page), (GDestroyNotify) g_ptr_array_unref);
}

/**
 * spot_run_lister_next_async:
 * @self: a list, not at its end, of which nothing is being asked
 * @n_wanted: how many runs are wanted at once, as far as the server gives so many; 0 for as many as it gives
 * @cancellable: (nullable): a cancellable
 * @callback: called in the caller's main context
 * @user_data: data for @callback
 *
 * Asks for the next page. After a failure the same page can be asked for again.
 *
 * Fails with %SPOT_API_ERROR, %SPOT_PROTOCOL_ERROR or %G_IO_ERROR_CANCELLED.
 */
void
spot_run_lister_next_async (SpotRunLister       *self,
                            guint                n_wanted,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  const char *first_tag[] = { self->tags != NULL ? self->tags[0] : NULL, NULL };
  SpotApiRunFilter filter = { .tests = -1 };
  GTask *task;

  g_return_if_fail (SPOT_IS_RUN_LISTER (self));
  g_return_if_fail (!self->busy && !self->at_end);

  filter.statuses = (const char * const *) self->statuses;
  filter.tasks = (const char * const *) self->tasks;
  filter.tags = first_tag[0] != NULL ? first_tag : NULL;
  filter.batch_id = self->batch_id;
  filter.from_us = self->from_us;
  filter.to_us = self->to_us;
  /* Of several tags the server looks at one: the others may leave little of a page. */
  filter.page_size = n_wanted == 0 || (self->tags != NULL && g_strv_length (self->tags) > 1) ? MAX_PAGE_SIZE
                                                                                           : MIN (n_wanted, MAX_PAGE_SIZE);
  filter.after = self->next;
  self->busy = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_run_lister_next_async);
  /* Its credential may have been replaced since the page before. */
  spot_api_client_set_endpoint (self->client, self->environment->endpoint);
  spot_api_client_call_async (self->client, spot_api_call_list_runs (&filter), cancellable, answered_cb, task);
}

/**
 * spot_run_lister_next_finish:
 * @self: a list
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable) (element-type SpotRunRecord): the runs of the page, %NULL after an error
 */
GPtrArray *
spot_run_lister_next_finish (SpotRunLister  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_run_lister_is_at_end:
 * @self: a list
 *
 * Returns: whether there are no more pages
 */
gboolean
spot_run_lister_is_at_end (SpotRunLister *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LISTER (self), TRUE);

  return self->at_end;
}

/**
 * spot_run_lister_get_problem:
 * @self: a list
 *
 * Returns: what the last failure was, for a sentence
 */
SpotProblem
spot_run_lister_get_problem (SpotRunLister *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LISTER (self), SPOT_PROBLEM_NONE);

  return self->problem;
}
