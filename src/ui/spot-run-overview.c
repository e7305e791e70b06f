/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-field-row.h"
#include "spot-lifecycle-strip.h"
#include "spot-run-overview.h"
#include "spot-share.h"
#include "spot-status.h"
#include "spot-text.h"

#define MAX_FIELD_CHARACTERS 300

typedef enum
{
  GROUP_TIMES,
  GROUP_DURATIONS,
  GROUP_COST,
  GROUP_RUN,
  N_GROUPS,
} Group;

typedef enum
{
  FIELD_CREATED,
  FIELD_DELAYED_UNTIL,
  FIELD_QUEUED,
  FIELD_STARTED,
  FIELD_FINISHED,
  FIELD_EXPIRED,
  FIELD_UPDATED,
  FIELD_WAIT,
  FIELD_WALL,
  FIELD_COMPUTE,
  FIELD_TTL,
  FIELD_TOTAL,
  FIELD_COST,
  FIELD_BASE_COST,
  FIELD_TASK,
  FIELD_ID,
  FIELD_NUMBER,
  FIELD_IDEMPOTENCY_KEY,
  FIELD_TEST,
  FIELD_STREAMS,
  N_FIELDS,
} Field;

static const char * const group_titles[N_GROUPS] = {
  [GROUP_TIMES] = N_ ("Times"),
  [GROUP_DURATIONS] = N_ ("Durations"),
  [GROUP_COST] = N_ ("Cost"),
  [GROUP_RUN] = N_ ("Run"),
};

/* For a field that is a time, its column; %SPOT_COLUMN_OTHER for the others. */
static const struct
{
  Group       group;
  const char *title;
  SpotColumn  column;
} fields[N_FIELDS] = {
  [FIELD_CREATED] = { GROUP_TIMES, NC_ ("field", "Created"), SPOT_COLUMN_CREATED_AT },
  [FIELD_DELAYED_UNTIL] = { GROUP_TIMES, NC_ ("field", "Delayed until"), SPOT_COLUMN_DELAY_UNTIL },
  [FIELD_QUEUED] = { GROUP_TIMES, NC_ ("field", "Queued"), SPOT_COLUMN_QUEUED_AT },
  [FIELD_STARTED] = { GROUP_TIMES, NC_ ("field", "Started"), SPOT_COLUMN_STARTED_AT },
  [FIELD_FINISHED] = { GROUP_TIMES, NC_ ("field", "Finished"), SPOT_COLUMN_COMPLETED_AT },
  [FIELD_EXPIRED] = { GROUP_TIMES, NC_ ("field", "Expired"), SPOT_COLUMN_EXPIRED_AT },
  [FIELD_UPDATED] = { GROUP_TIMES, NC_ ("field", "Last change"), SPOT_COLUMN_UPDATED_AT },
  [FIELD_WAIT] = { GROUP_DURATIONS, NC_ ("field", "Queue wait"), SPOT_COLUMN_OTHER },
  [FIELD_WALL] = { GROUP_DURATIONS, NC_ ("field", "From start to end"), SPOT_COLUMN_OTHER },
  [FIELD_COMPUTE] = { GROUP_DURATIONS, NC_ ("field", "Compute time"), SPOT_COLUMN_OTHER },
  [FIELD_TTL] = { GROUP_DURATIONS, NC_ ("field", "Time to live"), SPOT_COLUMN_OTHER },
  [FIELD_TOTAL] = { GROUP_COST, NC_ ("field", "Total"), SPOT_COLUMN_OTHER },
  [FIELD_COST] = { GROUP_COST, NC_ ("field", "Compute"), SPOT_COLUMN_OTHER },
  [FIELD_BASE_COST] = { GROUP_COST, NC_ ("field", "Invocation"), SPOT_COLUMN_OTHER },
  [FIELD_TASK] = { GROUP_RUN, NC_ ("field", "Task"), SPOT_COLUMN_OTHER },
  [FIELD_ID] = { GROUP_RUN, NC_ ("field", "Run id"), SPOT_COLUMN_OTHER },
  [FIELD_NUMBER] = { GROUP_RUN, NC_ ("field", "Number"), SPOT_COLUMN_OTHER },
  [FIELD_IDEMPOTENCY_KEY] = { GROUP_RUN, NC_ ("field", "Idempotency key"), SPOT_COLUMN_OTHER },
  [FIELD_TEST] = { GROUP_RUN, NC_ ("field", "Test"), SPOT_COLUMN_OTHER },
  [FIELD_STREAMS] = { GROUP_RUN, NC_ ("field", "Streams"), SPOT_COLUMN_OTHER },
};

