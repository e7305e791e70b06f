/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-chips.h"
#include "spot-flow-layout.h"
#include "spot-share.h"
#include "spot-text.h"

/* A server decides how many there are. */
#define MAX_CHIPS 60
#define MAX_TAGS 20
#define MAX_CHIP_CHARACTERS 60

typedef enum
{
  CHIP_COPY,
  CHIP_LINK,
  CHIP_RUN,
} ChipKind;

struct _SpotChips
{
  GtkWidget parent_instance;

  GPtrArray *buttons;
};

G_DEFINE_FINAL_TYPE (SpotChips, spot_chips, GTK_TYPE_WIDGET)

static void
clicked_cb (GtkWidget *button,
            SpotChips *self)
{
  const char *subject = g_object_get_data (G_OBJECT (button), "spot-subject");

  switch (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "spot-kind")))
    {
    case CHIP_LINK:
      spot_share_open_uri (GTK_WIDGET (self), subject);
      break;
    case CHIP_RUN:
      gtk_widget_activate_action (GTK_WIDGET (self), "detail.open-run", "s", subject);
      break;
    default:
      spot_share_copy (GTK_WIDGET (self), subject, _ ("Copied"));
      break;
    }
}

/* Makes the button at @index stand for @subject. */
static void
set_chip (SpotChips  *self,
          guint       index,
          ChipKind    kind,
          const char *icon_name,
          const char *label,
          const char *more,
          const char *subject,
          const char *tooltip)
{
  g_autofree char *line = spot_text_dup_line (label, -1, MAX_CHIP_CHARACTERS);
  g_autofree char *more_line = more ? spot_text_dup_line (more, -1, MAX_CHIP_CHARACTERS) : NULL;
  GtkWidget *button, *box, *image, *text, *more_text;

  if (index < self->buttons->len)
    {
      button = g_ptr_array_index (self->buttons, index);
    }
  else
    {
      button = gtk_button_new ();
      box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      image = gtk_image_new ();
      text = gtk_label_new (NULL);
      more_text = gtk_label_new (NULL);
      gtk_image_set_pixel_size (GTK_IMAGE (image), 12);
      gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_ellipsize (GTK_LABEL (more_text), PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_add_css_class (more_text, "quiet");
      gtk_box_append (GTK_BOX (box), image);
      gtk_box_append (GTK_BOX (box), text);
      gtk_box_append (GTK_BOX (box), more_text);
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_widget_add_css_class (button, "chip");
      gtk_widget_set_parent (button, GTK_WIDGET (self));
      g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), self);
      g_ptr_array_add (self->buttons, button);
    }
  box = gtk_button_get_child (GTK_BUTTON (button));
  image = gtk_widget_get_first_child (box);
  text = gtk_widget_get_next_sibling (image);
  more_text = gtk_widget_get_next_sibling (text);
  gtk_image_set_from_icon_name (GTK_IMAGE (image), icon_name);
  gtk_widget_set_visible (image, icon_name != NULL);
  gtk_label_set_text (GTK_LABEL (text), line);
  gtk_label_set_text (GTK_LABEL (more_text), more_line ? more_line : "");
  gtk_widget_set_visible (more_text, more_line != NULL);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, line,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tooltip, -1);
  g_object_set_data_full (G_OBJECT (button), "spot-subject", g_strdup (subject), g_free);
  g_object_set_data (G_OBJECT (button), "spot-kind", GINT_TO_POINTER (kind));
}

