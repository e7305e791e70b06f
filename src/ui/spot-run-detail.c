/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-chips.h"
#include "spot-clock.h"
#include "spot-closures.h"
#include "spot-error-view.h"
#include "spot-metadata-view.h"
#include "spot-packet-view.h"
#include "spot-run-detail.h"
#include "spot-run-overview.h"
#include "spot-share.h"
#include "spot-status.h"
#include "spot-streams-view.h"
#include "spot-text.h"
#include "spot-words-detail.h"
#include "spot-words.h"

/* Links in the header; the metadata section has all of them. */
#define MAX_HEADER_LINKS 4

#define COLUMNS(a) SPOT_COLUMN_BIT (SPOT_COLUMN_##a)
#define ALL_COLUMNS G_MAXUINT32

typedef enum
{
  SECTION_OVERVIEW,
  SECTION_PAYLOAD,
  SECTION_OUTPUT,
  SECTION_ERROR,
  SECTION_METADATA,
  SECTION_STREAMS,
  N_SECTIONS,
} Section;

static const struct
{
  const char *name;
  const char *title;
  guint32     columns; /* whose changes it shows */
} section_table[N_SECTIONS] = {
  [SECTION_OVERVIEW] = { "overview", NC_ ("section", "Overview"), ALL_COLUMNS },
  [SECTION_PAYLOAD] = { "payload", NC_ ("section", "Payload"), COLUMNS (PAYLOAD) | COLUMNS (PAYLOAD_TYPE) },
  [SECTION_OUTPUT] = { "output", NC_ ("section", "Output"), COLUMNS (OUTPUT) | COLUMNS (OUTPUT_TYPE) },
  [SECTION_ERROR] = { "error", NC_ ("section", "Error"), COLUMNS (ERROR) },
  [SECTION_METADATA] = { "metadata", NC_ ("section", "Metadata"),
                         COLUMNS (METADATA) | COLUMNS (METADATA_TYPE) | COLUMNS (COMPLETED_AT) },
  /* They come by themselves. */
  [SECTION_STREAMS] = { "streams", NC_ ("section", "Streams"), 0 },
};

struct _SpotRunDetail
{
  GtkWidget parent_instance;

  GtkStack         *pages;
  AdwStatusPage    *waiting_page;
  GtkWidget        *waiting_spinner;
  GtkLabel         *waiting_state;
  GtkWidget        *waiting_retry;
  GtkWidget        *status_icon;
  GtkWidget        *status;
  GtkLabel         *elapsed;
  GtkLabel         *connection_label;
  GtkLabel         *run_id_label;
  GtkWidget        *progress_box;
  GtkLabel         *headline;
  GtkWidget        *bar_box;
  GtkLabel         *count;
  GtkWidget        *bar;
  SpotChips        *links;
  SpotChips        *tags;
  GtkBox           *section_buttons;
  GtkToggleButton  *buttons[N_SECTIONS];
  GtkStack         *sections;
  SpotRunOverview  *overview;
  SpotPacketView   *payload;
  SpotPacketView   *output;
  SpotErrorView    *error;
  SpotMetadataView *metadata;
  SpotStreamsView  *streams_view;

  SpotEnvironment *environment; /* nullable, owned */
  SpotConnection  *connection;  /* nullable, owned: of the run's own feed */
  SpotRunStreams  *streams;     /* nullable, owned: likewise */
  char            *run_id;      /* nullable */
  SpotRun         *run;         /* nullable, owned */
  SpotRunRecord   *record;      /* nullable, owned: the state that was shown last */
  Section          section;     /* the one that the user wants in front */
  guint            stale;       /* bits of the sections that do not show the run yet */
  const char      *css_class;   /* nullable: of the status */
};

enum
{
  PROP_RUN = 1,
  PROP_RUN_ID,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SpotRunDetail, spot_run_detail, GTK_TYPE_WIDGET)

/* ---- sections ---- */

