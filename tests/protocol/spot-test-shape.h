/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-shape-reader.h"

G_BEGIN_DECLS

/* What came out of a body: in words, and as a number to compare many times over. */
typedef struct
{
  GString *words; /* (nullable) */
  guint64  print;
  guint    n_events;
  GError  *error;
} SpotTestShape;

void       spot_test_shape_clear                 (SpotTestShape        *result);
void       spot_test_shape_event_cb              (const SpotShapeEvent *event,
                                                  gpointer              user_data);
void       spot_test_shape_read                  (SpotTestShape        *result,
                                                  const char           *body,
                                                  gsize                 length,
                                                  gsize                 first,
                                                  gsize                 rest,
                                                  gboolean              plain);
void       spot_test_shape_assert_same           (const SpotTestShape  *a,
                                                  const SpotTestShape  *b);
void       spot_test_shape_assert_same_in_pieces (const char           *body,
                                                  gsize                 length,
                                                  gsize                 step);
char      *spot_test_shape_read_words            (const char           *body,
                                                  gssize                length);
void       spot_test_shape_assert_reads          (const char           *body,
                                                  const char           *wanted);
GPtrArray *spot_test_shape_load_recordings       (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpotTestShape, spot_test_shape_clear)

G_END_DECLS
