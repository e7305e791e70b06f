/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-notifier.h"

/* What the rules have to say about a history, written as words:
 *
 *   w=RBTE       from here on runs are in these watches: run, batch, tags, environment; F: environment with a filter
 *   a:E          a commit says that run a executes; Q queued, C completed, F failed, X canceled, T timed out, and H for half
 *                the news: ended, with a status that is not final
 *   a:Z          the other half: a final status without an end
 *   a:F@9        ended at 9 rather than at the time that the run's ends have by default
 *   p/a:E        the same by a preview; s/ first snapshot, r/ refetch
 *   +5000        so many milliseconds pass, and the notifier is asked whenever it wanted to be
 *   ~5000        so many pass in one leap, as when the machine sleeps
 *   seen:a       the user looks at run a as it is
 *   rule:T=all   from here on watches of that kind have that rule: default, all, failures, none
 *   mute:T       they are muted; loud:T they are not
 *   gone:T       the watch of that kind is gone
 *   usual:T=all  what watches of that kind tell that have no rule of their own: all, failures or none
 *   had:a        run a was unfinished when the program ended, at 100 s
 *   ended:a      it had ended by then
 *   c/a:F        a feed's first commit since then says that it failed; f/ that of one that begins anew, n/ that of a feed
 *                that was not there before
 *   unsent:a:F=run   that was to be told when the program ended, by a notice of its own; =group:T, =away:T:3 by others
 *   told:a:F=T   the journal says that it was, which was about to be told in the summary for T
 *
 * What comes of it: `a` a notice of run a, `B{4,1,0/9}` a group's good, bad and neutral ends, `B<4,1,0>` those since the program
 * ended, `!` after one that is finished, `.` after one that is silent. `-a` for an end that is not told after all. */
typedef struct
{
  const char *name;
  const char *history;
  const char *notices;
} Case;

