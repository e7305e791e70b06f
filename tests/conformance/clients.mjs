// SPDX-License-Identifier: GPL-3.0-or-later
// The published clients, each as a function that subscribes and a list of what it was told.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const require = createRequire(import.meta.url);

async function load(name) {
  const module = await import(name);
  const entry = require.resolve(name);
  let folder = path.dirname(entry);
  for (;;) {
    try {
      const description = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      if (description.version)
        return { module, version: description.version };
    } catch {
      // No package.json here, or one that only says how to read the files beside it.
    }
    folder = path.dirname(folder);
  }
}

// A subscription of the SDK. `subscribe` is given the SDK's `runs` and returns what can be iterated over.
function sdkSubscription(sdk, url, key, subscribe) {
  const seen = { runs: [], ended: false, error: undefined };
  let stopped = false;

  // The configuration is the process's, and read when the subscription is made: nothing may come in between.
  sdk.configure({ baseURL: url, accessToken: key });
  const subscription = subscribe(sdk.runs);
  const reading = (async () => {
    try {
      for await (const run of subscription) {
        seen.runs.push(run);
        if (seen.onRun?.(run) === false)
          break;
      }
      seen.ended = true;
    } catch (error) {
      if (!stopped)
        seen.error = error;
    }
  })();
  // Not every version's iterator ends when it is told to.
  seen.stop = () => {
    stopped = true;
    if (!seen.ended)
      subscription.unsubscribe();
    return Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 200))]);
  };
  return seen;
}

// A ShapeStream: the rows as the client merges them, and every row after each up-to-date in which it was touched.
function shapeSubscription(client, url, key, target, options = {}) {
  const abort = new AbortController();
  const [pathname, query = ''] = target.split('?');
  const seen = { rows: new Map(), states: [], messages: [], error: undefined };
  let touched = new Set();

  const stream = new client.ShapeStream({
    url: url + pathname,
    params: Object.fromEntries(new URLSearchParams(query)),
    headers: { authorization: `Bearer ${key}`, 'x-trigger-electric-version': '1.0.0-beta.1', 'x-trigger-api-version': '2025-07-16' },
    signal: abort.signal,
    onError: (error) => { seen.error ??= error; },
    ...options,
  });
  stream.subscribe((messages) => {
    for (const message of messages) {
      const { operation, control } = message.headers;
      seen.messages.push(message);
      if (control !== undefined) {
        if (control === 'must-refetch')
          seen.rows.clear();
        if (control === 'up-to-date') {
          for (const rowKey of touched)
            seen.states.push(seen.rows.get(rowKey));
          touched = new Set();
        }
      } else if (operation === 'delete') {
        seen.rows.delete(message.key);
        touched.delete(message.key);
      } else if (operation !== undefined) {
        seen.rows.set(message.key, operation === 'insert' ? message.value : { ...seen.rows.get(message.key), ...message.value });
        touched.add(message.key);
      }
    }
  }, (error) => { seen.error ??= error; });
  seen.stop = async () => { abort.abort(); };
  return seen;
}

export async function loadClients() {
  const clients = {};
  for (const name of ['trigger-sdk-pinned', 'trigger-sdk-newest']) {
    const { module, version } = await load(name);
    // What of the SDK can only be called from within a task is in the library below it.
    const core = await import(createRequire(require.resolve(name)).resolve('@trigger.dev/core/v3'));
    clients[name] = { name, version, module, core, subscribe: (url, key, subscribe) => sdkSubscription(module, url, key, subscribe) };
  }
  for (const name of ['electric-client-pinned', 'electric-client-newest']) {
    const { module, version } = await load(name);
    clients[name] = { name, version, subscribe: (url, key, target, options) => shapeSubscription(module, url, key, target, options) };
  }
  return clients;
}
