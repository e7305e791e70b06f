/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* json-glib parses, but by itself it would lose digits and text after a NUL, take what JSON forbids, misread half a
 * surrogate pair, and be slow on names that were chosen to collide and on objects in great number. So a scanner goes
 * first: it checks the grammar and writes the document anew, as an array of one value, where
 * - a number is a string, MARK n and the number as written, unless json-glib gives the integer back as it was;
 * - an object is an array: MARK {, then names and values in turn, so that members of one name stay apart;
 * - an empty object is the string MARK o, an empty array the string MARK a;
 * - in strings NUL is MARK 0 and MARK itself is MARK m, so that no text of the document can be taken for one of these;
 * - \u escapes beyond ASCII are decoded, halves of surrogate pairs and invalid UTF-8 are U+FFFD. */
#define SPOT_JSON_MARK "\xee\x80\x80" /* U+E000 */

GString *spot_json_rewrite (const char *text,
                            gsize       length,
                            GError    **error);

G_END_DECLS