static const Case cases[] = {
  /* Truth (design §5). */
  { "seen-unfinished-then-ended", "w=R a:E a:C", "a" },
  { "first-snapshot-is-silent", "w=RE s/a:C s/b:F +600000", "" },
  { "known-end-stays-known", "w=E s/a:F r/a:F a:F s/a:E a:F +600000", "" },
  { "preview-shows-nothing", "w=R p/a:E s/a:F", "" },
  { "preview-tells-nothing", "w=R a:E p/a:F", "" },
  { "preview-then-commit", "w=R a:E p/a:F s/a:F", "a" },
  { "ended-by-refetch", "w=R a:E r/a:F", "a" },
  { "ended-by-snapshot-of-another-feed", "w=R a:E s/a:F", "a" },
  { "duplicates", "w=R a:E a:F a:F r/a:F s/a:F a:F", "a" },
  { "old-news-after-the-end", "w=R a:E a:F a:E a:F a:E r/a:F", "a" },
  { "another-end", "w=R a:E a:F@7 a:E a:F@9", "a a" },
  { "half-the-news", "w=R a:E b:E a:H b:F a:F", "b a" },
  { "other-half-of-the-news", "w=R a:E b:E a:Z b:F a:F", "b a" },
  { "other-half-of-the-news-at-first", "w=R s/a:Z a:F", "" },
  { "half-the-news-at-first", "w=R s/a:H a:F", "" },
  { "no-watch", "a:E a:F w=R a:F", "" },

  /* What each kind of watch tells. */
  { "run-any-end", "w=R a:E b:E c:E d:E a:C b:F c:X d:T", "a b c d" },
  { "run-failures-only", "usual:R=failures w=R a:E b:E a:C b:F", "b" },
  { "tags-failures-only", "w=T a:E b:E c:E d:E a:C b:F c:X d:T", "b d" },
  { "environment-failures-only", "w=E a:E b:E c:E d:E a:C b:F c:X d:T", "b d" },
  { "every-end-when-asked", "usual:T=all w=T a:E b:E a:C b:X", "a b" },
  { "nothing-when-asked", "usual:R=none usual:B=none w=R a:E a:F w=B b:E b:F +600000", "" },
  { "usual-under-a-rule", "usual:R=none rule:R=failures w=R a:E b:E a:F b:C", "a" },

  /* The most specific one tells. */
  { "run-before-batch", "w=ETBR a:E a:C", "a" },
  { "batch-before-tags", "w=ETB a:E b:E a:F b:C +1500", "a B{1,1,0/2}!" },
  { "tags-before-environment", "w=ET a:E a:C +600000", "" },
  { "specific-good-end-is-not-told-by-the-general", "usual:E=all w=ET a:E a:C +600000", "" },

  /* Batches. */
  { "batch-of-good-ends", "w=B a:E b:E c:Q a:C b:C +600000 c:C +1499 +1", "B{3,0,0/3}!" },
  { "batch-first-failure-and-summary", "w=B a:E b:E c:E a:F b:F c:C +1500", "a B{1,2,0/3}!" },
  { "batch-counts-after-the-first-failure",
    "w=B a:E b:E c:E d:E a:C +9000 b:F +1000 c:F +3999 +1 +60000 d:C +1500",
    "b B{1,2,0/4}. B{2,2,0/4}!" },
  { "batch-counts-at-most-every-5-s",
    "w=B z:E a:E b:E c:E d:E a:F b:F +5000 c:F +1000 d:F +3999 +1", "a B{0,2,0/5}. B{0,4,0/5}." },
  { "batch-late-runs-are-no-end", "w=B a:E a:C +1000 b:E +60000 b:C +1500", "B{2,0,0/2}!" },
  { "batch-late-runs-after-the-summary", "w=B a:E a:C +1500 b:E b:F +1500", "B{1,0,0/1}! b B{1,1,0/2}!" },
  { "batch-of-one-that-failed", "w=B a:E a:F +600000", "a" },
  { "batch-includes-what-ended-before", "w=B s/a:C s/b:F c:E c:C +1500", "B{2,1,0/3}!" },
  { "batch-known-ends-only", "w=B s/a:C s/b:F +600000", "" },
  { "batch-canceled", "w=B a:E b:E a:X b:X +1500", "B{0,0,2/2}!" },
  { "batch-failures-only", "usual:B=failures w=B a:E b:E a:C b:C +600000", "-a -b" },

  /* Storms. */
  { "three-singles-in-10-s", "w=T a:E b:E c:E d:E e:E a:F b:F +9999 c:F d:F +999 e:F +1",
    "a b c T{0,2,0/0}." },
  { "the-window-slides", "w=T a:E b:E c:E d:E a:F b:F c:F +10000 d:F", "a b c d" },
  { "group-at-most-every-5-s", "w=E a:E b:E c:E d:E e:E f:E a:F b:F c:F d:F +1000 e:F +2000 f:F +2999 +1",
    "a b c E{0,1,0/0}. E{0,3,0/0}." },
  { "group-goes-on-for-two-minutes", "w=E a:E b:E c:E d:E e:E f:E a:F b:F c:F d:F +120999 e:F +120000 f:F",
    "a b c E{0,1,0/0}. E{0,2,0/0}. f" },
  { "the-next-group-counts-anew",
    "w=E a:E b:E c:E d:E e:E f:E g:E h:E a:F b:F c:F d:F +1000 +120000 e:F f:F g:F h:F +1000",
    "a b c E{0,1,0/0}. e f g E{0,1,0/0}." },
  { "nothing-is-lost-in-a-leap", "w=E a:E b:E c:E d:E e:E a:F b:F c:F d:F ~600000 e:F", "a b c E{0,2,0/0}." },
  { "watches-storm-apart", "w=T a:E b:E c:E d:E w=E A:E B:E w=T a:F b:F c:F d:F w=E A:F B:F +1000",
    "a b c A B T{0,1,0/0}." },
  { "ceiling-of-ten-banners",
    "w=R a:E b:E c:E d:E e:E f:E g:E h:E i:E j:E k:E l:E w=T t:E w=R a:F b:F c:F d:F e:F f:F g:F h:F i:F j:F k:F "
    "w=T t:F +1000 +58999 w=R l:F +1 m:E m:F",
    "a b c d e f g h i j k. T{0,1,0/0}. l. m" },
  { "summary-beyond-the-ceiling",
    "w=B z:E w=R a:E b:E c:E d:E e:E f:E g:E h:E i:E j:E a:F b:F c:F d:F e:F f:F g:F h:F i:F j:F w=B z:C +1500",
    "a b c d e f g h i j B{1,0,0/1}!." },

  /* What the user said. */
  { "rule-all", "rule:T=all w=T a:E b:E c:E a:C b:F c:X", "a b c" },
  { "rule-all-in-a-group", "rule:T=all w=T a:E b:E c:E d:E e:E f:E a:C b:C c:C d:C e:X f:F +1000", "a b c T{1,1,1/0}." },
  { "rule-failures-of-a-run", "rule:R=failures w=R a:E b:E c:E a:C b:F c:X", "b" },
  { "rule-none", "rule:R=none rule:E=none w=R a:E a:F w=E b:E b:F +600000", "" },
  { "rule-none-of-the-specific-wins", "rule:T=none w=ET a:E a:F +600000", "" },
  { "rule-failures-of-a-batch", "rule:B=failures w=B a:E b:E a:C b:C +600000", "-a -b" },
  { "rule-failures-of-a-batch-that-fails", "rule:B=failures w=B a:E b:E a:C b:F +1500", "b B{1,1,0/2}!" },
  { "rule-none-of-a-batch", "rule:B=none w=B a:E b:E a:C b:F +600000", "" },
  { "rule-over-the-usual", "usual:R=failures rule:R=all w=R a:E a:C", "a" },
  { "rule-of-the-narrower", "rule:F=all w=EF a:E a:C", "a" },
  { "rule-of-the-narrower-whatever-the-order", "rule:F=none w=FE a:E a:F +600000", "" },
  { "muted", "mute:E w=E a:E a:F +600000 loud:E b:E b:F", "b" },
  { "muted-specific-wins", "mute:R w=RE a:E a:F +600000", "" },
  { "muted-in-mid-storm", "w=E a:E b:E c:E d:E e:E a:F b:F c:F d:F mute:E e:F +600000", "a b c -d" },
  { "muted-in-mid-batch", "w=B a:E b:E c:E a:F mute:B b:F c:C +600000", "a" },
  { "gone-in-mid-storm", "w=E a:E b:E c:E d:E a:F b:F c:F d:F gone:E +600000", "a b c -d" },
  { "gone-in-mid-batch", "w=B a:E b:E a:F gone:B +600000", "a" },

  /* Looked at. */
  { "seen-before-it-is-told", "w=R a:E seen:a a:F", "a" },
  { "seen-with-its-end", "w=T a:E seen:a@5 a:F@5 +600000", "" },
  /* Started again. */
  { "was-unfinished-and-ended-meanwhile", "w=R had:a c/a:F +999 +1", "R<0,1,0>" },
  { "was-unfinished-and-goes-on", "w=R had:a c/a:E a:F", "a" },
  { "was-unfinished-and-ends-later", "w=R had:a +60000 a:F", "a" },
  { "was-unfinished-and-ends-after-a-reconnect", "w=R had:a c/a:E r/a:F", "a" },
  { "was-not-known-and-ended-meanwhile", "w=R c/a:F c/b:E b:F +1000", "b R<0,1,0>" },
  { "was-not-known-and-ended-whenever", "w=R c/a:F@5 +1000", "R<0,1,0>" },
  { "was-not-known-in-a-new-log", "w=E f/a:F@5 f/b:F@41000000 +1000", "E<0,1,0>" },
  { "was-not-known-in-a-new-feed", "w=R n/a:F +60000", "" },
  { "was-unfinished-and-ended-in-a-new-feed", "w=R had:a n/a:F +1000", "R<0,1,0>" },
  { "was-known-to-have-ended", "w=R ended:a c/a:F r/a:F +60000", "" },
  { "was-known-to-have-ended-and-ended-again", "w=R ended:a a:E a:F@50", "a" },
  { "ended-meanwhile-once", "w=R had:a c/a:F +1000 a:F r/a:F c/a:F +60000", "R<0,1,0>" },
  { "one-summary-for-each-watch", "w=E had:a had:b had:c c/a:F c/b:C w=T c/c:F +1000", "E<1,1,0> T<0,1,0>" },
  { "many-ended-meanwhile", "w=T had:a had:b had:c had:d had:e c/a:F c/b:F c/c:F c/d:C c/e:X +1000", "T<1,3,1>" },
  { "nothing-worth-telling-ended-meanwhile", "w=E had:a had:b c/a:C c/b:X +60000", "-a -b" },
  { "good-ends-when-asked", "rule:E=all w=E had:a had:b c/a:C c/b:X +60000", "E<1,0,1>" },
  { "late-ones-join-the-summary", "w=E had:a had:b c/a:F +1000 +5000 c/b:F +1000", "E<0,1,0> E<0,2,0>" },
  { "batch-ended-meanwhile", "w=B had:a had:b c/a:C c/b:F +60000", "B<1,1,0>" },
  { "batch-ends-after-the-start", "w=B had:a had:b c/a:C c/b:E +1000 b:F +1500", "B<1,0,0> b B{1,1,0/2}!" },
  { "muted-meanwhile", "mute:E w=E had:a c/a:F +60000", "" },
  { "gone-before-the-summary", "w=E had:a c/a:F gone-away:E +60000", "-a" },
  { "summary-and-storm-apart", "w=T had:a b:E c/a:F b:F +1000", "b T<0,1,0>" },
  { "unsent", "w=R unsent:a:F=run a:F c/a:F +60000", "a" },
  { "unsent-that-was-unfinished", "w=R had:a unsent:a:F=run c/a:F +60000", "a" },
  { "unsent-and-another-end", "w=R unsent:a:F=run a:E a:F@9", "a a" },
  { "unsent-in-a-group", "w=T unsent:a:F=group:T unsent:b:C=group:T +1000", "T{1,1,0/0}." },
  { "unsent-in-a-batch", "w=B s/b:C unsent:a:F=group:B +1500", "B{1,1,0/2}!" },
  { "unsent-in-a-batch-that-goes-on", "w=B ended:a c/b:E c/a:F unsent:a:F=group:B +60000 b:C +1500", "B{1,1,0/2}!" },
  { "unsent-summary", "w=E unsent:a:F=away:E:3 unsent:b:C=away:E:3 +1000", "E<1,1,0>3" },
  { "unsent-summary-and-another", "w=E had:c unsent:a:F=away:E:3 c/c:F +1000", "E<0,1,0>3 E<0,1,0>" },
  { "unsent-of-a-watch-that-is-gone", "w= unsent:a:F=run +60000", "-a" },
  { "unsent-of-a-muted-watch", "mute:R w=R unsent:a:F=run +60000", "-a" },
  { "told-before", "w=E had:a had:b c/a:F c/b:F told:a:F=E +1000", "E<0,1,0>" },
  { "all-told-before", "w=E had:a c/a:F told:a:F=E +60000", "" },

  { "seen-in-a-batch-counts", "w=B a:E b:E seen:a@5 a:F@5 b:C +1500", "B{1,1,0/2}!" },
};

