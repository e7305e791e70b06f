// SPDX-License-Identifier: GPL-3.0-or-later
// Subscriptions of the three kinds from the first state of their runs to the last, by the shape clients alone. (The SDK's are in
// the differential tests.)
import { startServer } from './rig.mjs';
import { assertEqual, test, until } from './tap.mjs';

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

export function addLifeTests(clients) {
  for (const client of [clients['electric-client-pinned'], clients['electric-client-newest']])
    for (const dialect of ['electric', 'native'])
      for (const [kind, target] of Object.entries(kinds))
        test(`life/electric-client-${client.version}/${dialect}/${kind}`, () => live(client, dialect, target));
}
