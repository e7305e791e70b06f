// SPDX-License-Identifier: GPL-3.0-or-later
// The same runs, watched at the same time by the SDK and by the program: for each run the same distinct states, in order.
import { isDeepStrictEqual, inspect } from 'node:util';

import { differences, fromProgram, fromSdk } from './mapping.mjs';
import { startServer, startShared, startWatch } from './rig.mjs';
import { assert, assertEqual, diagnose, test, until } from './tap.mjs';

// Run id → its distinct states, in order.
function historiesOf(states) {
  const histories = new Map();
  for (const state of states) {
    const history = histories.get(state.id) ?? [];
    histories.set(state.id, history);
    if (history.length === 0 || !isDeepStrictEqual(history.at(-1), state))
      history.push(state);
  }
  return histories;
}

function findDifferences(program, sdk) {
  const found = [];
  for (const id of new Set([...program.keys(), ...sdk.keys()])) {
    const ours = program.get(id) ?? [], theirs = sdk.get(id) ?? [];
    for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
      if (isDeepStrictEqual(ours[i], theirs[i]))
        continue;
      const names = new Set([...Object.keys(ours[i] ?? {}), ...Object.keys(theirs[i] ?? {})]);
      const which = [...names].filter((name) => !isDeepStrictEqual(ours[i]?.[name], theirs[i]?.[name]));
      const show = (state) => inspect(state && Object.fromEntries(which.map((name) => [name, state[name]])),
                                      { depth: 6, breakLength: Infinity });
      found.push(`${id}, state ${i + 1} of ${ours.length} and ${theirs.length}: program ${show(ours[i])}, SDK ${show(theirs[i])}`);
      break;
    }
  }
  return found;
}

// Watches until @isEnough, then lets every client read to the same point and compares.
async function compare(clients, server, subscribe, options, isEnough, drive) {
  const names = ['program', ...clients.map(({ name }) => name)];
  const shared = await startShared(server.url, names);
  const watch = startWatch(shared.clients.program.url, server.key, ...options);
  const seen = clients.map((client) => client.subscribe(shared.clients[client.name].url, server.key, subscribe));
  try {
    await drive?.();
    await until(() => isEnough(watch.states), 'enough states', 60).catch((error) => {
      diagnose(`${watch.states.length} states and ${endedOf(watch.states)} ends from the program; from the SDKs ` +
               seen.map(({ runs }) => `${runs.length} and ${endedOf(runs)}`).join(', '));
      throw error;
    });
    shared.freeze();
    await until(() => shared.level(), 'every client at the same point', 40);
    for (const [i, client] of clients.entries()) {
      const hasCauses = client.version !== '4.5.12';
      const both = () => [historiesOf(watch.states.map((line) => fromProgram(line, hasCauses))),
                          historiesOf(seen[i].runs.map((run) => fromSdk(run, hasCauses)))];
      // What a client has read it tells a moment later.
      let found = findDifferences(...both());
      for (let tries = 0; found.length > 0 && tries < 100; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        found = findDifferences(...both());
      }
      const [program] = both();
      const n = [...program.values()].reduce((sum, history) => sum + history.length, 0);
      assertEqual(seen[i].error, undefined, `error of ${client.name}`);
      diagnose(`${client.name} ${client.version}: ${program.size} runs, ${n} distinct states, ${found.length} differences`);
      assertEqual(found.slice(0, 5), [], `differences from ${client.name} ${client.version}`);
      assert(n > program.size, 'there were changes');
    }
  } finally {
    await watch.stop();
    await Promise.all(seen.map((one) => one.stop()));
    shared.stop();
  }
  assertEqual(watch.code, 0, 'what the program ended with');
}

const endedOf = (states) => new Set(states.filter(({ finishedAt }) => finishedAt !== undefined).map(({ id }) => id)).size;

