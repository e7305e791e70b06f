/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-json-view.h"
#include "spot-packet-view.h"
#include "spot-text.h"

struct _SpotPacketView
{
  GtkWidget parent_instance;

  GtkWidget    *notice;
  GtkLabel     *notice_title;
  GtkLabel     *notice_text;
  SpotJsonView *view;
};

G_DEFINE_FINAL_TYPE (SpotPacketView, spot_packet_view, GTK_TYPE_WIDGET)

static void
show_stored (SpotPacketView   *self,
             const SpotPacket *packet)
{
  g_autofree char *type = spot_text_dup_line (packet->type, -1, 120);
  g_autofree char *path = spot_text_dup_line (packet->raw, -1, 1000);
  /* Translators: the first %s is a content type such as application/store, the second a path */
  g_autofree char *text = g_strdup_printf (_ ("The server keeps it apart from the run, as “%s”, under %s"), type, path);

  gtk_label_set_text (self->notice_title, _ ("In the object store"));
  gtk_label_set_text (self->notice_text, text);
}

static void
show_opaque (SpotPacketView   *self,
             const SpotPacket *packet)
{
  g_autofree char *type = spot_text_dup_line (packet->type, -1, 120);
  /* Translators: %s is a content type such as application/json */
  g_autofree char *text = g_strdup_printf (_ ("Its type is “%s”, and it cannot be read as that."), type);

  gtk_label_set_text (self->notice_title, _ ("Shown as it came"));
  gtk_label_set_text (self->notice_text, text);
}

static void
spot_packet_view_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_PACKET_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (spot_packet_view_parent_class)->dispose (object);
}

static void
spot_packet_view_class_init (SpotPacketViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_packet_view_dispose;
  g_type_ensure (SPOT_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-packet-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotPacketView, notice);
  gtk_widget_class_bind_template_child (widget_class, SpotPacketView, notice_title);
  gtk_widget_class_bind_template_child (widget_class, SpotPacketView, notice_text);
  gtk_widget_class_bind_template_child (widget_class, SpotPacketView, view);
}

static void
spot_packet_view_init (SpotPacketView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_packet_view_set_packet:
 * @self: a `SpotPacketView`
 * @packet: (nullable): what to show; %NULL forgets everything, also what was folded open
 */
void
spot_packet_view_set_packet (SpotPacketView   *self,
                             const SpotPacket *packet)
{
  SpotPacketKind kind = packet ? packet->kind : SPOT_PACKET_NOTHING;

  g_return_if_fail (SPOT_IS_PACKET_VIEW (self));

  gtk_widget_set_visible (self->notice, kind == SPOT_PACKET_STORED || kind == SPOT_PACKET_OPAQUE);
  gtk_widget_set_visible (GTK_WIDGET (self->view), kind == SPOT_PACKET_VALUE || kind == SPOT_PACKET_OPAQUE);
  switch (kind)
    {
    case SPOT_PACKET_VALUE:
      spot_json_view_set_value (self->view, packet->value);
      return;
    case SPOT_PACKET_STORED:
      show_stored (self, packet);
      break;
    case SPOT_PACKET_OPAQUE:
      show_opaque (self, packet);
      spot_json_view_set_text (self->view, packet->raw);
      return;
    case SPOT_PACKET_NOTHING:
    default:
      break;
    }
  spot_json_view_set_value (self->view, NULL);
}
