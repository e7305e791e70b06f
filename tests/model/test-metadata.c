/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "spot-metadata.h"

#define UNKNOWN SPOT_PROGRESS_SCALE_UNKNOWN
#define FRACTION SPOT_PROGRESS_SCALE_FRACTION
#define PERCENT SPOT_PROGRESS_SCALE_PERCENT

static SpotMetadata *
parse (const char *json)
{
  SpotMetadata *metadata = spot_metadata_parse (json, -1, UNKNOWN);

  g_assert_nonnull (metadata->tree);
  return metadata;
}

static void
assert_near (double is, double should_be, const char *json)
{
  if (!(fabs (is - should_be) < 1e-9))
    g_error ("%s: %.17g instead of %.17g", json, is, should_be);
}

static void
test_progress (void)
{
  static const struct
  {
    const char *json;
    double progress, current, total;
    SpotProgressScale known, seen;
  } cases[] = {
    /* Fraction */
    { "{\"progress\":0.5}", 0.5, -1, -1, UNKNOWN, FRACTION },
    { "{\"progress\":0}", 0, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":0.9999999999999999}", 1, -1, -1, UNKNOWN, FRACTION },
    { "{\"progress\":1.0000000000000002}", 1, -1, -1, UNKNOWN, FRACTION },
    /* Percent */
    { "{\"progress\":15}", 0.15, -1, -1, UNKNOWN, PERCENT },
    { "{\"progress\":100}", 1, -1, -1, UNKNOWN, PERCENT },
    { "{\"progress\":12.5}", 0.125, -1, -1, UNKNOWN, PERCENT },
    { "{\"progress\":250}", 1, -1, -1, UNKNOWN, PERCENT },
    { "{\"percent\":15}", 0.15, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"percentage\":1}", 0.01, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progressPercent\":80}", 0.8, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progressPercentage\":100}", 1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress_percent\":101}", 1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":0.9,\"percent\":20}", 0.2, -1, -1, UNKNOWN, UNKNOWN }, /* the explicit key wins */
    /* Text in progress */
    { "{\"progress\":\"Interpreting your message…\"}", -1, -1, -1, UNKNOWN, UNKNOWN },
    /* Object */
    { "{\"progress\":{\"current\":3,\"total\":10,\"percentage\":30,\"currentItem\":\"c\"}}", 0.3, 3, 10, UNKNOWN,
      UNKNOWN },
    { "{\"progress\":{\"step\":2,\"total\":8,\"percentage\":25,\"currentRecord\":\"r\"}}", 0.25, 2, 8, UNKNOWN,
      UNKNOWN },
    { "{\"progress\":{\"current\":3,\"total\":10}}", 0.3, 3, 10, UNKNOWN, UNKNOWN },
    { "{\"progress\":{\"percentage\":30}}", 0.3, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":{\"current\":5,\"total\":10,\"percentage\":0.5}}", 0.5, 5, 10, UNKNOWN, UNKNOWN },
    { "{\"progress\":{\"current\":1,\"total\":100,\"percentage\":1}}", 0.01, 1, 100, UNKNOWN, UNKNOWN },
    { "{\"progress\":{\"current\":12,\"total\":10}}", 1, 12, 10, UNKNOWN, UNKNOWN },
    { "{\"progress\":{\"current\":0,\"total\":0}}", -1, 0, 0, UNKNOWN, UNKNOWN },
    { "{\"progress\":{}}", -1, -1, -1, UNKNOWN, UNKNOWN },
    /* Custom status object */
    { "{\"status\":{\"progress\":25,\"label\":\"x\"}}", 0.25, -1, -1, UNKNOWN, PERCENT },
    { "{\"status\":{\"progress\":0.25,\"label\":\"x\"}}", 0.25, -1, -1, UNKNOWN, FRACTION },
    { "{\"status\":{\"type\":\"x\",\"progress\":0.1}}", 0.1, -1, -1, UNKNOWN, FRACTION },
    { "{\"state\":{\"name\":\"x\",\"progress\":0.7}}", 0.7, -1, -1, UNKNOWN, FRACTION },
    /* Counter pairs */
    { "{\"currentStep\":2,\"totalSteps\":5}", 0.4, 2, 5, UNKNOWN, UNKNOWN },
    { "{\"processedRows\":250,\"totalRows\":1000}", 0.25, 250, 1000, UNKNOWN, UNKNOWN },
    { "{\"received\":1,\"expected\":4}", 0.25, 1, 4, UNKNOWN, UNKNOWN },
    { "{\"progress\":3,\"total\":12}", 0.25, 3, 12, UNKNOWN, UNKNOWN },
    { "{\"progress\":1,\"total\":4}", 0.25, 1, 4, UNKNOWN, UNKNOWN },
    { "{\"progress\":75,\"total\":50}", 0.75, -1, -1, UNKNOWN, PERCENT },
    { "{\"completedChildren\":5,\"totalChildren\":20}", 0.25, 5, 20, UNKNOWN, UNKNOWN },
    { "{\"rows\":5,\"totalRows\":20}", 0.25, 5, 20, UNKNOWN, UNKNOWN },
    { "{\"rowsProcessed\":5,\"totalRows\":20}", 0.25, 5, 20, UNKNOWN, UNKNOWN },
    { "{\"processed_rows\":5,\"total_rows\":20}", 0.25, 5, 20, UNKNOWN, UNKNOWN },
    { "{\"completed\":5,\"total\":20,\"failed\":1}", 0.25, 5, 20, UNKNOWN, UNKNOWN },
    { "{\"processedItems\":7}", -1, 7, -1, UNKNOWN, UNKNOWN },
    { "{\"completedChildren\":7}", -1, 7, -1, UNKNOWN, UNKNOWN },
    { "{\"completedAt\":1790000000000}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":50,\"processedRows\":500,\"totalRows\":1000}", 0.5, 500, 1000, UNKNOWN, PERCENT },
    { "{\"progress\":1,\"processedRows\":500,\"totalRows\":1000}", 0.5, 500, 1000, UNKNOWN, UNKNOWN },
    { "{\"total\":100}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"totally\":100,\"y\":3}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"completed\":5,\"total\":-20}", -1, 5, -1, UNKNOWN, UNKNOWN },
    { "{\"completed\":5,\"total\":0}", -1, 5, 0, UNKNOWN, UNKNOWN },
    { "{\"completed\":5,\"total\":1e999}", -1, 5, -1, UNKNOWN, UNKNOWN },
    { "{\"completed\":1e308,\"total\":1e-308}", 1, 1e308, 1e-308, UNKNOWN, UNKNOWN },
    /* Scale */
    { "{\"progress\":1}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":1}", 1, -1, -1, FRACTION, FRACTION },
    { "{\"progress\":1}", 0.01, -1, -1, PERCENT, PERCENT },
    { "{\"progress\":0.5}", 0.005, -1, -1, PERCENT, PERCENT },
    { "{\"progress\":40}", 0.4, -1, -1, FRACTION, PERCENT },
    { "{\"progress\":0}", 0, -1, -1, FRACTION, FRACTION },
    { "{}", -1, -1, -1, PERCENT, PERCENT },
    /* What is no progress */
    { "{\"progress\":-1}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":null}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":true}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":[1,2]}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":1e999}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":{\"percentage\":\"30%\"}}", -1, -1, -1, UNKNOWN, UNKNOWN },
    { "{\"progress\":99999999999999999999999999999999}", 1, -1, -1, UNKNOWN, PERCENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = spot_metadata_parse (cases[i].json, -1, cases[i].known);

      if (strstr (cases[i].json, "1e308"))
        assert_near (metadata->progress, 1, cases[i].json);
      else
        {
          assert_near (metadata->progress, cases[i].progress, cases[i].json);
          assert_near (metadata->current, cases[i].current, cases[i].json);
          assert_near (metadata->total, cases[i].total, cases[i].json);
        }
      if (metadata->seen_scale != cases[i].seen)
        g_error ("%s: scale %d instead of %d", cases[i].json, metadata->seen_scale, cases[i].seen);
    }
}