struct _SpotRunOverview
{
  GtkWidget parent_instance;

  GtkScrolledWindow  *scroller;
  GtkBox             *page;
  GtkLabel           *explanation;
  SpotLifecycleStrip *strip;
  GtkWidget          *groups[N_GROUPS];
  SpotFieldRow       *rows[N_FIELDS];

  SpotRun *run; /* nullable, owned */
};

G_DEFINE_FINAL_TYPE (SpotRunOverview, spot_run_overview, GTK_TYPE_WIDGET)

/**
 * spot_run_overview_dup_relative:
 * @time_us: a moment, microseconds since 1970 UTC
 * @now_us: the present, likewise
 *
 * Pure.
 *
 * Returns: (transfer full): "12 s ago", "now", "in 3 h"
 */
char *
spot_run_overview_dup_relative (gint64 time_us,
                                gint64 now_us)
{
  g_autofree char *age = spot_format_age (time_us, now_us);

  if (time_us < G_MININT64 / 2 || now_us - time_us < G_USEC_PER_SEC)
    return g_steal_pointer (&age);
  /* Translators: %s is an amount of time such as "12 s" */
  return g_strdup_printf (_ ("%s ago"), age);
}

/* ---- what goes on by itself ---- */

static void
refresh_strip (SpotRunOverview *self,
               gint64           now_us)
{
  SpotLifecycle life;
  gboolean begun = spot_run_get_time (self->run, SPOT_COLUMN_STARTED_AT) != SPOT_TIME_NONE;
  gboolean waits = spot_run_status_get_group (spot_run_get_status (self->run)) == SPOT_STATUS_GROUP_WAITING;
  gboolean ended = spot_run_get_ended (self->run);
  gboolean has_end = spot_run_get_time (self->run, SPOT_COLUMN_COMPLETED_AT) != SPOT_TIME_NONE;
  /* A run that goes on without a start, or has ended nobody says when, has a life that is not known. */
  gboolean known = (ended ? has_end : begun || waits) &&
                   spot_lifecycle_compute (&life, spot_run_get_time (self->run, SPOT_COLUMN_CREATED_AT),
                                           spot_run_get_time (self->run, SPOT_COLUMN_DELAY_UNTIL),
                                           spot_run_get_time (self->run, SPOT_COLUMN_QUEUED_AT),
                                           spot_run_get_time (self->run, SPOT_COLUMN_STARTED_AT),
                                           spot_run_get_time (self->run, SPOT_COLUMN_COMPLETED_AT), now_us);
  gint64 wait_us = known ? life.part_us[SPOT_LIFECYCLE_QUEUED] : -1;
  gint64 wall_ms = spot_run_get_wall_ms (self->run, now_us);
  g_autofree char *wait = wait_us >= 0 ? spot_format_duration (wait_us / 1000) : NULL;
  g_autofree char *wall = wall_ms >= 0 ? spot_format_duration (wall_ms) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->strip), known);
  if (known)
    spot_lifecycle_strip_set_lifecycle (self->strip, &life, spot_run_get_status (self->run));
  spot_field_row_set (self->rows[FIELD_WAIT], wait, NULL, NULL);
  spot_field_row_set (self->rows[FIELD_WALL], wall, NULL, NULL);
}

