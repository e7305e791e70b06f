/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-json-row.h"
#include "spot-json-tree.h"
#include "spot-json-view.h"
#include "spot-packet.h"
#include "spot-ui-test.h"

typedef struct
{
  GtkWidget    *window;
  SpotJsonView *view;
  SpotJsonTree *tree;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->view = SPOT_JSON_VIEW (spot_json_view_new ());
  self->window = spot_ui_test_window (GTK_WIDGET (self->view), 480, 600);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  spot_ui_test_destroy (self->window, GTK_WIDGET (self->view));
}

static void
set_json (Fixture    *self,
          const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpotValue) value = spot_value_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  spot_json_view_set_value (self->view, value);
  spot_ui_test_settle (self->window);
  self->tree = SPOT_JSON_TREE (spot_ui_test_find (self->window, SPOT_TYPE_JSON_TREE, NULL));
}

static void
assert_reads (Fixture    *self,
              const char *text)
{
  if (!spot_ui_test_has_text (self->window, text))
    {
      g_autofree char *all = spot_ui_test_dup_text (self->window);

      g_error ("\"%s\" is not in:\n%s", text, all);
    }
}

static void
test_kinds (Fixture       *self,
            gconstpointer  data)
{
  const char *text
      = "{\"json\":{\"when\":\"2026-08-21T09:00:00.000Z\",\"big\":\"123456789012345678901234567890\",\"n\":"
        "9007199254740993,"
        "\"gone\":null,\"nothing\":null,\"ok\":true,\"s\":\"<b>hi</b>\",\"ids\":[\"a\"],\"m\":[[\"k\",1]],\"list\":[],"
        "\"oops\":{\"name\":\"TypeError\",\"message\":\"x is undefined\"}},"
        "\"meta\":{\"values\":{\"when\":[\"Date\"],\"big\":[\"bigint\"],\"gone\":[\"undefined\"],\"ids\":[\"set\"],"
        "\"m\":[\"map\"],\"oops\":[\"Error\"]}}}";
  g_autoptr (SpotPacket) packet = spot_packet_decode (text, -1, "application/super+json");

  g_assert_cmpint (packet->kind, ==, SPOT_PACKET_VALUE);
  spot_json_view_set_value (self->view, packet->value);
  spot_ui_test_settle (self->window);
  assert_reads (self, "when\n2026-08-21T09:00:00.000Z\nDate");
  assert_reads (self, "big\n123456789012345678901234567890\nbigint");
  assert_reads (self, "n\n9007199254740993\n");
  assert_reads (self, "gone\nundefined\n");
  assert_reads (self, "nothing\nnull\n");
  assert_reads (self, "ok\ntrue\n");
  assert_reads (self, "s\n\"<b>hi</b>\"\n");
  assert_reads (self, "ids\n1 item\nSet");
  assert_reads (self, "m\n1 entry\nMap");
  assert_reads (self, "k\n1\n");
  assert_reads (self, "list\nempty\n");
  assert_reads (self, "oops\nTypeError: x is undefined\nError");
  assert_reads (self, "11 members");
  spot_ui_test_screenshot (self->window, "json-kinds");
}

