/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "spot-json-index.h"

#define BLOCK SPOT_JSON_INDEX_BLOCK
#define EVEN_BITS G_GUINT64_CONSTANT (0x5555555555555555)

/* One bit per byte of a block, the first byte being the lowest bit. */
typedef struct
{
  guint64 quotes;
  guint64 backslashes;
  guint64 controls; /* below U+0020 */
  guint64 opening;  /* { and [ */
  guint64 closing;  /* } and ] */
} Block;

#define ONES G_GUINT64_CONSTANT (0x0101010101010101)
#define LOWS G_GUINT64_CONSTANT (0x7f7f7f7f7f7f7f7f)

/* Gathers the top bit of each of eight bytes, and nothing else may be set, into eight bits. */
static inline guint64
gather_tops (guint64 tops)
{
  return ((tops >> 7) * G_GUINT64_CONSTANT (0x0102040810204080)) >> 56;
}

/* The top bit of each byte of @word that equals @c, which must be ASCII. */
static inline guint64
match_byte (guint64 word,
            char    c)
{
  guint64 difference = word ^ (ONES * (guint8) c);

  return ~(((difference & LOWS) + LOWS) | difference | LOWS);
}

static inline __attribute__ ((always_inline)) void
classify_plain (const char *data,
                gboolean    brackets,
                Block      *block)
{
  memset (block, 0, sizeof *block);
  for (guint i = 0; i < BLOCK; i += 8)
    {
      guint64 word;

      memcpy (&word, data + i, 8);
      word = GUINT64_FROM_LE (word);
      block->quotes |= gather_tops (match_byte (word, '"')) << i;
      block->backslashes |= gather_tops (match_byte (word, '\\')) << i;
      if (brackets)
        {
          /* Both kinds of bracket differ by this one bit, which no other byte shares with them. */
          guint64 folded = word | ONES * 0x20;

          block->opening |= gather_tops (match_byte (folded, '{')) << i;
          block->closing |= gather_tops (match_byte (folded, '}')) << i;
        }
      else
        {
          /* Adding 0x60 to the low seven bits carries into the top one unless they are below 0x20. */
          block->controls |= gather_tops (~(((word & LOWS) + ONES * 0x60) | word | LOWS)) << i;
        }
    }
}

#ifdef __SSE2__
static inline guint64
match_bytes_sse2 (__m128i a,
                  __m128i b,
                  __m128i c,
                  __m128i d,
                  char    byte)
{
  __m128i wanted = _mm_set1_epi8 (byte);

  return (guint64) (guint32) _mm_movemask_epi8 (_mm_cmpeq_epi8 (a, wanted))
         | (guint64) (guint32) _mm_movemask_epi8 (_mm_cmpeq_epi8 (b, wanted)) << 16
         | (guint64) (guint32) _mm_movemask_epi8 (_mm_cmpeq_epi8 (c, wanted)) << 32
         | (guint64) (guint32) _mm_movemask_epi8 (_mm_cmpeq_epi8 (d, wanted)) << 48;
}

static inline __attribute__ ((always_inline)) void
classify_sse2 (const char *data,
               gboolean    brackets,
               Block      *block)
{
  __m128i a = _mm_loadu_si128 ((const __m128i *) (const void *) data);
  __m128i b = _mm_loadu_si128 ((const __m128i *) (const void *) (data + 16));
  __m128i c = _mm_loadu_si128 ((const __m128i *) (const void *) (data + 32));
  __m128i d = _mm_loadu_si128 ((const __m128i *) (const void *) (data + 48));

  block->quotes = match_bytes_sse2 (a, b, c, d, '"');
  block->backslashes = match_bytes_sse2 (a, b, c, d, '\\');
  if (brackets)
    {
      __m128i fold = _mm_set1_epi8 (0x20);

      a = _mm_or_si128 (a, fold);
      b = _mm_or_si128 (b, fold);
      c = _mm_or_si128 (c, fold);
      d = _mm_or_si128 (d, fold);
      block->opening = match_bytes_sse2 (a, b, c, d, '{');
      block->closing = match_bytes_sse2 (a, b, c, d, '}');
    }
  else
    {
      __m128i top = _mm_set1_epi8 (0x1f);
      __m128i least = _mm_min_epu8 (_mm_min_epu8 (a, b), _mm_min_epu8 (c, d));

      /* There are hardly ever any, so one look at all four is enough. */
      block->controls = 0;
      if (_mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_min_epu8 (least, top), least)))
        {
          a = _mm_cmpeq_epi8 (_mm_min_epu8 (a, top), a);
          b = _mm_cmpeq_epi8 (_mm_min_epu8 (b, top), b);
          c = _mm_cmpeq_epi8 (_mm_min_epu8 (c, top), c);
          d = _mm_cmpeq_epi8 (_mm_min_epu8 (d, top), d);
          block->controls = match_bytes_sse2 (a, b, c, d, (char) -1);
        }
    }
}
#endif

