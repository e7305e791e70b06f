/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-packet.h"

#define DEFAULT_TYPE "application/json"

/* "Application/JSON; charset=utf-8" → "application/json" */
static char *
normalize_type (const char *type)
{
  g_autofree char *valid = type ? g_utf8_make_valid (type, -1) : NULL;
  char *bare;

  if (valid == NULL)
    return g_strdup (DEFAULT_TYPE);
  valid[strcspn (valid, ";")] = '\0';
  bare = g_ascii_strdown (g_strstrip (valid), -1);
  if (*bare == '\0')
    {
      g_free (bare);
      return g_strdup (DEFAULT_TYPE);
    }
  return bare;
}

/**
 * spot_packet_decode:
 * @data: (nullable): the text of a payload or output column; %NULL for a column that is null
 * @length: its length in bytes, or -1 when it ends with a NUL
 * @type: (nullable): its content type, parameters allowed; %NULL or empty for `application/json`
 *
 * Reads a payload or output (protocol §6.1). What cannot be read is %SPOT_PACKET_OPAQUE and keeps its text, made valid
 * UTF-8.
 *
 * Returns: (transfer full): the packet
 */
SpotPacket *
spot_packet_decode (const char *data,
                    gssize      length,
                    const char *type)
{
  SpotPacket *self = g_new0 (SpotPacket, 1);
  g_autoptr (GError) error = NULL;
  gsize n_bytes;

  self->type = normalize_type (type);
  self->kind = SPOT_PACKET_NOTHING;
  if (data == NULL)
    return self;
  n_bytes = length < 0 ? strlen (data) : (gsize) length;
  self->raw = g_utf8_make_valid (data, (gssize) n_bytes);

  if (g_str_equal (self->type, "text/plain"))
    {
      self->kind = SPOT_PACKET_VALUE;
      self->value = spot_value_new_string (data, (gssize) n_bytes);
      return self;
    }
  if (n_bytes == 0)
    return self;
  if (g_str_equal (self->type, "application/store"))
    {
      self->kind = SPOT_PACKET_STORED;
      return self;
    }

  if (g_str_equal (self->type, DEFAULT_TYPE))
    self->value = spot_value_new_from_json (data, (gssize) n_bytes, &error);
  else if (g_str_equal (self->type, "application/super+json"))
    self->value = spot_superjson_decode (data, (gssize) n_bytes, &error);
  self->kind = self->value ? SPOT_PACKET_VALUE : SPOT_PACKET_OPAQUE;
  if (self->value == NULL)
    self->problem = error ? g_strdup (error->message) : g_strdup_printf ("a type that cannot be shown: %s", self->type);
  return self;
}

/**
 * spot_packet_free:
 * @self: (transfer full): a packet
 */
void
spot_packet_free (SpotPacket *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->value, spot_value_unref);
  g_free (self->raw);
  g_free (self->type);
  g_free (self->problem);
  g_free (self);
}