static void
test_label (void)
{
  /* Best first: each case takes the best of the one before away. */
  static const struct
  {
    const char *json;
    const char *label;
  } cases[] = {
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":\"g\",\"currentStep\":\"f\","
      "\"statusText\":\"e\","
      "\"stageLabel\":\"d\",\"message\":\"c\",\"label\":\"b\"}",
      "b" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":\"g\",\"currentStep\":\"f\","
      "\"statusText\":\"e\","
      "\"stageLabel\":\"d\",\"message\":\"c\"}",
      "c" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":\"g\",\"currentStep\":\"f\","
      "\"statusText\":\"e\","
      "\"stageLabel\":\"d\"}",
      "d" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":\"g\",\"currentStep\":\"f\","
      "\"statusText\":\"e\"}",
      "e" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":\"g\",\"currentStep\":\"f\"}",
      "f" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":\"g\",\"currentStep\":2}",
      "g" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\",\"stage\":\"h\",\"step\":3}", "h" },
    { "{\"currentItem\":\"k\",\"status\":\"j\",\"phase\":\"i\"}", "i" },
    { "{\"currentItem\":\"k\",\"status\":\"j\"}", "j" },
    { "{\"currentItem\":\"k\"}", "k" },
    { "{}", NULL },
    { "{\"progress\":\"Interpreting your message…\"}", "Interpreting your message…" },
    { "{\"progress\":\"text\",\"status\":\"running\"}", "text" },
    { "{\"progress\":{\"current\":1,\"total\":2,\"currentItem\":\"a.csv\"}}", "a.csv" },
    { "{\"progress\":{\"step\":1,\"total\":2,\"currentRecord\":\"r7\"}}", "r7" },
    { "{\"progress\":{\"label\":\"x\"},\"status\":\"y\"}", "x" },
    { "{\"status\":{\"progress\":25,\"label\":\"Reading\"}}", "Reading" },
    { "{\"status\":{\"type\":\"thinking\",\"progress\":0.1}}", "thinking" },
    { "{\"state\":{\"name\":\"encoding\",\"progress\":0.7}}", "encoding" },
    { "{\"label\":\"  \",\"status\":\"\\n\",\"stage\":\" two \\n words\\u202e \"}", "two words" },
    { "{\"label\":5,\"message\":{\"a\":1}}", NULL },
    /* Approval words */
    { "{\"status\":\"waiting-for-approval\"}", "waiting-for-approval" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);

      g_assert_cmpstr (metadata->label, ==, cases[i].label);
    }
}

