/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>

#include "spot-account-notices.h"
#include "spot-watch-row.h"

#include "spot-watches-pane.h"

struct _SpotWatchesPane
{
  GtkWidget           parent_instance;

  SpotMonitor        *monitor;   /* (owned) (nullable) */
  SpotAccountNotices *account_notices;
  GtkRevealer        *history_revealer;
  GtkLabel           *history_problem;
  GtkSingleSelection *selection; /* (owned): over environments and watches, as they stand in the list */
  SpotWatch          *selected;  /* (owned) (nullable) */
  guint               open_id;   /* idle source that emits `opened` */

  GtkWidget          *box;
  AdwHeaderBar       *header_bar;
  GtkMenuButton      *menu_button;
  GtkListView        *list_view;
  GMenuModel         *watch_menu;
  GtkWidget          *popover; /* (nullable): of the selected watch, once it was wanted */
};

enum {
  PROP_0,
  PROP_SELECTED,
  N_PROPS,
};

enum {
  SIGNAL_OPENED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotWatchesPane, spot_watches_pane, GTK_TYPE_WIDGET)

/* One environment as a list: itself, then its watches. */
static gpointer
map_environment (gpointer item,
                 gpointer user_data)
{
  g_autoptr (SpotEnvironment) environment = item;
  GListStore *head = g_list_store_new (SPOT_TYPE_ENVIRONMENT);
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);

  g_list_store_append (head, environment);
  g_list_store_append (parts, head);
  g_list_store_append (parts, spot_environment_get_watches (environment));
  g_object_unref (head);
  return gtk_flatten_list_model_new (G_LIST_MODEL (parts));
}

static void
selection_changed_cb (SpotWatchesPane *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);

  if (!SPOT_IS_WATCH (item))
    item = NULL;
  if (self->selected == item)
    return;
  g_set_object (&self->selected, item);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
items_changed_cb (SpotWatchesPane *self)
{
  if (gtk_single_selection_get_selected (self->selection) == GTK_INVALID_LIST_POSITION)
    spot_watches_pane_select_nth (self, 0);
}

static gboolean
open_cb (gpointer user_data)
{
  SpotWatchesPane *self = user_data;

  self->open_id = 0;
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
  return G_SOURCE_REMOVE;
}

/* An environment that needs attention leads to the account behind it. */
static void
mend_environment (SpotWatchesPane *self,
                  SpotEnvironment *environment)
{
  if (spot_connection_get_state (spot_environment_get_connection (environment)) == SPOT_CONNECTION_NEEDS_ATTENTION)
    gtk_widget_activate_action (GTK_WIDGET (self), "account.mend-environment", "s", spot_environment_get_id (environment));
}

static void
activate_cb (SpotWatchesPane *self,
             guint            position)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (!SPOT_IS_WATCH (item))
    return;
  gtk_single_selection_set_selected (self->selection, position);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

/* The row that is at a point of the list, and what it stands for. */
static GtkWidget *
pick_row (SpotWatchesPane *self,
          double           x,
          double           y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self->list_view), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = picked ? gtk_widget_get_ancestor (picked, SPOT_TYPE_WATCH_ROW) : NULL;

  if (row == NULL && picked != NULL && SPOT_IS_WATCH_ROW (gtk_widget_get_first_child (picked)))
    row = gtk_widget_get_first_child (picked);
  return row;
}

static GObject *
dup_item (GtkWidget *row)
{
  GObject *item = NULL;

  if (row != NULL)
    g_object_get (row, "item", &item, NULL);
  return item;
}

static void
released_cb (SpotWatchesPane *self,
             int              n_press,
             double           x,
             double           y)
{
  g_autoptr (GObject) item = dup_item (pick_row (self, x, y));

  if (SPOT_IS_ENVIRONMENT (item))
    mend_environment (self, SPOT_ENVIRONMENT (item));
  /* After the list has selected what was clicked. */
  if (SPOT_IS_WATCH (item) && self->open_id == 0)
    self->open_id = g_idle_add (open_cb, self);
}

/* ---- the menu of a watch ---- */

static void
popup_menu (SpotWatchesPane    *self,
            const GdkRectangle *at)
{
  if (self->popover == NULL)
    {
      self->popover = gtk_popover_menu_new_from_model (self->watch_menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
      gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), at);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
popup_menu_at (SpotWatchesPane *self,
               double           x,
               double           y)
{
  g_autoptr (GObject) item = dup_item (pick_row (self, x, y));
  double pane_x;
  double pane_y;

  if (!SPOT_IS_WATCH (item) || !spot_watches_pane_select (self, SPOT_WATCH (item))
      || !gtk_widget_translate_coordinates (GTK_WIDGET (self->list_view), GTK_WIDGET (self), x, y, &pane_x, &pane_y))
    return;
  popup_menu (self, &(GdkRectangle) { (int) pane_x, (int) pane_y, 1, 1 });
}

static void
menu_pressed_cb (SpotWatchesPane *self,
                 int              n_press,
                 double           x,
                 double           y)
{
  popup_menu_at (self, x, y);
}

static void
menu_held_cb (SpotWatchesPane *self,
              double           x,
              double           y)
{
  popup_menu_at (self, x, y);
}

/* The row with the keyboard, or as good as it. */
static GtkWidget *
find_focus_row (SpotWatchesPane *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list_view)))
    return NULL;
  return SPOT_IS_WATCH_ROW (focus) ? focus : gtk_widget_get_first_child (focus);
}

