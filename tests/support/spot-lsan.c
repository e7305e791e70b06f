/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sanitizer/lsan_interface.h>

/* What libraries allocate while they are loaded is theirs to keep. GLib's table of quarks is one such piece: it gives the first one up
 * without freeing it when there are more than 2048 quarks, which GTK brings about. It cannot stand in lsan.supp, because the
 * stack from which it was allocated shows nothing but g_malloc(). */

static void
begin (void)
{
  __lsan_disable ();
}

/* Comes before all that libraries do when they are loaded; that is why this is a part of programs. */
__attribute__ ((section (".preinit_array"), used)) static void (*const first) (void) = begin;

__attribute__ ((constructor)) static void
end (void)
{
  __lsan_enable ();
}