static char *
describe_steps (GPtrArray *steps)
{
  static const char marks[] = { [SPOT_STEP_PENDING] = '.',
                                [SPOT_STEP_RUNNING] = '>',
                                [SPOT_STEP_DONE] = '+',
                                [SPOT_STEP_FAILED] = '!',
                                [SPOT_STEP_SKIPPED] = '-' };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      SpotStep *step = steps->pdata[i];

      g_string_append_printf (text, "%s%c%s", i ? "|" : "", marks[step->state], step->title);
      if (step->message)
        g_string_append_printf (text, "(%s)", step->message);
    }
  return g_string_free (text, FALSE);
}

static void
test_steps (void)
{
  static const struct
  {
    const char *json;
    const char *steps;
    const char *items;
  } cases[] = {
    { "{\"steps\":[{\"id\":\"a\",\"title\":\"Fetch\",\"status\":\"completed\",\"durationMs\":5},{\"nodeId\":\"n2\","
      "\"name\":\"Parse\",\"status\":\"running\"},"
      "{\"nodeId\":\"n3\",\"status\":\"pending\"},{\"id\":\"x\",\"status\":\"failed\",\"error\":\"boom\"},{\"title\":"
      "\"S\",\"status\":\"skipped\"}]}",
      "+Fetch|>Parse|.n3|!x(boom)|-S", "" },
    { "{\"steps\":[{\"title\":\"a\",\"status\":\"in_progress\"},{\"title\":\"b\",\"status\":\"complete\"},{\"title\":"
      "\"c\",\"status\":\"done\"},"
      "{\"title\":\"d\",\"status\":\"error\"},{\"title\":\"e\",\"status\":\"IN "
      "PROGRESS\"},{\"title\":\"f\",\"status\":\"uploading\"},"
      "{\"title\":\"g\",\"status\":\"mysterious\"},{\"title\":\"h\",\"error\":{\"message\":\"m\"}},{\"title\":\"i\","
      "\"startedAt\":\"t\"},"
      "{\"title\":\"j\",\"completedAt\":\"t\"},{\"title\":\"k\"}]}",
      ">a|+b|+c|!d|>e|>f(uploading)|.g(mysterious)|!h(m)|>i|+j|.k", "" },
    { "{\"steps\":{\"technicalResearch\":{\"status\":\"done\"},\"write_up\":{\"status\":\"running\",\"message\":\"page "
      "2\"}}}",
      "+Technical research|>Write up(page 2)", "" },
    { "{\"steps\":{\"fetch\":\"done\",\"parse\":\"running\",\"note\":\"hello\"}}", "+Fetch|>Parse", "" },
    { "{\"nodes\":[{\"id\":\"a\",\"status\":\"done\"}]}", "+a", "" },
    { "{\"nodes\":[{\"id\":\"a\"}]}", "", "" },
    { "{\"steps\":[1,\"two\",null,[],{}]}", ".", "" },
    { "{\"steps\":7,\"stages\":{\"a\":{\"status\":\"done\"}}}", "+A", "" },
    /* Per-item map */
    { "{\"a.png\":{\"status\":\"done\"},\"b.png\":{\"status\":\"failed\",\"message\":\"too big\"},\"other\":5}", "",
      "+a.png|!b.png(too big)" },
    { "{\"a.png\":{\"status\":\"done\"}}", "", "" },
    { "{\"images\":{\"a.png\":{\"status\":\"done\"},\"b.png\":{\"status\":\"running\"}}}", "", "+a.png|>b.png" },
    { "{\"files\":[{\"name\":\"a\",\"status\":\"done\"}]}", "", "+a" },
    { "{\"status\":{\"status\":\"x\"},\"progress\":{\"status\":\"y\"},\"user\":{\"status\":\"z\"}}", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);
      g_autofree char *steps = describe_steps (metadata->steps);
      g_autofree char *items = describe_steps (metadata->items);

      g_assert_cmpstr (steps, ==, cases[i].steps);
      g_assert_cmpstr (items, ==, cases[i].items);
    }
}

static char *
join (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s%s", i ? "|" : "", (char *) lines->pdata[i]);
  return g_string_free (text, FALSE);
}