static void
test_fold_by_path (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (GString) json = g_string_new ("{\"wide\":[");

  for (guint i = 0; i < 60; i++)
    g_string_append_printf (json, "%s%u", i ? "," : "", i);
  g_string_append (json, "],\"rows\":[{\"a\":{\"b\":1}},{\"a\":2}]}");
  set_json (self, json->str);

  /* Opened as far as it fits: the long array stays closed. */
  g_assert_true (spot_json_tree_get_folded (self->tree, "wide"));
  g_assert_false (spot_json_tree_get_folded (self->tree, "rows[0].a"));
  spot_json_tree_set_folded (self->tree, "rows[1]", TRUE);
  spot_json_tree_set_folded (self->tree, "wide", FALSE);

  /* A name before it, a longer array, another value: what is open stays open, what is closed stays closed. */
  g_string_insert (json, 1, "\"new\":{\"x\":1},");
  g_string_truncate (json, json->len - 2);
  g_string_append (json, ",{\"a\":3}],\"end\":null}");
  set_json (self, json->str);
  g_assert_false (spot_json_tree_get_folded (self->tree, "wide"));
  g_assert_false (spot_json_tree_get_folded (self->tree, "rows"));
  g_assert_false (spot_json_tree_get_folded (self->tree, "rows[0].a"));
  g_assert_true (spot_json_tree_get_folded (self->tree, "rows[1]"));
  g_assert_true (spot_json_tree_get_folded (self->tree, "rows[2]"));
  g_assert_true (spot_json_tree_get_folded (self->tree, "new"));

  /* Closing and opening the parent brings back what was open below it. */
  spot_json_tree_set_folded (self->tree, "rows", TRUE);
  spot_json_tree_set_folded (self->tree, "rows", FALSE);
  g_assert_false (spot_json_tree_get_folded (self->tree, "rows[0].a"));
  g_assert_true (spot_json_tree_get_folded (self->tree, "rows[1]"));

  /* A place that was something else for a while is open again when it comes back. */
  set_json (self, "{\"rows\":7}");
  g_assert_true (spot_json_tree_get_folded (self->tree, "rows"));
  set_json (self, "{\"rows\":[{\"a\":{\"b\":1}}]}");
  g_assert_false (spot_json_tree_get_folded (self->tree, "rows[0].a"));

  /* Another value altogether begins anew. */
  spot_json_view_set_value (self->view, NULL);
  set_json (self, "{\"rows\":[{\"a\":{\"b\":1}}]}");
  g_assert_cmpuint (spot_json_tree_get_n_rows (self->tree), ==, 4);
  spot_json_tree_collapse_all (self->tree);
  g_assert_cmpuint (spot_json_tree_get_n_rows (self->tree), ==, 1);
  spot_json_tree_expand_all (self->tree);
  g_assert_cmpuint (spot_json_tree_get_n_rows (self->tree), ==, 4);
}

/* Updates move neither the selection nor the place that the list is scrolled to. */
static void
test_stays (Fixture       *self,
            gconstpointer  data)
{
  GtkAdjustment *adjustment;
  g_autoptr (SpotJsonNode) before = NULL;
  g_autoptr (SpotJsonNode) after = NULL;
  double value;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GString) json = g_string_new ("{\"log\":[");

      for (guint i = 0; i < 200; i++)
        g_string_append_printf (json, "%s\"line %u of round %u\"", i ? "," : "", i, round);
      g_string_append (json, "]");
      for (guint i = 0; i < round * 5; i++)
        g_string_append_printf (json, ",\"more%u\":1", i);
      g_string_append (json, "}");
      set_json (self, json->str);
      adjustment = gtk_scrolled_window_get_vadjustment (
        GTK_SCROLLED_WINDOW (spot_ui_test_find (self->window, GTK_TYPE_SCROLLED_WINDOW, NULL)));
      if (round == 0)
        {
          spot_json_tree_set_folded (self->tree, "log", FALSE);
          g_assert_cmpuint (spot_json_tree_search (self->tree, "LINE 77"), ==, 1);
          spot_ui_test_settle (self->window);
          before = spot_json_tree_dup_selected (self->tree);
          g_assert_cmpstr (spot_json_node_get_path (before), ==, "log[77]");
          value = gtk_adjustment_get_value (adjustment);
          g_assert_cmpfloat (value, >, 0.0);
        }
    }
  after = spot_json_tree_dup_selected (self->tree);
  g_assert_true (after == before);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (adjustment), value, 1.0);
  assert_reads (self, "\"line 77 of round 1\"");
}

