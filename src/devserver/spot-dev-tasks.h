/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-script.h"

G_BEGIN_DECLS

/* Tasks that look like real ones. Each writes the whole life of the run that @script is. */
typedef void (*SpotDevTask) (SpotDevScript *script);

void spot_dev_task_import_csv      (SpotDevScript *script);
void spot_dev_task_import_demo     (SpotDevScript *script);
void spot_dev_task_render_video    (SpotDevScript *script);
void spot_dev_task_ask_model       (SpotDevScript *script);
void spot_dev_task_nightly_report  (SpotDevScript *script);
void spot_dev_task_resize_image    (SpotDevScript *script);
void spot_dev_task_test_run        (SpotDevScript *script);
void spot_dev_task_delayed         (SpotDevScript *script);
void spot_dev_task_approval        (SpotDevScript *script);

void spot_dev_task_flaky_sync      (SpotDevScript *script);
void spot_dev_task_timed_out       (SpotDevScript *script);
void spot_dev_task_type_error      (SpotDevScript *script);
void spot_dev_task_out_of_memory   (SpotDevScript *script);
void spot_dev_task_canceled        (SpotDevScript *script);
void spot_dev_task_expired         (SpotDevScript *script);

void spot_dev_task_hostile         (SpotDevScript *script);

void spot_dev_task_send_email      (SpotDevScript *script,
                                    int            index,
                                    int            queue_ms,
                                    gboolean       bounces);

G_END_DECLS
