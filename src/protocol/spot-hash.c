/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-hash.h"

static guint64 key[2];

#define ROTATE(x, n) (((x) << (n)) | ((x) >> (64 - (n))))

/* One SipHash round. */
#define ROUND(v0, v1, v2, v3)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    v0 += v1;                                                                                                          \
    v1 = ROTATE (v1, 13) ^ v0;                                                                                         \
    v0 = ROTATE (v0, 32);                                                                                              \
    v2 += v3;                                                                                                          \
    v3 = ROTATE (v3, 16) ^ v2;                                                                                         \
    v0 += v3;                                                                                                          \
    v3 = ROTATE (v3, 21) ^ v0;                                                                                         \
    v2 += v1;                                                                                                          \
    v1 = ROTATE (v1, 17) ^ v2;                                                                                         \
    v2 = ROTATE (v2, 32);                                                                                              \
  }                                                                                                                    \
  G_STMT_END

static void
draw_key (void)
{
  static gsize drawn = 0;

  if (g_once_init_enter (&drawn))
    {
      key[0] = (guint64) g_random_int () << 32 | g_random_int ();
      key[1] = (guint64) g_random_int () << 32 | g_random_int ();
      g_once_init_leave (&drawn, 1);
    }
}

/**
 * spot_hash_bytes:
 * @bytes: (array length=length): what to hash
 * @length: length of @bytes
 *
 * SipHash with one round per word and three at the end.
 *
 * Returns: the hash
 */
guint64
spot_hash_bytes (const char *bytes,
                 gsize       length)
{
  guint64 v0, v1, v2, v3, word;
  gsize i;

  draw_key ();
  v0 = key[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575);
  v1 = key[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d);
  v2 = key[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261);
  v3 = key[1] ^ G_GUINT64_CONSTANT (0x7465646279746573);
  for (i = 0; i + 8 <= length; i += 8)
    {
      memcpy (&word, bytes + i, 8);
      v3 ^= word;
      ROUND (v0, v1, v2, v3);
      v0 ^= word;
    }

  word = 0;
  memcpy (&word, bytes + i, length - i);
  word ^= (guint64) length << 56;
  v3 ^= word;
  ROUND (v0, v1, v2, v3);
  v0 ^= word;
  v2 ^= 0xff;
  for (i = 0; i < 3; i++)
    ROUND (v0, v1, v2, v3);

  return v0 ^ v1 ^ v2 ^ v3;
}