static void
refresh_ages (SpotRunOverview *self,
              gint64           now_us)
{
  for (guint i = 0; i < N_FIELDS; i++)
    {
      gint64 time_us;
      g_autofree char *relative = NULL;

      if (fields[i].column == SPOT_COLUMN_OTHER)
        continue;
      time_us = spot_run_get_time (self->run, fields[i].column);
      if (time_us == SPOT_TIME_NONE)
        continue;
      relative = spot_run_overview_dup_relative (time_us, now_us);
      spot_field_row_set_more (self->rows[i], relative);
    }
}

/* ---- what a change brings ---- */

static void
set_text (SpotRunOverview *self,
          Field            field,
          const char      *text)
{
  g_autofree char *line = text && *text ? spot_text_dup_line (text, -1, MAX_FIELD_CHARACTERS) : NULL;

  spot_field_row_set (self->rows[field], line, NULL, line ? text : NULL);
}

static void
set_money (SpotRunOverview *self,
           Field            field,
           double           cents)
{
  g_autofree char *money = cents > 0.0 ? spot_format_money (cents) : NULL;

  spot_field_row_set (self->rows[field], money, NULL, NULL);
}

static void
refresh_times (SpotRunOverview *self)
{
  for (guint i = 0; i < N_FIELDS; i++)
    {
      gint64 time_us;
      g_autofree char *exact = NULL;
      g_autofree char *iso = NULL;

      if (fields[i].column == SPOT_COLUMN_OTHER)
        continue;
      time_us = spot_run_get_time (self->run, fields[i].column);
      if (time_us != SPOT_TIME_NONE)
        {
          exact = spot_format_exact_time (time_us);
          iso = spot_format_iso_time (time_us);
        }
      spot_field_row_set (self->rows[i], exact, NULL, iso);
    }
}

static void
refresh_fields (SpotRunOverview *self)
{
  SpotRunRecord *record = spot_run_get_record (self->run);
  gint64 usage_ms = spot_run_record_get_usage_ms (record);
  double cost = spot_run_record_get_cost (record);
  double base_cost = spot_run_record_get_base_cost (record);
  const char * const *streams = spot_run_record_get_streams (record);
  g_autofree char *usage = usage_ms > 0 ? spot_format_duration (usage_ms) : NULL;
  g_autofree char *number = NULL;
  g_autofree char *key = NULL;
  g_autofree char *ttl = spot_run_record_dup_text (record, SPOT_COLUMN_TTL, NULL);
  g_autofree char *joined = streams ? g_strjoinv (", ", (char **) streams) : NULL;

  spot_field_row_set (self->rows[FIELD_COMPUTE], usage, NULL, NULL);
  set_text (self, FIELD_TTL, ttl);
  set_money (self, FIELD_COST, cost);
  set_money (self, FIELD_BASE_COST, base_cost);
  /* A sum of one part says nothing more. */
  set_money (self, FIELD_TOTAL, cost > 0.0 && base_cost > 0.0 ? cost + base_cost : 0.0);
  if (spot_run_record_get_number (record) != 0)
    number = g_strdup_printf ("%" G_GINT64_FORMAT, spot_run_record_get_number (record));
  g_object_get (self->run, "idempotency-key", &key, NULL);
  set_text (self, FIELD_TASK, spot_run_get_task (self->run));
  set_text (self, FIELD_ID, spot_run_get_id (self->run));
  set_text (self, FIELD_NUMBER, number);
  set_text (self, FIELD_IDEMPOTENCY_KEY, key);
  spot_field_row_set (self->rows[FIELD_TEST], spot_run_get_is_test (self->run) ? _ ("Yes, this is a test run") : NULL,
                      NULL, NULL);
  set_text (self, FIELD_STREAMS, joined);
}

