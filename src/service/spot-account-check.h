/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-draft.h"
#include "spot-account.h"

G_BEGIN_DECLS

/**
 * SpotAccountReport:
 * @good: whether runs can be watched
 * @code: what is wrong, as a word for programs: `refused`, `tls-authority`, `unauthorized`…; `none` when nothing is
 * @sentence: the same as a translated sentence, with what to do
 * @detail: (nullable): what it failed with, untranslated and without the credential
 * @url: (nullable): the address that was asked last
 * @environment_id: (nullable): the server's id of the environment, of keys and tokens: another key of the same has the
 *   same
 * @environment: (nullable): `dev`, `stg`, `prod` or `preview`
 * @kind: the same
 * @branch: (nullable): a branch's name
 * @project: (nullable): a project's name
 * @project_ref: (nullable): its reference
 * @organization: (nullable): an organization's name
 * @email: (nullable): of the person who has signed in
 * @dashboard_url: (nullable): where the dashboard is
 *
 * Who answers at an address, or exactly why nobody does.
 */
typedef struct
{
  gboolean             good;
  char                *code;
  char                *sentence;
  char                *detail;
  char                *url;
  char                *environment_id;
  char                *environment;
  SpotEnvironmentKind  kind;
  char                *branch;
  char                *project;
  char                *project_ref;
  char                *organization;
  char                *email;
  char                *dashboard_url;
} SpotAccountReport;

void               spot_account_report_free        (SpotAccountReport      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotAccountReport, spot_account_report_free)

/* Tries an account that is there, or one that is not there yet. Whatever is wrong is in the report; only a cancellation
 * is an error. */
void               spot_account_check_async        (SpotAccount            *account,
                                                    GCancellable           *cancellable,
                                                    GAsyncReadyCallback     callback,
                                                    gpointer                user_data);
void               spot_account_check_draft_async  (const SpotAccountDraft *draft,
                                                    const char             *credential,
                                                    GCancellable           *cancellable,
                                                    GAsyncReadyCallback     callback,
                                                    gpointer                user_data);
SpotAccountReport *spot_account_check_finish       (GAsyncResult           *result,
                                                    GError                **error);

G_END_DECLS
