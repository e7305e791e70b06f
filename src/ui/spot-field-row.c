/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-field-row.h"
#include "spot-text.h"

struct _SpotFieldRow
{
  GtkListBoxRow parent_instance;

  GtkLabel  *title;
  GtkLabel  *value;
  GtkLabel  *more;
  GtkWidget *copy_icon;

  char *copy; /* nullable */
};

G_DEFINE_FINAL_TYPE (SpotFieldRow, spot_field_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_label (GtkLabel   *label,
           const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text ? text : "") != 0)
    gtk_label_set_text (label, text ? text : "");
}

static void
spot_field_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SPOT_TYPE_FIELD_ROW);
  G_OBJECT_CLASS (spot_field_row_parent_class)->dispose (object);
}

static void
spot_field_row_finalize (GObject *object)
{
  g_free (SPOT_FIELD_ROW (object)->copy);
  G_OBJECT_CLASS (spot_field_row_parent_class)->finalize (object);
}

static void
spot_field_row_class_init (SpotFieldRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_field_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = spot_field_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotFieldRow, title);
  gtk_widget_class_bind_template_child (widget_class, SpotFieldRow, value);
  gtk_widget_class_bind_template_child (widget_class, SpotFieldRow, more);
  gtk_widget_class_bind_template_child (widget_class, SpotFieldRow, copy_icon);
}

static void
spot_field_row_init (SpotFieldRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_field_row_new:
 * @title: what the field is called, translated
 *
 * Returns: (transfer floating): a row that is hidden until it has a value
 */
GtkWidget *
spot_field_row_new (const char *title)
{
  SpotFieldRow *self = g_object_new (SPOT_TYPE_FIELD_ROW, "visible", FALSE, NULL);

  gtk_label_set_text (self->title, title);
  return GTK_WIDGET (self);
}

/**
 * spot_field_row_set:
 * @self: a `SpotFieldRow`
 * @value: (nullable): text for a label; the row hides when there is none
 * @more: (nullable): a smaller line below it
 * @copy: (nullable): what activating the row copies; without it the row cannot be activated
 */
void
spot_field_row_set (SpotFieldRow *self,
                    const char   *value,
                    const char   *more,
                    const char   *copy)
{
  g_return_if_fail (SPOT_IS_FIELD_ROW (self));

  set_label (self->value, value);
  spot_field_row_set_more (self, more);
  if (g_strcmp0 (copy, self->copy) != 0)
    {
      g_free (self->copy);
      self->copy = g_strdup (copy);
    }
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), copy != NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), copy != NULL);
  gtk_widget_set_visible (self->copy_icon, copy != NULL);
  if (copy == NULL)
    {
      gtk_widget_set_tooltip_text (GTK_WIDGET (self), NULL);
    }
  else
    {
      g_autofree char *line = spot_text_dup_line (copy, -1, 80);
      /* Translators: %s is what is copied when the row is clicked */
      g_autofree char *tooltip = g_strdup_printf (_ ("Copy %s"), line);

      gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), value != NULL && *value != '\0');
}

/**
 * spot_field_row_set_more:
 * @self: a `SpotFieldRow`
 * @more: (nullable): the smaller line below the value, such as an age that ticks
 */
void
spot_field_row_set_more (SpotFieldRow *self,
                         const char   *more)
{
  g_return_if_fail (SPOT_IS_FIELD_ROW (self));

  set_label (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), more != NULL && *more != '\0');
}

/**
 * spot_field_row_get_copy:
 * @self: a `SpotFieldRow`
 *
 * Returns: (transfer none) (nullable): what activating the row copies
 */
const char *
spot_field_row_get_copy (SpotFieldRow *self)
{
  g_return_val_if_fail (SPOT_IS_FIELD_ROW (self), NULL);

  return self->copy;
}