static gboolean
has_text (SpotRunDetail *self,
          SpotColumn     column)
{
  return spot_run_record_get_text_size (spot_run_get_record (self->run), column) > 0;
}

static gboolean
has_section (SpotRunDetail *self,
             Section        section)
{
  SpotMetadata *metadata;

  switch (section)
    {
    case SECTION_PAYLOAD:
      return has_text (self, SPOT_COLUMN_PAYLOAD);
    case SECTION_OUTPUT:
      return has_text (self, SPOT_COLUMN_OUTPUT);
    case SECTION_ERROR:
      return has_text (self, SPOT_COLUMN_ERROR);
    case SECTION_METADATA:
      metadata = spot_run_get_metadata (self->run);
      return metadata && metadata->tree &&
             (!spot_value_is_container (metadata->tree) || spot_value_get_n_children (metadata->tree) > 0);
    case SECTION_STREAMS:
      return self->streams && g_list_model_get_n_items (G_LIST_MODEL (self->streams)) > 0;
    default:
      return TRUE;
    }
}

static Section
get_front (SpotRunDetail *self)
{
  return has_section (self, self->section) ? self->section : SECTION_OVERVIEW;
}

/* Of a run that is over, the bar says only how far it came. */
static gboolean
shows_progress (SpotRunDetail *self)
{
  return !spot_run_get_ended (self->run) || spot_run_get_progress (self->run) < 1.0;
}

/* A section is filled only when it comes to the front: decoding a large payload takes a while. */
static void
fill_section (SpotRunDetail *self,
              Section        section)
{
  g_autoptr (SpotPacket) packet = NULL;

  if ((self->stale & (1u << section)) == 0)
    return;
  self->stale &= ~(1u << section);
  switch (section)
    {
    case SECTION_OVERVIEW:
      spot_run_overview_set_run (self->overview, self->run, g_get_real_time ());
      break;
    case SECTION_PAYLOAD:
      packet = spot_run_dup_payload (self->run);
      spot_packet_view_set_packet (self->payload, packet);
      break;
    case SECTION_OUTPUT:
      packet = spot_run_dup_output (self->run);
      spot_packet_view_set_packet (self->output, packet);
      break;
    case SECTION_ERROR:
      spot_error_view_take_error (self->error, spot_run_dup_error (self->run), self->run_id,
                                  spot_run_get_task (self->run));
      break;
    case SECTION_METADATA:
      /* What the header says need not be said again. */
      spot_metadata_view_set_metadata (self->metadata, spot_run_get_metadata (self->run),
                                       spot_run_get_progress (self->run), !shows_progress (self));
      break;
    case SECTION_STREAMS:
      spot_streams_view_set_streams (self->streams_view, self->streams);
      break;
    case N_SECTIONS:
    default:
      g_assert_not_reached ();
    }
}

static void
refresh_sections (SpotRunDetail *self)
{
  Section front = get_front (self);

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->buttons[i]), has_section (self, i));
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_STATE_SELECTED, i == front, -1);
    }
  fill_section (self, front);
  gtk_stack_set_visible_child_name (self->sections, section_table[front].name);
  if (!gtk_toggle_button_get_active (self->buttons[front]))
    gtk_toggle_button_set_active (self->buttons[front], TRUE);
}

static void
section_clicked_cb (SpotRunDetail   *self,
                    GtkToggleButton *button)
{
  for (guint i = 0; i < N_SECTIONS; i++)
    if (self->buttons[i] == button)
      self->section = i;
  if (self->run)
    refresh_sections (self);
}

/* ---- header ---- */

static void
refresh_status_class (SpotRunDetail *self)
{
  const char *css_class = spot_status_get_css_class (spot_run_get_status (self->run));

  if (css_class == self->css_class)
    return;
  if (self->css_class)
    {
      gtk_widget_remove_css_class (self->status_icon, self->css_class);
      gtk_widget_remove_css_class (self->status, self->css_class);
    }
  gtk_widget_add_css_class (self->status_icon, css_class);
  gtk_widget_add_css_class (self->status, css_class);
  self->css_class = css_class;
}

