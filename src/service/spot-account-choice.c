/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include "spot-api-answer.h"
#include "spot-environment-private.h"

#include "spot-account-choice-private.h"
#include "spot-account-environment.h"

struct _SpotAccountChoice
{
  GObject parent_instance;

  char     *project_ref;
  char     *project;
  char     *organization; /* nullable */
  char     *path;         /* as a part of a path: dev, staging, prod or preview */
  char     *branch;       /* nullable */
  gboolean  branchable;   /* any branch can be named */
  gboolean  chosen;
};

G_DEFINE_FINAL_TYPE (SpotAccountChoice, spot_account_choice, G_TYPE_OBJECT)

enum
{
  PROP_PROJECT = 1,
  PROP_ORGANIZATION,
  PROP_NAME,
  PROP_KIND,
  PROP_BADGE,
  PROP_NEEDS_BRANCH,
  PROP_BRANCH,
  PROP_CHOSEN,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void
spot_account_choice_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  SpotAccountChoice *self = SPOT_ACCOUNT_CHOICE (object);

  switch (property_id)
    {
    case PROP_PROJECT:
      g_value_set_string (value, self->project);
      break;
    case PROP_ORGANIZATION:
      g_value_set_string (value, self->organization);
      break;
    case PROP_NAME:
      g_value_set_string (value, spot_account_choice_get_name (self));
      break;
    case PROP_KIND:
      g_value_set_enum (value, spot_account_choice_get_kind (self));
      break;
    case PROP_BADGE:
      g_value_set_string (value, spot_environment_kind_get_badge (spot_account_choice_get_kind (self)));
      break;
    case PROP_NEEDS_BRANCH:
      g_value_set_boolean (value, self->branchable);
      break;
    case PROP_BRANCH:
      g_value_set_string (value, self->branch);
      break;
    case PROP_CHOSEN:
      g_value_set_boolean (value, self->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_account_choice_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  SpotAccountChoice *self = SPOT_ACCOUNT_CHOICE (object);

  switch (property_id)
    {
    case PROP_BRANCH:
      spot_account_choice_set_branch (self, g_value_get_string (value));
      break;
    case PROP_CHOSEN:
      spot_account_choice_set_chosen (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_account_choice_finalize (GObject *object)
{
  SpotAccountChoice *self = SPOT_ACCOUNT_CHOICE (object);

  g_free (self->project_ref);
  g_free (self->project);
  g_free (self->organization);
  g_free (self->path);
  g_free (self->branch);
  G_OBJECT_CLASS (spot_account_choice_parent_class)->finalize (object);
}

static void
spot_account_choice_class_init (SpotAccountChoiceClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_account_choice_get_property;
  object_class->set_property = spot_account_choice_set_property;
  object_class->finalize = spot_account_choice_finalize;

  /**
   * SpotAccountChoice:project:
   *
   * The project's name. Server text.
   */
  properties[PROP_PROJECT] = g_param_spec_string ("project", NULL, NULL, NULL, flags);
  /**
   * SpotAccountChoice:organization:
   *
   * The organization's name, %NULL when the server does not say. Server text.
   */
  properties[PROP_ORGANIZATION] = g_param_spec_string ("organization", NULL, NULL, NULL, flags);
  /**
   * SpotAccountChoice:name:
   *
   * Which environment of the project: a translated word, or a branch's name.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * SpotAccountChoice:kind:
   *
   * What it is for.
   */
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SPOT_TYPE_ENVIRONMENT_KIND, SPOT_ENVIRONMENT_UNKNOWN,
                                             flags);
  /**
   * SpotAccountChoice:badge:
   *
   * The same as a short translated word.
   */
  properties[PROP_BADGE] = g_param_spec_string ("badge", NULL, NULL, "", flags);
  /**
   * SpotAccountChoice:needs-branch:
   *
   * Whether it is one only together with the name of a branch.
   */
  properties[PROP_NEEDS_BRANCH] = g_param_spec_boolean ("needs-branch", NULL, NULL, FALSE, flags);
  /**
   * SpotAccountChoice:branch:
   *
   * The branch's name.
   */
  properties[PROP_BRANCH] = g_param_spec_string ("branch", NULL, NULL, NULL, flags | G_PARAM_WRITABLE);
  /**
   * SpotAccountChoice:chosen:
   *
   * Whether it is to be watched.
   */
  properties[PROP_CHOSEN] = g_param_spec_boolean ("chosen", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_account_choice_init (SpotAccountChoice *self)
{
}

static SpotEnvironmentKind
kind_from_type (const char *type)
{
  if (g_strcmp0 (type, "PREVIEW") == 0)
    return SPOT_ENVIRONMENT_PREVIEW;
  return g_strcmp0 (type, "DEVELOPMENT") == 0 ? SPOT_ENVIRONMENT_DEVELOPMENT : SPOT_ENVIRONMENT_UNKNOWN;
}

/**
 * spot_account_choice_new:
 * @project_ref: the project's reference
 * @project: its name
 * @organization: (nullable): its organization's name
 * @environment: what the server says of one of its environments
 *
 * Returns: (transfer full) (nullable): a choice, not chosen; %NULL for what is no environment
 */
SpotAccountChoice *
spot_account_choice_new (const char *project_ref,
                         const char *project,
                         const char *organization,
                         SpotValue  *environment)
{
  const char *slug = spot_api_answer_get_text (environment, "slug");
  const char *branch = spot_api_answer_get_text (environment, "branchName");
  SpotEnvironmentKind kind = slug != NULL ? spot_environment_kind_from_word (slug) : SPOT_ENVIRONMENT_UNKNOWN;
  SpotAccountChoice *self;

  /* A branch's slug may be its own; its type says what it is a branch of. */
  if (kind == SPOT_ENVIRONMENT_UNKNOWN)
    kind = kind_from_type (spot_api_answer_get_text (environment, "type"));
  if (kind == SPOT_ENVIRONMENT_UNKNOWN)
    return NULL;
  self = g_object_new (SPOT_TYPE_ACCOUNT_CHOICE, NULL);
  self->project_ref = g_strdup (project_ref);
  self->project = g_strdup (project);
  self->organization = g_strdup (organization);
  self->path = g_strdup (kind == SPOT_ENVIRONMENT_DEVELOPMENT ? "dev"
                         : kind == SPOT_ENVIRONMENT_STAGING   ? "staging"
                         : kind == SPOT_ENVIRONMENT_PREVIEW   ? "preview"
                                                              : "prod");
  self->branch = branch != NULL && *branch != '\0' ? g_strdup (branch) : NULL;
  self->branchable = self->branch == NULL && kind == SPOT_ENVIRONMENT_PREVIEW;
  return self;
}

/**
 * spot_account_choice_is_ready:
 * @self: a choice
 *
 * Returns: whether it can be watched as it is: a branch is named where one is needed
 */
gboolean
spot_account_choice_is_ready (SpotAccountChoice *self)
{
  return !self->branchable || self->branch != NULL;
}

/**
 * spot_account_choice_describe:
 * @self: a choice
 *
 * Returns: (transfer floating): what the schema's `environments` has of it
 */
GVariant *
spot_account_choice_describe (SpotAccountChoice *self)
{
  g_autoptr(GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("a{ss}"));

  g_variant_builder_add (builder, "{ss}", "project", self->project_ref);
  g_variant_builder_add (builder, "{ss}", "project-name", self->project);
  g_variant_builder_add (builder, "{ss}", "environment", self->path);
  if (self->organization != NULL)
    g_variant_builder_add (builder, "{ss}", "organization", self->organization);
  if (self->branch != NULL)
    g_variant_builder_add (builder, "{ss}", "branch", self->branch);
  return g_variant_builder_end (builder);
}

/**
 * spot_account_choice_recall:
 * @self: a choice
 * @description: an element of the schema's `environments`
 *
 * Chooses it if that is this one, with the branch that it names.
 */
void
spot_account_choice_recall (SpotAccountChoice *self,
                            GVariant          *description)
{
  const char *project = "";
  const char *path = "";
  const char *branch = "";

  g_variant_lookup (description, "project", "&s", &project);
  g_variant_lookup (description, "environment", "&s", &path);
  g_variant_lookup (description, "branch", "&s", &branch);
  if (strcmp (project, self->project_ref) != 0 || strcmp (path, self->path) != 0)
    return;
  if (self->branchable ? *branch == '\0' : strcmp (branch, self->branch != NULL ? self->branch : "") != 0)
    return;
  spot_account_choice_set_branch (self, branch);
  spot_account_choice_set_chosen (self, TRUE);
}

/**
 * spot_account_choice_get_project:
 * @self: a choice
 *
 * Returns: (transfer none): the project's name, server text
 */
const char *
spot_account_choice_get_project (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), NULL);

  return self->project;
}

/**
 * spot_account_choice_get_organization:
 * @self: a choice
 *
 * Returns: (transfer none) (nullable): the organization's name, server text
 */
const char *
spot_account_choice_get_organization (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), NULL);

  return self->organization;
}

/**
 * spot_account_choice_get_name:
 * @self: a choice
 *
 * Returns: (transfer none): which environment of the project: a translated word, or a branch's name
 */
const char *
spot_account_choice_get_name (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), NULL);

