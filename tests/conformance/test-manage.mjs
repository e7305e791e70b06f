// SPDX-License-Identifier: GPL-3.0-or-later
// The SDK triggers runs, changes them and reads their streams, and sees by its subscriptions what came of it.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { startServer, startWatch } from './rig.mjs';
import { assert, assertEqual, test, until } from './tap.mjs';

// What @body does, with a server in the given dialect and what it needs of the SDK.
async function withServer(client, dialect, speed, body) {
  const server = await startServer('--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000', `--speed=${speed}`);
  const open = [];
  const { module: sdk, core } = client;
  try {
    await body({
      name: client.name,
      sdk,
      server,
      api: new core.ApiClient(server.url, server.key),
      // The configuration is the process's.
      use: (key = server.key) => sdk.configure({ baseURL: server.url, accessToken: key }),
      watch: (subscribe, key = server.key) => {
        const seen = client.subscribe(server.url, key, subscribe);
        open.push(seen);
        return seen;
      },
    });
  } finally {
    await Promise.all(open.map((seen) => seen.stop()));
    await server.stop();
  }
}

const last = (seen) => seen.runs.at(-1);

const scenarios = {
  // A task that nobody knows returns its payload.
  'trigger-to-the-end': async ({ sdk, use, watch }) => {
    const payload = { text: 'é😀', at: new Date(0), big: 2n ** 70n, map: new Map([['k', new Set([1])]]) };
    use();
    const { id } = await sdk.tasks.trigger('echo', payload, { tags: ['a', 'b c'] });
    const seen = watch((runs) => runs.subscribeToRun(id));
    await until(() => last(seen)?.isSuccess, 'the end of the run');
    assertEqual(last(seen).payload, payload, 'payload');
    assertEqual(last(seen).output, payload, 'output');
    assertEqual(last(seen).tags, ['a', 'b c'], 'tags');
    assertEqual((await sdk.runs.retrieve(id)).status, 'COMPLETED', 'status by the management API');
  },

  'cancel': async ({ sdk, use, watch, server }) => {
    use();
    const { id } = await sdk.tasks.trigger('render-video', {});
    const seen = watch((runs) => runs.subscribeToRun(id));
    const program = startWatch(server.url, server.key, '--run', id, '--linger', '0.1');
    await until(() => last(seen)?.isExecuting, 'the beginning of the run');
    await sdk.runs.cancel(id);
    await until(() => last(seen).isCancelled, 'the end of the run');
    await until(() => program.code !== undefined, 'the end of the program');
    assertEqual(program.states.at(-1).status, 'CANCELED', 'what the program saw');
    // Once more: it is over, which is no error.
    assertEqual((await sdk.runs.cancel(id)).id, id, 'the answer to a second call');
  },

  'replay': async ({ sdk, use, watch }) => {
    use();
    const { id } = await sdk.tasks.trigger('echo', { n: 7 });
    await until(async () => (await sdk.runs.retrieve(id)).isCompleted, 'the end of the run');
    const replayed = await sdk.runs.replay(id);
    assert(replayed.id !== id, 'a replay is a new run');
    const seen = watch((runs) => runs.subscribeToRun(replayed.id));
    await until(() => last(seen)?.isSuccess, 'the end of the replay');
    assertEqual(last(seen).output, { n: 7 }, 'output');
  },

  'reschedule': async ({ sdk, use, watch }) => {
    use();
    const { id } = await sdk.tasks.trigger('echo', 1, { delay: '1h' });
    const seen = watch((runs) => runs.subscribeToRun(id));
    await until(() => last(seen)?.status === 'DELAYED', 'a run that waits');
    const before = last(seen).delayedUntil;
    await sdk.runs.reschedule(id, { delay: '2h' });
    await until(() => last(seen).delayedUntil > before, 'a later time');
  },

  'tags-and-metadata': async ({ sdk, use, api, watch }) => {
    use();
    const { id } = await sdk.tasks.trigger('echo', 1, { delay: '1h', tags: 'first', metadata: { n: 1, list: ['a'] } });
    const seen = watch((runs) => runs.subscribeToRun(id));
    const tagged = watch((runs) => runs.subscribeToRunsWithTag('second'));
    await until(() => seen.runs.length > 0, 'the run');
    assertEqual(last(seen).metadata, { n: 1, list: ['a'] }, 'metadata');
    await api.addTags(id, { tags: ['second'] });
    await until(() => last(seen).tags.includes('second'), 'a second tag');
    await until(() => last(tagged)?.id === id, 'the run among those with the tag');
    await api.updateRunMetadata(id, { operations: [{ type: 'increment', key: 'n', value: 41 }, { type: 'append', key: 'list', value: 'b' }] });
    await until(() => last(seen).metadata.n === 42, 'changed metadata');
    assertEqual(last(seen).metadata.list, ['a', 'b'], 'the list in it');
    await api.updateRunMetadata(id, { metadata: { fresh: true } });
    await until(() => last(seen).metadata.fresh === true, 'other metadata');
    assertEqual(last(seen).metadata, { fresh: true }, 'metadata');
  },

  'batch': async ({ sdk, use, watch }) => {
    use();
    const batch = await sdk.tasks.batchTrigger('echo', [{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
    assertEqual(batch.runCount, 3, 'how many');
    const seen = watch((runs) => runs.subscribeToBatch(batch.batchId));
    const done = () => new Map(seen.runs.filter((run) => run.isSuccess).map(({ id, output }) => [id, output]));
    await until(() => done().size === 3, 'the end of all three');
    assertEqual([...done().values()].sort(), [1, 2, 3], 'outputs');
    assertEqual((await sdk.batch.retrieve(batch.batchId)).runCount, 3, 'how many by the management API');
  },

  'batch-of-several-tasks': async ({ sdk, use, watch }) => {
    use();
    const batch = await sdk.batch.trigger([
      { id: 'echo', payload: 'x', options: { tags: ['several'] } },
      { id: 'warm-cache', payload: {} },
      { id: 'charge-subscription', payload: {} },
    ]);
    const seen = watch((runs) => runs.subscribeToBatch(batch.batchId));
    const ended = () => new Map(seen.runs.filter((run) => run.finishedAt !== undefined).map(({ taskIdentifier, status }) => [taskIdentifier, status]));
    await until(() => ended().size === 3, 'the end of all three');
    assertEqual(Object.fromEntries(ended()), { 'echo': 'COMPLETED', 'warm-cache': 'EXPIRED', 'charge-subscription': 'FAILED' }, 'how they ended');
  },

  'idempotency': async ({ sdk, use }) => {
    use();
    const idempotencyKey = await sdk.idempotencyKeys.create('order 7');
    const first = await sdk.tasks.trigger('echo', 1, { delay: '1h', idempotencyKey });
    const second = await sdk.tasks.trigger('echo', 2, { delay: '1h', idempotencyKey });
    assertEqual(second.id, first.id, 'the run of the second call');
    assertEqual((await sdk.runs.retrieve(first.id)).payload, 1, 'payload');
  },

  'list': async ({ sdk, use }) => {
    const wanted = new Set(), found = [];
    use();
    for (let i = 0; i < 5; i++)
      wanted.add((await sdk.tasks.trigger('echo', i, { delay: '1h' })).id);
    for await (const run of sdk.runs.list({ limit: 2 }))
      found.push(run.id);
    assertEqual(found.length, 5, 'runs on all pages');
    assertEqual(new Set(found), wanted, 'runs');
  },

  'public-token': async ({ sdk, use, watch }) => {
    use();
    const one = await sdk.tasks.trigger('echo', 1, { delay: '1h' });
    const other = await sdk.tasks.trigger('echo', 2, { delay: '1h' });
    const token = await sdk.auth.createPublicToken({ scopes: { read: { runs: [one.id] } } });
    const seen = watch((runs) => runs.subscribeToRun(one.id), token);
    await until(() => seen.runs.length === 1, 'the run that the token is for');
    use(token);
    await sdk.runs.retrieve(one.id);
    let status;
    await sdk.runs.retrieve(other.id).catch((error) => { status = error.status; });
    assertEqual(status, 403, 'the answer about another run');
  },

  'stream-v1': (rig) => readStream(rig, 'v1'),
  'stream-v2': (rig) => readStream(rig, 'v2'),
};

// A task that streams its answer and returns it as well: the words, in order and each once, are the output.
async function readStream({ name, server }, version) {
  const worker = new Worker(new URL('stream-worker.mjs', import.meta.url),
                            { workerData: { name, version, url: server.url, key: server.key } });
  const ended = once(worker, 'exit').then(() => { throw new Error('the reader ended without a result'); });
  try {
    const [{ output, live, again, spoken }] = await Promise.race([once(worker, 'message'), ended]);
    assertEqual(spoken, version, 'form of the stream');
    assertEqual(live, output, 'the answer as it came');
    assertEqual(again, output, 'the answer afterwards');
    assert(output.length > 50, 'an answer of several words');
  } finally {
    ended.catch(() => {});
    await worker.terminate();
  }
}

// How fast the tasks run: streams take their time, and what is to be cancelled must not end first.
const speeds = { 'stream-v1': 40, 'stream-v2': 40, 'cancel': 1 };

export function addManageTests(clients) {
  for (const client of [clients['trigger-sdk-pinned'], clients['trigger-sdk-newest']])
    for (const dialect of ['electric', 'native'])
      for (const [name, body] of Object.entries(scenarios))
        test(`manage/sdk-${client.version}/${dialect}/${name}`, () => withServer(client, dialect, speeds[name] ?? 10, body));
}