/* The bytes that a backslash before them makes mean something else: each that ends a run of an odd number of them. */
static inline guint64
find_escaped (guint64  backslashes,
              guint64 *goes_on)
{
  guint64 follows, odd_starts, even_sequences;

  if (backslashes == 0)
    {
      guint64 escaped = *goes_on;

      *goes_on = 0;
      return escaped;
    }
  backslashes &= ~*goes_on;
  follows = backslashes << 1 | *goes_on;
  odd_starts = backslashes & ~EVEN_BITS & ~follows;
  *goes_on = __builtin_add_overflow (odd_starts, backslashes, &even_sequences) ? 1 : 0;

  return (EVEN_BITS ^ even_sequences << 1) & follows;
}

/* All bits from each set bit up to, but not including, the next one, alternating. */
static inline guint64
prefix_xor (guint64 bits)
{
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;

  return bits;
}

/* Looks at what is escaped. Only a handful of characters may be, and \u wants four digits. */
static void
check_escapes (SpotJsonIndex *self,
               gsize          at,
               guint64        escaped)
{
  for (; escaped; escaped &= escaped - 1)
    {
      gsize position = at + (gsize) __builtin_ctzll (escaped);

      if (position >= self->length)
        return;
      switch (self->base[position])
        {
        case '"':
        case '\\':
        case 'n':
        case '/':
        case 'b':
        case 'f':
        case 'r':
        case 't':
          break;
        case 'u':
          for (gsize i = position + 1; i <= position + 4 && i < self->length; i++)
            {
              if (!g_ascii_isxdigit (self->base[i]))
                self->bad_at = MIN (self->bad_at, position);
            }
          break;
        default:
          self->bad_at = MIN (self->bad_at, position);
          break;
        }
    }
}

/* Without an instruction for it that every machine has, the compiler would call a function. */
static inline guint
count_bits (guint64 bits)
{
  bits -= bits >> 1 & EVEN_BITS;
  bits = (bits & G_GUINT64_CONSTANT (0x3333333333333333)) + (bits >> 2 & G_GUINT64_CONSTANT (0x3333333333333333));
  bits = (bits + (bits >> 4)) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);

  return (guint) (bits * ONES >> 56);
}

/* The two ways to classify, of which the compiler keeps the one that the constant @plain asks for. */
static inline __attribute__ ((always_inline)) void
classify (const char *data,
          gboolean    brackets,
          gboolean    plain,
          Block      *block)
{
#ifdef __SSE2__
  if (!plain)
    {
      classify_sse2 (data, brackets, block);
      return;
    }
#endif
  classify_plain (data, brackets, block);
}

/* Indexes one block, which begins @at and of which the last bytes may be padding. */
static inline __attribute__ ((always_inline)) void
index_block (SpotJsonIndex *self,
             const char    *data,
             gsize          at,
             gboolean       plain)
{
  guint32 *out = self->quotes + self->n_quotes;
  Block block;
  guint64 escaped, quotes;
  guint n;

  classify (data, FALSE, plain, &block);
  self->backslashes[(at - self->start) / BLOCK] = block.backslashes;
  escaped = find_escaped (block.backslashes, &self->escape_goes_on);
  if (G_UNLIKELY (escaped))
    check_escapes (self, at, escaped);
  quotes = block.quotes & ~escaped;
  if (G_UNLIKELY (block.controls))
    {
      guint64 bad = block.controls & (prefix_xor (quotes) ^ self->in_string);

      if (bad)
        self->bad_at = MIN (self->bad_at, at + (gsize) __builtin_ctzll (bad));
    }

  n = count_bits (quotes);
  self->n_quotes += n;
  self->in_string ^= (guint64) 0 - (n & 1);
  /* Four at a time whether there are so many or not: cheaper than to ask, and there is room. */
  for (guint done = 0; done < n; done += 4)
    {
      for (guint i = 0; i < 4; i++)
        {
          out[done + i] = (guint32) at + (guint32) __builtin_ctzll (quotes | G_GUINT64_CONSTANT (1) << 63);
          quotes &= quotes - 1;
        }
    }
}

