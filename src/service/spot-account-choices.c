/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-account-choice-private.h"
#include "spot-api-answer.h"

/* More than a person looks through. */
#define MAX_PROJECTS 200u
#define MAX_ENVIRONMENTS 500u

/* What has been found so far. */
typedef struct
{
  GPtrArray *found;     /* for each project its choices, a GPtrArray */
  guint      n_pending; /* projects whose environments are being asked for */
  GError    *problem;   /* nullable: why those of a project could not be had */
} Search;

/* What one question is about. */
typedef struct
{
  GTask     *task;         /* owned */
  char      *project_ref;
  char      *project;
  char      *organization; /* nullable */
  GPtrArray *environments; /* of the project, in the search */
} Question;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_ptr_array_unref (search->found);
  g_clear_error (&search->problem);
  g_free (search);
}

static void
question_free (Question *question)
{
  g_object_unref (question->task);
  g_free (question->project_ref);
  g_free (question->project);
  g_free (question->organization);
  g_ptr_array_unref (question->environments);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
finish (GTask  *task,
        Search *search)
{
  g_autoptr(GPtrArray) choices = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < search->found->len; i++)
    {
      GPtrArray *environments = g_ptr_array_index (search->found, i);

      for (guint j = 0; j < environments->len; j++)
        g_ptr_array_add (choices, g_object_ref (g_ptr_array_index (environments, j)));
    }
  /* A project that cannot be looked into does not stand in the way of the others. */
  if (choices->len == 0 && search->problem != NULL)
    g_task_return_error (task, g_steal_pointer (&search->problem));
  else
    g_task_return_pointer (task, g_steal_pointer (&choices), (GDestroyNotify) g_ptr_array_unref);
}

static guint
get_n_elements (SpotValue *answer, /* nullable */
                guint      max)
{
  if (answer == NULL || spot_value_get_kind (answer) != SPOT_VALUE_ARRAY)
    return 0;
  return MIN (spot_value_get_n_children (answer), max);
}

static void
environments_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(Question) question = user_data;
  Search *search = g_task_get_task_data (question->task);
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, &error);

  for (guint i = 0; i < get_n_elements (answer, MAX_ENVIRONMENTS); i++)
    {
      SpotAccountChoice *choice = spot_account_choice_new (question->project_ref, question->project,
                                                           question->organization, spot_value_get_child (answer, i));

      if (choice != NULL)
        g_ptr_array_add (question->environments, choice);
    }
  if (error != NULL && search->problem == NULL)
    search->problem = g_steal_pointer (&error);
  if (--search->n_pending == 0)
    finish (question->task, search);
}

static void
ask_for_environments (GTask         *task,
                      SpotApiClient *client,
                      SpotValue     *project)
{
  Search *search = g_task_get_task_data (task);
  const char *ref = spot_api_answer_get_text (project, "externalRef");
  const char *name = spot_api_answer_get_text (project, "name");
  SpotValue *organization = spot_api_answer_get_object (project, "organization");
  Question *question;

  if (ref == NULL || *ref == '\0')
    return;
  question = g_new0 (Question, 1);
  question->task = g_object_ref (task);
  question->project_ref = g_strdup (ref);
  question->project = g_strdup (name != NULL && *name != '\0' ? name : ref);
  question->organization = g_strdup (spot_api_answer_get_text (organization, "title"));
  question->environments = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (search->found, g_ptr_array_ref (question->environments));
  search->n_pending++;
  spot_api_client_call_async (client, spot_api_call_list_environments (ref), g_task_get_cancellable (task),
                              environments_cb, question);
}

static void
projects_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < get_n_elements (answer, MAX_PROJECTS); i++)
    ask_for_environments (task, SPOT_API_CLIENT (source), spot_value_get_child (answer, i));
  if (search->n_pending == 0)
    finish (task, search);
}

/**
 * spot_account_choices_fetch_async:
 * @client: a client with a person's token
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Asks for the projects of a person, and for the environments of each.
 *
 * Fails with %SPOT_API_ERROR when nothing could be had, and with %G_IO_ERROR_CANCELLED.
 */
void
spot_account_choices_fetch_async (SpotApiClient       *client,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);

  g_task_set_source_tag (task, spot_account_choices_fetch_async);
  search->found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_task_set_task_data (task, search, search_free);
  spot_api_client_call_async (client, spot_api_call_list_projects (), cancellable, projects_cb, task);
}

/**
 * spot_account_choices_fetch_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable) (element-type SpotAccountChoice): what the person may watch, %NULL after an error
 */
GPtrArray *
spot_account_choices_fetch_finish (GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