static void
test_search (Fixture       *self,
             gconstpointer  data)
{
  GtkWidget *entry;
  g_autoptr (SpotJsonNode) node = NULL;

  set_json (self,
            "{\"a\":{\"deep\":[{\"Needle\":1},{\"x\":\"a NEEDLE here\"}]},\"b\":\"nothing\",\"ü\":\"STRASSE Ünder\"}");
  spot_json_tree_collapse_all (self->tree);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "json.search", NULL);
  spot_ui_test_settle (self->window);
  entry = spot_ui_test_find (self->window, GTK_TYPE_SEARCH_ENTRY, NULL);
  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "needle");
  spot_ui_test_wait_text (self->window, "1 of 2");
  g_assert_false (spot_json_tree_get_folded (self->tree, "a.deep[0]"));
  node = spot_json_tree_dup_selected (self->tree);
  g_assert_cmpstr (spot_json_node_get_path (node), ==, "a.deep[0].Needle");
  g_signal_emit_by_name (entry, "next-match");
  assert_reads (self, "2 of 2");
  g_clear_object (&node);
  node = spot_json_tree_dup_selected (self->tree);
  g_assert_cmpstr (spot_json_node_get_path (node), ==, "a.deep[1].x");
  spot_ui_test_screenshot (self->window, "json-search");
  g_signal_emit_by_name (entry, "next-match");
  assert_reads (self, "1 of 2");
  g_signal_emit_by_name (entry, "previous-match");
  assert_reads (self, "2 of 2");

  /* The count follows new values. */
  set_json (self, "{\"a\":{\"deep\":[{\"Needle\":1}]}}");
  assert_reads (self, "1 of 1");
  gtk_editable_set_text (GTK_EDITABLE (entry), "zebra");
  spot_ui_test_wait_text (self->window, "none");

  g_assert_cmpuint (spot_json_tree_search (self->tree, "NEEDLE"), ==, 1);
  set_json (self, "{\"k\":\"stra\xc3\x9f" "e \xc3\x9cnder\"}");
  g_assert_cmpuint (spot_json_tree_search (self->tree, "\xc3\xbcNDER"), ==, 1);
}

static void
test_copy (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autofree char *value = NULL;
  g_autofree char *whole = NULL;
  g_autoptr (SpotValue) again = NULL;
  g_autoptr (SpotValue) original = NULL;
  g_autoptr (GString) json = g_string_new ("{\"n\":12345678901234567890.00001,\"long\":\"");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 2000; i++)
    g_string_append (text, "0123456789");
  g_string_append (text, "\xe2\x80\xae end");
  g_string_append (json, text->str);
  g_string_append (json, "\",\"a b\":[9223372036854775807]}");
  set_json (self, json->str);

  g_assert_cmpuint (spot_json_tree_search (self->tree, "92233"), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "json.copy-path", NULL);
  path = spot_ui_test_dup_clipboard (self->window);
  g_assert_cmpstr (path, ==, "[\"a b\"][0]");

  g_assert_cmpuint (spot_json_tree_search (self->tree, "long"), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "json.copy-value", NULL);
  value = spot_ui_test_dup_clipboard (self->window);
  g_assert_cmpstr (value, ==, text->str);

  gtk_widget_activate_action (GTK_WIDGET (self->view), "json.copy-all", NULL);
  whole = spot_ui_test_dup_clipboard (self->window);
  g_assert_nonnull (strstr (whole, "12345678901234567890.00001"));
  g_assert_nonnull (strstr (whole, "9223372036854775807"));
  again = spot_value_new_from_json (whole, -1, NULL);
  original = spot_value_new_from_json (json->str, -1, NULL);
  g_assert_true (spot_value_equal (again, original));
}

static void
test_text (Fixture       *self,
           gconstpointer  data)
{
  GtkWidget *button;
  g_autoptr (GString) text = g_string_new (NULL);

  set_json (self, "{\"n\":9007199254740993,\"s\":\"x\"}");
  gtk_widget_activate_action (GTK_WIDGET (self->view), "json.mode", "s", "text");
  spot_ui_test_settle (self->window);
  assert_reads (self, "\"n\": 9007199254740993");
  set_json (self, "{\"n\":9007199254740994,\"s\":\"x\",\"t\":1}");
  assert_reads (self, "9007199254740994");
  gtk_widget_activate_action (GTK_WIDGET (self->view), "json.mode", "s", "tree");
  spot_ui_test_settle (self->window);
  assert_reads (self, "3 members");

  /* Text alone has no tree. */
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "line %u\n", i);
  spot_json_view_set_text (self->view, text->str);
  spot_ui_test_settle (self->window);
  assert_reads (self, "line 3000\n");
  g_assert_false (spot_ui_test_has_text (self->window, "line 19999"));
  g_assert_false (spot_ui_test_has_text (self->window, "Tree"));
  button = spot_ui_test_find (self->window, GTK_TYPE_BUTTON, "Show All");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  assert_reads (self, "line 19999");
  g_assert_false (gtk_widget_get_mapped (button));
}