static void
set_css_class (GtkWidget  *widget,
               const char *css_class,
               gboolean    set)
{
  if (set)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

static void
refresh_progress (SpotRunDetail *self)
{
  SpotMetadata *metadata = spot_run_get_metadata (self->run);
  gboolean broken = spot_run_get_ended (self->run) &&
                    spot_run_status_get_group (spot_run_get_status (self->run)) == SPOT_STATUS_GROUP_BAD;
  double progress = metadata && shows_progress (self) ? spot_run_get_progress (self->run) : -1.0;
  g_autofree char *headline = spot_text_dup_line (spot_run_get_headline (self->run), -1, 400);
  g_autofree char *count = NULL;

  if (metadata && shows_progress (self))
    count = spot_words_progress (progress, metadata->current, metadata->total);
  gtk_label_set_text (self->headline, headline);
  gtk_label_set_text (self->count, count ? count : "");
  gtk_widget_set_visible (GTK_WIDGET (self->headline), *headline != '\0');
  gtk_widget_set_visible (self->bar, progress >= 0.0);
  gtk_widget_set_visible (self->bar_box, count && *count);
  gtk_widget_set_visible (self->progress_box, *headline != '\0' || (count && *count));
  set_css_class (GTK_WIDGET (self->headline), "error", broken);
  set_css_class (self->bar, "error", broken);
}

static void
refresh_chips (SpotRunDetail *self)
{
  SpotMetadata *metadata = spot_run_get_metadata (self->run);

  spot_chips_set_links (self->links, metadata ? metadata->links : NULL, MAX_HEADER_LINKS);
  spot_chips_set_tags (self->tags, spot_run_get_tags (self->run));
}

static void
refresh_elapsed (SpotRunDetail *self)
{
  gint64 wall_ms = spot_run_get_wall_ms (self->run, g_get_real_time ());
  g_autofree char *elapsed = wall_ms >= 0 ? spot_format_duration (wall_ms) : NULL;

  gtk_label_set_text (self->elapsed, elapsed ? elapsed : "");
  gtk_widget_set_visible (GTK_WIDGET (self->elapsed), elapsed != NULL);
}

static char *
dup_connection_words (SpotRunDetail *self)
{
  return spot_words_connection (spot_connection_get_state (self->connection),
                                spot_connection_get_retry_at (self->connection), g_get_monotonic_time ());
}

/* A run that is over is followed no longer, and nothing is wrong with that. */
static void
refresh_connection (SpotRunDetail *self)
{
  g_autofree char *words = spot_run_get_ended (self->run) ? NULL : dup_connection_words (self);
  const char *problem = spot_words_problem (spot_connection_get_problem (self->connection));

  gtk_label_set_text (self->connection_label, words ? words : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->connection_label), words ? problem : NULL);
}

/* ---- waiting ---- */