async function runCalm(clients, dialect) {
  const server = await startServer('--scenario=calm', `--dialect=${dialect}`, '--speed=20', '--seed=7', '--hold-ms=1000');
  try {
    await compare(clients, server, (runs) => runs.subscribeToRunsWithTag('user_1234', { createdAt: '24h' }),
                  ['--tag', 'user_1234'], (states) => states.length >= 150);
  } finally {
    await server.stop();
  }
}

// The native backend tells a change by the time of the row, in milliseconds: of two changes of a run within one, the second may
// never be told. So an end can be missing there, for every client alike.
async function runBurst(clients, dialect) {
  const nEnds = dialect === 'native' ? 950 : 1000;
  const server = await startServer('--scenario=burst', `--dialect=${dialect}`, '--speed=8', '--hold-ms=1000');
  try {
    await compare(clients, server, (runs) => runs.subscribeToRunsWithTag('newsletter', { createdAt: '24h' }),
                  ['--tag', 'newsletter'], (states) => endedOf(states) >= nEnds);
  } finally {
    await server.stop();
  }
}

// Values of every kind that a column can have, in a batch and in each of its runs' own feeds.
const packets = [
  ['application/json', '{"a":[1,2.50,-0,1e3,null,true],"b":{"":""}}'], ['application/json', 'null'], ['application/json', '"x"'],
  ['text/plain', 'plain {text}\n"\\\u0000é 😀'], ['text/plain', ''],
  ['application/super+json', '{"json":{"d":"2026-01-01T00:00:00.000Z","n":"9007199254740993","u":null,"s":[1],"m":[["k",1]],' +
    '"x":"NaN","l":"https://example.com/","r":"/a+/gi"},"meta":{"values":{"d":["Date"],"n":["bigint"],"u":["undefined"],' +
    '"s":["set"],"m":["map"],"x":["number"],"l":["URL"],"r":["regexp"]}}}'],
  ['application/super+json',
   '{"json":[1,{"deep.key":["1970-01-01T00:00:00.000Z"]}],"meta":{"values":{"1.deep\\\\.key.0":["Date"]}}}'],
];
const errors = [
  { type: 'BUILT_IN_ERROR', name: 'TypeError', message: 'x of undefined', stackTrace: 'TypeError: x\n    at a (b.ts:1:2)' },
  { type: 'BUILT_IN_ERROR', name: 'Error', message: 'outer', stackTrace: '',
    causes: [{ name: 'E', message: 'inner', stackTrace: 's' }, { message: 'm' }] },
  { type: 'STRING_ERROR', raw: 'just text' },
  { type: 'CUSTOM_ERROR', raw: '{"code":7,"message":"m"}' },
  { type: 'INTERNAL_ERROR', code: 'TASK_PROCESS_OOM_KILLED', message: 'killed', stackTrace: 's' },
];
const ends = ['COMPLETED_SUCCESSFULLY', 'COMPLETED_WITH_ERRORS', 'CANCELED', 'CRASHED', 'SYSTEM_FAILURE', 'EXPIRED',
              'TIMED_OUT', 'INTERRUPTED'];
const middles = ['PENDING_VERSION', 'DEQUEUED', 'EXECUTING', 'WAITING_TO_RESUME', 'PAUSED', 'RETRYING_AFTER_FAILURE',
                 'WAITING_FOR_DEPLOY'];
const tags = [[], ['a b', "q'r"], ['user:42', 'é😀', 'NULL', '{x}'], ['a,b']];

const pick = (list, i) => list[i % list.length];
const time = (s) => new Date(Date.UTC(2026, 0, 1, 0, 0, s, (s * 37) % 1000)).toISOString();

