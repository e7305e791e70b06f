// SPDX-License-Identifier: GPL-3.0-or-later
// The server under test, a proxy that writes down what clients ask for, and the program.
import { spawn } from 'node:child_process';
import http from 'node:http';
import readline from 'node:readline';

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

// runspotter-dev-server with the given options; its control endpoint as functions.
export async function startServer(...options) {
  // libsoup warns of a client that is gone before it was greeted, which is no fault of the server's.
  const child = spawn(process.env.SPOT_DEV_SERVER, options, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, G_DEBUG: '' } });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const said = {};
  children.add(child);
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const [name, value] = line.split(' ');
    said[name] = value;
    if (name === 'epoch')
      break;
  }
  const control = async (method, path, body) => {
    const response = await fetch(`${said.url}/dev/${path}`, {
      method,
      headers: { authorization: `Bearer ${said.key}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  return {
    url: said.url,
    key: said.key,
    put: (id, columns, batch) => control('PUT', `runs/${id}${batch ? `?batch=${batch}` : ''}`, columns),
    remove: (id) => control('DELETE', `runs/${id}`),
    rotate: () => control('POST', 'rotate'),
    fault: (fault, count) => control('POST', 'faults', { fault, count }),
    stop: async () => {
      children.delete(child);
      child.kill('SIGTERM');
      const how = await ended;
      if (how !== 0)
        throw new Error(`The server ended with ${how}`);
    },
  };
}

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

// One request passed on as it is. A client that hangs up takes the request with it, unless others wait for the answer too.
async function forward(base, target, headers, signal) {
  const passed = Object.fromEntries(Object.entries(headers).filter(([name]) => !['host', 'connection'].includes(name)));
  const response = await fetch(base + target, { headers: { ...passed, 'accept-encoding': 'identity' }, signal, redirect: 'manual' });
  const kept = [...response.headers].filter(([name]) => !['connection', 'transfer-encoding', 'content-length'].includes(name));
  return { status: response.status, headers: Object.fromEntries(kept), body: Buffer.from(await response.arrayBuffer()) };
}

// A proxy that writes down every request, in order.
export async function startLog(base) {
  const requests = [];
  const server = http.createServer(async (request, response) => {
    const abort = new AbortController();
    const entry = { method: request.method, target: request.url, headers: request.headers, status: null };
    requests.push(entry);
    response.on('close', () => abort.abort());
    try {
      const answer = await forward(base, request.url, request.headers, abort.signal);
      entry.status = answer.status;
      entry.handle = answer.headers['electric-handle'];
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      response.destroy();
    }
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () => { server.closeAllConnections(); server.close(); },
  };
}

// One log, read by several clients at the same time: what the first to ask is answered, the others are answered too. So all
// see the same commits, whatever their speed, as behind a cache that joins requests. The n-th time that a client asks the same
// is the n-th answer, because a poll that brought nothing is asked again in the same words.
export async function startShared(base, names) {
  const answers = new Map();
  const servers = [];
  let frozen = false;
  const clients = {};

  const keyOf = (target) => {
    const url = new URL(target, base);
    url.searchParams.sort();
    return url.pathname + url.search;
  };
  for (const name of names) {
    const asked = new Map();
    const client = { waiting: 0, n: 0 };
    const server = http.createServer(async (request, response) => {
      const key = keyOf(request.url);
      const n = asked.get(key) ?? 0;
      asked.set(key, n + 1);
      if (!answers.has(key))
        answers.set(key, []);
      const list = answers.get(key);
      client.n++;
      if (n >= list.length) {
        if (frozen) {
          client.waiting++;
          response.on('close', () => client.waiting--);
          return;
        }
        list.push(forward(base, request.url, request.headers));
      }
      try {
        const answer = await list[n];
        response.writeHead(answer.status, answer.headers).end(answer.body);
      } catch {
        response.destroy();
      }
    });
    clients[name] = client;
    client.url = `http://127.0.0.1:${await listen(server)}`;
    servers.push(server);
  }
  return {
    clients,
    // From here on nothing new is asked of the server.
    freeze: () => { frozen = true; },
    // Whether all have read everything that was answered to any of them.
    level: () => Object.values(clients).every((client) => client.waiting > 0),
    stop: () => servers.forEach((server) => { server.closeAllConnections(); server.close(); }),
  };
}

// `runspotter-cli watch --json`: every line, parsed.
export function startWatch(url, key, ...options) {
  const child = spawn(process.env.SPOT_CLI, ['watch', '--json', '--quiet', ...options], {
    env: { ...process.env, TRIGGER_SECRET_KEY: key, TRIGGER_API_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const watch = { states: [], code: undefined };
  children.add(child);
  readline.createInterface({ input: child.stdout }).on('line', (line) => watch.states.push(JSON.parse(line)));
  const ended = new Promise((resolve) => child.once('exit', (code) => { children.delete(child); watch.code = code; resolve(); }));
  watch.stop = () => { child.kill('SIGINT'); return ended; };
  return watch;
}