/* When the program ended. */
#define AWAY_SINCE_US (G_GINT64_CONSTANT (100) * G_USEC_PER_SEC)

#define START_US (1000 * G_USEC_PER_SEC)

typedef struct
{
  SpotNotifier *notifier;
  GHashTable   *batch; /* run id → status letter of the runs of the batch */
  GHashTable   *intended; /* run id and end: announced to be told, and not told yet */
  GString      *log;
  const char   *watches;
  SpotWatchRule rules['Z' + 1];
  gboolean      muted['Z' + 1];
  gint64        now_us;
} World;

static const struct { char letter; SpotRunStatus status; gboolean ended; } states[] = {
  { 'Q', SPOT_RUN_STATUS_PENDING, FALSE },
  { 'E', SPOT_RUN_STATUS_EXECUTING, FALSE },
  { 'C', SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY, TRUE },
  { 'F', SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS, TRUE },
  { 'X', SPOT_RUN_STATUS_CANCELED, TRUE },
  { 'T', SPOT_RUN_STATUS_TIMED_OUT, TRUE },
  { 'H', SPOT_RUN_STATUS_EXECUTING, TRUE },
  { 'Z', SPOT_RUN_STATUS_CRASHED, FALSE },
};

static SpotWatchKind
get_watch_kind (char letter)
{
  static const char letters[] = { [SPOT_WATCH_ENVIRONMENT] = 'E', [SPOT_WATCH_TAGS] = 'T', [SPOT_WATCH_BATCH] = 'B',
                                  [SPOT_WATCH_RUN] = 'R' };

  if (letter == 'F')
    return SPOT_WATCH_ENVIRONMENT;
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (letters[i] == letter)
      return (SpotWatchKind) i;
  g_assert_not_reached ();
}