static void
test_log (void)
{
  static const struct
  {
    const char *json;
    const char *log;
  } cases[] = {
    { "{\"logs\":[\"one\",\"two\"]}", "one|two" },
    { "{\"log\":[\"one\"]}", "one" },
    { "{\"events\":[{\"message\":\"m\"},{\"level\":\"warn\",\"msg\":\"n\"},{\"x\":1},7,null]}",
      "m|warn: n|{\"x\":1}|7|null" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", "user: hi" },
    { "{\"messages\":[\"b\"],\"logs\":[\"a\"]}", "a" },
    { "{\"messages\":[\"b\"],\"logs\":[]}", "b" },
    { "{\"logs\":\"text\"}", "" },
  };
  g_autoptr (GString) json = g_string_new ("{\"logs\":[");
  g_autoptr (SpotMetadata) many = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);
      g_autofree char *log = join (metadata->log);

      g_assert_cmpstr (log, ==, cases[i].log);
    }

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (json, "\"line %u\",", i);
  g_string_append (json, "\"last\"]}");
  many = parse (json->str);
  g_assert_cmpuint (many->log->len, ==, 500);
  g_assert_cmpstr (many->log->pdata[0], ==, "line 4501");
  g_assert_cmpstr (many->log->pdata[499], ==, "last");
}

static char *
describe_links (GPtrArray *links)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < links->len; i++)
    {
      SpotLink *link = links->pdata[i];

      g_string_append_printf (text, "%s%s%s@%s", i ? "|" : "", link->is_image ? "*" : "", link->title, link->host);
    }
  return g_string_free (text, FALSE);
}

