// SPDX-License-Identifier: GPL-3.0-or-later
// Live event streams: what real servers were recorded sending, read by the newest shape client, and the same from the development
// server, byte by byte but for what each server makes up. (The pinned client fails on them outside of a browser, which one of the
// recorded life cycles shows.)
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { listen, startLog, startServer } from './rig.mjs';
import { assert, assertEqual, test, until } from './tap.mjs';

// The rows and changes of the recordings. What keeps its time of change has no other column in its message.
const now = new Date().toISOString();
const rows = [{ run: 'run_00000021', status: 'PENDING' }, { run: 'run_00000010', status: 'EXECUTING' }]
  .map(({ run, ...columns }) => ({ run, columns: { taskIdentifier: 't', runTags: ['user_7'], createdAt: now, updatedAt: now, ...columns } }));
const change = (run, columns) => ({ run, columns: { updatedAt: now, ...columns } });
const commits = [
  [change('run_00000021', { metadata: '{"a":"line1\\nline2"}' })],
  [change('run_00000021', { status: 'EXECUTING' }), change('run_00000010', { status: 'COMPLETED_SUCCESSFULLY' })],
];

const readRecording = (folder, name) => readFileSync(path.join(process.env.SPOT_FIXTURES, 'electric', folder, `${name}.http`));