static void
refresh_waiting (SpotRunDetail *self)
{
  SpotConnectionState state = spot_connection_get_state (self->connection);
  SpotProblem problem = spot_connection_get_problem (self->connection);
  g_autofree char *words = dup_connection_words (self);
  g_autofree char *id = spot_text_dup_line (self->run_id, -1, 80);
  g_autofree char *description = NULL;
  g_autofree char *escaped = NULL;
  gboolean loading = problem == SPOT_PROBLEM_NONE &&
                     (state == SPOT_CONNECTION_CONNECTING || state == SPOT_CONNECTION_CATCHING_UP);
  gboolean absent = problem == SPOT_PROBLEM_NOT_FOUND || (problem == SPOT_PROBLEM_NONE && !loading);

  if (loading)
    description = g_strdup (id);
  else if (absent)
    /* Translators: %s is a run's id */
    description = g_strdup_printf (_ ("%s does not exist yet, or belongs to another environment. It is shown here as "
                                      "soon as it appears."),
                                   id);
  else
    description = g_strdup_printf ("%s\n\n%s", id, spot_words_problem (problem) ? spot_words_problem (problem) : words);
  escaped = g_markup_escape_text (description, -1);
  adw_status_page_set_title (self->waiting_page, loading  ? _ ("Loading")
                                                 : absent ? _ ("This Run Does Not Exist Yet")
                                                          : _ ("Cannot Read the Run"));
  adw_status_page_set_icon_name (self->waiting_page, loading ? NULL : "spot-status-waiting-symbolic");
  adw_status_page_set_description (self->waiting_page, escaped);
  if (absent && state == SPOT_CONNECTION_RECONNECTING)
    {
      gint64 left_us = spot_connection_get_retry_at (self->connection) - g_get_monotonic_time ();

      g_free (words);
      /* Translators: the server will be asked again for the run; s stands for seconds */
      words = left_us > 0 ? g_strdup_printf (_ ("Asking again in %d s"), (int) (1 + (left_us - 1) / G_USEC_PER_SEC))
                          : g_strdup (_ ("Asking again"));
    }
  gtk_label_set_text (self->waiting_state, words);
  gtk_widget_set_visible (self->waiting_spinner, loading);
  gtk_widget_set_visible (self->waiting_retry,
                          state == SPOT_CONNECTION_RECONNECTING || state == SPOT_CONNECTION_NEEDS_ATTENTION);
}

/* ---- refresh ---- */

/* One refresh for each change of the run, of what the change touched. */
static void
run_changed_cb (SpotRunDetail *self)
{
  SpotRunRecord *record = spot_run_get_record (self->run);
  guint32 changed = self->record ? spot_run_record_diff (self->record, record) : ALL_COLUMNS;

  g_clear_pointer (&self->record, spot_run_record_unref);
  self->record = spot_run_record_ref (record);
  for (guint i = 0; i < N_SECTIONS; i++)
    if (section_table[i].columns & changed)
      self->stale |= 1u << i;

  refresh_status_class (self);
  refresh_elapsed (self);
  refresh_progress (self);
  refresh_chips (self);
  refresh_connection (self);
  refresh_sections (self);
}

static void
connection_changed_cb (SpotRunDetail *self)
{
  if (self->run)
    refresh_connection (self);
  else
    refresh_waiting (self);
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (widget);

  if (self->connection == NULL)
    return;
  connection_changed_cb (self);
  if (self->run == NULL)
    return;
  if (!spot_run_get_ended (self->run))
    refresh_elapsed (self);
  if (get_front (self) == SECTION_OVERVIEW)
    spot_run_overview_tick (self->overview, g_get_real_time ());
  else
    self->stale |= 1u << SECTION_OVERVIEW;
}

static void
forget_views (SpotRunDetail *self)
{
  spot_run_overview_set_run (self->overview, NULL, 0);
  spot_packet_view_set_packet (self->payload, NULL);
  spot_packet_view_set_packet (self->output, NULL);
  spot_error_view_take_error (self->error, NULL, NULL, NULL);
  spot_metadata_view_set_metadata (self->metadata, NULL, -1.0, FALSE);
  spot_streams_view_set_streams (self->streams_view, NULL);
}

static void
set_run (SpotRunDetail *self,
         SpotRun       *run)
{
  if (run == self->run)
    return;
  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_pointer (&self->record, spot_run_record_unref);
  g_set_object (&self->run, run);
  self->stale = ~0u;
  /* The bindings of the header follow the property. */
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN]);
  if (run == NULL)
    return;
  g_signal_connect_swapped (run, "changed", G_CALLBACK (run_changed_cb), self);
  run_changed_cb (self);
  gtk_stack_set_visible_child_name (self->pages, "run");
}

/* The run may come long after it was asked for, or come back as another object after it was away. */
static void
drained_cb (SpotRunDetail *self)
{
  SpotRun *run = spot_run_store_lookup (spot_environment_get_store (self->environment), self->run_id);

  if (run)
    set_run (self, run);
}