  if (self->branch != NULL && !self->branchable)
    return self->branch;
  return spot_environment_kind_get_badge (spot_account_choice_get_kind (self));
}

/**
 * spot_account_choice_get_kind:
 * @self: a choice
 *
 * Returns: what it is for
 */
SpotEnvironmentKind
spot_account_choice_get_kind (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), SPOT_ENVIRONMENT_UNKNOWN);

  return spot_environment_kind_from_word (self->path);
}

/**
 * spot_account_choice_get_needs_branch:
 * @self: a choice
 *
 * Returns: whether it is one only together with the name of a branch
 */
gboolean
spot_account_choice_get_needs_branch (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), FALSE);

  return self->branchable;
}

/**
 * spot_account_choice_get_branch:
 * @self: a choice
 *
 * Returns: (transfer none) (nullable): the branch's name
 */
const char *
spot_account_choice_get_branch (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), NULL);

  return self->branch;
}

/**
 * spot_account_choice_set_branch:
 * @self: a choice that needs a branch
 * @branch: (nullable): its name; blanks around it are dropped
 *
 * Names the branch.
 */
void
spot_account_choice_set_branch (SpotAccountChoice *self,
                                const char        *branch)
{
  g_autofree char *tidy = NULL;

  g_return_if_fail (SPOT_IS_ACCOUNT_CHOICE (self));

  if (!self->branchable)
    return;
  tidy = branch != NULL ? g_strstrip (g_strdup (branch)) : NULL;
  if (tidy != NULL && *tidy == '\0')
    g_clear_pointer (&tidy, g_free);
  if (g_strcmp0 (self->branch, tidy) == 0)
    return;
  g_free (self->branch);
  self->branch = g_steal_pointer (&tidy);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BRANCH]);
}

/**
 * spot_account_choice_get_chosen:
 * @self: a choice
 *
 * Returns: whether it is to be watched
 */
gboolean
spot_account_choice_get_chosen (SpotAccountChoice *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_CHOICE (self), FALSE);

  return self->chosen;
}

/**
 * spot_account_choice_set_chosen:
 * @self: a choice
 * @chosen: whether it is to be watched
 *
 * Chooses it, or not.
 */
void
spot_account_choice_set_chosen (SpotAccountChoice *self,
                                gboolean           chosen)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_CHOICE (self));

  chosen = chosen != FALSE;
  if (self->chosen == chosen)
    return;
  self->chosen = chosen;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
}