static void
test_links (void)
{
  static const struct
  {
    const char *json;
    const char *links;
  } cases[] = {
    { "{\"videoUrl\":\"https://a.example/v\"}", "Video@a.example" },
    { "{\"processedVideoUrl\":\"https://a.example/v\"}", "Processed video@a.example" },
    { "{\"website\":\"http://b.example\"}", "Website@b.example" },
    { "{\"report_url\":\"https://b.example/r.pdf\"}", "Report@b.example" },
    { "{\"pdf\":\"https://b.example/r.pdf\"}", "PDF@b.example" },
    { "{\"url\":\"https://b.example\"}", "Link@b.example" },
    { "{\"x\":{\"y\":[{\"z\":\"https://deep.example\"}]}}", "Z@deep.example" },
    { "{\"docs\":{\"url\":\"https://b.example\",\"label\":\"The docs\"}}", "The docs@b.example" },
    { "{\"docs\":{\"href\":\"https://b.example\",\"title\":\"T\"}}", "T@b.example" },
    { "{\"docs\":{\"url\":\"https://b.example\",\"name\":\"N\"}}", "N@b.example" },
    { "{\"docs\":{\"url\":\"https://b.example\"}}", "Docs@b.example" },
    { "{\"links\":[{\"url\":\"https://a.example\",\"label\":\"A\"},\"https://b.example\"]}",
      "A@a.example|Link 2@b.example" },
    { "{\"images\":[\"https://a.example/1.png\",\"https://a.example/2.png\"]}",
      "*Image 2@a.example|*Image 1@a.example" },
    { "{\"contact\":\"mailto:help@a.example?subject=x\"}", "Contact@help@a.example" },
    /* The primary one first */
    { "{\"a\":\"https://a.example\",\"b\":\"https://b.example\",\"url\":\"https://u.example\"}",
      "Link@u.example|A@a.example|B@b.example" },
    { "{\"a\":\"https://a.example\",\"link\":\"https://l.example\"}", "Link@l.example|A@a.example" },
    { "{\"a\":\"https://a.example\",\"links\":[\"https://l.example\"]}", "Link@l.example|A@a.example" },
    { "{\"a\":\"https://a.example\",\"reportUrl\":\"https://r.example\",\"resultUrl\":\"https://s.example\"}",
      "Result@s.example|Report@r.example|A@a.example" },
    { "{\"a\":\"https://a.example\",\"b\":\"https://b.example\",\"c\":\"https://c.example\"}",
      "C@c.example|A@a.example|B@b.example" },
    /* Images */
    { "{\"image\":{\"url\":\"https://i.example/x\",\"file_name\":\"f\"}}", "*Image@i.example" },
    { "{\"thumbnail\":\"https://i.example/x\"}", "*Thumbnail@i.example" },
    { "{\"picture\":\"https://i.example/x.PNG?w=1#f\"}", "*Picture@i.example" },
    /* Once each */
    { "{\"a\":\"https://a.example\",\"b\":\"https://a.example\"}", "A@a.example" },
    /* No links */
    { "{\"a\":\"see "
      "https://a.example\",\"b\":\"javascript:alert(1)\",\"c\":\"file:///etc/passwd\",\"d\":\"data:text/"
      "html,x\",\"e\":\"https://\","
      "\"f\":\"https://a.example/\\u0000\",\"g\":\"ftp://a.example\",\"h\":\"http\"}",
      "" },
    /* Superjson's URL and map */
    { "{\"json\":{\"u\":\"https://a.example\",\"m\":[[\"fileUrl\",\"https://"
      "b.example\"]]},\"meta\":{\"values\":{\"u\":[\"URL\"],\"m\":[\"map\"]}}}",
      "File@b.example|U@a.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);
      g_autofree char *links = describe_links (metadata->links);

      g_assert_cmpstr (links, ==, cases[i].links);
    }
}

static void
test_uris (void)
{
  static const struct
  {
    const char *uri;
    gboolean safe;
  } cases[] = {
    { "https://a.example", TRUE },
    { "HTTPS://A.example/x?y#z", TRUE },
    { "http://127.0.0.1:8080/", TRUE },
    { "http://[::1]/", TRUE },
    { "https://a.example/%00%ff", TRUE },
    { "https://münchen.example/ü", TRUE },
    { "https://user:pw@a.example/", TRUE },
    { "mailto:a@b.example", TRUE },
    { "mailto:a%40b.example", TRUE },
    { NULL, FALSE },
    { "", FALSE },
    { "a.example", FALSE },
    { "//a.example", FALSE },
    { "https:", FALSE },
    { "https:///x", FALSE },
    { "https://", FALSE },
    { "https://:80/", FALSE },
    { "https://@/", FALSE },
    { "https:a.example", FALSE },
    { "javascript:alert(1)", FALSE },
    { "JaVaScRiPt:alert(1)", FALSE },
    { "data:text/html,x", FALSE },
    { "file:///etc/passwd", FALSE },
    { "ftp://a.example", FALSE },
    { "smb://a.example/x", FALSE },
    { "x-evil://a", FALSE },
    { " https://a.example", FALSE },
    { "https://a.example ", FALSE },
    { "https://a.example/a b", FALSE },
    { "https://a.example/\n", FALSE },
    { "https://a.example/\t", FALSE },
    { "https://a.example/\x7f", FALSE },
    { "https://a.example/\xc2\x85", FALSE },
    { "https://a.example/\xe2\x80\xae"
      "fdp.exe",
      FALSE },
    { "https://a.example/\xe2\x80\x8b", FALSE },
    { "https://a.example/\xc2\xa0", FALSE },
    { "https://a.example/\xff", FALSE },
    { "https://a.example\\@evil.example/", FALSE },
    { "https://a.exa%20mple/", FALSE },
    { "https://a.example%2f@b/", TRUE },
    { "https://a%2eexample%2fx/", FALSE },
    { "https://a.example:99999/", FALSE },
    { "mailto:", FALSE },
    { "mailto:a", FALSE },
    { "mailto:@b", FALSE },
    { "mailto:a@", FALSE },
    { "mailto:a%0a@b", FALSE },
  };
  g_autofree char *filler = g_strnfill (9000, 'a');
  g_autofree char *endless = g_strconcat ("https://a.example/", filler, NULL);
  g_autoptr (SpotMetadata) metadata
      = parse ("{\"a\":\"https://bank.example@evil.example/\",\"b\":\"https://b\xd0\xb0nk.example/\"}");
  g_autofree char *links = describe_links (metadata->links);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (spot_uri_is_safe (cases[i].uri) != cases[i].safe)
      g_error ("%s is taken for %s", cases[i].uri, cases[i].safe ? "unsafe" : "safe");
  g_assert_false (spot_uri_is_safe (endless));
  /* The host is the one that is opened, and its letters are what they seem. */
  g_assert_cmpstr (links, ==, "B@xn--bnk-6cd.example|A@evil.example");
}

static void
test_references (void)
{
  static const struct
  {
    const char *json;
    const char *references;
  } cases[] = {
    { "{\"user\":{\"id\":\"user_1\",\"name\":\"Ada\"}}", "user_1(Ada)/0" },
    { "{\"user\":\"u1\"}", "u1/0" },
    { "{\"userId\":12345678901234567890}", "12345678901234567890/0" },
    { "{\"user_id\":\"u2\"}", "u2/0" },
    { "{\"user\":{\"email\":\"a@b.example\"}}", "a@b.example(a@b.example)/0" },
    { "{\"customer\":\"cus_1\"}", "cus_1/0" },
    { "{\"org\":{\"id\":\"o\",\"name\":\"Acme\"}}", "o(Acme)/1" },
    { "{\"organizationId\":\"o\"}", "o/1" },
    { "{\"accountId\":\"a\"}", "a/1" },
    { "{\"companyId\":\"c\"}", "c/1" },
    { "{\"user\":{\"id\":\"u\"},\"userId\":\"u\"}", "u/0" },
    { "{\"child\":\"run_abc1234\"}", "run_abc1234/2" },
    { "{\"rowRuns\":[\"run_abc1\",\"run_abc2\",\"run_abc1\"]}", "run_abc1/2|run_abc2/2" },
    { "{\"rows\":[{\"id\":\"run_abc1\",\"name\":\"first\"}]}", "run_abc1(first)/2" },
    { "{\"batch\":\"batch_abc1\"}", "batch_abc1/3" },
    { "{\"mode\":\"run_fast\",\"x\":\"run_\",\"y\":\"a run_abc1\",\"z\":\"run_a1/../x\"}", "" },
    { "{\"user\":{},\"org\":null,\"customer\":[1]}", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint k = 0; k < metadata->references->len; k++)
        {
          SpotMetadataReference *reference = metadata->references->pdata[k];

          g_string_append_printf (text, "%s%s", k ? "|" : "", reference->id);
          if (reference->name)
            g_string_append_printf (text, "(%s)", reference->name);
          g_string_append_printf (text, "/%d", reference->kind);
        }
      g_assert_cmpstr (text->str, ==, cases[i].references);
    }
}

static void
test_tree (void)
{
  static const struct
  {
    const char *json;
    const char *tree;
  } cases[] = {
    { "{\"a\":1,\"$$streams\":[\"x\"],\"$$streamsVersion\":\"v1\",\"$$streamsBaseUrl\":\"https://"
      "s.example\",\"b\":{\"$$c\":2}}",
      "{\"a\":1,\"b\":{\"$$c\":2}}" },
    { "{\"waitToken\":{\"id\":\"waitpoint_1\",\"publicAccessToken\":\"eyJ.secret\",\"url\":\"https://w.example/"
      "secret\"}}",
      "{\"waitToken\":{\"id\":\"waitpoint_1\",\"publicAccessToken\":\"…\",\"url\":\"https://w.example/secret\"}}" },
    { "{\"deep\":[{\"publicAccessToken\":{\"a\":\"secret\"}},{\"publicAccessToken\":null}]}",
      "{\"deep\":[{\"publicAccessToken\":\"…\"},{\"publicAccessToken\":null}]}" },
    { "{\"n\":123456789012345678901234567890}", "{\"n\":123456789012345678901234567890}" },
    { "{\"json\":{\"progress\":0.5,\"n\":\"12345678901234567890\"},\"meta\":{\"values\":{\"n\":[\"bigint\"]}}}",
      "{\"progress\":0.5,\"n\":\"12345678901234567890\"}" },
    { "{\"json\":{\"$$streams\":1,\"a\":2},\"meta\":{}}", "{\"a\":2}" },
    { "{\"json\":{\"a\":1},\"meta\":{},\"more\":1}", "{\"json\":{\"a\":1},\"meta\":{},\"more\":1}" },
    { "{\"json\":5,\"meta\":{}}", "{\"json\":5,\"meta\":{}}" },
    { "{\"json\":{\"a\":1}}", "{\"json\":{\"a\":1}}" },
  };
  static const char *const nothing[] = { "", "null", "[]", "5", "\"text\"", "{", "[{\"progress\":1}]", "nonsense" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);
      g_autofree char *json = spot_value_to_json (metadata->tree, FALSE);

      g_assert_cmpstr (json, ==, cases[i].tree);
    }
  for (guint i = 0; i <= G_N_ELEMENTS (nothing); i++)
    {
      g_autoptr (SpotMetadata) metadata = spot_metadata_parse (i ? nothing[i - 1] : NULL, -1, FRACTION);

      g_assert_null (metadata->tree);
      g_assert_null (metadata->label);
      assert_near (metadata->progress, -1, "nothing");
      g_assert_cmpuint (metadata->links->len, ==, 0);
      g_assert_cmpint (metadata->seen_scale, ==, FRACTION);
    }
}

