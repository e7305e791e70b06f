/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A target: looks at one input, and aborts when something about it is not as it must be. The fuzzer calls it with inputs
 * of its own making, spot-fuzz-corpus.c with the committed ones. Returns 0. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);
int LLVMFuzzerInitialize   (int    *argc,
                            char ***argv);

/* A number made from the input, for what a target chooses at random: the same input always gives the same. */
guint32 spot_fuzz_hash     (const guint8 *data,
                            gsize         size);

G_END_DECLS
