/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SpotWatchKind:
 *
 * What the user asked to see, from the least to the most specific.
 */
typedef enum {
  SPOT_WATCH_ENVIRONMENT,
  SPOT_WATCH_TAGS,
  SPOT_WATCH_BATCH,
  SPOT_WATCH_RUN,
} SpotWatchKind;

#define SPOT_TYPE_WATCH_KIND (spot_watch_kind_get_type ())
GType spot_watch_kind_get_type (void);

/**
 * SpotWatchRule:
 * @SPOT_WATCH_RULE_DEFAULT: what is usual for the kind of watch
 * @SPOT_WATCH_RULE_ALL: every end
 * @SPOT_WATCH_RULE_FAILURES: bad ends only
 * @SPOT_WATCH_RULE_NONE: nothing
 *
 * Which ends of runs a watch announces.
 */
typedef enum {
  SPOT_WATCH_RULE_DEFAULT,
  SPOT_WATCH_RULE_ALL,
  SPOT_WATCH_RULE_FAILURES,
  SPOT_WATCH_RULE_NONE,
} SpotWatchRule;

#define SPOT_TYPE_WATCH_RULE (spot_watch_rule_get_type ())
GType spot_watch_rule_get_type (void);

/**
 * SpotWatchColor:
 *
 * A mark that tells watches apart; never the only one.
 */
typedef enum {
  SPOT_WATCH_COLOR_NONE,
  SPOT_WATCH_COLOR_BLUE,
  SPOT_WATCH_COLOR_GREEN,
  SPOT_WATCH_COLOR_YELLOW,
  SPOT_WATCH_COLOR_ORANGE,
  SPOT_WATCH_COLOR_RED,
  SPOT_WATCH_COLOR_PURPLE,
} SpotWatchColor;

#define SPOT_TYPE_WATCH_COLOR (spot_watch_color_get_type ())
GType spot_watch_color_get_type (void);

/* Of a watch that is muted until somebody says otherwise. */
#define SPOT_MUTED_FOR_GOOD G_MAXINT64

/* What one file may hold. */
#define SPOT_MAX_WATCHES 1000u
#define SPOT_MAX_WATCHES_BYTES (1024u * 1024u)

/**
 * SpotWatchSpec:
 * @id: (owned) (nullable): its own, the same from start to start; %NULL before it has one
 * @environment: (owned) (nullable): key of the environment that it belongs to
 * @kind: what it asks for
 * @subject: (owned) (nullable): run id or batch id
 * @tags: (owned) (nullable): for %SPOT_WATCH_TAGS: its runs have all of them
 * @filter: (owned) (nullable): what else its runs must be, in the words of the filter bar
 * @name: (owned) (nullable): what the user calls it
 * @color: its mark
 * @rule: what it announces
 * @muted_until_us: wall-clock time, microseconds since 1970, until which it announces nothing; 0 for not muted
 * @paused: it asks for nothing
 * @keep_nothing: nothing of its runs is kept on disk
 *
 * What the user asked to see, and how: all of a watch that outlives the program.
 */
typedef struct
{
  char           *id;
  char           *environment;
  SpotWatchKind   kind;
  char           *subject;
  char          **tags;
  char           *filter;
  char           *name;
  SpotWatchColor  color;
  SpotWatchRule   rule;
  gint64          muted_until_us;
  gboolean        paused;
  gboolean        keep_nothing;
} SpotWatchSpec;

#define SPOT_TYPE_WATCH_SPEC (spot_watch_spec_get_type ())
GType spot_watch_spec_get_type (void);

SpotWatchSpec *spot_watch_spec_new         (SpotWatchKind        kind,
                                            const char          *subject,
                                            const char * const  *tags);
SpotWatchSpec *spot_watch_spec_copy        (const SpotWatchSpec *self);
void           spot_watch_spec_free        (SpotWatchSpec       *self);
gboolean       spot_watch_spec_is_valid    (const SpotWatchSpec *self);
gboolean       spot_watch_spec_same_runs   (const SpotWatchSpec *self,
                                            const SpotWatchSpec *other);
char          *spot_watch_spec_dup_subject (const SpotWatchSpec *self);
gboolean       spot_watch_spec_is_muted    (const SpotWatchSpec *self,
                                            gint64               now_us);

/* A list of them as the text of a file, which is also what people exchange. */
char          *spot_watch_specs_to_json    (GPtrArray           *specs,
                                            gboolean             for_others);
GPtrArray     *spot_watch_specs_from_json  (const char          *text,
                                            gssize               length,
                                            guint               *n_skipped,
                                            GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotWatchSpec, spot_watch_spec_free)

G_END_DECLS