/* Neither the token nor the address that completes it is offered for a click. */
static void
test_wait_token_is_no_link (void)
{
  g_autoptr (SpotMetadata) metadata = parse ("{\"waitToken\":{\"id\":\"waitpoint_1\",\"publicAccessToken\":\"https://"
                                             "secret.example\",\"url\":\"https://w.example/secret\"}}");

  g_assert_cmpuint (metadata->links->len, ==, 0);
}

static void
test_words (void)
{
  static const struct
  {
    const char *json, *warning, *notice;
    SpotNoticeLevel level;
    gboolean awaits_approval;
  } cases[] = {
    { "{\"error\":\"disk full\"}", "disk full", NULL, SPOT_NOTICE_INFO, FALSE },
    { "{\"error\":{\"message\":\"disk full\"}}", "disk full", NULL, SPOT_NOTICE_INFO, FALSE },
    { "{\"error\":null}", NULL, NULL, SPOT_NOTICE_INFO, FALSE },
    { "{\"error\":\"\"}", NULL, NULL, SPOT_NOTICE_INFO, FALSE },
    { "{\"notification\":{\"type\":\"warning\",\"message\":\"Look\"}}", NULL, "Look", SPOT_NOTICE_WARNING, FALSE },
    { "{\"notification\":{\"type\":\"success\",\"message\":\"Done\"}}", NULL, "Done", SPOT_NOTICE_SUCCESS, FALSE },
    { "{\"notification\":{\"type\":\"error\",\"message\":\"Oh\"}}", NULL, "Oh", SPOT_NOTICE_ERROR, FALSE },
    { "{\"notification\":{\"type\":\"info\",\"message\":\"Hm\"}}", NULL, "Hm", SPOT_NOTICE_INFO, FALSE },
    { "{\"notification\":{\"type\":\"strange\",\"message\":\"Hm\"}}", NULL, "Hm", SPOT_NOTICE_INFO, FALSE },
    { "{\"notification\":\"text\"}", NULL, NULL, SPOT_NOTICE_INFO, FALSE },
    { "{\"status\":\"waiting-for-approval\"}", NULL, NULL, SPOT_NOTICE_INFO, TRUE },
    { "{\"status\":\"Waiting for approval\"}", NULL, NULL, SPOT_NOTICE_INFO, TRUE },
    { "{\"status\":\"approved\"}", NULL, NULL, SPOT_NOTICE_INFO, FALSE },
    { "{\"status\":\"rejected\"}", NULL, NULL, SPOT_NOTICE_INFO, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotMetadata) metadata = parse (cases[i].json);

      g_assert_cmpstr (metadata->warning, ==, cases[i].warning);
      g_assert_cmpstr (metadata->notice, ==, cases[i].notice);
      g_assert_cmpint (metadata->notice_level, ==, cases[i].level);
      g_assert_cmpint (metadata->awaits_approval, ==, cases[i].awaits_approval);
    }
}

