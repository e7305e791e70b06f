// SPDX-License-Identifier: GPL-3.0-or-later
// The same runs, watched at the same time by the SDK and by the program: for each run the same distinct states, in order.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, inspect } from 'node:util';

import { differences, fromProgram, fromSdk, isSame } from './mapping.mjs';
import { breaks, oddValues, other, same } from './odd-values.mjs';
import { startServer, startWatch } from './rig.mjs';
import { startShared } from './shared.mjs';
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

// What both tell, compared state by state. One difference has a reason that lies in neither: a native server tells a change only
// when the row's time of change has risen, so of two changes in the same millisecond the SDK is never told the second. The program
// asks again for what it may have missed, and so has one state more.
function findDifferences(program, sdk, dialect) {
  const found = [];
  let nExplained = 0;
  for (const id of new Set([...program.keys(), ...sdk.keys()])) {
    const ours = program.get(id) ?? [], theirs = sdk.get(id) ?? [];
    for (let i = 0, j = 0; i < ours.length || j < theirs.length; i++, j++) {
      if (isSame(ours[i], theirs[j]))
        continue;
      if (dialect === 'native' && i > 0 && ours[i]?.updatedAt !== undefined && ours[i].updatedAt === ours[i - 1].updatedAt) {
        nExplained++;
        j--;
        continue;
      }
      const names = new Set([...Object.keys(ours[i] ?? {}), ...Object.keys(theirs[j] ?? {})]);
      const which = [...names].filter((name) => !isDeepStrictEqual(ours[i]?.[name], theirs[j]?.[name]));
      const show = (state) => inspect(state && Object.fromEntries(which.map((name) => [name, state[name]])),
                                      { depth: 6, breakLength: Infinity }).slice(0, 1000);
      found.push(`${id}, states ${i + 1} of ${ours.length} and ${j + 1} of ${theirs.length}: program ${show(ours[i])}, SDK ${show(theirs[j])}`);
      break;
    }
  }
  return { found, nExplained };
}

// What all comparisons of a dialect came to, by version of the SDK.
const totals = { electric: new Map(), native: new Map() };

function count(dialect, { version }, nRuns, nStates, { found, nExplained }) {
  const total = totals[dialect].get(version) ?? { nRuns: 0, nStates: 0, nUnexplained: 0, nExplained: 0 };
  totals[dialect].set(version, total);
  total.nRuns += nRuns;
  total.nStates += nStates;
  total.nUnexplained += found.length;
  total.nExplained += nExplained;
  diagnose(`${version}: ${nRuns} runs, ${nStates} distinct states, ${found.length} differences` +
           (nExplained > 0 ? `, ${nExplained} explained` : ''));
  assertEqual(found.slice(0, 5), [], `differences from the SDK ${version}`);
}

const hasCauses = ({ version }) => version !== '4.5.12';

// What the program and a client have told of so far.
const historiesOfBoth = (watch, client, seen) => [
  historiesOf(watch.states.map((line) => fromProgram(line, hasCauses(client)))),
  historiesOf(seen.runs.map((run) => fromSdk(run, hasCauses(client)))),
];

