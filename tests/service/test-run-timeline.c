/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor-rig.h"

#include "spot-run-timeline-private.h"

/* The events in words: kinds, with what they left in brackets. */
static char *
dup_words (SpotRunTimeline *timeline)
{
  static const char *const kinds[] = {
    [SPOT_CHANGE_CREATED] = "created", [SPOT_CHANGE_STATUS] = "status", [SPOT_CHANGE_ENDED] = "ended",
    [SPOT_CHANGE_TAGS] = "tags", [SPOT_CHANGE_METADATA] = "metadata", [SPOT_CHANGE_FIELDS] = "fields",
    [SPOT_CHANGE_LEFT] = "left", [SPOT_CHANGE_DELETED] = "deleted",
  };
  GString *words = g_string_new (NULL);
  gint64 before_us = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (timeline)); i++)
    {
      g_autoptr(SpotRunEvent) event = g_list_model_get_item (G_LIST_MODEL (timeline), i);
      const char *const *left = spot_run_event_get_left_watches (event);

      g_assert_cmpint (spot_run_event_get_time (event), >=, before_us);
      before_us = spot_run_event_get_time (event);
      /* What else changes with each of them does not matter here. */
      if (spot_run_event_get_kind (event) == SPOT_CHANGE_FIELDS)
        continue;
      g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", kinds[spot_run_event_get_kind (event)]);
      for (guint j = 0; left[j] != NULL; j++)
        g_string_append_printf (words, "[%s]", left[j]);
    }
  return g_string_free (words, FALSE);
}

static gboolean
says (SpotRunTimeline *timeline,
      const char      *wanted)
{
  g_autofree char *words = dup_words (timeline);

  return g_str_equal (words, wanted);
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  gpointer    user_data)
{
  /* What was there stays the same object. */
  g_assert_cmpuint (removed, ==, 0);
  (*(guint *) user_data) += added;
}

static SpotWatch *
add_tag_watch (MonitorRig *rig)
{
  const char *const tags[] = { "one", NULL };

  return spot_environment_watch_tags (rig->environment, "One", tags);
}

static gboolean
has_status (MonitorRig *rig,
            const char *status)
{
  SpotRun *run = spot_run_store_lookup (spot_environment_get_store (rig->environment), "run_a");

  return run != NULL && g_str_equal (spot_run_record_get_status_word (spot_run_get_record (run)), status);
}

static const char whole_life[] = "created status metadata status tags[One] ended";

static void
live_a_life (MonitorRig *rig,
             SpotWatch  *watch)
{
  monitor_rig_put (rig, NULL, "run_a", "PENDING", "\"runTags\":[\"one\",\"two\"]");
  wait_for (spot_watch_get_n_runs (watch) == 1);
  spot_monitor_flush (rig->monitor);
  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", NULL);
  wait_for (has_status (rig, "EXECUTING"));
  spot_monitor_flush (rig->monitor);
  monitor_rig_put (rig, NULL, "run_a", "WAITING_TO_RESUME", "\"metadata\":\"{\\\"x\\\":1}\"");
  wait_for (has_status (rig, "WAITING_TO_RESUME"));
  spot_monitor_flush (rig->monitor);
  monitor_rig_put (rig, NULL, "run_a", "WAITING_TO_RESUME", "\"runTags\":[\"two\"]");
  wait_for (spot_watch_get_n_runs (watch) == 0);
  spot_monitor_flush (rig->monitor);
  monitor_rig_put (rig, NULL, "run_a", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (has_status (rig, "COMPLETED_SUCCESSFULLY"));
  spot_monitor_flush (rig->monitor);
}

/* It grows while somebody looks at it, and is the same afterwards and at the next start. */
static void
test_grows (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal ((SpotDevDialect) GPOINTER_TO_INT (dialect));
  SpotWatch *watch = add_tag_watch (rig);
  SpotRunTimeline *timeline;
  guint n_added = 0;

  timeline = spot_environment_ref_run_timeline (rig->environment, "run_a");
  g_signal_connect (timeline, "items-changed", G_CALLBACK (items_changed_cb), &n_added);
  g_assert_true (spot_run_timeline_get_loading (timeline));
  wait_for (!spot_run_timeline_get_loading (timeline));
  live_a_life (rig, watch);
  wait_for (says (timeline, whole_life));
  g_assert_cmpuint (n_added, ==, g_list_model_get_n_items (G_LIST_MODEL (timeline)));
  g_object_unref (timeline);
  monitor_rig_stop (rig);

  monitor_rig_start (rig);
  watch = add_tag_watch (rig);
  wait_for (spot_watch_get_ready (watch));
  timeline = spot_environment_ref_run_timeline (rig->environment, "run_a");
  wait_for (!spot_run_timeline_get_loading (timeline));
  g_assert_true (says (timeline, whole_life));
  g_object_unref (timeline);
}

/* Without a journal it begins when somebody looks. */
static void
test_no_journal (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new ((SpotDevDialect) GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *watch = add_tag_watch (rig);
  g_autoptr(SpotRunTimeline) timeline = spot_environment_ref_run_timeline (rig->environment, "run_a");
  SpotRunTimeline *same = spot_environment_ref_run_timeline (rig->environment, "run_a");

  g_assert_true (same == timeline);
  g_object_unref (same);
  g_assert_false (spot_run_timeline_get_loading (timeline));
  live_a_life (rig, watch);
  wait_for (says (timeline, whole_life));
}

/* A feed over the tag alone: on the Electric dialect the row goes, and nothing else tells. */
static void
test_tag_feed (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(SpotRunTimeline) timeline = NULL;
  SpotWatch *watch;

  spot_environment_set_every_column (rig->environment, TRUE);
  watch = add_tag_watch (rig);
  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", "\"runTags\":[\"one\",\"two\"]");
  wait_for (spot_watch_get_n_runs (watch) == 1);
  timeline = spot_environment_ref_run_timeline (rig->environment, "run_a");
  wait_for (says (timeline, "created"));
  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", "\"runTags\":[\"two\"]");
  wait_for (spot_watch_get_n_runs (watch) == 0);
  spot_monitor_flush (rig->monitor);
  wait_for (says (timeline, "created left[One]"));
}