static void
streams_changed_cb (SpotRunDetail *self)
{
  if (self->run)
    refresh_sections (self);
}

static void
close_run (SpotRunDetail *self)
{
  if (self->environment == NULL)
    return;
  g_signal_handlers_disconnect_by_data (spot_environment_get_store (self->environment), self);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->streams, self);
  spot_environment_close_run (self->environment, self->run_id);
  g_clear_object (&self->connection);
  g_clear_object (&self->streams);
  g_clear_object (&self->environment);
  g_clear_pointer (&self->run_id, g_free);
}

/* ---- actions ---- */

static void
copy_id_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (widget);

  if (self->run_id)
    spot_share_copy (widget, self->run_id, _ ("Run id copied"));
}

static void
retry_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (widget);

  if (self->connection)
    spot_connection_retry_now (self->connection);
}

static void
open_run_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (widget);
  const char *run_id = g_variant_get_string (parameter, NULL);

  if (self->environment && *run_id)
    spot_run_detail_show (self, self->environment, run_id);
}

/* The parameter counts the sections that are there, from 1. */
static void
section_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (widget);
  int nth = g_variant_get_int32 (parameter);

  for (guint i = 0; self->run && i < N_SECTIONS; i++)
    if (has_section (self, i) && --nth == 0)
      {
        self->section = i;
        refresh_sections (self);
        return;
      }
}

/* ---- class ---- */

static void
spot_run_detail_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (object);

  switch (id)
    {
    case PROP_RUN:
      g_value_set_object (value, self->run);
      break;
    case PROP_RUN_ID:
      g_value_set_string (value, self->run_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
spot_run_detail_dispose (GObject *object)
{
  SpotRunDetail *self = SPOT_RUN_DETAIL (object);
  GtkWidget *child;

  close_run (self);
  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->record, spot_run_record_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_RUN_DETAIL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_run_detail_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-run-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, pages);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, waiting_page);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, waiting_spinner);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, waiting_state);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, waiting_retry);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, status_icon);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, status);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, elapsed);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, connection_label);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, run_id_label);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, progress_box);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, headline);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, bar_box);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, count);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, bar);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, links);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, tags);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, section_buttons);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, sections);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, overview);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, payload);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, output);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, error);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, metadata);
  gtk_widget_class_bind_template_child (widget_class, SpotRunDetail, streams_view);
  spot_closures_bind (widget_class);
}