static void
refresh_groups (SpotRunOverview *self)
{
  gboolean any[N_GROUPS] = { FALSE };

  for (guint i = 0; i < N_FIELDS; i++)
    any[fields[i].group] |= gtk_widget_get_visible (GTK_WIDGET (self->rows[i]));
  for (guint i = 0; i < N_GROUPS; i++)
    gtk_widget_set_visible (self->groups[i], any[i]);
}

static void
row_activated_cb (SpotRunOverview *self,
                  SpotFieldRow    *row)
{
  if (spot_field_row_get_copy (row))
    spot_share_copy (GTK_WIDGET (self), spot_field_row_get_copy (row), _ ("Copied"));
}

/* ---- class ---- */

static void
spot_run_overview_dispose (GObject *object)
{
  SpotRunOverview *self = SPOT_RUN_OVERVIEW (object);
  GtkWidget *child;

  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_RUN_OVERVIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_run_overview_parent_class)->dispose (object);
}

static void
spot_run_overview_class_init (SpotRunOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_run_overview_dispose;
  g_type_ensure (SPOT_TYPE_LIFECYCLE_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-run-overview.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotRunOverview, scroller);
  gtk_widget_class_bind_template_child (widget_class, SpotRunOverview, page);
  gtk_widget_class_bind_template_child (widget_class, SpotRunOverview, explanation);
  gtk_widget_class_bind_template_child (widget_class, SpotRunOverview, strip);
}

static void
spot_run_overview_init (SpotRunOverview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_GROUPS; i++)
    {
      GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
      GtkWidget *title = gtk_label_new (g_dgettext (GETTEXT_PACKAGE, group_titles[i]));
      GtkWidget *list = gtk_list_box_new ();

      gtk_label_set_xalign (GTK_LABEL (title), 0);
      gtk_widget_add_css_class (title, "heading");
      gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
      gtk_widget_add_css_class (list, "boxed-list");
      gtk_accessible_update_relation (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_RELATION_LABELLED_BY, title, NULL, -1);
      g_signal_connect_swapped (list, "row-activated", G_CALLBACK (row_activated_cb), self);
      for (guint j = 0; j < N_FIELDS; j++)
        {
          if (fields[j].group != i)
            continue;
          self->rows[j]
              = SPOT_FIELD_ROW (spot_field_row_new (g_dpgettext2 (GETTEXT_PACKAGE, "field", fields[j].title)));
          gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (self->rows[j]));
        }
      gtk_box_append (GTK_BOX (group), title);
      gtk_box_append (GTK_BOX (group), list);
      gtk_box_append (self->page, group);
      self->groups[i] = group;
    }
}

/* ---- public ---- */

/**
 * spot_run_overview_set_run:
 * @self: a `SpotRunOverview`
 * @run: (nullable): whose fields to show, as they are now
 * @now_us: the present, microseconds since 1970 UTC
 */
void
spot_run_overview_set_run (SpotRunOverview *self,
                           SpotRun         *run,
                           gint64           now_us)
{
  g_return_if_fail (SPOT_IS_RUN_OVERVIEW (self));

  if (g_set_object (&self->run, run))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0.0);
  if (run == NULL)
    return;
  gtk_label_set_text (self->explanation, spot_status_get_explanation (spot_run_get_status (run)));
  refresh_times (self);
  refresh_fields (self);
  spot_run_overview_tick (self, now_us);
}

/**
 * spot_run_overview_tick:
 * @self: a `SpotRunOverview`
 * @now_us: the present, microseconds since 1970 UTC
 *
 * Brings what ages by itself up to date.
 */
void
spot_run_overview_tick (SpotRunOverview *self,
                        gint64           now_us)
{
  g_return_if_fail (SPOT_IS_RUN_OVERVIEW (self));

  if (self->run == NULL)
    return;
  refresh_strip (self, now_us);
  refresh_ages (self, now_us);
  refresh_groups (self);
}