static char *
dup_end (const SpotAnnouncement *end)
{
  g_assert_cmpstr (end->environment_key, ==, "e");
  return g_strdup_printf ("%s@%" G_GINT64_FORMAT "=%s %s", end->run_id, end->completed_us, end->status, end->notice_id);
}

/* What is going to be told is known before it is told, and told or settled once. */
static void
log_ends (World *world)
{
  g_autoptr(GPtrArray) intents = spot_notifier_steal_intents (world->notifier);
  g_autoptr(GPtrArray) settled = spot_notifier_steal_settled (world->notifier);

  for (guint i = 0; intents != NULL && i < intents->len; i++)
    g_assert_true (g_hash_table_add (world->intended, dup_end (intents->pdata[i])));
  for (guint i = 0; settled != NULL && i < settled->len; i++)
    {
      g_autofree char *end = dup_end (settled->pdata[i]);

      g_assert_true (g_hash_table_remove (world->intended, end));
      g_string_append_printf (world->log, "%s-%s", world->log->len > 0 ? " " : "",
                              ((SpotAnnouncement *) settled->pdata[i])->run_id);
    }
}

static void
log_notices (World     *world,
             GPtrArray *notices)
{
  log_ends (world);
  for (guint i = 0; i < notices->len; i++)
    {
      SpotNotice *notice = notices->pdata[i];

      for (guint j = 0; j < notice->ends->len; j++)
        {
          g_autofree char *end = dup_end (notice->ends->pdata[j]);

          g_assert_true (g_str_has_suffix (end, notice->id));
          g_assert_true (g_hash_table_remove (world->intended, end));
        }
      g_string_append (world->log, world->log->len > 0 ? " " : "");
      if (notice->kind == SPOT_NOTICE_RUN)
        {
          g_autofree char *id = g_strconcat ("run:e:", notice->run_id, NULL);

          g_assert_cmpstr (notice->id, ==, id);
          g_string_append (world->log, notice->run_id);
          g_assert_cmpuint (notice->ends->len, ==, 1);
        }
      else if (notice->kind == SPOT_NOTICE_AWAY)
        {
          g_autofree char *id = g_strdup_printf ("away:e:%s:%" G_GINT64_FORMAT, notice->watch_name, notice->since_us);

          g_assert_cmpstr (notice->id, ==, id);
          g_assert_null (notice->run_id);
          g_assert_cmpuint (notice->ends->len, >, 0);
          g_string_append_printf (world->log, "%s<%u,%u,%u>", notice->watch_name, notice->n_good, notice->n_bad,
                                  notice->n_neutral);
          if (notice->since_us != AWAY_SINCE_US)
            g_string_append_printf (world->log, "%d", (int) notice->since_us);
        }
      else
        {
          g_autofree char *id = g_strconcat ("group:e:", notice->watch_name, NULL);

          g_assert_cmpstr (notice->id, ==, id);
          g_assert_null (notice->run_id);
          g_string_append_printf (world->log, "%s{%u,%u,%u/%u}", notice->watch_name, notice->n_good, notice->n_bad,
                                  notice->n_neutral, notice->n_total);
        }
      g_string_append (world->log, notice->finished ? "!" : "");
      g_string_append (world->log, notice->silent ? "." : "");
    }
}

