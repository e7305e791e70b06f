/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-tasks.h"

#define DEPTH 2000
#define LONG_BYTES 500000

static char *
make_deep (void)
{
  GString *text = g_string_new ("{\"deep\":");

  for (guint i = 0; i < DEPTH; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < DEPTH; i++)
    g_string_append_c (text, ']');
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

/**
 * spot_dev_task_hostile:
 * @script: an empty script
 *
 * A run whose row nothing sound would have written: each time another column is strange.
 */
void
spot_dev_task_hostile (SpotDevScript *script)
{
  g_autofree char *deep = make_deep ();
  g_autofree char *long_text = g_strnfill (LONG_BYTES, 'W');
  const struct
  {
    SpotDevColumn column;
    const char *text;
  } cases[] = {
    { SPOT_DEV_STATUS, "ASCENDED" },
    { SPOT_DEV_TASK, "<b>bold</b> & \"quoted\" %s%n \xe2\x80\xae" "desrever" },
    { SPOT_DEV_TASK, long_text },
    { SPOT_DEV_CREATED, "2038-01-19 03:14:08.5" },
    { SPOT_DEV_STARTED, "yesterday" },
    { SPOT_DEV_USAGE, "99999999999999999999" },
    { SPOT_DEV_COST, "NaN" },
    { SPOT_DEV_BASE_COST, "-Infinity" },
    { SPOT_DEV_PAYLOAD, "{\"json\":" },
    { SPOT_DEV_PAYLOAD_TYPE, "application/x-unknown" },
    { SPOT_DEV_METADATA, "[1,2,3]" },
    { SPOT_DEV_METADATA, "{\"progress\":1e300,\"status\":{\"progress\":\"half\",\"label\":null},\"\":{\"\":[]}}" },
    { SPOT_DEV_METADATA, deep },
    { SPOT_DEV_OUTPUT, "{\"json\":{\"a\":1},\"meta\":{\"values\":{\"a.b.c\":[\"map\",{\"9\":[\"set\"]}],\"x\":7}}}" },
    { SPOT_DEV_TAGS, "{\"comma,brace}\",\"NULL\",NULL,\"back\\\\slash\",\"\",\"\xf0\x9f\x9a\x80\"}" },
    { SPOT_DEV_TAGS, "{\"never closed" },
    { SPOT_DEV_ERROR, "{\"type\": \"FUTURE_ERROR\", \"raw\": {\"not\": \"a text\"}}" },
    { SPOT_DEV_ERROR, "[]" },
    { SPOT_DEV_STREAMS, "{\"a/b c\",\"$trigger.input:x\",\"\"}" },
  };
  guint which = (guint) spot_dev_script_random (script, 0, G_N_ELEMENTS (cases) - 1);

  spot_dev_script_create (script, "hostile", "{hostile}", "application/super+json", "{\"json\":{\"fine\":true}}");
  spot_dev_script_start (script, spot_dev_script_random (script, 100, 900));
  spot_dev_edit_set_text (spot_dev_script_after (script, 600), cases[which].column, cases[which].text);
  spot_dev_script_complete (script, spot_dev_script_random (script, 2000, 8000), "application/super+json",
                            cases[which].column == SPOT_DEV_OUTPUT ? cases[which].text : "{\"json\":null}");
}
