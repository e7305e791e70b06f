/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef enum {
  SPOT_DEV_FAULT_NONE,
  SPOT_DEV_FAULT_DROP,         /* the connection breaks in the middle of the body that was announced */
  SPOT_DEV_FAULT_STALL,        /* nothing is answered until the client goes */
  SPOT_DEV_FAULT_MUST_REFETCH, /* 409 */
  SPOT_DEV_FAULT_UNAVAILABLE,  /* 503 */
  SPOT_DEV_FAULT_BUSY,         /* 429 */
  SPOT_DEV_FAULT_UNAUTHORIZED, /* 401 */
  SPOT_DEV_FAULT_HTML,         /* 200 with a web page: a proxy's */
  SPOT_DEV_FAULT_TRUNCATED,    /* sound HTTP around half a body */
  SPOT_DEV_FAULT_BROKEN,       /* 500 with a text */
  SPOT_DEV_FAULT_BAD_GATEWAY,  /* 502 with a proxy's web page */
  SPOT_DEV_FAULT_UNREACHABLE,  /* 503 without a word on when to come again */
  SPOT_DEV_FAULT_DUPLICATE,    /* every change twice */
  SPOT_DEV_FAULT_WRONG_TYPES,  /* numbers, objects and arrays where texts belong */
  SPOT_DEV_FAULT_HUGE_ROW,     /* 10 MB of payload in the first row */
  SPOT_DEV_FAULT_NO_HANDLE,    /* a header is missing that a proxy does not know */
  SPOT_DEV_FAULT_GZIP,         /* compressed, whether or not that was asked for */
  SPOT_DEV_FAULT_SKEW,         /* the server's clock is a day ahead */
  SPOT_DEV_FAULT_SLOW,         /* some bytes at a time */
} SpotDevFault;

gboolean spot_dev_fault_from_text (const char        *text,
                                   SpotDevFault      *fault);
const char *spot_dev_fault_to_text (SpotDevFault      fault);
gboolean spot_dev_fault_answer    (SpotDevFault       fault,
                                   SoupServerMessage *message);
void     spot_dev_fault_drop      (SoupServerMessage *message,
                                   guint              status,
                                   GBytes            *body,
                                   gboolean           chunked);

G_END_DECLS
