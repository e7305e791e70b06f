/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-text.h"

/* What a person may ask who has signed in (protocol §1.8, §8.9). There is one project; its environments all show the
 * same runs, because there is one database. */

#define PROJECT "proj_demodemodemodemodemo"
#define ORGANIZATION "{\"id\":\"cmorgdemo00000000000000001\",\"title\":\"Demo organization\",\"slug\":\"demo-org\"," \
                     "\"createdAt\":\"2026-01-01T00:00:00.000Z\"}"

typedef struct
{
  const char *path; /* as a part of a path: staging, where the slug is stg */
  const char *slug;
  const char *type;
} Environment;

static const Environment environments[] = {
  { "dev", "dev", "DEVELOPMENT" },
  { "staging", "stg", "STAGING" },
  { "prod", "prod", "PRODUCTION" },
  { "preview", "preview", "PREVIEW" },
};

static const Environment *
find_environment (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    if (g_str_equal (environments[i].path, path))
      return &environments[i];
  return NULL;
}

static char *
dup_origin (SpotDevCall *self)
{
  GUri *uri = soup_server_message_get_uri (self->message);

  return g_strdup_printf ("http://%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}

static void
who_am_i (SpotDevCall *self)
{
  const char *project = g_hash_table_lookup (self->query, "projectRef");
  g_autofree char *dashboard = dup_origin (self);
  g_autofree char *body = NULL;

  body = g_strdup_printf ("{\"userId\":\"cmuserdemo0000000000000001\",\"email\":\"someone@example.com\","
                          "\"dashboardUrl\":\"%s\"%s%s%s}", dashboard,
                          g_strcmp0 (project, PROJECT) == 0
                            ? ",\"project\":{\"name\":\"Demo project\",\"orgTitle\":\"Demo organization\","
                              "\"url\":\"" : "",
                          g_strcmp0 (project, PROJECT) == 0 ? dashboard : "",
                          g_strcmp0 (project, PROJECT) == 0 ? "/projects/v3/" PROJECT "\"}" : "");
  spot_dev_answer_json (self->message, 200, body);
}

static void
list_environments (SpotDevCall *self)
{
  GString *body = g_string_new ("[");

  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    g_string_append_printf (body, "%s{\"id\":\"cmenv%sdemo0000000000001\",\"slug\":\"%s\",\"type\":\"%s\","
                            "\"isBranchableEnvironment\":%s,\"branchName\":null,\"paused\":false}",
                            i > 0 ? "," : "", environments[i].slug, environments[i].slug, environments[i].type,
                            g_str_equal (environments[i].slug, "preview") ? "true" : "false");
  g_string_append_c (body, ']');
  spot_dev_answer_json (self->message, 200, body->str);
  g_string_free (body, TRUE);
}

static void
give_key (SpotDevCall *self)
{
  g_autofree char *url = dup_origin (self);
  g_autofree char *body = NULL;

  if (find_environment (self->path[3]) == NULL)
    {
      spot_dev_answer_error (self->message, 404, "Environment not found");
      return;
    }
  body = g_strdup_printf ("{\"apiKey\":\"%s\",\"name\":\"Demo project\",\"apiUrl\":\"%s\","
                          "\"projectId\":\"cmprojdemo0000000000000001\",\"defaultRuntime\":\"node\"}",
                          self->api->key, url);
  spot_dev_answer_json (self->message, 200, body);
}

static void
give_token (SpotDevCall *self)
{
  const Environment *environment = find_environment (self->path[3]);
  const char *branch = soup_message_headers_get_one (soup_server_message_get_request_headers (self->message),
                                                     "x-trigger-branch");

  if (environment == NULL)
    spot_dev_answer_error (self->message, 404, "Environment not found");
  else if (g_str_equal (environment->slug, "preview") && branch == NULL)
    spot_dev_answer_error (self->message, 404, "Branch not found");
  else
    spot_dev_call_sign (self, FALSE);
}

static void
dispatch (SpotDevCall *self)
{
  gboolean in_project = self->n_path >= 3 && g_str_equal (self->path[1], "projects");

  if (in_project && !g_str_equal (self->path[2], PROJECT))
    spot_dev_answer_error (self->message, 404, "Project not found");
  else if (spot_dev_call_is (self, "GET", "v2/whoami"))
    who_am_i (self);
  else if (spot_dev_call_is (self, "GET", "v1/orgs"))
    spot_dev_answer_json (self->message, 200, "[" ORGANIZATION "]");
  else if (spot_dev_call_is (self, "GET", "v1/projects"))
    spot_dev_answer_json (self->message, 200,
                          "[{\"id\":\"cmprojdemo0000000000000001\",\"externalRef\":\"" PROJECT "\","
                          "\"name\":\"Demo project\",\"slug\":\"demo-project\",\"createdAt\":\"2026-01-01T00:00:00.000Z\","
                          "\"organization\":" ORGANIZATION "}]");
  else if (spot_dev_call_is (self, "GET", "v1/projects/*/environments"))
    list_environments (self);
  else if (spot_dev_call_is (self, "GET", "v1/projects/*/*"))
    give_key (self);
  else if (spot_dev_call_is (self, "POST", "v1/projects/*/*/jwt"))
    give_token (self);
  else
    spot_dev_answer_error (self->message, 401, "Invalid API key");
}

/**
 * spot_dev_call_person:
 * @self: a call of which nobody knows yet whose it is
 *
 * Answers calls with a personal access token.
 *
 * Returns: %FALSE when the credential is another one
 */
gboolean
spot_dev_call_person (SpotDevCall *self)
{
  const char *authorization = soup_message_headers_get_one (soup_server_message_get_request_headers (self->message),
                                                            "authorization");

  if (authorization == NULL || !g_str_has_prefix (authorization, "Bearer tr_pat_"))
    return FALSE;
  if (self->api->is_person_out || !g_str_equal (authorization + strlen ("Bearer "), SPOT_DEV_PERSONAL_TOKEN))
    spot_dev_answer_error (self->message, 401, "Invalid or Missing Access Token");
  else
    dispatch (self);
  return TRUE;
}