static void
count_batch (World             *world,
             SpotNotifierWatch *watch)
{
  GHashTableIter iter;
  gpointer letter;

  g_hash_table_iter_init (&iter, world->batch);
  while (g_hash_table_iter_next (&iter, NULL, &letter))
    {
      watch->n_total++;
      switch (GPOINTER_TO_INT (letter))
        {
        case 'C':
          watch->n_good++;
          break;
        case 'F':
        case 'T':
          watch->n_bad++;
          break;
        case 'X':
          watch->n_neutral++;
          break;
        default:
          watch->n_unfinished++;
        }
    }
}

static void
tell_run (World            *world,
          const char       *run_id,
          char              letter,
          gint64            finished_us,
          SpotRunBatchKind  kind,
          char              first,
          const char       *unsent)
{
  SpotNotifierRun run = {
    .environment_id = "e",
    .run_id = run_id,
    .task = "task",
    .finished_us = SPOT_TIME_NONE,
    .wall_ms = 1,
    .kind = kind,
    .away_since_us = first != '\0' ? AWAY_SINCE_US : 0,
    .feed_was_known = first == 'c' || first == 'f',
  };
  SpotNotifierWatch watches[8] = { 0 };
  char names[8][2] = { 0 };
  g_autoptr(GPtrArray) notices = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].letter == letter)
      {
        run.status = states[i].status;
        run.ended = states[i].ended;
      }
  if (run.ended)
    run.finished_us = finished_us;
  if (strchr (world->watches, 'B') != NULL && kind != SPOT_RUN_BATCH_PREVIEW)
    g_hash_table_insert (world->batch, g_strdup (run_id), GINT_TO_POINTER (letter));

  for (const char *w = world->watches; *w != '\0' && *w != ' '; w++)
    {
      SpotNotifierWatch *watch = &watches[run.n_watches];

      names[run.n_watches][0] = *w;
      watch->id = watch->name = names[run.n_watches];
      watch->kind = get_watch_kind (*w);
      watch->narrowed = *w == 'F';
      watch->rule = world->rules[(guchar) *w];
      watch->muted = world->muted[(guchar) *w];
      if (watch->kind == SPOT_WATCH_BATCH)
        count_batch (world, watch);
      run.n_watches++;
    }
  run.watches = watches;
  if (unsent != NULL)
    {
      g_autofree char *run_notice = g_strdup_printf ("run:e:%s", run_id);
      g_auto(GStrv) parts = g_strsplit (unsent, ":", 2);
      g_autofree char *other_notice = g_strdup_printf ("%s:e:%s", parts[0], parts[1]);
      g_autoptr(SpotAnnouncement) announcement =
        spot_announcement_new ("e", run_id, finished_us, spot_run_status_to_word (run.status),
                               parts[1] == NULL ? run_notice : other_notice);

      g_hash_table_add (world->intended, dup_end (announcement));
      notices = spot_notifier_tell_unsent (world->notifier, announcement, &run, world->now_us);
    }
  else
    {
      notices = spot_notifier_observe (world->notifier, &run, world->now_us);
    }
  log_notices (world, notices);
}

