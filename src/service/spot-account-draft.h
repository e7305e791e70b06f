/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The server of whoever does not run one. */
#define SPOT_CLOUD_API_URL "https://api.trigger.dev"

/**
 * SpotAccountDraft:
 * @name: (nullable): what to call it, empty for a name made of what it is
 * @api_url: (nullable): the server, %NULL or empty for the cloud
 * @realtime_url: (nullable): the server for live updates, %NULL or empty for the same
 * @dashboard_url: (nullable): the dashboard
 * @branch: (nullable): a preview or development branch
 * @ca_file: (nullable): path of a PEM file with the certificate authorities to trust instead of the system's
 * @allow_plain_http: whether the user agreed to plain HTTP to a host that is not this machine
 * @read_only: whether nothing may be changed with it
 * @environments: (nullable): for somebody who signs in: the chosen environments, as the schema's `environments` has
 *   them
 *
 * An account that is not there yet. Nothing in it is owned; a floating @environments is not sunk.
 */
typedef struct
{
  const char *name;
  const char *api_url;
  const char *realtime_url;
  const char *dashboard_url;
  const char *branch;
  const char *ca_file;
  gboolean    allow_plain_http;
  gboolean    read_only;
  GVariant   *environments;
} SpotAccountDraft;

/* Whether a credential would go out unencrypted to a host that is not this machine, agreed to or not. */
gboolean spot_account_draft_is_exposed (const SpotAccountDraft *self);

G_END_DECLS
