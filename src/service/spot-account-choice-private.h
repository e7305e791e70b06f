/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-choice.h"
#include "spot-api-client.h"
#include "spot-value.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): from an element of the server's list of environments; NULL for what is none. */
SpotAccountChoice *spot_account_choice_new       (const char        *project_ref,
                                                  const char        *project,
                                                  const char        *organization,
                                                  SpotValue         *environment);
/* Whether it can be watched as it is: a branch is named where one is needed. */
gboolean           spot_account_choice_is_ready  (SpotAccountChoice *self);
/* As the schema's `environments` has it: floating. */
GVariant          *spot_account_choice_describe  (SpotAccountChoice *self);
/* Chooses it if that is an element of `environments` that is this one. */
void               spot_account_choice_recall    (SpotAccountChoice *self,
                                                  GVariant          *description);

/* All that a person may watch: (transfer full) (element-type SpotAccountChoice), in the server's order. */
void               spot_account_choices_fetch_async  (SpotApiClient        *client,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GPtrArray         *spot_account_choices_fetch_finish (GAsyncResult         *result,
                                                      GError              **error);

G_END_DECLS