static void
menu_action_cb (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  SpotWatchesPane *self = SPOT_WATCHES_PANE (widget);
  GtkWidget *row = find_focus_row (self);
  graphene_rect_t bounds;

  if (self->selected == NULL)
    return;
  if (row == NULL || !gtk_widget_compute_bounds (row, widget, &bounds))
    graphene_rect_init (&bounds, 12, 60, 1, 1);
  popup_menu (self, &(GdkRectangle) { (int) bounds.origin.x, (int) (bounds.origin.y + bounds.size.height), 1, 1 });
}

/* ---- order by dragging ---- */

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source,
                 double         x,
                 double         y,
                 gpointer       row)
{
  g_autoptr (GObject) item = dup_item (row);

  return SPOT_IS_WATCH (item) ? gdk_content_provider_new_typed (SPOT_TYPE_WATCH, item) : NULL;
}

static void
drag_begin_cb (GtkDragSource *source,
               GdkDrag       *drag,
               gpointer       row)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (row);

  gtk_drag_source_set_icon (source, paintable, 0, 0);
}

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         gpointer       row)
{
  SpotWatchesPane *self = SPOT_WATCHES_PANE (gtk_widget_get_ancestor (row, SPOT_TYPE_WATCHES_PANE));
  g_autoptr (GObject) item = dup_item (row);
  g_autoptr (SpotWatch) watch = g_value_dup_object (value);
  SpotEnvironment *environment = spot_watches_pane_find_environment (self, watch);

  /* A watch stays in its environment: its runs are there. */
  if (environment == NULL || item == G_OBJECT (watch))
    return FALSE;
  if (item == G_OBJECT (environment))
    spot_environment_move_watch (environment, watch, 0);
  else if (SPOT_IS_WATCH (item) && spot_watches_pane_find_environment (self, SPOT_WATCH (item)) == environment)
    spot_environment_move_watch (environment, watch, spot_watches_pane_get_position (self, SPOT_WATCH (item)));
  else
    return FALSE;
  return TRUE;
}

static void
add_dragging (GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (SPOT_TYPE_WATCH, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (drag_prepare_cb), row);
  g_signal_connect (source, "drag-begin", G_CALLBACK (drag_begin_cb), row);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), row);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          gpointer                  user_data)
{
  GtkWidget *row = spot_watch_row_new ();

  add_dragging (row);
  gtk_list_item_set_child (list_item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         gpointer                  user_data)
{
  GObject *item = gtk_list_item_get_item (list_item);
  gboolean is_watch = SPOT_IS_WATCH (item);

  gtk_list_item_set_selectable (list_item, is_watch);
  gtk_list_item_set_activatable (list_item, is_watch);
  spot_watch_row_set_item (SPOT_WATCH_ROW (gtk_list_item_get_child (list_item)), item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           gpointer                  user_data)
{
  spot_watch_row_set_item (SPOT_WATCH_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static void
spot_watches_pane_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, SPOT_WATCHES_PANE (object)->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_watches_pane_dispose (GObject *object)
{
  SpotWatchesPane *self = SPOT_WATCHES_PANE (object);

  g_clear_handle_id (&self->open_id, g_source_remove);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->selected);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (spot_watches_pane_parent_class)->dispose (object);
}

static void
spot_watches_pane_class_init (SpotWatchesPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = spot_watches_pane_get_property;
  object_class->dispose = spot_watches_pane_dispose;

  /**
   * SpotWatchesPane:selected:
   *
   * The watch whose runs are to be shown; %NULL while there is none.
   */
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, SPOT_TYPE_WATCH,
                                                   G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * SpotWatchesPane::opened:
   *
   * The selected watch was clicked or activated: the user wants to see its runs.
   */
  signals[SIGNAL_OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  g_type_ensure (SPOT_TYPE_ACCOUNT_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-watches-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, account_notices);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, box);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, header_bar);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, list_view);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, watch_menu);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, history_revealer);
  gtk_widget_class_bind_template_child (widget_class, SpotWatchesPane, history_problem);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, released_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_held_cb);

  gtk_widget_class_install_action (widget_class, "watches.menu", NULL, menu_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "watches.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "watches.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "watch.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "watch.edit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "watch.paste", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "watch.move", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "watch.move", "i", 1);
}

static void
spot_watches_pane_init (SpotWatchesPane *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, FALSE);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selection_changed_cb), self);
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (items_changed_cb), self);
  g_object_unref (factory);
}

/* Quiet, but there as long as it is true: without a history everything else goes on. */
static void
history_problem_cb (SpotWatchesPane *self)
{
  const char *problem = spot_monitor_get_history_problem (self->monitor);

  if (problem != NULL)
    gtk_label_set_label (self->history_problem, problem);
  gtk_revealer_set_reveal_child (self->history_revealer, problem != NULL);
}

