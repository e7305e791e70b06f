/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-value.h"

G_BEGIN_DECLS

/**
 * SpotProgressScale:
 *
 * How a task writes its bare progress numbers. Learned per task, because a lone `1` means 100 % to one and 1 % to
 * another.
 */
typedef enum {
  SPOT_PROGRESS_SCALE_UNKNOWN,
  SPOT_PROGRESS_SCALE_FRACTION,
  SPOT_PROGRESS_SCALE_PERCENT,
} SpotProgressScale;

/**
 * SpotStepState:
 *
 * Where a step of a step list, or an item of a per-item map, stands.
 */
typedef enum {
  SPOT_STEP_PENDING,
  SPOT_STEP_RUNNING,
  SPOT_STEP_DONE,
  SPOT_STEP_FAILED,
  SPOT_STEP_SKIPPED,
} SpotStepState;

/* Values owned by the SpotMetadata that they are found in. */
typedef struct
{
  char         *title;
  char         *message; /* nullable */
  SpotStepState state;
} SpotStep;

typedef struct
{
  char    *title;    /* for people, made from the key */
  char    *uri;      /* http, https or mailto, checked */
  char    *host;     /* what to show beside the title */
  gboolean is_image; /* by its ending or its key: worth a preview once asked for */
} SpotLink;

typedef enum {
  SPOT_METADATA_REFERENCE_USER,
  SPOT_METADATA_REFERENCE_ORGANIZATION,
  SPOT_METADATA_REFERENCE_RUN,
  SPOT_METADATA_REFERENCE_BATCH,
} SpotMetadataReferenceKind;

typedef struct
{
  SpotMetadataReferenceKind kind;
  char                     *id;
  char                     *name; /* nullable */
} SpotMetadataReference;

/**
 * SpotNoticeLevel:
 *
 * How urgent a run says that its `notification` is.
 */
typedef enum {
  SPOT_NOTICE_INFO,
  SPOT_NOTICE_SUCCESS,
  SPOT_NOTICE_WARNING,
  SPOT_NOTICE_ERROR,
} SpotNoticeLevel;

/**
 * SpotMetadata:
 * @tree: (nullable): everything but the reserved `$$` keys; %NULL when the text is no JSON object
 * @progress: 0 to 1, or -1 when the metadata tells none
 * @current: how many are done, or -1
 * @total: of how many, or -1
 * @label: (nullable): what the run says it is doing
 * @steps: (element-type SpotStep): may be empty
 * @items: (element-type SpotStep): per-item map, may be empty
 * @log: (element-type utf8): log lines, oldest first, may be empty
 * @links: (element-type SpotLink): the primary one first, may be empty
 * @references: (element-type SpotMetadataReference): may be empty
 * @warning: (nullable): an error text that a run in progress tells
 * @seen_scale: what this metadata shows of the task's scale, or what was known before, to be remembered for the next
 *   one
 * @notice: (nullable): what the run asks to have announced
 * @notice_level: how urgent it says that @notice is
 * @awaits_approval: whether the run says that it waits for somebody's approval
 *
 * What a run's metadata says, recognised by the conventions of documents and code in the wild. Pure: the same text and
 * scale always give the same answer.
 */
typedef struct
{
  SpotValue        *tree;
  double            progress;
  double            current;
  double            total;
  char             *label;
  GPtrArray        *steps;
  GPtrArray        *items;
  GPtrArray        *log;
  GPtrArray        *links;
  GPtrArray        *references;
  char             *warning;
  SpotProgressScale seen_scale;
  char             *notice;
  SpotNoticeLevel   notice_level;
  gboolean          awaits_approval;
} SpotMetadata;

SpotMetadata *spot_metadata_parse (const char       *json,
                                   gssize            length,
                                   SpotProgressScale known_scale);
void          spot_metadata_free  (SpotMetadata     *self);

/* Whether @uri may be opened at a click: http, https or mailto with a host or address, and no control characters. */
gboolean      spot_uri_is_safe    (const char       *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotMetadata, spot_metadata_free)

G_END_DECLS
