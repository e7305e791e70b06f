// SPDX-License-Identifier: GPL-3.0-or-later
// One log, read by several clients at the same time, each at its own speed: what the first to ask is answered, the others are
// answered too. So all see the same commits, as behind a cache that joins requests, and what they make of them can be compared.
import http from 'node:http';

import { forward, listen } from './rig.mjs';

// What differs between clients that ask for the same.
const ownWords = ['log', 'cursor', 'cache-buster', 'expired_handle'];

const isNative = (handle) => /^(runs_|batch_|run-)/.test(handle);

function readTarget(target, base) {
  const url = new URL(target, base);
  const query = Object.fromEntries(url.searchParams);
  for (const name of ownWords)
    url.searchParams.delete(name);
  // The first request of all begins anew, whatever handle it names.
  if (query.offset === '-1')
    url.searchParams.delete('handle');
  url.searchParams.sort();
  return { pathname: url.pathname, query, key: url.pathname + url.search, isLive: query.live === 'true' };
}

// How far one client has come.
class Reader {
  waiting = 0;
  // How often it was told to begin again: what it asks then is another question than before.
  epoch = 0;
  isUpToDate = false;
  // Answers that brought nothing, by what was asked: the same is asked again, and the next answer is for that.
  spent = new Map();
  // What a native server has told it, whole rows by key.
  rows = new Map();

  spend(key) {
    this.spent.set(key, (this.spent.get(key) ?? 0) + 1);
  }

  // What it is told now. It may ask for more before it has read the end of it.
  tell({ status, headers, body }) {
    if (status === 409)
      this.isUpToDate = false;
    if (status !== 200)
      return;
    this.isUpToDate = body.includes('"control":"up-to-date"');
    if (isNative(headers['electric-handle'] ?? ''))
      this.keepRows(body);
  }

  // What has come to its end at the client: who has gone meanwhile asks again.
  take(key, asked, { status, headers }) {
    if (status !== 200 || headers['electric-offset'] === asked)
      this.spend(key);
    if (status === 409)
      this.epoch++;
  }

  keepRows(body) {
    let elements;
    try {
      elements = JSON.parse(body);
    } catch {
      return;
    }
    for (const { key, value } of elements)
      if (key !== undefined)
        this.rows.set(key, { ...this.rows.get(key), ...value });
  }
}

// @names: who reads; each gets an address of its own.
export async function startShared(base, names) {
  const answers = new Map();
  const servers = [];
  const clients = {};
  const shared = { frozen: false, schema: '{}', nHealed: 0, thawed: new Set() };

  function ask(list, target, headers) {
    const answer = forward(base, target, headers);
    answer.then((got) => { shared.schema = got.headers['electric-schema'] ?? shared.schema; }, () => {});
    list.push(answer);
  }

  // A client that is up to date may ask without waiting: the program to see whether it missed something, the SDK because it fetches
  // ahead when an answer has no header that says that this was all, as no native answer has. It is told what it knows already: were it given the present, it would go on from a place of its own, with states that the others do not see; and a
  // native server would take its news from the others, who have the same handle. But where a native server has told of one of
  // two changes of a row in the same millisecond only, it is told the other.
  async function answerSecondLook({ pathname, query }, reader, headers) {
    const { handle, offset } = query;
    const native = isNative(handle);
    const elements = [{ headers: { control: 'up-to-date' } }];
    if (native) {
      const rest = new URLSearchParams(query);
      ['handle', 'cursor', 'live'].forEach((name) => rest.delete(name));
      rest.set('offset', '-1');
      const { body } = await forward(base, `${pathname}?${rest}`, headers);
      const present = new Map(JSON.parse(body).filter(({ key }) => key !== undefined).map(({ key, value }) => [key, value]));
      for (const [key, row] of reader.rows) {
        const now = present.get(key);
        if (now?.updatedAt === row.updatedAt && JSON.stringify(now) !== JSON.stringify(row)) {
          reader.rows.set(key, now);
          shared.nHealed++;
        }
      }
      elements.unshift(...[...reader.rows].map(([key, value]) => ({ key, value, headers: { operation: 'insert' } })));
    }
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'electric-handle': handle, 'electric-offset': offset,
                 'electric-schema': shared.schema, ...(!native && { 'electric-up-to-date': '' }) },
      body: Buffer.from(JSON.stringify(elements)),
    };
  }

  for (const name of names) {
    const reader = new Reader();
    // Resolves to whether the client has gone before the thaw.
    const waitForThaw = (response) => new Promise((resolve) => {
      const thaw = () => end(false), close = () => end(true);
      const end = (gone) => {
        reader.waiting--;
        shared.thawed.delete(thaw);
        response.off('close', close);
        resolve(gone);
      };
      reader.waiting++;
      shared.thawed.add(thaw);
      response.on('close', close);
    });
    const server = http.createServer(async (request, response) => {
      const question = readTarget(request.url, base);
      const key = `${question.key} ${reader.epoch}`;
      const send = ({ status, headers, body }) => response.writeHead(status, headers).end(body);
      try {
        if (!question.pathname.startsWith('/realtime/')) {
          send(await forward(base, request.url, request.headers));
          return;
        }
        if (!question.isLive && question.query.offset !== '-1' && reader.isUpToDate) {
          send(await answerSecondLook(question, reader, request.headers));
          return;
        }
        if (!answers.has(key))
          answers.set(key, []);
        const list = answers.get(key), i = reader.spent.get(key) ?? 0;
        while (i >= list.length && shared.frozen)
          if (await waitForThaw(response))
            return;
        if (i >= list.length)
          ask(list, request.url, request.headers);
        const answer = await list[i];
        reader.tell(answer);
        response.on('finish', () => reader.take(key, question.query.offset, answer));
        send(answer);
      } catch {
        reader.spend(key);
        response.destroy();
      }
    });
    clients[name] = { reader, url: `http://127.0.0.1:${await listen(server)}` };
    servers.push(server);
  }
  return {
    clients,
    // From here on nothing new is asked of the server.
    freeze: () => { shared.frozen = true; },
    thaw: () => {
      shared.frozen = false;
      shared.thawed.forEach((thaw) => thaw());
    },
    // Whether all have read everything that was answered to any of them.
    isLevel: () => Object.values(clients).every(({ reader }) => reader.waiting > 0),
    // How many changes a second look brought that nobody was told of before.
    getHealed: () => shared.nHealed,
    stop: () => servers.forEach((server) => { server.closeAllConnections(); server.close(); }),
  };
}