/**
 * spot_watches_pane_set_monitor:
 * @self: a pane
 * @monitor: whose environments to show
 */
void
spot_watches_pane_set_monitor (SpotWatchesPane *self,
                               SpotMonitor     *monitor)
{
  GtkMapListModel *map;
  g_autoptr (GtkFlattenListModel) flat = NULL;

  g_return_if_fail (SPOT_IS_WATCHES_PANE (self));
  g_return_if_fail (SPOT_IS_MONITOR (monitor));

  if (self->monitor == monitor)
    return;
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_set_object (&self->monitor, monitor);
  g_signal_connect_swapped (monitor, "notify::history-problem", G_CALLBACK (history_problem_cb), self);
  history_problem_cb (self);
  map = gtk_map_list_model_new (g_object_ref (spot_monitor_get_environments (monitor)), map_environment, NULL, NULL);
  flat = gtk_flatten_list_model_new (G_LIST_MODEL (map));
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (flat));
  items_changed_cb (self);
}

/**
 * spot_watches_pane_set_accounts:
 * @self: a pane
 * @accounts: whose trouble to tell
 */
void
spot_watches_pane_set_accounts (SpotWatchesPane *self,
                                SpotAccounts    *accounts)
{
  g_return_if_fail (SPOT_IS_WATCHES_PANE (self));

  spot_account_notices_set_accounts (self->account_notices, accounts);
}

/**
 * spot_watches_pane_get_selected:
 * @self: a pane
 *
 * Returns: (transfer none) (nullable): the selected watch
 */
SpotWatch *
spot_watches_pane_get_selected (SpotWatchesPane *self)
{
  g_return_val_if_fail (SPOT_IS_WATCHES_PANE (self), NULL);

  return self->selected;
}

/**
 * spot_watches_pane_find_environment:
 * @self: a pane
 * @watch: a watch
 *
 * Returns: (transfer none) (nullable): the environment that the watch belongs to
 */
SpotEnvironment *
spot_watches_pane_find_environment (SpotWatchesPane *self,
                                    SpotWatch       *watch)
{
  SpotEnvironment *environment = NULL;

  g_return_val_if_fail (SPOT_IS_WATCHES_PANE (self), NULL);
  g_return_val_if_fail (SPOT_IS_WATCH (watch), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      /* The monitor holds it. */
      if (SPOT_IS_ENVIRONMENT (item))
        environment = SPOT_ENVIRONMENT (item);
      else if (item == G_OBJECT (watch))
        return environment;
    }
  return NULL;
}

/**
 * spot_watches_pane_get_position:
 * @self: a pane
 * @watch: a watch
 *
 * Returns: its place among the watches of its environment, %GTK_INVALID_LIST_POSITION when it is not there
 */
guint
spot_watches_pane_get_position (SpotWatchesPane *self,
                                SpotWatch       *watch)
{
  SpotEnvironment *environment = spot_watches_pane_find_environment (self, watch);
  GListModel *watches = environment ? spot_environment_get_watches (environment) : NULL;

  for (guint i = 0; watches != NULL && i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr (SpotWatch) other = g_list_model_get_item (watches, i);

      if (other == watch)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/**
 * spot_watches_pane_select:
 * @self: a pane
 * @watch: a watch
 *
 * Returns: whether the watch is there and now selected
 */
gboolean
spot_watches_pane_select (SpotWatchesPane *self,
                          SpotWatch       *watch)
{
  g_return_val_if_fail (SPOT_IS_WATCHES_PANE (self), FALSE);
  g_return_val_if_fail (SPOT_IS_WATCH (watch), FALSE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (item == G_OBJECT (watch))
        {
          gtk_single_selection_set_selected (self->selection, i);
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * spot_watches_pane_select_nth:
 * @self: a pane
 * @nth: which watch, from 0, counted through all environments
 *
 * Returns: whether there is such a watch; it is now selected
 */
gboolean
spot_watches_pane_select_nth (SpotWatchesPane *self,
                              guint            nth)
{
  g_return_val_if_fail (SPOT_IS_WATCHES_PANE (self), FALSE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (SPOT_IS_WATCH (item) && nth-- == 0)
        {
          gtk_single_selection_set_selected (self->selection, i);
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * spot_watches_pane_set_title_buttons:
 * @self: a pane
 * @start: whether its header bar stands at the start of the window
 * @end: whether it stands at its end
 *
 * Decides which window buttons the header bar has.
 */
void
spot_watches_pane_set_title_buttons (SpotWatchesPane *self,
                                     gboolean         start,
                                     gboolean         end)
{
  g_return_if_fail (SPOT_IS_WATCHES_PANE (self));

  adw_header_bar_set_show_start_title_buttons (self->header_bar, start);
  adw_header_bar_set_show_end_title_buttons (self->header_bar, end);
}

/**
 * spot_watches_pane_open_menu:
 * @self: a pane that is in sight
 *
 * Opens the main menu.
 */
void
spot_watches_pane_open_menu (SpotWatchesPane *self)
{
  g_return_if_fail (SPOT_IS_WATCHES_PANE (self));

  gtk_menu_button_popup (self->menu_button);
}
