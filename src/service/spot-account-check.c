/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-connection-test.h"
#include "spot-environment-private.h"

#include "spot-account-check.h"
#include "spot-account-private.h"

/**
 * spot_account_report_free:
 * @self: (transfer full): a report
 *
 * Frees it.
 */
void
spot_account_report_free (SpotAccountReport *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->code);
  g_free (self->sentence);
  g_free (self->detail);
  g_free (self->url);
  g_free (self->environment_id);
  g_free (self->environment);
  g_free (self->branch);
  g_free (self->project);
  g_free (self->project_ref);
  g_free (self->organization);
  g_free (self->email);
  g_free (self->dashboard_url);
  g_free (self);
}

static SpotAccountReport *
report_new (SpotConnectionReport *report)
{
  SpotAccountReport *self = g_new0 (SpotAccountReport, 1);
  g_autoptr(GEnumClass) problems = g_type_class_ref (SPOT_TYPE_CONNECTION_PROBLEM);

  self->good = report->problem == SPOT_CONNECTION_PROBLEM_NONE;
  self->code = g_strdup (g_enum_get_value (problems, (int) report->problem)->value_nick);
  self->sentence = g_steal_pointer (&report->sentence);
  self->detail = g_steal_pointer (&report->detail);
  self->url = g_steal_pointer (&report->url);
  self->environment_id = g_steal_pointer (&report->environment_id);
  self->kind = report->environment != NULL ? spot_environment_kind_from_word (report->environment)
                                           : SPOT_ENVIRONMENT_UNKNOWN;
  self->environment = g_steal_pointer (&report->environment);
  self->branch = g_steal_pointer (&report->branch);
  self->project = g_steal_pointer (&report->project);
  self->project_ref = g_steal_pointer (&report->project_ref);
  self->organization = g_steal_pointer (&report->organization);
  self->email = g_steal_pointer (&report->email);
  self->dashboard_url = g_steal_pointer (&report->dashboard_url);
  return self;
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(SpotConnectionReport) report = spot_connection_test_finish (result, &error);

  if (report == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, report_new (report), (GDestroyNotify) spot_account_report_free);
}

/* What makes no connection is not tried. */
static void
check (GTask        *task,
       SpotEndpoint *endpoint, /* nullable */
       const char   *sentence) /* nullable */
{
  SpotAccountReport *report;

  if (endpoint != NULL)
    {
      spot_connection_test_async (endpoint, g_task_get_cancellable (task), tested_cb, g_object_ref (task));
      return;
    }
  report = g_new0 (SpotAccountReport, 1);
  report->code = g_strdup ("bad-settings");
  report->sentence = g_strdup (sentence != NULL ? sentence : "");
  g_task_return_pointer (task, report, (GDestroyNotify) spot_account_report_free);
}

/**
 * spot_account_check_async:
 * @account: an account
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Asks the account's server who its credential is and whether runs can be watched with it.
 *
 * Fails with %G_IO_ERROR_CANCELLED only. Without a credential the report says so.
 */
void
spot_account_check_async (SpotAccount         *account,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SPOT_IS_ACCOUNT (account));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_account_check_async);
  check (task, spot_account_get_endpoint (account), spot_account_get_explanation (account));
}

/**
 * spot_account_check_draft_async:
 * @draft: an account that is not there yet
 * @credential: its credential
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Like spot_account_check_async(), before spot_accounts_add_async(): nothing is kept.
 */
void
spot_account_check_draft_async (const SpotAccountDraft *draft,
                                const char             *credential,
                                GCancellable           *cancellable,
                                GAsyncReadyCallback     callback,
                                gpointer                user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (draft != NULL && credential != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_account_check_draft_async);
  if (spot_account_check_credential (credential, NULL, &error))
    endpoint = spot_account_draft_make_endpoint (draft, credential, &error);
  check (task, endpoint, error != NULL ? error->message : NULL);
}

/**
 * spot_account_check_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what was found, %NULL after an error
 */
SpotAccountReport *
spot_account_check_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
