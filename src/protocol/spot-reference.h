/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-token.h"

G_BEGIN_DECLS

/**
 * SpotReferenceKind:
 * @SPOT_REFERENCE_RUN: a run; `text` is its id
 * @SPOT_REFERENCE_BATCH: a batch; `text` is its id
 * @SPOT_REFERENCE_TAG: a tag; `text` is the tag, which the server would take
 * @SPOT_REFERENCE_ENVIRONMENT: a page of the dashboard about an environment; `text` is the environment's address
 * @SPOT_REFERENCE_SERVER: any other web address, perhaps of a server; `text` is the same as `server`
 * @SPOT_REFERENCE_CREDENTIAL: a key or token; `text` is the secret itself
 *
 * What a piece of pasted text refers to.
 */
typedef enum {
  SPOT_REFERENCE_RUN,
  SPOT_REFERENCE_BATCH,
  SPOT_REFERENCE_TAG,
  SPOT_REFERENCE_ENVIRONMENT,
  SPOT_REFERENCE_SERVER,
  SPOT_REFERENCE_CREDENTIAL,
} SpotReferenceKind;

/**
 * SpotReference:
 * @kind: what it is
 * @text: (nullable): the id, tag, address or secret; %NULL once spot_reference_take_secret() has given it away
 * @credential: for %SPOT_REFERENCE_CREDENTIAL, what it looks like
 * @server: (nullable): for what came from a web address, where that server is: scheme, host, port unless it is the
 *   usual one, and the path below which the pages lie; no slash at the end
 * @organization: (nullable): the organization's slug in the address
 * @project: (nullable): the project's slug in the address
 * @project_ref: (nullable): the project's reference in the address, `proj_…`
 * @environment: (nullable): the environment's slug in the address, or that which a key's prefix names
 *
 * Somebody's text is no more to be trusted than a server's: every text in here is valid UTF-8 without control
 * characters, but whether there is such a thing only the server can tell.
 */
typedef struct
{
  SpotReferenceKind  kind;
  char              *text;
  SpotCredentialKind credential;
  char              *server;
  char              *organization;
  char              *project;
  char              *project_ref;
  char              *environment;
} SpotReference;

GPtrArray *spot_reference_find_all    (const char          *text,
                                       gssize               length,
                                       guint               *n_left_out);
void       spot_reference_free        (SpotReference       *self);
char      *spot_reference_take_secret (SpotReference       *self);
char      *spot_reference_dup_shown   (const SpotReference *self);
char      *spot_reference_dup_api_url (const SpotReference *self);
gboolean   spot_reference_is_tag      (const char          *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotReference, spot_reference_free)

G_END_DECLS
