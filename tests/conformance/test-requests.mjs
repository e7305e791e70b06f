// SPDX-License-Identifier: GPL-3.0-or-later
// What the clients ask the server for is what they were recorded asking real servers for.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { formsOfFixture, formsOfLog } from './form.mjs';
import { startLog, startServer } from './rig.mjs';
import { assert, assertEqual, test, until } from './tap.mjs';

const fixtures = path.join(process.env.SPOT_FIXTURES, 'sdk-requests');
const readFixture = (folder, name) => JSON.parse(readFileSync(path.join(fixtures, folder, `${name}.json`), 'utf8'));

const ended = { status: 'COMPLETED_SUCCESSFULLY', completedAt: '2026-01-01T00:00:00.000Z' };
const run = { taskIdentifier: 'resize-image', status: 'PENDING', runTags: ['user_7', 'org a'] };

// What a client is subscribed to, and what happens meanwhile; `at` waits until the client has been told so much.
const one = (runs) => runs.subscribeToRun('run_0001');
const tagged = (runs) => runs.subscribeToRunsWithTag('user_7');
const wasTold = (n) => (seen) => seen.runs.length >= n;

const sdkScenarios = {
  'run': { ends: true, subscribe: one, steps: [
    [wasTold(1), (server) => server.put('run_0001', { status: 'DEQUEUED' })],
    [wasTold(2), (server) => server.put('run_0001', { status: 'EXECUTING', metadata: '{"progress":0.5}' })],
    [wasTold(3), (server) => server.put('run_0001', { ...ended, output: '{"json":{"ok":true}}' })],
  ], done: wasTold(4) },
  'run-break': { ends: true, subscribe: one, onRun: (run) => run.status !== 'EXECUTING', steps: [
    [wasTold(1), (server) => server.put('run_0001', { status: 'EXECUTING' })],
  ], done: wasTold(2) },
  'run-skip': { ends: true, subscribe: (runs) => runs.subscribeToRun('run_0001', { skipColumns: ['payload', 'output'] }), steps: [
    [wasTold(1), (server) => server.put('run_0001', { ...ended, status: 'COMPLETED_WITH_ERRORS' })],
  ], done: wasTold(2) },
  'run-already-done': { ends: true, subscribe: one, before: (server) => server.put('run_0001', ended), steps: [], done: wasTold(1) },
  'missing-404': { ends: true, subscribe: (runs) => runs.subscribeToRun('run_9999'), steps: [],
    done: (seen, log) => log.requests.some(({ status }) => status === 404) },
  'batch': { subscribe: (runs) => runs.subscribeToBatch('batch_01'), steps: [
    [wasTold(2), (server) => server.put('run_0002', { status: 'EXECUTING' })],
    [wasTold(3), (server) => server.put('run_0003', { status: 'COMPLETED_SUCCESSFULLY' })],
  ], done: wasTold(4) },
  'tag': { subscribe: tagged, steps: [
    [wasTold(2), (server) => server.put('run_0020', { taskIdentifier: 'resize-image', status: 'PENDING', runTags: ['user_7'] })],
    [wasTold(3), (server) => server.put('run_0020', { status: 'EXECUTING' })],
  ], done: wasTold(4) },
  'tags-created-at-skip': {
    subscribe: (runs) => runs.subscribeToRunsWithTag(['user_7', 'org a'], { createdAt: '2h', skipColumns: ['payload'] }),
    steps: [[wasTold(1), (server) => server.put('run_0001', { status: 'EXECUTING' })]], done: wasTold(2) },
  'delete-row': { subscribe: one, steps: [
    [wasTold(1), (server) => server.put('run_0001', { status: 'EXECUTING' })],
    [wasTold(2), (server) => server.remove('run_0001')],
  ], done: (seen, log, dialect) => dialect === 'native' || log.requests.some(({ status }) => status === 404) },
  'truncate-409': { only: 'electric', rotates: true, subscribe: tagged, steps: [
    [(seen, log) => seen.runs.length >= 2 && polls(log), (server) => server.rotate()],
    [wasTold(4), (server) => server.put('run_0001', { status: 'EXECUTING' })],
  ], done: wasTold(5) },
  'electric-down-and-up': { only: 'electric', subscribe: one, steps: [
    [wasTold(1), (server) => server.fault('503', 2)],
    [(seen, log) => log.requests.filter(({ status }) => status === 503).length === 2,
     (server) => server.put('run_0001', { status: 'EXECUTING' })],
  ], done: wasTold(2) },
};

// Where a client differs from the one that was recorded, and why.
const knownDifferences = {
  'trigger-sdk-pinned': {
    'run-break': 'does not notice that its consumer has had enough, and goes on polling',
    'run-already-done': 'goes on polling for 30 s after the end, as versions up to 4.7.7 do',
    'run-skip': 'goes on polling for 30 s after the end, as versions up to 4.7.7 do',
    'run': 'goes on polling for 30 s after the end, as versions up to 4.7.7 do',
  },
};

// A recording says how a sequence begins. Where the end is what it is about, nothing may come after; otherwise polls may,
// because some recordings were broken off before those of others.
function assertForms(client, name, actual, wanted, ends) {
  if (wanted.headers !== undefined)
    assertEqual(actual.headers, wanted.headers, 'headers of the first request');
  if (ends && knownDifferences[client.name]?.[name] === undefined) {
    assertEqual(actual.requests, wanted.requests, 'requests');
    return;
  }
  assertEqual(actual.requests.slice(0, wanted.requests.length), wanted.requests, 'first requests');
  assert(actual.requests.slice(wanted.requests.length).every((form) => form.includes('live=true')), 'polls, and nothing else');
}

