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
    return response.json();
  };
  return {
    url: said.url,
    key: said.key,
    put: (id, columns, batch) => control('PUT', `runs/${id}${batch ? `?batch=${batch}` : ''}`, columns),
    remove: (id) => control('DELETE', `runs/${id}`),
    // [{ run, batch, columns }], of which all are one commit; null columns delete.
    change: (changes) => control('POST', 'transaction', { changes }),
    truncate: () => control('POST', 'truncate'),
    rotate: () => control('POST', 'rotate'),
    // How many polls and event streams wait.
    state: () => control('GET', 'state'),
    settings: (settings) => control('POST', 'settings', settings),
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

export const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

const headersFor = (headers) => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => !['host', 'connection'].includes(name))),
  'accept-encoding': 'identity',
});
const headersOf = (response) => Object.fromEntries(
  [...response.headers].filter(([name]) => !['connection', 'transfer-encoding', 'content-length'].includes(name)));

// One request passed on as it is, and its answer.
export async function forward(base, target, headers) {
  const response = await fetch(base + target, { headers: headersFor(headers), redirect: 'manual' });
  return { status: response.status, headers: headersOf(response), body: Buffer.from(await response.arrayBuffer()) };
}

// The same, piece by piece, for answers that take their time. Resolves when the header has been passed on.
async function pass(base, request, response, signal) {
  const answer = await fetch(base + request.url, { headers: headersFor(request.headers), signal, redirect: 'manual' });
  const headers = headersOf(answer);
  response.writeHead(answer.status, headers).flushHeaders();
  (async () => {
    for await (const piece of answer.body ?? [])
      response.write(piece);
    response.end();
  })().catch(() => response.destroy());
  return { status: answer.status, headers };
}

// A proxy that writes down every request, in order, and the head of its answer.
export async function startLog(base) {
  const requests = [];
  const server = http.createServer(async (request, response) => {
    const abort = new AbortController();
    const entry = { method: request.method, target: request.url, headers: request.headers, answer: null, isOpen: true };
    const isLive = request.url.includes('live=true');
    requests.push(entry);
    // A poll ends with its client. What is answered at once is, whether or not the client still wants to know.
    response.on('close', () => {
      abort.abort();
      entry.isOpen &&= !isLive;
    });
    try {
      entry.answer = await pass(base, request, response, isLive ? abort.signal : undefined);
    } catch {
      response.destroy();
    }
    entry.isOpen &&= isLive;
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () => { server.closeAllConnections(); server.close(); },
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
