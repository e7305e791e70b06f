/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-flow-layout.h"

/* Between children and between lines, in pixels. */
#define GAP 6

struct _SpotFlowLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (SpotFlowLayout, spot_flow_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
spot_flow_layout_get_request_mode (GtkLayoutManager *manager,
                                   GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
child_width (GtkWidget *child,
             int        max_width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, max_width));
}

/* Lays out in @width; allocates when @allocate is set. Gives the height. */
static int
flow (GtkWidget *widget,
      int        width,
      gboolean   allocate)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int x = 0;
  int y = 0;
  int line_height = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      int w, h;

      if (!gtk_widget_should_layout (child))
        continue;
      w = child_width (child, width);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, w, NULL, &h, NULL, NULL);
      if (x > 0 && x + w > width)
        {
          x = 0;
          y += line_height + GAP;
          line_height = 0;
        }
      if (allocate)
        gtk_widget_size_allocate (child, &(GtkAllocation) { rtl ? width - x - w : x, y, w, h }, -1);
      x += w + GAP;
      line_height = MAX (line_height, h);
    }
  return y + line_height;
}

static void
spot_flow_layout_measure (GtkLayoutManager *manager,
                          GtkWidget        *widget,
                          GtkOrientation    orientation,
                          int               for_size,
                          int              *minimum,
                          int              *natural,
                          int              *minimum_baseline,
                          int              *natural_baseline)
{
  int min = 0;
  int nat = 0;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = flow (widget, for_size < 0 ? G_MAXINT / 2 : for_size, FALSE);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      int child_min, child_nat;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_min, &child_nat, NULL, NULL);
      min = MAX (min, child_min);
      nat += (nat > 0 ? GAP : 0) + child_nat;
    }
  *minimum = min;
  *natural = MAX (min, nat);
}

static void
spot_flow_layout_allocate (GtkLayoutManager *manager,
                           GtkWidget        *widget,
                           int               width,
                           int               height,
                           int               baseline)
{
  flow (widget, width, TRUE);
}

static void
spot_flow_layout_class_init (SpotFlowLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = spot_flow_layout_get_request_mode;
  layout_class->measure = spot_flow_layout_measure;
  layout_class->allocate = spot_flow_layout_allocate;
}

static void
spot_flow_layout_init (SpotFlowLayout *self)
{
}

/**
 * spot_flow_layout_new:
 *
 * Returns: (transfer full): a layout for one widget
 */
GtkLayoutManager *
spot_flow_layout_new (void)
{
  return g_object_new (SPOT_TYPE_FLOW_LAYOUT, NULL);
}
