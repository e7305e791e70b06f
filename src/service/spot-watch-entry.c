/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-reference.h"

#include "spot-watch-entry.h"

/**
 * spot_watch_entry_free:
 * @self: (nullable) (transfer full): an entry
 */
void
spot_watch_entry_free (SpotWatchEntry *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->specs);
  g_free (self->server);
  g_free (self->environment);
  g_free (self);
}

static void
take_address (SpotWatchEntry      *self,
              const SpotReference *reference)
{
  if (self->server == NULL)
    self->server = g_strdup (reference->server);
  if (self->environment == NULL)
    self->environment = g_strdup (reference->environment);
}

static void
add_reference (SpotWatchEntry      *self,
               const SpotReference *reference,
               GPtrArray           *tags)
{
  switch (reference->kind)
    {
    case SPOT_REFERENCE_RUN:
      g_ptr_array_add (self->specs, spot_watch_spec_new (SPOT_WATCH_RUN, reference->text, NULL));
      take_address (self, reference);
      break;
    case SPOT_REFERENCE_BATCH:
      g_ptr_array_add (self->specs, spot_watch_spec_new (SPOT_WATCH_BATCH, reference->text, NULL));
      take_address (self, reference);
      break;
    case SPOT_REFERENCE_ENVIRONMENT:
      g_ptr_array_add (self->specs, spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL));
      take_address (self, reference);
      break;
    case SPOT_REFERENCE_TAG:
      g_ptr_array_add (tags, reference->text);
      take_address (self, reference);
      break;
    case SPOT_REFERENCE_SERVER:
      if (self->problem == SPOT_WATCH_ENTRY_NOTHING)
        self->problem = SPOT_WATCH_ENTRY_ADDRESS;
      take_address (self, reference);
      break;
    case SPOT_REFERENCE_CREDENTIAL:
      self->problem = SPOT_WATCH_ENTRY_CREDENTIAL;
      break;
    default:
      break;
    }
}

/**
 * spot_watch_entry_parse:
 * @text: what somebody typed, pasted or dropped
 *
 * Makes watches of it: run ids, batch ids, addresses of the dashboard, and tags, which must all be there together. A key
 * or token in it is not kept.
 *
 * Returns: (transfer full): what there is to watch
 */
SpotWatchEntry *
spot_watch_entry_parse (const char *text)
{
  SpotWatchEntry *self;
  g_autoptr(GPtrArray) references = NULL;
  g_autoptr(GPtrArray) tags = g_ptr_array_new ();

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (SpotWatchEntry, 1);
  self->specs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_watch_spec_free);
  self->problem = SPOT_WATCH_ENTRY_NOTHING;
  references = spot_reference_find_all (text, -1, &self->n_left_out);
  for (guint i = 0; i < references->len; i++)
    add_reference (self, references->pdata[i], tags);
  if (tags->len > 0)
    {
      SpotWatchSpec *spec;

      g_ptr_array_add (tags, NULL);
      spec = spot_watch_spec_new (SPOT_WATCH_TAGS, NULL, (const char * const *) tags->pdata);
      if (spot_watch_spec_is_valid (spec))
        g_ptr_array_add (self->specs, spec);
      else
        spot_watch_spec_free (spec);
      if (self->specs->len == 0 && self->problem == SPOT_WATCH_ENTRY_NOTHING)
        self->problem = SPOT_WATCH_ENTRY_TOO_MANY_TAGS;
    }
  if (self->specs->len > 0)
    self->problem = SPOT_WATCH_ENTRY_FINE;
  else if (references->len == 0 && self->n_left_out == 0)
    self->problem = SPOT_WATCH_ENTRY_EMPTY;
  return self;
}
