// SPDX-License-Identifier: GPL-3.0-or-later
// Subscriptions of the three kinds from the first state of their runs to the last, by the shape clients and by the SDK.
import { startServer } from './rig.mjs';
import { assert, assertEqual, test, until } from './tap.mjs';

const kinds = {
  run: '/realtime/v1/runs/run_1',
  tags: '/realtime/v1/runs?tags=a',
  batch: '/realtime/v1/batches/batch_1',
};

async function live(client, dialect, target) {
  const server = await startServer('--scenario=empty', `--dialect=${dialect}`, '--hold-ms=500');
  let seen;
  try {
    await server.put('run_1', { taskIdentifier: 't', status: 'PENDING', runTags: ['a'] }, 'batch_1');
    await server.put('run_2', { taskIdentifier: 't', status: 'EXECUTING', runTags: ['b'] });
    seen = client.subscribe(server.url, server.key, target);
    const statuses = () => seen.states.map(({ friendlyId, status }) => `${friendlyId} ${status}`);
    const wanted = ['run_1 PENDING'];
    for (const columns of [
      { status: 'DEQUEUED' }, { status: 'EXECUTING', metadata: '{"progress":0.5}' }, { status: 'WAITING_TO_RESUME' },
      { status: 'EXECUTING', metadata: null }, { status: 'COMPLETED_SUCCESSFULLY', completedAt: '2026-01-01T00:00:00.000Z', output: '1' },
    ]) {
      await until(() => statuses().length >= wanted.length, wanted.at(-1));
      await server.put('run_1', columns);
      wanted.push(`run_1 ${columns.status}`);
    }
    await until(() => statuses().length >= wanted.length, wanted.at(-1));
    assertEqual(statuses(), wanted, 'states');
    const [row] = [...seen.rows.values()];
    assertEqual([seen.rows.size, row.metadata, row.output, row.isTest, row.runTags, row.number],
                [1, null, '1', false, ['a'], row.number], 'the last row');
    assertEqual(seen.error, undefined, 'error');

    // Only the one dialect tells that a row is gone.
    await server.remove('run_1');
    if (dialect === 'electric' && target !== kinds.run)
      await until(() => seen.rows.size === 0, 'the row’s end');
  } finally {
    await seen?.stop();
    await server.stop();
  }
}

const sdkKinds = {
  run: (runs) => runs.subscribeToRun('run_1'),
  tags: (runs) => runs.subscribeToRunsWithTag('a'),
  batch: (runs) => runs.subscribeToBatch('batch_1'),
};

// Each state of a life, with what the SDK calls it.
const life = [
  [{ status: 'DELAYED', delayUntil: '2026-01-01T00:00:00.000Z' }, 'DELAYED'],
  [{ status: 'PENDING', queuedAt: '2026-01-01T00:00:01.000Z' }, 'QUEUED'],
  [{ status: 'PENDING_VERSION' }, 'PENDING_VERSION'],
  [{ status: 'DEQUEUED', startedAt: '2026-01-01T00:00:02.000Z' }, 'DEQUEUED'],
  [{ status: 'EXECUTING', metadata: '{"progress":0.5}' }, 'EXECUTING'],
  [{ status: 'WAITING_TO_RESUME', metadata: null }, 'WAITING'],
  [{ status: 'RETRYING_AFTER_FAILURE', usageDurationMs: 1200 }, 'EXECUTING'],
  [{ status: 'COMPLETED_SUCCESSFULLY', completedAt: '2026-01-01T00:00:03.000Z', output: '{"n":1}', costInCents: 0.25 }, 'COMPLETED'],
];

async function liveWithSdk(client, dialect, kind) {
  const server = await startServer('--scenario=empty', `--dialect=${dialect}`, '--hold-ms=500');
  let seen;
  try {
    await server.put('run_1', { taskIdentifier: 't', runTags: ['a'], ...life[0][0] }, 'batch_1');
    await server.put('run_2', { taskIdentifier: 't', status: 'EXECUTING', runTags: ['b'] });
    seen = client.subscribe(server.url, server.key, sdkKinds[kind]);
    const statuses = () => seen.runs.filter(({ id }) => id === 'run_1').map(({ status }) => status);
    for (const [n, [columns]] of life.entries()) {
      if (n === 0)
        continue;
      await until(() => statuses().length >= n, `state ${n}`);
      await server.put('run_1', columns);
    }
    await until(() => statuses().length >= life.length, 'the last state');
    assertEqual(statuses(), life.map(([, status]) => status), 'states');
    const { id, output, metadata, durationMs, costInCents, finishedAt, isCompleted, isSuccess, tags } = seen.runs.at(-1);
    assertEqual({ id, output, metadata, durationMs, costInCents, finishedAt, isCompleted, isSuccess, tags },
                { id: 'run_1', output: { n: 1 }, metadata: undefined, durationMs: 1200, costInCents: 0.25,
                  finishedAt: new Date('2026-01-01T00:00:03.000Z'), isCompleted: true, isSuccess: true, tags: ['a'] }, 'the last state');

    if (kind === 'run') {
      // Versions up to 4.7.7 wait for half a minute first.
      if (client.version !== '4.5.12')
        await until(() => seen.ended, 'the end of the subscription');
    } else {
      // Among several runs, one that has ended is not the end; another may join them.
      await server.put('run_3', { taskIdentifier: 't', status: 'PENDING', runTags: ['a', 'c'] }, 'batch_1');
      await until(() => seen.runs.at(-1).id === 'run_3', 'another run');
      assert(!seen.ended, 'the subscription goes on');
    }
    assertEqual(seen.error, undefined, 'error');
  } finally {
    await seen?.stop();
    await server.stop();
  }
}

export function addLifeTests(clients) {
  for (const client of [clients['trigger-sdk-pinned'], clients['trigger-sdk-newest']])
    for (const dialect of ['electric', 'native'])
      for (const kind of Object.keys(sdkKinds))
        test(`life/sdk-${client.version}/${dialect}/${kind}`, () => liveWithSdk(client, dialect, kind));
  for (const client of [clients['electric-client-pinned'], clients['electric-client-newest']])
    for (const dialect of ['electric', 'native'])
      for (const [kind, target] of Object.entries(kinds))
        test(`life/electric-client-${client.version}/${dialect}/${kind}`, () => live(client, dialect, target));
}