// Watches until @isEnough, then lets every client read to the same point and compares. @drive makes what happens, and is given
// a function that waits until every client has read all there is, and then does something while none of them asks.
async function compare(clients, server, dialect, { subscribe, options, isEnough, drive }, nWantedExplained = 0) {
  const shared = await startShared(server.url, ['program', ...clients.map(({ name }) => name)]);
  const watch = startWatch(shared.clients.program.url, server.key, ...options);
  const seen = clients.map((client) => client.subscribe(shared.clients[client.name].url, server.key, subscribe));
  const level = async () => {
    shared.freeze();
    await until(() => shared.isLevel(), 'every client at the same point', 40);
  };
  try {
    await drive?.({ shared, watch, seen, pause: async (act) => { await level(); await act(); shared.thaw(); } });
    await until(() => isEnough(watch.states), 'enough states', 60).catch((error) => {
      diagnose(`${watch.states.length} states and ${endedOf(watch.states)} ends from the program; from the SDKs ` +
               seen.map(({ runs }) => `${runs.length} and ${endedOf(runs)}`).join(', '));
      throw error;
    });
    await level();
    for (const [i, client] of clients.entries()) {
      // What a client has read it tells a moment later.
      let program, differences;
      await until(() => {
        const both = historiesOfBoth(watch, client, seen[i]);
        program = both[0];
        differences = findDifferences(...both, dialect);
        return differences.found.length === 0;
      }, '').catch(() => {});
      const nStates = [...program.values()].reduce((sum, history) => sum + history.length, 0);
      assertEqual(seen[i].error, undefined, `error of ${client.name}`);
      assert(nStates > program.size, 'there were changes');
      count(dialect, client, program.size, nStates, differences);
      assertEqual(differences.nExplained, nWantedExplained, 'explained differences');
    }
  } finally {
    await watch.stop();
    await Promise.all(seen.map((one) => one.stop()));
    shared.stop();
  }
  assertEqual(watch.code, 0, 'what the program ended with');
}

const endedOf = (states) => new Set(states.filter(({ finishedAt }) => finishedAt !== undefined).map(({ id }) => id)).size;

