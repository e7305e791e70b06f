/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-run.h"

G_BEGIN_DECLS

/* Waits, with a bound, until the condition holds. */
#define UI_RIG_WAIT(condition)                                                                                           \
  G_STMT_START                                                                                                           \
  {                                                                                                                      \
    gint64 ui_rig_deadline_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                                           \
    guint  ui_rig_waker = ui_rig_start_waker ();                                                                         \
    while (!(condition))                                                                                                 \
      {                                                                                                                  \
        if (g_get_monotonic_time () > ui_rig_deadline_us)                                                                \
          g_error ("%s:%d: waited too long for: %s", __FILE__, __LINE__, #condition);                                    \
        g_main_context_iteration (NULL, TRUE);                                                                           \
      }                                                                                                                  \
    g_source_remove (ui_rig_waker);                                                                                      \
  }                                                                                                                      \
  G_STMT_END

guint           ui_rig_start_waker    (void);
GtkApplication *ui_rig_application    (void);
void            ui_rig_next_frames    (GtkWidget  *widget,
                                       guint       n);
GtkWidget      *ui_rig_find           (GtkWidget  *root,
                                       GType       type);
guint           ui_rig_count_mapped   (GtkWidget  *root,
                                       GType       type);
graphene_rect_t ui_rig_bounds         (GtkWidget  *widget,
                                       GtkWidget  *relative_to);
void            ui_rig_screenshot     (GtkWidget  *window,
                                       const char *name);
SpotRunRecord  *ui_rig_record         (const char *first_column,
                                       ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
