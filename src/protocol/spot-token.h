/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotCredentialKind:
 * @SPOT_CREDENTIAL_UNKNOWN: nothing that this version knows: the server decides what it is good for
 * @SPOT_CREDENTIAL_ROOT_KEY: the secret key of an environment, good for everything in it
 * @SPOT_CREDENTIAL_ADDITIONAL_KEY: a further secret key of an environment, which may be restricted
 * @SPOT_CREDENTIAL_PUBLISHABLE_KEY: a key of the old kind, good for nothing any more
 * @SPOT_CREDENTIAL_PERSONAL: a person's access token: good for finding projects, not for feeds
 * @SPOT_CREDENTIAL_ORGANIZATION: an organization's access token, not good for feeds
 * @SPOT_CREDENTIAL_USER: a token that acts for a user, not good for feeds
 * @SPOT_CREDENTIAL_PUBLIC_TOKEN: a public access token, good for what its scopes name, until it expires
 * @SPOT_CREDENTIAL_RUN_TOKEN: a token that lives inside a running task
 *
 * What a credential is, as far as one can see (protocol §1.3).
 */
typedef enum {
  SPOT_CREDENTIAL_UNKNOWN,
  SPOT_CREDENTIAL_ROOT_KEY,
  SPOT_CREDENTIAL_ADDITIONAL_KEY,
  SPOT_CREDENTIAL_PUBLISHABLE_KEY,
  SPOT_CREDENTIAL_PERSONAL,
  SPOT_CREDENTIAL_ORGANIZATION,
  SPOT_CREDENTIAL_USER,
  SPOT_CREDENTIAL_PUBLIC_TOKEN,
  SPOT_CREDENTIAL_RUN_TOKEN,
} SpotCredentialKind;

SpotCredentialKind spot_credential_get_kind        (const char *credential);
const char        *spot_credential_get_environment (const char *credential);

/**
 * SpotToken:
 *
 * What a public access token says about itself (protocol §1.5). The token is not in there, so it is no secret. Nothing of
 * it is checked: only the server can, and it decides. Immutable.
 */
typedef struct _SpotToken SpotToken;

SpotToken          *spot_token_decode             (const char      *credential,
                                                   GError         **error);
void                spot_token_free               (SpotToken       *self);
const char         *spot_token_get_environment_id (const SpotToken *self);
const char * const *spot_token_get_scopes         (const SpotToken *self);
const char * const *spot_token_get_skip_columns   (const SpotToken *self);
gboolean            spot_token_is_one_time        (const SpotToken *self);
gint64              spot_token_get_issued_us      (const SpotToken *self);
gint64              spot_token_get_expires_us     (const SpotToken *self);
gboolean            spot_token_has_expired        (const SpotToken *self,
                                                   gint64           now_us);

/**
 * SpotAccess:
 * @SPOT_ACCESS_RUN_FEED: follow one run, and read its data streams
 * @SPOT_ACCESS_LIST_FEED: follow runs by tags, or all runs
 * @SPOT_ACCESS_BATCH_FEED: follow the runs of a batch
 * @SPOT_ACCESS_LIST_RUNS: list runs, of some tasks or all
 * @SPOT_ACCESS_RETRIEVE_RUN: get one run, its events, trace and packets
 * @SPOT_ACCESS_CANCEL_RUN: cancel a run
 * @SPOT_ACCESS_SECRET_KEY: any call that takes no public token, such as replay
 *
 * What one may want to do with a token (protocol §1.6).
 */
typedef enum {
  SPOT_ACCESS_RUN_FEED,
  SPOT_ACCESS_LIST_FEED,
  SPOT_ACCESS_BATCH_FEED,
  SPOT_ACCESS_LIST_RUNS,
  SPOT_ACCESS_RETRIEVE_RUN,
  SPOT_ACCESS_CANCEL_RUN,
  SPOT_ACCESS_SECRET_KEY,
} SpotAccess;

/**
 * SpotAccessSubject:
 * @run_id: (nullable): the run
 * @batch_id: (nullable): the batch, or the one that the run belongs to
 * @tags: (nullable) (array zero-terminated=1): the tags asked for, or those of the run
 * @tasks: (nullable) (array zero-terminated=1): the tasks asked for, or the one of the run
 *
 * To what. For a run, what is not known is %NULL. Nothing in it is owned.
 */
typedef struct
{
  const char         *run_id;
  const char         *batch_id;
  const char * const *tags;
  const char * const *tasks;
} SpotAccessSubject;

/**
 * SpotTokenAnswer:
 * @SPOT_TOKEN_NO: the server will refuse
 * @SPOT_TOKEN_MAYBE: it depends on what is not known of the run
 * @SPOT_TOKEN_YES: the scopes cover it
 */
typedef enum {
  SPOT_TOKEN_NO,
  SPOT_TOKEN_MAYBE,
  SPOT_TOKEN_YES,
} SpotTokenAnswer;

SpotTokenAnswer     spot_token_allows             (const SpotToken         *self,
                                                   SpotAccess               access,
                                                   const SpotAccessSubject *subject);

/**
 * SpotTokenClaims:
 * @environment_id: the environment's internal id, as `/api/v1/auth/jwt/claims` names it
 * @scopes: (nullable) (array zero-terminated=1): what it is good for
 * @skip_columns: (nullable) (array zero-terminated=1): columns that feeds leave out
 * @issued_us: when, microseconds since 1970
 * @lifetime_s: for how long, in seconds
 *
 * What a token to be signed says. Nothing in it is owned.
 */
typedef struct
{
  const char         *environment_id;
  const char * const *scopes;
  const char * const *skip_columns;
  gint64              issued_us;
  gint64              lifetime_s;
} SpotTokenClaims;

char               *spot_token_sign               (const char            *root_key,
                                                   const SpotTokenClaims *claims,
                                                   GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotToken, spot_token_free)

G_END_DECLS