async function withServer(options, body) {
  const server = await startServer(...options);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

const runCalm = (clients, dialect) =>
  withServer(['--scenario=calm', `--dialect=${dialect}`, '--speed=40', '--seed=7', '--hold-ms=1000'], (server) =>
    compare(clients, server, dialect, {
      subscribe: (runs) => runs.subscribeToRunsWithTag('user_1234', { createdAt: '24h' }), options: ['--tag', 'user_1234'],
      isEnough: (states) => states.length >= 150,
    }));

const runBurst = (clients, dialect) =>
  withServer(['--scenario=burst', `--dialect=${dialect}`, '--speed=16', '--hold-ms=1000'], (server) =>
    compare(clients, server, dialect, {
      subscribe: (runs) => runs.subscribeToRunsWithTag('newsletter', { createdAt: '24h' }), options: ['--tag', 'newsletter'],
      isEnough: (states) => endedOf(states) >= 1000,
    }));

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

// Each run's last step is told apart by its cost.
const hasDone = (states, n) =>
  new Set(states.filter(({ id, costInCents, finishedAt }) => finishedAt !== undefined && costInCents === Number(id.slice(4)) / 300)
                .map(({ id }) => id)).size >= n;

const runBatch = (clients, dialect) =>
  withServer(['--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000'], async (server) => {
    const n = 40;
    // The batch has to be there before it can be watched.
    await server.put('run_0', stepsOf(0)[0], 'batch_1');
    await compare(clients, server, dialect, {
      subscribe: (runs) => runs.subscribeToBatch('batch_1'), options: ['--batch', 'batch_1'],
      isEnough: (states) => hasDone(states, n),
      drive: async () => {
        for (let step = 0; step < 6; step++)
          for (let i = 0; i < n; i++)
            await server.put(`run_${i}`, stepsOf(i)[step], 'batch_1');
      },
    });
  });

// A thousand runs with one tag: columns of every kind, the demo's tasks with all their ends, and tasks that return what they were
// given, triggered by the SDK; and meanwhile a server that fails for a moment and forgets its logs.
const tasks = ['import-csv', 'render-video', 'answer-question', 'nightly-report', 'resize-image', 'send-reminder', 'pay-invoice',
               'send-email', 'sync-crm', 'crawl-site', 'charge-subscription', 'build-search-index', 'export-archive', 'warm-cache'];
const nMixed = { put: 300, tasks: 560, echo: 140 };
const nMixedAll = nMixed.put + nMixed.tasks + nMixed.echo;

async function triggerMixed({ module: sdk }, server) {
  const options = { tags: ['mixed'] };
  sdk.configure({ baseURL: server.url, accessToken: server.key });
  for (const task of tasks)
    await sdk.tasks.batchTrigger(task, Array.from({ length: nMixed.tasks / tasks.length }, (_, i) => ({ payload: { i }, options })));
  for (let i = 0; i < nMixed.echo; i++)
    await sdk.tasks.trigger('echo', pick([{ at: new Date(i), big: 2n ** 60n + BigInt(i), set: new Set([i]) }, 'é😀', i, null], i), options);
}

const runMixed = (clients, dialect) =>
  withServer(['--scenario=empty', `--dialect=${dialect}`, '--speed=20', '--hold-ms=1000'], async (server) => {
    const ids = Array.from({ length: nMixed.put }, (_, i) => i);
    const changesOf = (step) => ids.map((i) => ({ run: `run_${i}`, columns: { ...stepsOf(i)[step], ...(step === 0 && { runTags: ['mixed'] }) } }));
    await server.change(changesOf(0));
    await compare(clients, server, dialect, {
      subscribe: (runs) => runs.subscribeToRunsWithTag('mixed', { createdAt: '24h' }), options: ['--tag', 'mixed'],
      isEnough: (states) => hasDone(states, nMixed.put) && endedOf(states) >= nMixedAll,
      drive: async ({ shared, watch, pause }) => {
        await until(() => watch.states.length >= nMixed.put, 'the first snapshot');
        await triggerMixed(clients[1], server);
        for (let step = 1; step < 6; step++) {
          const changes = changesOf(step);
          for (let i = 0; i < changes.length; i += 100)
            await server.change(changes.slice(i, i + 100));
          if (step === 2)
            await server.fault('503', 2);
          if (step === 4)
            await pause(() => server.rotate());
        }
        if (dialect === 'electric')
          await until(() => Object.values(shared.clients).every(({ reader }) => reader.epoch > 0), 'every client to begin again');
      },
    });
  });

// The last change of each run comes in the same millisecond as the one before, when that has been told. The program asks for what
// it may have missed once nothing has happened for some seconds.
const runTwoAtOnce = (clients) =>
  withServer(['--scenario=empty', '--dialect=native', '--hold-ms=1000'], async (server) => {
    const runs = Array.from({ length: 5 }, (_, i) => `run_${i}`);
    const at = new Date(Date.now() + 1000).toISOString();
    const put = (columns) => server.change(runs.map((run) => ({ run, columns })));
    let shared;
    await put({ taskIdentifier: 't', status: 'PENDING', runTags: ['twins'] });
    await compare(clients, server, 'native', {
      subscribe: (subscriptions) => subscriptions.subscribeToRunsWithTag('twins'), options: ['--tag', 'twins'],
      isEnough: (states) => endedOf(states) === runs.length,
      drive: async (rig) => {
        shared = rig.shared;
        await until(() => rig.watch.states.length === runs.length, 'the first snapshot');
        await put({ status: 'EXECUTING', updatedAt: at });
        await until(() => rig.watch.states.length === 2 * runs.length, 'the first of the two changes');
        await put({ status: 'COMPLETED_SUCCESSFULLY', completedAt: at, updatedAt: at });
      },
    }, runs.length);
    assertEqual(shared.getHealed(), runs.length, 'changes that only the program came to know');
  });

// The newest SDK reads nothing after the end, the program for as long as it is told to.
const runOne = (client, dialect, i) =>
  withServer(['--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000'], async (server) => {
    await server.put('run_1', stepsOf(i)[0]);
    const shared = await startShared(server.url, ['program', 'sdk']);
    const watch = startWatch(shared.clients.program.url, server.key, '--run', 'run_1', '--linger', '0.2');
    const seen = client.subscribe(shared.clients.sdk.url, server.key, (runs) => runs.subscribeToRun('run_1'));
    try {
      for (let step = 1; step < 5; step++) {
        await until(() => seen.runs.length >= step && watch.states.length >= step, `state ${step}`);
        await server.put('run_1', stepsOf(i)[step]);
      }
      await until(() => watch.code !== undefined && seen.runs.length >= 5, 'the end of the run');
      count(dialect, client, 1, 5, findDifferences(...historiesOfBoth(watch, client, seen), dialect));
      assertEqual(watch.code, 0, 'what the program ended with');
    } finally {
      await watch.stop();
      await seen.stop();
      shared.stop();
    }
  });

// One state each, so that there is nothing to share.
const runOddValues = (client, dialect) =>
  withServer(['--scenario=empty', `--dialect=${dialect}`, '--hold-ms=1000'], async (server) => {
    const names = Object.keys(oddValues), id = (name) => `run_${name.replaceAll('-', '_')}`;
    const watch = startWatch(server.url, server.key, '--tag', 'odd');
    const seen = new Map();
    let nSame = 0, nExplained = 0;
    try {
      for (const name of names)
        await server.put(id(name), { taskIdentifier: 't', status: 'EXECUTING', runTags: ['odd'], ...oddValues[name][0] });
      for (const name of names)
        seen.set(name, client.subscribe(server.url, server.key, (runs) => runs.subscribeToRun(id(name))));
      for (const name of names) {
        const [, outcome] = oddValues[name], { runs } = seen.get(name);
        await until(() => runs.length > 0 || seen.get(name).error !== undefined, `${name} at the SDK`);
        await until(() => watch.states.some((state) => state.id === id(name)), `${name} at the program`);
        const ours = fromProgram(watch.states.find((state) => state.id === id(name)), hasCauses(client));
        const theirs = runs.length > 0 ? fromSdk(runs[0], hasCauses(client)) : undefined;
        const actual = theirs === undefined ? breaks : isSame(ours, theirs) ? same : other;
        if (actual !== outcome)
          diagnose(inspect({ ours, theirs, error: seen.get(name).error }, { depth: 6 }).slice(0, 2000));
        assertEqual(actual, outcome, `what the SDK ${client.version} does with ${name}`);
        if (actual === same)
          nSame++;
        else
          nExplained++;
      }
      count(dialect, client, names.length, names.length, { found: [], nExplained });
      assert(nSame > 20, 'most are told by both');
    } finally {
      await watch.stop();
      await Promise.all([...seen.values()].map((one) => one.stop()));
    }
  });

export function addDifferentialTests(clients) {
  const both = [clients['trigger-sdk-pinned'], clients['trigger-sdk-newest']];

  test('differential/electric/what-is-not-compared', () => {
    const rows = [
      ...Object.entries(differences).map(([field, reason]) => `| ${field} | ${reason} |`),
      ...Object.entries(oddValues).filter(([, [, outcome]]) => outcome !== same)
        .map(([name, [, outcome, reason]]) => `| ${name} | ${outcome} | ${reason} |`),
    ];
    const page = readFileSync(process.env.SPOT_CONFORMANCE_PAGE, 'utf8').split('\n');
    rows.forEach(diagnose);
    assertEqual(rows.filter((row) => !page.includes(row)), [], 'what the page does not say');
  });
  for (const dialect of ['electric', 'native']) {
    for (const client of both)
      for (const i of [0, 1, 3, 5])
        test(`differential/${dialect}/run-${i}/${client.version}`, () => runOne(client, dialect, i));
    test(`differential/${dialect}/batch`, () => runBatch(both, dialect));
    test(`differential/${dialect}/calm`, () => runCalm(both, dialect));
    test(`differential/${dialect}/burst`, () => runBurst(both, dialect));
    test(`differential/${dialect}/mixed`, () => runMixed(both, dialect));
    if (dialect === 'native')
      test('differential/native/two-at-once', () => runTwoAtOnce(both));
    for (const client of both)
      test(`differential/${dialect}/odd-values/${client.version}`, () => runOddValues(client, dialect));
    test(`differential/${dialect}/in-all`, () => {
      if (totals[dialect].size === 0)
        return 'nothing was compared';
      for (const [version, { nRuns, nStates, nUnexplained, nExplained }] of totals[dialect]) {
        diagnose(`${version}: ${nRuns} runs, ${nStates} distinct states, ${nUnexplained} unexplained differences, ${nExplained} explained`);
        assert(nRuns >= 1000, `${nRuns} runs are not what was asked for`);
        assertEqual(nUnexplained, 0, 'unexplained differences');
      }
    });
  }
}
