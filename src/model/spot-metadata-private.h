/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-metadata.h"

G_BEGIN_DECLS

/* The parts of the recogniser. Each reads self->tree and fills its own fields. */

void        spot_metadata_read_progress   (SpotMetadata      *self,
                                           SpotProgressScale  known_scale);
void        spot_metadata_read_lists      (SpotMetadata      *self);
void        spot_metadata_read_links      (SpotMetadata      *self);
void        spot_metadata_read_references (SpotMetadata      *self);

/* Small readers that they share. */

gboolean    spot_metadata_is_object       (const SpotValue   *value);
const char *spot_metadata_get_string      (const SpotValue   *object,
                                           const char        *name);
const char *spot_metadata_get_first       (const SpotValue   *object,
                                           const char *const *names);
char       *spot_metadata_title_from_key  (const char        *key);
char       *spot_metadata_dup_uri_host    (const char        *uri);

G_END_DECLS
