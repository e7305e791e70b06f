/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a server may send before it is answered with an error. All of them far beyond what a sound server does; together
 * they bound what one feed can make the program hold. */

/* A whole response body. Log chunks are about 10 MB, a native snapshot of 1,000 rows with inline values can reach
 * several hundred. */
#define SPOT_MAX_BODY_BYTES (1024u * 1024u * 1024u)

/* An error body, of which only the beginning is shown. */
#define SPOT_MAX_ERROR_BODY_BYTES (64u * 1024u)

/* One element of a shape body: a row with every column. */
#define SPOT_MAX_ELEMENT_BYTES (64u * 1024u * 1024u)

/* Columns of one row; the server knows 26. */
#define SPOT_MAX_COLUMNS 256u

/* Nesting of any JSON document, shape elements included. */
#define SPOT_MAX_NESTING 256u

/* Elements of one array literal: a run has at most 10 tags. */
#define SPOT_MAX_ARRAY_ELEMENTS 1024u

/* Rows that one feed keeps; of more it says that they cannot be read. */
#define SPOT_MAX_ROWS 2000000u

/* A handle, an offset or a cursor: they come back in every URL. */
#define SPOT_MAX_POSITION_BYTES 1024u

/* Rows that wait for the main thread. With so many feeds wait too: what they read is applied or stays on the server. */
#define SPOT_MAX_QUEUED_ROWS 250000u

/* The same for data streams, whose chunks are larger. */
#define SPOT_MAX_QUEUED_CHUNK_BYTES (32u * 1024u * 1024u)

/* A token, which goes into a request header, and the scopes in it. */
#define SPOT_MAX_TOKEN_BYTES (32u * 1024u)
#define SPOT_MAX_TOKEN_SCOPES 1024u

/* An answer of the management API; a page of a trace has 10,000 spans. */
#define SPOT_MAX_API_BODY_BYTES (32u * 1024u * 1024u)

/* A payload or output from the object store: servers take 10 MB. */
#define SPOT_MAX_PACKET_BYTES (12u * 1024u * 1024u)

/* One event of a data stream: a batch of records of up to 1 MiB each, escaped twice. */
#define SPOT_MAX_STREAM_EVENT_BYTES (16u * 1024u * 1024u)

/* What of a data stream is kept to be looked at: the newest. */
#define SPOT_MAX_STREAM_BYTES (16u * 1024u * 1024u)
#define SPOT_MAX_STREAM_CHUNKS 20000u

/* A position in a data stream, which goes into a request header. */
#define SPOT_MAX_STREAM_ID_BYTES 256u

/* Ids that a data stream's reader remembers so as to drop duplicates. */
#define SPOT_MAX_STREAM_KNOWN_IDS 5000u

/* Data streams of one run. */
#define SPOT_MAX_STREAMS 32u

/* What somebody may paste or drop at once, how many things in it are looked for, and how long an address in it may be. */
#define SPOT_MAX_REFERENCE_BYTES (128u * 1024u)
#define SPOT_MAX_REFERENCES 100u
#define SPOT_MAX_REFERENCE_URL_BYTES 4096u

/* A tag, in characters, and the id of a run or batch. */
#define SPOT_MAX_TAG_CHARS 128
#define SPOT_MAX_ID_BYTES 128u
