/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection-problem.h"
#include "spot-endpoint.h"

G_BEGIN_DECLS

/**
 * SpotConnectionReport:
 * @problem: what is wrong first, %SPOT_CONNECTION_PROBLEM_NONE when nothing is
 * @sentence: the same as a translated sentence, with what to do
 * @detail: (nullable): what it failed with, untranslated and without the credential
 * @url: the address that was asked last
 * @environment_id: (nullable): all that follows: who the credential is, as far as the server tells
 * @environment: (nullable): `dev`, `stg`, `prod` or `preview`
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
  SpotConnectionProblem problem;
  char                 *sentence;
  char                 *detail;
  char                 *url;
  char                 *environment_id;
  char                 *environment;
  char                 *branch;
  char                 *project;
  char                 *project_ref;
  char                 *organization;
  char                 *email;
  char                 *dashboard_url;
} SpotConnectionReport;

void                  spot_connection_report_free  (SpotConnectionReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotConnectionReport, spot_connection_report_free)

void                  spot_connection_test_async   (SpotEndpoint         *endpoint,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
SpotConnectionReport *spot_connection_test_finish  (GAsyncResult         *result,
                                                    GError              **error);

/* For tests: waits no longer than this for each answer, in milliseconds; 0 for as long as usual. */
void                  spot_connection_test_set_timeout_ms (gint64         timeout_ms);

G_END_DECLS