function stepsOf(i) {
  const [payloadType, payload] = pick(packets, i), [outputType, output] = pick(packets, i + 3);
  return [
    { taskIdentifier: `task-${i % 5}`, status: i % 6 === 0 ? 'DELAYED' : 'PENDING', payload, payloadType,
      runTags: pick(tags, i), isTest: i % 4 === 0, ttl: i % 3 === 0 ? '10m' : null, number: i,
      ...(i % 6 === 0 && { delayUntil: time(i) }), queuedAt: time(i + 1) },
    { status: pick(middles, i), startedAt: time(i + 2),
      metadata: JSON.stringify({ progress: i / 7, $$streams: ['s'], deep: { $$kept: [null] } }) },
    { metadata: JSON.stringify({ status: { progress: i % 100, label: 'é😀' }, big: 12345678901234 }),
      usageDurationMs: i * 13, costInCents: i / 1000, realtimeStreams: ['s', 't u'] },
    { metadata: null, status: 'EXECUTING', baseCostInCents: 0.0025 },
    { status: pick(ends, i), completedAt: time(i + 60), ...(i % 8 === 0 && { output, outputType }),
      ...(i % 8 !== 0 && i % 8 !== 2 && { error: pick(errors, i) }) },
    { usageDurationMs: i * 13 + 1, costInCents: i / 300 },
  ];
}

async function runBatch(clients, dialect) {
  const server = await startServer('--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000');
  const n = 40;
  const isLast = ({ id, costInCents, finishedAt }) => finishedAt !== undefined && costInCents === Number(id.slice(4)) / 300;
  try {
    // The batch has to be there before it can be watched.
    await server.put('run_0', stepsOf(0)[0], 'batch_1');
    await compare(clients, server, (runs) => runs.subscribeToBatch('batch_1'), ['--batch', 'batch_1'],
                  (states) => new Set(states.filter(isLast).map(({ id }) => id)).size >= n,
                  async () => {
                    for (let step = 0; step < 6; step++)
                      for (let i = 0; i < n; i++)
                        await server.put(`run_${i}`, stepsOf(i)[step], 'batch_1');
                  });
  } finally {
    await server.stop();
  }
}

// The newest SDK reads nothing after the end, the program for as long as it is told to.
async function runOne(client, dialect, i) {
  const server = await startServer('--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000');
  try {
    await server.put('run_1', stepsOf(i)[0]);
    const shared = await startShared(server.url, ['program', 'sdk']);
    const watch = startWatch(shared.clients.program.url, server.key, '--run', 'run_1', '--linger', '0.2');
    const seen = client.subscribe(shared.clients.sdk.url, server.key, (runs) => runs.subscribeToRun('run_1'));
    for (let step = 1; step < 5; step++) {
      await until(() => seen.runs.length >= step && watch.states.length >= step, `state ${step}`);
      await server.put('run_1', stepsOf(i)[step]);
    }
    await until(() => watch.code !== undefined && seen.runs.length >= 5, 'the end of the run');
    const hasCauses = client.version !== '4.5.12';
    assertEqual(findDifferences(historiesOf(watch.states.map((line) => fromProgram(line, hasCauses))),
                                historiesOf(seen.runs.map((run) => fromSdk(run, hasCauses)))), [], 'differences');
    assertEqual(watch.code, 0, 'what the program ended with');
    await seen.stop();
    shared.stop();
  } finally {
    await server.stop();
  }
}

export function addDifferentialTests(clients) {
  const both = [clients['trigger-sdk-pinned'], clients['trigger-sdk-newest']];

  test('differential/what-is-not-compared', () => {
    for (const [field, reason] of Object.entries(differences))
      diagnose(`${field}: ${reason}`);
  });
  for (const dialect of ['electric', 'native']) {
    for (const client of both)
      for (const i of [0, 1, 3, 5])
        test(`differential/${dialect}/run-${i}/${client.version}`, () => runOne(client, dialect, i));
    test(`differential/${dialect}/batch`, () => runBatch(both, dialect));
    test(`differential/${dialect}/calm`, () => runCalm(both, dialect));
    test(`differential/${dialect}/burst`, () => runBurst(both, dialect));
  }
}