static void
spot_run_detail_class_init (SpotRunDetailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_run_detail_get_property;
  object_class->dispose = spot_run_detail_dispose;

  /**
   * SpotRunDetail:run:
   *
   * The run that is shown, %NULL while there is none or it does not exist yet.
   */
  props[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, SPOT_TYPE_RUN,
                                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * SpotRunDetail:run-id:
   *
   * The id of the run that is shown or waited for, %NULL for none.
   */
  props[PROP_RUN_ID] = g_param_spec_string ("run-id", NULL, NULL, NULL,
                                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SPOT_TYPE_CHIPS);
  g_type_ensure (SPOT_TYPE_ERROR_VIEW);
  g_type_ensure (SPOT_TYPE_METADATA_VIEW);
  g_type_ensure (SPOT_TYPE_PACKET_VIEW);
  g_type_ensure (SPOT_TYPE_RUN);
  g_type_ensure (SPOT_TYPE_RUN_OVERVIEW);
  g_type_ensure (SPOT_TYPE_STREAMS_VIEW);
  bind_template (widget_class);

  gtk_widget_class_install_action (widget_class, "detail.copy-id", NULL, copy_id_action);
  gtk_widget_class_install_action (widget_class, "detail.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "detail.open-run", "s", open_run_action);
  gtk_widget_class_install_action (widget_class, "detail.section", "i", section_action);
  for (int i = 0; i < N_SECTIONS; i++)
    gtk_widget_class_add_binding_action (widget_class, (guint) (GDK_KEY_1 + i), 0, "detail.section", "i", i + 1);
}

static void
spot_run_detail_init (SpotRunDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_SECTIONS; i++)
    {
      GtkWidget *button = g_object_new (GTK_TYPE_TOGGLE_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_TAB, "label",
                                        g_dpgettext2 (GETTEXT_PACKAGE, "section", section_table[i].title), NULL);

      self->buttons[i] = GTK_TOGGLE_BUTTON (button);
      gtk_widget_add_css_class (button, "flat");
      if (i > 0)
        gtk_toggle_button_set_group (self->buttons[i], self->buttons[0]);
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (section_clicked_cb), self);
      gtk_box_append (self->section_buttons, button);
    }
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/* ---- public ---- */

/**
 * spot_run_detail_show:
 * @self: a `SpotRunDetail`
 * @environment: where the run is
 * @run_id: which run; it need not exist yet
 *
 * Shows a run and follows it with a feed of its own until another one, or none, is shown. The section in front stays in
 * front when the new run has it.
 */
void
spot_run_detail_show (SpotRunDetail   *self,
                      SpotEnvironment *environment,
                      const char      *run_id)
{
  g_autoptr (SpotEnvironment) kept = NULL;
  g_autofree char *id = NULL;
  g_autofree char *line = NULL;

  g_return_if_fail (SPOT_IS_RUN_DETAIL (self));
  g_return_if_fail (SPOT_IS_ENVIRONMENT (environment));
  g_return_if_fail (run_id != NULL && *run_id != '\0');

  if (environment == self->environment && g_strcmp0 (run_id, self->run_id) == 0)
    return;
  kept = g_object_ref (environment);
  id = g_strdup (run_id); /* it may be in the run that goes */
  close_run (self);
  forget_views (self);

  self->environment = g_steal_pointer (&kept);
  self->run_id = g_steal_pointer (&id);
  self->connection = g_object_ref (spot_environment_open_run (environment, self->run_id));
  self->streams = g_object_ref (spot_environment_get_run_streams (environment, self->run_id));
  g_signal_connect_swapped (self->connection, "notify", G_CALLBACK (connection_changed_cb), self);
  g_signal_connect_swapped (self->streams, "items-changed", G_CALLBACK (streams_changed_cb), self);
  g_signal_connect_swapped (spot_environment_get_store (environment), "drained", G_CALLBACK (drained_cb), self);
  line = spot_text_dup_line (self->run_id, -1, 120);
  gtk_label_set_text (self->run_id_label, line);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN_ID]);

  set_run (self, spot_run_store_lookup (spot_environment_get_store (environment), self->run_id));
  if (self->run == NULL)
    {
      refresh_waiting (self);
      gtk_stack_set_visible_child_name (self->pages, "waiting");
    }
}

/**
 * spot_run_detail_clear:
 * @self: a `SpotRunDetail`
 *
 * Shows no run any more.
 */
void
spot_run_detail_clear (SpotRunDetail *self)
{
  g_return_if_fail (SPOT_IS_RUN_DETAIL (self));

  if (self->environment == NULL)
    return;
  close_run (self);
  forget_views (self);
  gtk_stack_set_visible_child_name (self->pages, "none");
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN_ID]);
  set_run (self, NULL);
}

/**
 * spot_run_detail_get_run:
 * @self: a `SpotRunDetail`
 *
 * Returns: (transfer none) (nullable): the run that is shown, %NULL while it does not exist
 */
SpotRun *
spot_run_detail_get_run (SpotRunDetail *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_DETAIL (self), NULL);

  return self->run;
}

/**
 * spot_run_detail_get_run_id:
 * @self: a `SpotRunDetail`
 *
 * Returns: (transfer none) (nullable): the id of the run that is shown or waited for
 */
const char *
spot_run_detail_get_run_id (SpotRunDetail *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_DETAIL (self), NULL);

  return self->run_id;
}
