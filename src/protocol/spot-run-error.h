/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotRunErrorKind:
 *
 * The four kinds of the `error` column, and anything else (protocol §6.5).
 */
typedef enum {
  SPOT_RUN_ERROR_BUILT_IN,
  SPOT_RUN_ERROR_CUSTOM,
  SPOT_RUN_ERROR_STRING,
  SPOT_RUN_ERROR_INTERNAL,
  SPOT_RUN_ERROR_OTHER,
} SpotRunErrorKind;

/**
 * SpotRunError:
 * @name: (nullable): the error's class, or the code of an internal error
 * @message: what it says, never %NULL, may be empty
 * @stack: (nullable): the stack as text
 * @raw: (nullable): JSON text of a thrown value that is no error, or the whole column of an unknown kind
 * @causes: (element-type SpotRunError): outermost first, may be empty
 * @out_of_memory: the kind of end that a larger machine mends
 *
 * Why a run broke.
 */
typedef struct _SpotRunError SpotRunError;
struct _SpotRunError
{
  SpotRunErrorKind kind;
  char            *name;
  char            *message;
  char            *stack;
  char            *raw;
  GPtrArray       *causes;
  gboolean         out_of_memory;
};

SpotRunError *spot_run_error_parse       (const char         *json,
                                          gssize              length);
void          spot_run_error_free        (SpotRunError       *self);
char         *spot_run_error_dup_headline (const SpotRunError *self);
char         *spot_run_error_to_markdown (const SpotRunError *self,
                                          const char         *run_id,
                                          const char         *task);
const char   *spot_run_error_explain_code (const char        *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotRunError, spot_run_error_free)

G_END_DECLS
