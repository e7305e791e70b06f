/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-metadata.h"
#include "spot-plain-text.h"

#include "spot-metadata-private.h"

#define MAX_REFERENCES 100u
#define MAX_ID_BYTES 200u
#define MAX_NAME_CHARS 120

static void
add_reference (SpotMetadata             *self,
               SpotMetadataReferenceKind kind,
               const char               *id,
               const char               *name)
{
  SpotMetadataReference *reference;
  g_autofree char *line = NULL;

  if (strlen (id) > MAX_ID_BYTES)
    return;
  line = spot_plain_text_dup_line (id, MAX_ID_BYTES);
  if (*line == '\0')
    return;
  for (guint i = 0; i < self->references->len; i++)
    {
      reference = self->references->pdata[i];
      if (reference->kind == kind && g_str_equal (reference->id, line))
        {
          if (reference->name == NULL && name != NULL)
            reference->name = spot_plain_text_dup_line (name, MAX_NAME_CHARS);
          return;
        }
    }
  if (self->references->len >= MAX_REFERENCES)
    return;
  reference = g_new0 (SpotMetadataReference, 1);
  reference->kind = kind;
  reference->id = g_steal_pointer (&line);
  reference->name = name ? spot_plain_text_dup_line (name, MAX_NAME_CHARS) : NULL;
  g_ptr_array_add (self->references, reference);
}

/* A text or number, as an id may be either. */
static const char *
get_id (const SpotValue *value)
{
  SpotValueKind kind = value ? spot_value_get_kind (value) : SPOT_VALUE_NULL;

  if (kind != SPOT_VALUE_STRING && kind != SPOT_VALUE_NUMBER && kind != SPOT_VALUE_BIGINT)
    return NULL;
  return spot_value_get_text (value, NULL);
}

static void
read_named (SpotMetadata *self)
{
  static const struct
  {
    const char               *key;
    SpotMetadataReferenceKind kind;
  } keys[] = {
    { "user", SPOT_METADATA_REFERENCE_USER },
    { "userId", SPOT_METADATA_REFERENCE_USER },
    { "user_id", SPOT_METADATA_REFERENCE_USER },
    { "customer", SPOT_METADATA_REFERENCE_USER },
    { "customerId", SPOT_METADATA_REFERENCE_USER },
    { "customer_id", SPOT_METADATA_REFERENCE_USER },
    { "org", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "orgId", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "org_id", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "organization", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "organizationId", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "organization_id", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "accountId", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "account_id", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "companyId", SPOT_METADATA_REFERENCE_ORGANIZATION },
    { "company_id", SPOT_METADATA_REFERENCE_ORGANIZATION },
  };
  static const char *const names[] = { "name", "displayName", "fullName", "title", "email", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      SpotValue *value = spot_value_get_member (self->tree, keys[i].key);
      const char *id = get_id (value);
      const char *name = NULL;

      if (spot_metadata_is_object (value))
        {
          id = get_id (spot_value_get_member (value, "id"));
          name = spot_metadata_get_first (value, names);
          /* Without an id the name is all that there is to know it by. */
          if (id == NULL)
            id = name;
        }
      if (id != NULL)
        add_reference (self, keys[i].kind, id, name);
    }
}

/* run_ and batch_, then the letters and digits of an id; "run_fast" is a word. */
static gboolean
is_object_id (const char *text,
              const char *prefix)
{
  gsize length;
  gboolean has_digit = FALSE;

  if (!g_str_has_prefix (text, prefix))
    return FALSE;
  text += strlen (prefix);
  for (length = 0; text[length] != '\0'; length++)
    {
      if (!g_ascii_isalnum (text[length]) || length > MAX_ID_BYTES)
        return FALSE;
      has_digit |= g_ascii_isdigit (text[length]);
    }
  return length >= 20 || (length >= 4 && has_digit);
}

static void
read_ids (SpotMetadata *self,
          SpotValue    *value,
          const char   *name)
{
  static const char *const names[] = { "name", "title", "label", NULL };
  SpotValueKind kind = spot_value_get_kind (value);
  guint n = spot_value_get_n_children (value);

  if (kind == SPOT_VALUE_STRING)
    {
      const char *text = spot_value_get_text (value, NULL);

      if (is_object_id (text, "run_"))
        add_reference (self, SPOT_METADATA_REFERENCE_RUN, text, name);
      else if (is_object_id (text, "batch_"))
        add_reference (self, SPOT_METADATA_REFERENCE_BATCH, text, name);
    }
  for (guint i = 0; i < n; i++)
    {
      const char *member = spot_value_get_child_name (value, i);
      gboolean is_id = member != NULL && g_str_equal (member, "id");

      read_ids (self, spot_value_get_child (value, i), is_id ? spot_metadata_get_first (value, names) : NULL);
    }
}

/* references: users and organisations by well-known keys, runs and batches wherever their ids are */
void
spot_metadata_read_references (SpotMetadata *self)
{
  read_named (self);
  read_ids (self, self->tree, NULL);
}
