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
} SpotDevFault;

gboolean spot_dev_fault_from_text (const char        *text,
                                   SpotDevFault      *fault);
gboolean spot_dev_fault_answer    (SpotDevFault       fault,
                                   SoupServerMessage *message);
void     spot_dev_fault_drop      (SoupServerMessage *message,
                                   guint              status,
                                   GBytes            *body,
                                   gboolean           chunked);

G_END_DECLS