static void
cut (SpotChips *self,
     guint      n)
{
  while (self->buttons->len > n)
    {
      gtk_widget_unparent (g_ptr_array_index (self->buttons, self->buttons->len - 1));
      g_ptr_array_set_size (self->buttons, (int) self->buttons->len - 1);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
spot_chips_dispose (GObject *object)
{
  cut (SPOT_CHIPS (object), 0);
  G_OBJECT_CLASS (spot_chips_parent_class)->dispose (object);
}

static void
spot_chips_finalize (GObject *object)
{
  g_ptr_array_unref (SPOT_CHIPS (object)->buttons);
  G_OBJECT_CLASS (spot_chips_parent_class)->finalize (object);
}

static void
spot_chips_class_init (SpotChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_chips_dispose;
  G_OBJECT_CLASS (klass)->finalize = spot_chips_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, SPOT_TYPE_FLOW_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chips");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
spot_chips_init (SpotChips *self)
{
  self->buttons = g_ptr_array_new ();
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * spot_chips_set_tags:
 * @self: a `SpotChips`
 * @tags: (nullable) (array zero-terminated=1): the tags of a run; the chips hide when there are none
 */
void
spot_chips_set_tags (SpotChips          *self,
                     const char * const *tags)
{
  guint n = 0;

  g_return_if_fail (SPOT_IS_CHIPS (self));

  for (; tags && tags[n] && n < MAX_TAGS; n++)
    {
      g_autofree char *line = spot_text_dup_line (tags[n], -1, 200);
      /* Translators: %s is a run's tag */
      g_autofree char *tooltip = g_strdup_printf (_ ("Copy Tag %s"), line);

      set_chip (self, n, CHIP_COPY, "spot-watch-tag-symbolic", tags[n], NULL, tags[n], tooltip);
    }
  if (tags && tags[n])
    {
      /* Translators: on a button after some tags: how many more there are */
      g_autofree char *label = g_strdup_printf (_ ("+%u more"), g_strv_length ((char **) tags) - n);
      g_autofree char *all = g_strjoinv ("\n", (char **) tags);

      set_chip (self, n++, CHIP_COPY, NULL, label, NULL, all, _ ("Copy All Tags"));
    }
  cut (self, n);
}

/**
 * spot_chips_set_links:
 * @self: a `SpotChips`
 * @links: (nullable) (element-type SpotLink): addresses that may be opened; the chips hide when there are none
 * @max_links: how many of them to show at most
 */
void
spot_chips_set_links (SpotChips *self,
                      GPtrArray *links,
                      guint      max_links)
{
  guint n = 0;

  g_return_if_fail (SPOT_IS_CHIPS (self));

  for (guint i = 0; links && i < links->len && n < MIN (max_links, MAX_CHIPS); i++)
    {
      const SpotLink *link = g_ptr_array_index (links, i);
      g_autofree char *tooltip = NULL;

      if (!spot_uri_is_safe (link->uri))
        continue;
      /* The host is in it, in full: a title may claim anything. */
      tooltip = spot_text_dup_line (link->uri, -1, 300);
      set_chip (self, n++, CHIP_LINK, "spot-open-link-symbolic", link->title, link->host, link->uri, tooltip);
    }
  cut (self, n);
}

/**
 * spot_chips_set_references:
 * @self: a `SpotChips`
 * @references: (nullable) (element-type SpotMetadataReference): users, organisations, runs and batches; the chips hide
 *   when there are none
 */
void
spot_chips_set_references (SpotChips *self,
                           GPtrArray *references)
{
  guint n = 0;

  g_return_if_fail (SPOT_IS_CHIPS (self));

  for (; references && n < MIN (references->len, MAX_CHIPS); n++)
    {
      const SpotMetadataReference *reference = g_ptr_array_index (references, n);
      g_autofree char *id = spot_text_dup_line (reference->id, -1, 120);
      g_autofree char *tooltip = NULL;
      const char *name = reference->name && *reference->name ? reference->name : NULL;
      const char *icon_name;

      switch (reference->kind)
        {
        case SPOT_METADATA_REFERENCE_RUN:
          icon_name = "spot-watch-run-symbolic";
          /* Translators: %s is a run's id */
          tooltip = g_strdup_printf (_ ("Open Run %s"), id);
          break;
        case SPOT_METADATA_REFERENCE_BATCH:
          icon_name = "spot-watch-batch-symbolic";
          /* Translators: %s is a batch's id */
          tooltip = g_strdup_printf (_ ("Copy Batch Id %s"), id);
          break;
        case SPOT_METADATA_REFERENCE_ORGANIZATION:
          icon_name = "system-users-symbolic";
          /* Translators: %s is an organisation's id */
          tooltip = g_strdup_printf (_ ("Copy Organization Id %s"), id);
          break;
        case SPOT_METADATA_REFERENCE_USER:
        default:
          icon_name = "avatar-default-symbolic";
          /* Translators: %s is a user's id */
          tooltip = g_strdup_printf (_ ("Copy User Id %s"), id);
          break;
        }
      set_chip (self, n, reference->kind == SPOT_METADATA_REFERENCE_RUN ? CHIP_RUN : CHIP_COPY, icon_name,
                name ? name : reference->id, name ? reference->id : NULL, reference->id, tooltip);
    }
  cut (self, n);
}
