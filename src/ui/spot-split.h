/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotSplitPane:
 * @SPOT_SPLIT_SIDEBAR: where to look
 * @SPOT_SPLIT_CONTENT: what is there
 * @SPOT_SPLIT_DETAIL: one of it, closely
 *
 * The panes of a #SpotSplit in reading order.
 */
typedef enum {
  SPOT_SPLIT_SIDEBAR,
  SPOT_SPLIT_CONTENT,
  SPOT_SPLIT_DETAIL,
} SpotSplitPane;

#define SPOT_SPLIT_N_PANES 3
#define SPOT_TYPE_SPLIT_PANE (spot_split_pane_get_type ())
GType spot_split_pane_get_type (void);

/* Below these widths in pixels it folds, or earlier when the panes themselves need more. */
#define SPOT_SPLIT_THREE_PANES 1000
#define SPOT_SPLIT_TWO_PANES 600

/**
 * SpotSplit:
 *
 * Three panes side by side that fold to two and to one when there is less room. Which pane is in front is state of its own,
 * so that folding and unfolding lose nothing.
 *
 * Properties: sidebar, content, detail (GtkWidget); front (SpotSplitPane); show-sidebar (whether the sidebar is there when
 * there is room for three); n-panes (guint, read-only: for how many there is room), arrangement (guint, read-only: bits,
 * 1 << pane, of the panes that are in sight).
 *
 * Actions: `split.back` (one pane back), `split.sidebar` (shows or hides the sidebar).
 */
#define SPOT_TYPE_SPLIT (spot_split_get_type ())
G_DECLARE_FINAL_TYPE (SpotSplit, spot_split, SPOT, SPLIT, GtkWidget)

GtkWidget     *spot_split_new              (void);
GtkWidget     *spot_split_get_pane         (SpotSplit     *self,
                                            SpotSplitPane  pane);
void           spot_split_set_pane         (SpotSplit     *self,
                                            SpotSplitPane  pane,
                                            GtkWidget     *child);
SpotSplitPane  spot_split_get_front        (SpotSplit     *self);
void           spot_split_set_front        (SpotSplit     *self,
                                            SpotSplitPane  pane);
gboolean       spot_split_get_show_sidebar (SpotSplit     *self);
void           spot_split_set_show_sidebar (SpotSplit     *self,
                                            gboolean       show_sidebar);
void           spot_split_toggle_sidebar   (SpotSplit     *self);
gboolean       spot_split_back             (SpotSplit     *self);
guint          spot_split_get_n_panes      (SpotSplit     *self);
gboolean       spot_split_is_in_sight      (SpotSplit     *self,
                                            SpotSplitPane  pane);

G_END_DECLS