function splitAnswer(bytes) {
  const [head, ...rest] = bytes.toString('utf8').split('\r\n\r\n');
  const headers = Object.fromEntries(head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  return { headers, body: rest.join('\r\n\r\n').replace(/(^|\r\n)[0-9A-F]+\r\n/g, '').replaceAll('\r\n', '') };
}

// What is the same at every server. How many comments there are depends on time; that there are some does not.
function normalise(body) {
  return body.replace(/"lsn":"\d+"/g, '"lsn":"N"').replace(/"global_last_seen_lsn":"\d+"/g, '"global_last_seen_lsn":"N"')
    .replace(/"txids":\[\d+\]/g, '"txids":[0]').replace(/(: keep-alive\n\n)+/g, ': keep-alive\n\n');
}

// In the newer server's messages the members of `headers` come in another order.
function sortHeaders(body) {
  return body.replace(/^data: (.*)$/gm, (_, json) => {
    const { headers, ...rest } = JSON.parse(json);
    return `data: ${JSON.stringify({ ...rest, headers: Object.fromEntries(Object.entries(headers).sort()) })}`;
  });
}

const toldHeaders = ['cache-control', 'content-type', 'electric-up-to-date', 'access-control-allow-origin', 'vary'];
const pickHeaders = (headers) => Object.fromEntries(toldHeaders.map((name) => [name, headers[name]]));

// A response that may never end, as far as it has come.
function openStream(server, target) {
  const abort = new AbortController();
  const stream = { text: '', ended: false, headers: undefined, stop: () => abort.abort() };
  (async () => {
    const headers = { authorization: `Bearer ${server.key}`, accept: 'text/event-stream', 'accept-encoding': 'identity',
                      'x-trigger-electric-version': '1.0.0-beta.1', 'x-trigger-api-version': '2025-07-16' };
    const response = await fetch(server.url + target, { headers, signal: abort.signal });
    const decoder = new TextDecoder();
    stream.headers = Object.fromEntries(response.headers);
    for await (const piece of response.body)
      stream.text += decoder.decode(piece, { stream: true });
    stream.ended = true;
  })().catch(() => {});
  return stream;
}

const withServer = async (options, body) => {
  const server = await startServer('--scenario=empty', ...options);
  try {
    await server.change(rows);
    await body(server);
  } finally {
    await server.stop();
  }
};

async function compareBytes(folder, name) {
  const { headers, body } = splitAnswer(readRecording(folder, name));
  const wanted = normalise(body), live = name === '36-sse-experimental' ? 'experimental_live_sse' : 'live_sse';
  await withServer(['--dialect=electric'], async (server) => {
    const first = await fetch(`${server.url}/realtime/v1/runs?tags=user_7&offset=-1`, { headers: { authorization: `Bearer ${server.key}`, 'x-trigger-electric-version': '1' } });
    const handle = first.headers.get('electric-handle');
    await first.text();
    await server.settings({ keepAliveMs: 200, ...(name === '37-sse-full-minute' && { sseMs: 900 }) });
    if (name === '36-sse-experimental')
      for (const commit of commits)
        await server.change(commit);
    const stream = openStream(server, `/realtime/v1/runs?tags=user_7&handle=${handle}&offset=0_inf&live=true&${live}=true`);
    try {
      if (name === '35-sse-live')
        for (const [n, commit] of commits.entries()) {
          await until(async () => (await server.state()).streams === 1 && stream.text.split('up-to-date').length === n + 1, 'the stream');
          await server.change(commit);
        }
      const actual = () => {
        // Comments between events come when nothing else does.
        const text = normalise(stream.text);
        return name === '35-sse-live' ? text.replaceAll(': keep-alive\n\n', '') + (text.includes(': keep-alive') ? ': keep-alive\n\n' : '') : text;
      };
      await until(() => actual() === wanted || sortHeaders(actual()) === sortHeaders(wanted), 'the recorded events').catch(() => {});
      assertEqual(sortHeaders(actual()), sortHeaders(wanted), 'events');
      if (folder === '')
        assertEqual(actual(), wanted, 'bytes');
      assertEqual(pickHeaders(stream.headers), pickHeaders(headers), 'headers');
      if (name !== '35-sse-live')
        await until(() => stream.ended, 'the end of the stream');
    } finally {
      stream.stop();
    }
  });
}

// What @client tells of a recorded stream, which comes from a socket as it was recorded, after a snapshot that fits to it.
async function tellRecording(client, folder, name) {
  const bytes = readRecording(folder, name);
  const { headers, body } = splitAnswer(bytes);
  const targets = [];
  const snapshot = JSON.stringify([
    ...rows.map(({ run, columns }) => ({ key: `"public"."TaskRun"/"cm${run.replace('_', '')}"`, headers: { operation: 'insert' },
                                         value: { id: `cm${run.replace('_', '')}`, status: columns.status, metadata: null } })),
    { headers: { control: 'up-to-date', global_last_seen_lsn: '1' } },
  ]);
  const columns = JSON.stringify({ id: { type: 'text', pk_index: 0 }, status: { type: 'text' }, metadata: { type: 'text' } });
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const target = /^GET (\S+)/.exec(data.toString())?.[1];
      targets.push(target);
      if (!target?.includes('live=true'))
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nelectric-handle: ${headers['electric-handle']}\r\n` +
                     `electric-offset: 0_inf\r\nelectric-schema: ${columns}\r\nelectric-up-to-date:\r\n` +
                     `content-length: ${Buffer.byteLength(snapshot)}\r\n\r\n${snapshot}`);
      else if (targets.filter((one) => one?.includes('live=true')).length === 1)
        socket.write(bytes);
    });
  });
  const seen = client.subscribe(`http://127.0.0.1:${await listen(server)}`, 'tr_dev_x', '/realtime/v1/runs?tags=user_7', { liveSse: true });
  const nEvents = body.split('data: ').length - 1;
  try {
    await until(() => seen.messages.length >= rows.length + 1 + nEvents, 'all events of the recording');
    return seen.messages.slice(rows.length + 1);
  } finally {
    await seen.stop();
    server.close();
  }
}

function messageOf({ key, value, headers }) {
  const { operation, control, relation, last, op_position: position } = headers;
  return { key, value, headers: { operation, control, relation, last, position } };
}

async function compareClient(client, folder) {
  const wanted = (await tellRecording(client, folder, '35-sse-live')).map(messageOf);
  await withServer(['--dialect=electric'], async (server) => {
    const log = await startLog(server.url);
    const seen = client.subscribe(log.url, server.key, '/realtime/v1/runs?tags=user_7', { liveSse: true });
    try {
      let nBefore;
      for (const commit of commits) {
        await until(async () => (await server.state()).streams === 1, 'the stream');
        nBefore ??= seen.messages.length;
        const n = seen.messages.length;
        await server.change(commit);
        await until(() => seen.messages.length > n && seen.messages.at(-1).headers.control === 'up-to-date', 'the commit');
      }
      assertEqual(seen.messages.slice(nBefore).map(messageOf), wanted, 'messages');
      assertEqual(log.requests.filter(({ target }) => target.includes('live_sse=true')).length, 1, 'event streams');
      assertEqual(seen.error, undefined, 'error');
    } finally {
      await seen.stop();
      log.stop();
    }
  });
}

// What happens to a stream that does not go on, and what the client asks for then.
async function breakStream(client, dialect, { settings, act, isDone }) {
  await withServer([`--dialect=${dialect}`, '--hold-ms=50'], async (server) => {
    const log = await startLog(server.url);
    await server.settings(settings);
    const seen = client.subscribe(log.url, server.key, '/realtime/v1/runs?tags=user_7', { liveSse: true });
    try {
      await act?.(server);
      await until(() => isDone(log.requests.map(({ target, answer }) => ({ target, status: answer?.status }))), 'what should follow');
      await server.change([change('run_00000021', { status: 'CANCELED', updatedAt: new Date().toISOString() })]);
      await until(() => [...seen.rows.values()].some(({ status }) => status === 'CANCELED'), 'a later change');
      assertEqual(seen.error, undefined, 'error');
    } finally {
      await seen.stop();
      log.stop();
    }
  });
}

const isStream = ({ target }) => target.includes('live_sse=true');
const isPoll = ({ target }) => target.includes('live=true') && !isStream({ target });

export function addEventTests(clients) {
  const client = clients['electric-client-newest'];
  for (const [folder, version] of [['', '1.2.4'], ['v1.7.12', '1.7.12']]) {
    for (const name of ['35-sse-live', '36-sse-experimental', '37-sse-full-minute'])
      test(`events/bytes/electric-${version}/${name}`, () => compareBytes(folder, name));
    test(`events/electric-client-${client.version}/electric-${version}`, () => compareClient(client, folder));
  }
  // Three that end at once, and there are only polls.
  const fallsBack = (requests) => requests.filter(isStream).length >= 3 && requests.some(isPoll);
  test('events/short', () => breakStream(client, 'electric', { settings: { sseMs: 1 }, isDone: fallsBack }));
  // The other backend knows no streams, and answers as if a poll had been asked for. The client finds no events in that, so what
  // happens before it falls back is lost to it; the program looks at the type of the answer.
  test('events/native', () => breakStream(client, 'native', { settings: {}, isDone: fallsBack }));
  // A log that is gone ends the stream, and the next request is told.
  test('events/rotated', () => breakStream(client, 'electric', {
    settings: {},
    act: async (server) => {
      await until(async () => (await server.state()).streams === 1, 'the stream');
      await server.rotate();
    },
    isDone: (requests) => requests.some(({ status }) => status === 409) && requests.filter(isStream).length > 1,
  }));
}