/* ---- which watches were left: pure ---- */

static const struct
{
  const char *name;
  const char *changes; /* "+a,b" tags that came, "-a" went, "@feed" left it; one word each, one second after the other */
  const char *tags;    /* that it has now */
  const char *left;    /* for each change the watches, "." for none */
} cases[] = {
  { "one-tag", "+a -a", "", ". A" },
  { "still-there", "+a +b", "a b", ". ." },
  { "both-are-needed", "+a,b -b", "a", ". AB" },
  { "twice", "+a -a +a -a", "", ". A . A" },
  { "never-had-it", "+b -b", "", ". ." },
  { "swapped", "+a -a+b", "b", ". A" },
  { "tag-feed", "@fa", "a", "A" },
  { "tag-feed-and-row", "+a,b -a @fa", "b", ". A/AB ." },
  { "row-after-tag-feed", "+a @fa -a", "", ". . A" },
  { "other-feed", "@list", "a", "." },
  { "unknown-now", "-a", "", "A" },
};

static char *
dup_tags_detail (const char *word)
{
  g_autoptr(GString) added = g_string_new (NULL);
  g_autoptr(GString) removed = g_string_new (NULL);
  GString *list = added;

  for (const char *p = word; *p != '\0'; p++)
    {
      if (*p == '+' || *p == '-')
        list = *p == '+' ? added : removed;
      else if (*p != ',')
        g_string_append_printf (list, "%s\"%c\"", list->len > 0 ? "," : "", *p);
    }
  return g_strdup_printf ("{\"added\":[%s],\"removed\":[%s]}", added->str, removed->str);
}

static void
test_left (void)
{
  const char *const a[] = { "a", NULL };
  const char *const ab[] = { "a", "b", NULL };
  const SpotTimelineWatch watches[] = { { "A", a, "fa" }, { "AB", ab, "fab" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) words = g_strsplit (cases[i].changes, " ", -1);
      g_auto(GStrv) tags = g_strsplit (cases[i].tags, " ", -1);
      g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_change_free);
      g_autoptr(GPtrArray) left = NULL;
      g_autoptr(GString) text = g_string_new (NULL);

      for (guint j = 0; words[j] != NULL; j++)
        {
          SpotChangeKind kind = words[j][0] == '@' ? SPOT_CHANGE_LEFT : SPOT_CHANGE_TAGS;
          char *detail = words[j][0] == '@' ? g_strdup_printf ("{\"feed\":\"%s\"}", words[j] + 1) : dup_tags_detail (words[j]);

          g_ptr_array_add (changes, spot_change_new (kind, SPOT_RUN_BATCH_CHANGES, j * G_USEC_PER_SEC, detail));
        }
      left = spot_run_timeline_find_left (changes, (const char *const *) tags, watches, G_N_ELEMENTS (watches));
      for (guint j = 0; j < left->len; j++)
        {
          g_autofree char *names = left->pdata[j] != NULL ? g_strjoinv ("/", left->pdata[j]) : g_strdup (".");

          g_string_append_printf (text, "%s%s", j > 0 ? " " : "", names);
        }
      if (!g_str_equal (text->str, cases[i].left))
        g_error ("%s: %s", cases[i].name, text->str);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-timeline/left", test_left);
  g_test_add_data_func ("/run-timeline/grows/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_grows);
  g_test_add_data_func ("/run-timeline/grows/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test_grows);
  g_test_add_data_func ("/run-timeline/no-journal/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_no_journal);
  g_test_add_data_func ("/run-timeline/no-journal/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test_no_journal);
  g_test_add_func ("/run-timeline/tag-feed", test_tag_feed);
  return g_test_run ();
}