static void
pass_time (World  *world,
           gint64  ms)
{
  gint64 end_us = world->now_us + ms * G_TIME_SPAN_MILLISECOND;
  gint64 due_us;

  while ((due_us = spot_notifier_get_due_us (world->notifier)) != 0 && due_us <= end_us)
    {
      g_autoptr(GPtrArray) notices = NULL;

      world->now_us = MAX (due_us, world->now_us);
      notices = spot_notifier_tick (world->notifier, world->now_us);
      log_notices (world, notices);
      g_assert_true (spot_notifier_get_due_us (world->notifier) == 0 ||
                     spot_notifier_get_due_us (world->notifier) > world->now_us);
    }
  world->now_us = end_us;
}

static void
do_word (World      *world,
         const char *word)
{
  const char *at = strchr (word, '@');
  gint64 finished_us = at != NULL ? g_ascii_strtoll (at + 1, NULL, 10) : 42;
  SpotRunBatchKind kind = SPOT_RUN_BATCH_CHANGES;
  char run_id[2] = { 0 };
  char first = '\0';

  if (g_str_has_prefix (word, "w="))
    {
      world->watches = word + 2;
      return;
    }
  if (g_str_has_prefix (word, "rule:"))
    {
      g_autoptr(GEnumClass) rules = g_type_class_ref (SPOT_TYPE_WATCH_RULE);

      world->rules[(guchar) word[5]] = (SpotWatchRule) g_enum_get_value_by_nick (rules, word + 7)->value;
      return;
    }
  if (g_str_has_prefix (word, "mute:") || g_str_has_prefix (word, "loud:"))
    {
      world->muted[(guchar) word[5]] = word[0] == 'm';
      return;
    }
  if (g_str_has_prefix (word, "had:"))
    {
      spot_notifier_restore (world->notifier, "e", word + 4);
      return;
    }
  if (g_str_has_prefix (word, "ended:"))
    {
      run_id[0] = word[6];
      spot_notifier_restore_ended (world->notifier, "e", run_id, finished_us);
      return;
    }
  if (g_str_has_prefix (word, "unsent:"))
    {
      run_id[0] = word[7];
      tell_run (world, run_id, word[9], finished_us, kind, '\0', word + 11);
      return;
    }
  if (g_str_has_prefix (word, "told:"))
    {
      g_autofree char *notice_id = g_strdup_printf ("away:e:%s:%" G_GINT64_FORMAT, word + 9, AWAY_SINCE_US);
      g_autoptr(SpotAnnouncement) end = NULL;
      g_autofree char *text = NULL;

      run_id[0] = word[5];
      end = spot_announcement_new ("e", run_id, finished_us, "COMPLETED_WITH_ERRORS", notice_id);
      text = dup_end (end);
      g_assert_true (g_hash_table_remove (world->intended, text));
      spot_notifier_take_back (world->notifier, end);
      return;
    }
  if (g_str_has_prefix (word, "gone-away:"))
    {
      g_assert_null (spot_notifier_forget_watch (world->notifier, "e", word + 10));
      log_ends (world);
      return;
    }
  if (g_str_has_prefix (word, "gone:"))
    {
      g_autofree char *id = spot_notifier_forget_watch (world->notifier, "e", word + 5);
      g_autofree char *expected = g_strconcat ("group:e:", word + 5, NULL);

      g_assert_cmpstr (id, ==, expected);
      g_assert_null (spot_notifier_forget_watch (world->notifier, "e", word + 5));
      log_ends (world);
      return;
    }
  if (g_str_has_prefix (word, "usual:"))
    {
      g_autoptr(GEnumClass) rules = g_type_class_ref (SPOT_TYPE_WATCH_RULE);

      spot_notifier_set_usual_rule (world->notifier, get_watch_kind (word[6]),
                                    (SpotWatchRule) g_enum_get_value_by_nick (rules, word + 8)->value);
      return;
    }
  if (word[0] == '+')
    {
      pass_time (world, g_ascii_strtoll (word + 1, NULL, 10));
      return;
    }
  if (word[0] == '~')
    {
      world->now_us += g_ascii_strtoll (word + 1, NULL, 10) * G_TIME_SPAN_MILLISECOND;
      return;
    }
  if (g_str_has_prefix (word, "seen:"))
    {
      run_id[0] = word[5];
      spot_notifier_run_seen (world->notifier, "e", run_id, at != NULL, finished_us);
      return;
    }
  if (word[1] == '/')
    {
      kind = word[0] == 'p'   ? SPOT_RUN_BATCH_PREVIEW
             : word[0] == 's' || word[0] == 'n' || word[0] == 'f' ? SPOT_RUN_BATCH_SNAPSHOT
             : word[0] == 'c' ? SPOT_RUN_BATCH_CATCH_UP
                              : SPOT_RUN_BATCH_REFETCH;
      first = strchr ("cfn", word[0]) != NULL ? word[0] : '\0';
      word += 2;
    }
  run_id[0] = word[0];
  g_assert_cmpint (word[1], ==, ':');
  tell_run (world, run_id, word[2], finished_us, kind, first, NULL);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_auto(GStrv) words = g_strsplit (c->history, " ", -1);
  World world = {
    .notifier = spot_notifier_new (),
    .batch = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .intended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .log = g_string_new (NULL),
    .watches = "",
    .now_us = START_US,
  };

  for (guint i = 0; words[i] != NULL; i++)
    do_word (&world, words[i]);
  g_assert_cmpstr (world.log->str, ==, c->notices);

  spot_notifier_free (world.notifier);
  g_hash_table_unref (world.batch);
  g_hash_table_unref (world.intended);
  g_string_free (world.log, TRUE);
}