// A poll is on its way, so that the server has somebody to tell. It may still arrive too late: then it is told a handle as well,
// which is another case than the one that was recorded, and the scenario has to be played again.
const polls = (log) => log.requests.at(-1)?.status === null && log.requests.at(-1).target.includes('live=true');

const wasLate = (log) => log.requests.some(({ status, handle }) => status === 409 && handle !== undefined);

// Plays a scenario until it went as it was meant to. @play returns whether it did.
async function untilPlayed(play) {
  for (let tries = 0; tries < 10; tries++)
    if (await play())
      return;
  throw new Error('the poll came too late each time');
}

async function playSdkScenario(client, dialect, name, scenario) {
  const server = await startServer('--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000');
  const log = await startLog(server.url);
  let seen;
  try {
    await server.put('run_0001', run);
    await server.put('run_0002', { ...run, runTags: ['user_7'] }, 'batch_01');
    await server.put('run_0003', { ...run, runTags: [] }, 'batch_01');
    await scenario.before?.(server);
    seen = client.subscribe(log.url, server.key, scenario.subscribe);
    seen.onRun = scenario.onRun;
    for (const [isTime, act] of scenario.steps) {
      await until(() => isTime(seen, log), `${name}: what comes before a step`);
      await act(server);
    }
    await until(() => scenario.done(seen, log, dialect), `${name}: the last state`);
    if (scenario.rotates && wasLate(log))
      return false;
    const folder = `trigger-sdk-4.8.3--${dialect === 'native' ? 'native-backend' : 'electric-1.2.4'}`;
    const wanted = formsOfFixture(readFixture(folder, name));
    // The last request of the recording may be one that nothing comes after.
    await until(() => formsOfLog(log.requests, client.version).requests.length >= wanted.requests.length,
                `${name}: as many requests as in the recording`);
    assertForms(client, name, formsOfLog(log.requests, client.version), wanted, scenario.ends);
    return true;
  } finally {
    await seen?.stop();
    log.stop();
    await server.stop();
  }
}

const shapeScenarios = {
  'long-poll': { steps: [
    [(seen) => seen.states.length >= 2, (server) => server.put('run_0001', { status: 'EXECUTING' })],
    [(seen) => seen.states.length >= 3, (server) => server.put('run_0002', { status: 'EXECUTING' })],
  ], done: (seen) => seen.states.length >= 4 },
  'replica-full': { options: { params: { replica: 'full' } }, steps: [
    [(seen) => seen.states.length >= 2, (server) => server.put('run_0001', { status: 'EXECUTING' })],
  ], done: (seen) => seen.states.length >= 3 },
  'stale-handle': { options: { handle: '123-456', offset: '0_0' }, steps: [], done: (seen) => seen.states.length >= 2 },
  'truncate-409': { rotates: true, steps: [
    [(seen, log) => seen.states.length >= 2 && polls(log), (server) => server.rotate()],
    [(seen) => seen.states.length >= 4, (server) => server.put('run_0001', { status: 'EXECUTING' })],
  ], done: (seen) => seen.states.length >= 5 },
};

async function playShapeScenario(client, folder, name, scenario) {
  const server = await startServer('--scenario=empty', '--dialect=electric', '--hold-ms=1000');
  const log = await startLog(server.url);
  let seen;
  try {
    await server.put('run_0001', run);
    await server.put('run_0002', run);
    seen = client.subscribe(log.url, server.key, '/realtime/v1/runs', scenario.options);
    for (const [isTime, act] of scenario.steps) {
      await until(() => isTime(seen, log), `${name}: what comes before a step`);
      await act(server);
    }
    await until(() => scenario.done(seen, log), `${name}: the last state`);
    if (scenario.rotates && wasLate(log))
      return false;
    const wanted = { requests: formsOfFixture(readFixture(folder, name)).requests };
    await until(() => formsOfLog(log.requests).requests.length >= wanted.requests.length,
                `${name}: as many requests as in the recording`);
    assertForms(client, name, formsOfLog(log.requests), wanted, false);
    return true;
  } finally {
    await seen?.stop();
    log.stop();
    await server.stop();
  }
}

export function addRequestTests(clients) {
  for (const client of [clients['trigger-sdk-pinned'], clients['trigger-sdk-newest']])
    for (const dialect of ['electric', 'native'])
      for (const [name, scenario] of Object.entries(sdkScenarios))
        if (scenario.only === undefined || scenario.only === dialect)
          test(`requests/sdk-${client.version}/${dialect}/${name}`, 
               () => untilPlayed(() => playSdkScenario(client, dialect, name, scenario)));
  for (const [client, folders] of [
    [clients['electric-client-pinned'], ['electric-client-1.0.14--electric-1.2.4']],
    [clients['electric-client-newest'], ['electric-client-1.5.28--electric-1.2.4', 'electric-client-1.5.28--electric-1.7.12']],
  ])
    for (const folder of folders)
      for (const [name, scenario] of Object.entries(shapeScenarios))
        test(`requests/${folder}/${name}`, () => untilPlayed(() => playShapeScenario(client, folder, name, scenario)));
}
