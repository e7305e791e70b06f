/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include <locale.h>

#include <glib/gi18n.h>

#include "spot-cli-commands.h"

static const SpotCliCommand commands[] = {
  {
    .name = "watch",
    .summary = N_("Prints the present state of each run, then every change."),
    .description = N_("Without --run, --tag and --batch: every run of the environment, as far back as the server goes.\n\n"
                      "The key is read from TRIGGER_SECRET_KEY or TRIGGER_ACCESS_TOKEN, or with --account from the secret\n"
                      "store.\n\n"
                      "Ends with 0 when it is interrupted, when its reader has had enough, or after the end of the one run;\n"
                      "with 3 when the server refuses, and 64 when it was called wrongly."),
    .features = SPOT_CLI_FOLLOWS | SPOT_CLI_PRINTS,
    .run = spot_cli_watch,
  },
  {
    .name = "list",
    .summary = N_("Prints the runs that the server knows, the newest first."),
    .description = N_("Payloads and outputs are not in the list, and what happened in the last seconds may not be either.\n\n"
                      "The key is read from TRIGGER_SECRET_KEY or TRIGGER_ACCESS_TOKEN, or with --account from the secret\n"
                      "store.\n\n"
                      "Ends with 0; with 3 when the server refuses or does not answer in time (60 seconds unless told\n"
                      "otherwise), and 64 when it was called wrongly."),
    .features = SPOT_CLI_LISTS,
    .timeout_s = 60,
    .run = spot_cli_list,
  },
  {
    .name = "wait",
    .summary = N_("Waits until there is a run and every one has ended."),
    .description = N_("The key is read from TRIGGER_SECRET_KEY or TRIGGER_ACCESS_TOKEN, or with --account from the secret\n"
                      "store.\n\n"
                      "Ends with\n"
                      "  0  when all completed\n"
                      "  1  when one failed, crashed, timed out, expired or was interrupted\n"
                      "  2  when none of that happened and one was canceled\n"
                      "  3  when it cannot tell: the server refuses, or the time is over\n"
                      "  64 when it was called wrongly"),
    .features = SPOT_CLI_FOLLOWS | SPOT_CLI_NEEDS_SUBJECT,
    .run = spot_cli_wait,
  },
};

static void
print_help (void)
{
  g_print ("%s\n  runspotter-cli %s\n\n%s\n\n", _("Usage:"), _("COMMAND [OPTION…]"), _("Watches Trigger.dev runs."));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-6s %s\n", commands[i].name, _(commands[i].summary));
  g_print ("\n%s\n", _("“runspotter-cli COMMAND --help” tells more."));
}

static SpotCliExit
run_command (const SpotCliCommand *command,
             char                **rest)
{
  g_auto(SpotCliOptions) options = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = g_strdup_printf ("runspotter-cli %s", command->name);
  char **arguments;
  gboolean parsed;

  g_strv_builder_add (builder, program);
  for (guint i = 0; rest[i] != NULL; i++)
    g_strv_builder_add (builder, rest[i]);
  arguments = g_strv_builder_end (builder);
  parsed = spot_cli_options_parse (&options, command, &arguments, &error);
  g_strfreev (arguments);
  if (!parsed)
    {
      g_printerr ("runspotter-cli: %s\n", error->message);
      return SPOT_CLI_EXIT_USAGE;
    }
  return command->run (&options);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (argc >= 2 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help")))
    {
      print_help ();
      return SPOT_CLI_EXIT_OK;
    }
  if (argc >= 2 && g_str_equal (argv[1], "--version"))
    {
      g_print ("runspotter-cli %s\n", PACKAGE_VERSION);
      return SPOT_CLI_EXIT_OK;
    }
  for (guint i = 0; argc >= 2 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return run_command (&commands[i], argv + 2);

  if (argc >= 2)
    g_printerr (_("runspotter-cli: “%s” is not a command; see --help"), argv[1]);
  else
    g_printerr ("%s", _("runspotter-cli: a command is missing; see --help"));
  g_printerr ("\n");
  return SPOT_CLI_EXIT_USAGE;
}