/* Hostile text is shown for what it is, and no markup is read. */
static void
test_hostile (Fixture       *self,
              gconstpointer  data)
{
  GtkWidget *row;

  set_json (
      self,
      "{\"<b>&lt;\":\"<span size='999999'>&\",\"nl\":\"a\\nb\\u0000c\\u001b[0m\",\"bidi\\u202e\":\"abc\\u202etxt.exe\","
      "\"\":\"empty\",\"link\":\"https://example.com/a?b=1\",\"js\":\"javascript:alert(1)\",\"fake\":\"https://"
      "ok.com\\u202e\"}");
  assert_reads (self, "<b>&lt;\n\"<span size='999999'>&\"");
  assert_reads (self, "\"a\\nb\\u0000c\\u001b[0m\"");
  assert_reads (self, "bidi\\u202e\n\"abc\\u202etxt.exe\"");
  assert_reads (self, "\"\"\n\"empty\"");

  row = spot_ui_test_find (self->window, SPOT_TYPE_JSON_ROW, "example.com");
  g_assert_nonnull (spot_ui_test_find (row, GTK_TYPE_BUTTON, NULL));
  row = spot_ui_test_find (self->window, SPOT_TYPE_JSON_ROW, "javascript");
  g_assert_null (spot_ui_test_find (row, GTK_TYPE_BUTTON, NULL));
  row = spot_ui_test_find (self->window, SPOT_TYPE_JSON_ROW, "ok.com");
  g_assert_null (spot_ui_test_find (row, GTK_TYPE_BUTTON, NULL));
  spot_ui_test_screenshot (self->window, "json-hostile");
}

/* Values as large and as deep as a server may send, changing all the time. */
static void
test_large (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GString) json = g_string_new ("[");
  g_autoptr (GString) deep = g_string_new (NULL);

  for (guint i = 0; i < 50000; i++)
    g_string_append_printf (json, "%s{\"id\":%u}", i ? "," : "", i);
  g_string_append (json, "]");
  set_json (self, json->str);
  g_assert_cmpuint (spot_json_tree_get_n_rows (self->tree), ==, 50000);
  spot_json_tree_expand_all (self->tree);
  g_assert_cmpuint (spot_json_tree_get_n_rows (self->tree), <, 60000);
  g_assert_cmpuint (spot_json_tree_search (self->tree, "id"), ==, 1000);

  for (guint i = 0; i < 200; i++)
    g_string_append (deep, "{\"a\":[");
  for (guint i = 0; i < 200; i++)
    g_string_append (deep, "]}");
  if (spot_value_new_from_json (deep->str, -1, NULL) == NULL)
    {
      g_string_assign (deep, "");
      for (guint i = 0; i < 100; i++)
        g_string_append (deep, "{\"a\":[");
      for (guint i = 0; i < 100; i++)
        g_string_append (deep, "]}");
    }
  set_json (self, deep->str);
  spot_json_tree_expand_all (self->tree);
  spot_ui_test_settle (self->window);
  set_json (self, "7");
  assert_reads (self, "7");
  set_json (self, "[]");
  assert_reads (self, "empty");
  set_json (self, "\"text\"");
  assert_reads (self, "text");
  set_json (self, "{\"a\":1}");
  assert_reads (self, "1 member");
}

int
main (int   argc,
      char *argv[])
{
  spot_ui_test_init (&argc, &argv);
#define ADD(name, func) g_test_add ("/json-view/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("83-kinds", test_kinds);
  ADD ("fold-by-path", test_fold_by_path);
  ADD ("stays", test_stays);
  ADD ("search", test_search);
  ADD ("copy", test_copy);
  ADD ("text", test_text);
  ADD ("hostile", test_hostile);
  ADD ("large", test_large);
  return g_test_run ();
}