static void
test_notice_has_everything (void)
{
  const char * const tags[] = { "one", "two", NULL };
  const SpotNotifierWatch watch = { .id = "e.1", .name = "Mine", .kind = SPOT_WATCH_RUN };
  SpotNotifierRun run = {
    .environment_id = "e", .run_id = "run_1", .task = "send-mail", .status = SPOT_RUN_STATUS_EXECUTING,
    .detail = "No such mailbox", .tags = tags, .wall_ms = 4200, .watches = &watch, .n_watches = 1,
  };
  g_autoptr(SpotNotifier) notifier = spot_notifier_new ();
  g_autoptr(GPtrArray) none = spot_notifier_observe (notifier, &run, START_US);
  g_autoptr(GPtrArray) notices = NULL;
  SpotNotice *notice;

  run.kind = SPOT_RUN_BATCH_CHANGES;
  none = (g_ptr_array_unref (none), spot_notifier_observe (notifier, &run, START_US));
  g_assert_cmpuint (none->len, ==, 0);
  run.status = SPOT_RUN_STATUS_CRASHED;
  run.ended = TRUE;
  run.finished_us = 7;
  g_assert_true (spot_notifier_is_news (notifier, &run));
  notices = spot_notifier_observe (notifier, &run, START_US);
  g_assert_false (spot_notifier_is_news (notifier, &run));
  g_assert_cmpuint (notices->len, ==, 1);
  notice = notices->pdata[0];
  g_assert_cmpint (notice->kind, ==, SPOT_NOTICE_RUN);
  g_assert_cmpstr (notice->id, ==, "run:e:run_1");
  g_assert_cmpstr (notice->environment_id, ==, "e");
  g_assert_cmpstr (notice->run_id, ==, "run_1");
  g_assert_cmpstr (notice->watch_name, ==, "Mine");
  g_assert_cmpstr (notice->task, ==, "send-mail");
  g_assert_cmpint (notice->status, ==, SPOT_RUN_STATUS_CRASHED);
  g_assert_cmpstr (notice->detail, ==, "No such mailbox");
  g_assert_cmpstrv ((char **) notice->tags, (char **) tags);
  g_assert_cmpint (notice->wall_ms, ==, 4200);
  g_assert_false (notice->silent);

  /* Shown once, withdrawn once. */
  g_assert_true (spot_notifier_run_seen (notifier, "e", "run_1", TRUE, 7));
  g_assert_false (spot_notifier_run_seen (notifier, "e", "run_1", TRUE, 7));
  g_assert_false (spot_notifier_run_seen (notifier, "e", "run_2", TRUE, 7));
}