typedef struct
{
  const char *name, *begin, *separator, *item, *end; /* %u in the item is its number */
} Hostile;

static char *
fill (const Hostile *hostile, gsize size)
{
  GString *json = g_string_new (hostile->begin);

  for (guint i = 0; json->len < size; i++)
    {
      g_auto (GStrv) pieces = g_strsplit (hostile->item, "%u", 2);
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_string_append (json, i ? hostile->separator : "");
      g_string_append (json, pieces[0]);
      if (pieces[0] && pieces[1])
        {
          g_string_append (json, number);
          g_string_append (json, pieces[1]);
        }
    }
  g_string_append (json, hostile->end);
  return g_string_free (json, FALSE);
}

/* 256 KB of the most of everything: what is kept is bounded, and none of it takes time out of proportion. */
static void
test_hostile (void)
{
  static const Hostile cases[] = {
    { "keys", "{", ",", "\"k%u\":1", "}" },
    { "one key", "{", ",", "\"k\":1", "}" },
    { "links", "{\"a\":[", ",", "\"https://h%u.example/\"", "]}" },
    { "link keys", "{", ",", "\"link%u\":\"https://h%u.example/\"", "}" },
    { "bad links", "{\"a\":[", ",", "\"https://%u h/\"", "]}" },
    { "links in links", "{\"links\":[", ",", "{\"url\":\"https://h%u.example/\"}", "]}" },
    { "runs", "{\"a\":[", ",", "\"run_abc%u\"", "]}" },
    { "steps", "{\"steps\":[", ",", "{\"title\":\"s%u\",\"status\":\"running\"}", "]}" },
    { "step map", "{\"steps\":{", ",", "\"s%u\":\"done\"", "}}" },
    { "items", "{", ",", "\"s%u\":{\"status\":\"x\"}", "}" },
    { "logs", "{\"logs\":[", ",", "\"line %u\"", "]}" },
    { "totals", "{", ",", "\"total%u\":1", "}" },
    { "total words", "{", ",", "\"totalX%u\":1", "}" },
    { "counters", "{", ",", "\"completedX%u\":\"x\"", "}" },
    { "empties", "{\"a\":[", ",", "{}", "]}" },
    { "numbers", "{\"a\":[", ",", "1", "]}" },
    { "tokens", "{\"a\":[", ",", "{\"publicAccessToken\":\"x\"}", "]}" },
    { "reserved", "{", ",", "\"$$%u\":1", "}" },
    { "not UTF-8", "{\"label\":\"", "", "\xff", "\"}" },
    { "long label", "{\"label\":\"", "", "é", "\"}" },
    { "long key", "{\"", "", "aB_", "Url\":\"https://a.example\"}" },
    { "long status", "{\"a\":{\"status\":\"x\"},\"b\":{\"status\":\"", "", "done", "\"}}" },
    { "long number", "{\"progress\":0.", "", "1", "}" },
    { "long exponent", "{\"progress\":1e", "", "9", "}" },
    { "deep", "{\"a\":[", ",", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{\"a\":1}]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = fill (&cases[i], 256 * 1024);
      gint64 start = g_get_monotonic_time ();
      g_autoptr (SpotMetadata) metadata = parse (json);

      g_test_message ("%s: %.1f ms", cases[i].name, (g_get_monotonic_time () - start) / 1e3);
      g_assert_cmpuint (metadata->links->len, <=, 50);
      g_assert_cmpuint (metadata->references->len, <=, 100);
      g_assert_cmpuint (metadata->steps->len, <=, 500);
      g_assert_cmpuint (metadata->items->len, <=, 500);
      g_assert_cmpuint (metadata->log->len, <=, 500);
      g_assert_true (metadata->label == NULL || g_utf8_strlen (metadata->label, -1) <= 200);
      g_assert_true (metadata->progress >= -1 && metadata->progress <= 1);
      for (guint k = 0; k < metadata->links->len; k++)
        g_assert_cmpint (g_utf8_strlen (((SpotLink *) metadata->links->pdata[k])->title, -1), <=, 130);
    }
}

/* What names one host too many stays within the limit, and the latest is still the primary one. */
static void
test_links_beyond_the_limit (void)
{
  static const Hostile many
      = { "links", "{\"a\":[", ",", "\"https://h%u.example/\"", ",\"https://latest.example/\"]}" };
  g_autofree char *json = fill (&many, 20000);
  g_autoptr (SpotMetadata) metadata = parse (json);

  g_assert_cmpuint (metadata->links->len, ==, 50);
  g_assert_cmpstr (((SpotLink *) metadata->links->pdata[0])->host, ==, "latest.example");
  g_assert_cmpstr (((SpotLink *) metadata->links->pdata[1])->host, ==, "h0.example");
}

static void
test_depth (void)
{
  for (guint depth = 200; depth <= 300; depth += 50)
    {
      g_autoptr (GString) json = g_string_new (NULL);
      g_autoptr (SpotMetadata) metadata = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append (json, "{\"a\":");
      g_string_append (json, "\"https://deep.example\"");
      for (guint i = 0; i < depth; i++)
        g_string_append_c (json, '}');
      metadata = spot_metadata_parse (json->str, -1, UNKNOWN);
      g_assert_cmpuint (metadata->links->len, ==, depth <= 256 ? 1 : 0);
    }
}

/* Changed at random, metadata says something within bounds or nothing. */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    "{\"progress\":{\"current\":3,\"total\":10,\"percentage\":30,\"label\":\"x\"},\"status\":{\"progress\":0.5},"
    "\"logs\":[\"a\",{\"message\":\"b\"}],"
    "\"videoUrl\":\"https://a.example/"
    "v.png\",\"user\":{\"id\":\"u\",\"name\":\"n\"},\"runs\":[\"run_abc1\"],\"error\":\"e\"}",
    "{\"steps\":[{\"title\":\"a\",\"status\":\"done\"},{\"id\":\"b\",\"error\":{\"message\":\"m\"}}],\"a.png\":{"
    "\"status\":\"done\"},\"b.png\":"
    "{\"status\":\"failed\"},\"totalRows\":10,\"processedRows\":5,\"wait\":{\"id\":\"waitpoint_1\","
    "\"publicAccessToken\":\"t\"},\"$$streams\":1,"
    "\"notification\":{\"type\":\"error\",\"message\":\"m\"}}",
    "{\"json\":{\"progress\":1,\"m\":[[\"k\",\"https://"
    "b.example\"]],\"u\":\"mailto:a@b.example\"},\"meta\":{\"values\":{\"m\":[\"map\"],\"u\":[\"URL\"]}}}",
  };
  static const char alphabet[] = "{}[]\",:\\u0159eE.-+$_tnhs/@\xff\xc3 ";
  g_autoptr (GRand) random = g_rand_new_with_seed (85);
  guint n_read = 0;

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (GString) text = g_string_new (seeds[i % G_N_ELEMENTS (seeds)]);
      g_autoptr (SpotMetadata) metadata = NULL;

      for (int k = g_rand_int_range (random, 1, 4); k > 0; k--)
        {
          gsize at = (gsize) g_rand_int_range (random, 0, (gint32) text->len);
          char c = alphabet[g_rand_int_range (random, 0, (gint32) strlen (alphabet))];

          switch (g_rand_int_range (random, 0, 3))
            {
            case 0: text->str[at] = c; break;
            case 1: g_string_insert_c (text, (gssize) at, c); break;
            default: g_string_erase (text, (gssize) at, 1); break;
            }
        }
      metadata = spot_metadata_parse (text->str, (gssize) text->len, (SpotProgressScale) (i % 3));
      g_assert_true (metadata->progress == -1 || (metadata->progress >= 0 && metadata->progress <= 1));
      g_assert_true (isfinite (metadata->current) && metadata->current >= -1);
      g_assert_true (isfinite (metadata->total) && metadata->total >= -1);
      g_assert_true (metadata->label == NULL || g_utf8_validate (metadata->label, -1, NULL));
      for (guint k = 0; k < metadata->links->len; k++)
        {
          SpotLink *link = metadata->links->pdata[k];

          g_assert_true (spot_uri_is_safe (link->uri));
          g_assert_true (g_utf8_validate (link->title, -1, NULL));
        }
      n_read += metadata->tree != NULL;
    }
  g_assert_cmpuint (n_read, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metadata/85-progress", test_progress);
  g_test_add_func ("/metadata/85-label", test_label);
  g_test_add_func ("/metadata/steps", test_steps);
  g_test_add_func ("/metadata/log", test_log);
  g_test_add_func ("/metadata/links", test_links);
  g_test_add_func ("/metadata/uris", test_uris);
  g_test_add_func ("/metadata/references", test_references);
  g_test_add_func ("/metadata/85-tree", test_tree);
  g_test_add_func ("/metadata/wait-token-is-no-link", test_wait_token_is_no_link);
  g_test_add_func ("/metadata/words", test_words);
  g_test_add_func ("/metadata/hostile", test_hostile);
  g_test_add_func ("/metadata/links-beyond-the-limit", test_links_beyond_the_limit);
  g_test_add_func ("/metadata/85-depth", test_depth);
  g_test_add_func ("/metadata/85-mutations", test_mutations);
  return g_test_run ();
}