static inline __attribute__ ((always_inline)) void
fill (SpotJsonIndex *self,
      gboolean       plain)
{
  gsize at = self->next;
  gsize stop = MIN (self->length, at + SPOT_JSON_INDEX_WINDOW);

  self->start = at;
  self->n_quotes = 0;
  self->i_quote = 0;
  for (; at + BLOCK <= stop; at += BLOCK)
    index_block (self, self->base + at, at, plain);
  if (at < stop)
    {
      char padded[BLOCK];

      memset (padded, ' ', sizeof padded);
      memcpy (padded, self->base + at, stop - at);
      index_block (self, padded, at, plain);
    }
  self->next = stop;
}

/**
 * spot_json_index_init:
 * @self: an index
 * @base: (array length=length): what to index; must stay while the index is used
 * @length: length of @base in bytes, below 4 GiB
 * @plain: whether to do without vector instructions
 *
 * Begins before the first window.
 */
void
spot_json_index_init (SpotJsonIndex *self,
                      const char    *base,
                      gsize          length,
                      gboolean       plain)
{
  self->base = base;
  self->length = length;
  self->next = 0;
  self->start = 0;
  self->n_quotes = 0;
  self->i_quote = 0;
  self->bad_at = G_MAXSIZE;
  self->in_string = 0;
  self->escape_goes_on = 0;
  self->plain = plain;
}

/**
 * spot_json_index_fill:
 * @self: an index
 *
 * Goes on to the next window. The one before it is gone.
 *
 * Returns: %FALSE when there is no further window
 */
gboolean
spot_json_index_fill (SpotJsonIndex *self)
{
  if (self->next == self->length)
    return FALSE;
  if (self->plain)
    fill (self, TRUE);
  else
    fill (self, FALSE);

  return TRUE;
}

/* Follows the brackets of one block. Returns how many of its @length bytes belong to the element; *@found when that is
 * its end, or when it is nested too deep to go on. */
static inline __attribute__ ((always_inline)) gsize
split_block (SpotJsonSplit *self,
             const char    *data,
             gsize          length,
             guint          max_depth,
             gboolean       plain,
             gboolean      *found)
{
  Block block;
  guint64 escaped, quotes, in_string, brackets;

  classify (data, TRUE, plain, &block);
  escaped = find_escaped (block.backslashes, &self->escape_goes_on);
  quotes = block.quotes & ~escaped;
  in_string = prefix_xor (quotes) ^ self->in_string;
  self->in_string = (guint64) ((gint64) in_string >> 63);
  brackets = (block.opening | block.closing) & ~in_string;
  for (; brackets; brackets &= brackets - 1)
    {
      guint64 bit = brackets & (~brackets + 1);

      if (block.opening & bit ? ++self->depth > max_depth : --self->depth == 0)
        {
          *found = TRUE;
          return (gsize) __builtin_ctzll (bit) + 1;
        }
    }

  return length;
}

static inline __attribute__ ((always_inline)) gsize
find_end (SpotJsonSplit *self,
          const char    *data,
          gsize          length,
          guint          max_depth,
          gboolean       plain,
          gboolean      *found)
{
  gsize at = 0;

  for (; at + BLOCK <= length; at += BLOCK)
    {
      gsize n = split_block (self, data + at, BLOCK, max_depth, plain, found);

      if (*found)
        return at + n;
    }
  if (at < length)
    {
      guint64 goes_on_before = self->escape_goes_on;
      char padded[BLOCK];
      gsize n_left = length - at;
      gsize n;

      memset (padded, ' ', sizeof padded);
      memcpy (padded, data + at, n_left);
      n = split_block (self, padded, n_left, max_depth, plain, found);
      if (*found)
        return at + n;
      /* The padding has eaten an escape that the last byte began. */
      if (data[length - 1] == '\\')
        {
          gsize n_run = 0;

          while (n_run < n_left && data[length - 1 - n_run] == '\\')
            n_run++;
          if (n_run == n_left)
            n_run += goes_on_before;
          self->escape_goes_on = n_run & 1;
        }
    }

  return length;
}

/**
 * spot_json_split_find_end:
 * @self: where the element is at the beginning of @data; all zero at its first byte, which must be `{` or `[`
 * @data: (array length=length): more of it
 * @length: length of @data in bytes
 * @max_depth: how deep it may be nested
 * @plain: whether to do without vector instructions
 * @found: (out): whether the element ends in @data, or is nested too deep and not worth more looking
 *
 * Looks at each byte once, however many pieces an element comes in.
 *
 * Returns: how many bytes of @data belong to the element
 */
gsize
spot_json_split_find_end (SpotJsonSplit *self,
                          const char    *data,
                          gsize          length,
                          guint          max_depth,
                          gboolean       plain,
                          gboolean      *found)
{
  *found = FALSE;
  if (plain)
    return find_end (self, data, length, max_depth, TRUE, found);

  return find_end (self, data, length, max_depth, FALSE, found);
}