/* Environments may have runs of the same name, and a hostile server runs of any name. */
static void
test_environments_apart (void)
{
  static const struct { const char *environment; const char *run; } runs[] = {
    { "e", "x" }, { "f", "x" }, { "e", "x\ny" }, { "e", "" }, { "e", "f\nx" },
  };
  const SpotNotifierWatch watch = { .id = "w", .name = "w", .kind = SPOT_WATCH_RUN };
  g_autoptr(SpotNotifier) notifier = spot_notifier_new ();
  guint n_notices = 0;

  for (guint ended = 0; ended < 2; ended++)
    for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
      {
        SpotNotifierRun run = {
          .environment_id = runs[i].environment, .run_id = runs[i].run, .kind = SPOT_RUN_BATCH_CHANGES,
          .status = ended ? SPOT_RUN_STATUS_CRASHED : SPOT_RUN_STATUS_EXECUTING, .ended = (gboolean) ended,
          .watches = &watch, .n_watches = 1,
        };
        g_autoptr(GPtrArray) notices = spot_notifier_observe (notifier, &run, START_US);

        n_notices += notices->len;
      }
  g_assert_cmpuint (n_notices, ==, G_N_ELEMENTS (runs));
}

/* A batch of 1,000 whose last run was deleted rather than ended. */
static void
test_counts_without_an_end (void)
{
  SpotNotifierWatch watch = { .id = "w", .name = "w", .kind = SPOT_WATCH_BATCH, .n_total = 1000, .n_unfinished = 1000 };
  SpotNotifierRun run = {
    .environment_id = "e", .kind = SPOT_RUN_BATCH_CHANGES, .watches = &watch, .n_watches = 1,
  };
  g_autoptr(SpotNotifier) notifier = spot_notifier_new ();
  g_autoptr(GPtrArray) notices = NULL;

  for (guint i = 0; i < 999; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      run.run_id = id;
      for (guint ended = 0; ended < 2; ended++)
        {
          g_autoptr(GPtrArray) none = NULL;

          run.ended = (gboolean) ended;
          run.status = ended ? SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY : SPOT_RUN_STATUS_EXECUTING;
          watch.n_good += ended;
          watch.n_unfinished -= ended;
          none = spot_notifier_observe (notifier, &run, START_US);
          g_assert_cmpuint (none->len, ==, 0);
        }
    }
  g_assert_cmpint (spot_notifier_get_due_us (notifier), ==, 0);
  watch.n_unfinished = 0;
  watch.n_total = 999;
  spot_notifier_update_watch (notifier, "e", &watch, START_US);
  g_assert_cmpint (spot_notifier_get_due_us (notifier), >, START_US);
  notices = spot_notifier_tick (notifier, spot_notifier_get_due_us (notifier));
  g_assert_cmpuint (notices->len, ==, 1);
  g_assert_cmpuint (((SpotNotice *) notices->pdata[0])->n_good, ==, 999);
  g_assert_true (((SpotNotice *) notices->pdata[0])->finished);
}

/* More ends than are remembered: the recent ones are, so nothing is told twice, and a run that is still on is not forgotten. */
static void
test_bounded_memory (void)
{
  const SpotNotifierWatch watch = { .id = "w", .name = "w", .kind = SPOT_WATCH_RUN };
  SpotNotifierRun run = {
    .environment_id = "e", .run_id = "long", .kind = SPOT_RUN_BATCH_SNAPSHOT, .status = SPOT_RUN_STATUS_EXECUTING,
    .watches = &watch, .n_watches = 1,
  };
  g_autoptr(SpotNotifier) notifier = spot_notifier_new ();
  g_autoptr(GPtrArray) before = spot_notifier_observe (notifier, &run, START_US);
  g_autoptr(GPtrArray) after = NULL;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < 150000; i++)
      {
        char id[32];
        g_autoptr(GPtrArray) none = NULL;

        g_snprintf (id, sizeof id, "run_%u", i);
        run.run_id = id;
        run.ended = TRUE;
        run.status = SPOT_RUN_STATUS_CRASHED;
        none = spot_notifier_observe (notifier, &run, START_US);
        g_assert_cmpuint (none->len, ==, 0);
      }
  run.run_id = "long";
  after = spot_notifier_observe (notifier, &run, START_US);
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_cmpuint (after->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/notifier/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/notifier/notice-has-everything", test_notice_has_everything);
  g_test_add_func ("/notifier/environments-apart", test_environments_apart);
  g_test_add_func ("/notifier/counts-without-an-end", test_counts_without_an_end);
  g_test_add_func ("/notifier/bounded-memory", test_bounded_memory);
  return g_test_run ();
}
