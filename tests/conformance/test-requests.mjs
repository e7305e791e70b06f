// SPDX-License-Identifier: GPL-3.0-or-later
// Every recorded life cycle, played again: the same changes at the development server, and what the clients ask it for is what they
// asked real servers for, and what they tell is what they told. A step is taken when a request waits at the server, so nothing
// depends on how fast anybody is.
import { formsOfLog, formsOfRecording } from './form.mjs';
import { listRecordings, makeFirstRows, readChanges, readRecording } from './recording.mjs';
import { startLog, startServer } from './rig.mjs';
import { assert, assertEqual, test, until } from './tap.mjs';

// What each recording of the SDK is subscribed to.
const one = (runs) => runs.subscribeToRun('run_0001');
const tagged = (runs) => runs.subscribeToRunsWithTag('user_7');
const sdkSubscriptions = {
  'run': one, 'run-break': one, 'run-already-done': one, 'delete-row': one, 'electric-down-and-up': one,
  'run-skip': (runs) => runs.subscribeToRun('run_0001', { skipColumns: ['payload', 'output'] }),
  'missing-404': (runs) => runs.subscribeToRun('run_9999'),
  'batch': (runs) => runs.subscribeToBatch('batch_01'),
  'tag': tagged, 'truncate-409': tagged,
  'tags-created-at-skip': (runs) => runs.subscribeToRunsWithTag(['user_7', 'org a'], { createdAt: '2h', skipColumns: ['payload'] }),
};
const shapeOptions = {
  'replica-full': { params: { tags: 'user_7', replica: 'full' } },
  'stale-handle': { handle: '123-456', offset: '0_0' },
  'sse': { liveSse: true, experimentalLiveSse: true },
};

// Where the end of a sequence differs from the recording's, which is of the newest SDK: then only polls may come after it.
const goesOn = {
  'trigger-sdk-pinned': {
    'run': 'versions up to 4.7.7 go on polling for 30 s after the end',
    'run-skip': 'versions up to 4.7.7 go on polling for 30 s after the end',
    'run-already-done': 'versions up to 4.7.7 go on polling for 30 s after the end',
    'electric-down-and-up': 'versions up to 4.7.7 go on polling for 30 s after the end',
    'run-break': 'does not notice that its consumer has had enough, and goes on polling',
    'batch': 'does not notice that its consumer has had enough, and goes on polling',
    'tag': 'does not notice that its consumer has had enough, and goes on polling',
    'tags-created-at-skip': 'does not notice that its consumer has had enough, and goes on polling',
  },
};

// Of the rows, what the recordings tell.
function runOf(run) {
  const { id, status, tags, metadata, output, error, costInCents, isTest, isCompleted } = run;
  const told = { id, status, tags, metadata, output, error, costInCents, isTest, isCompleted };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

const shapeColumns = ['id', 'status', 'runTags', 'isTest', 'number', 'costInCents', 'error', 'metadata'];

function messageOf({ key, value, old_value: oldValue, headers }) {
  const keep = (row) => row && Object.fromEntries(Object.entries(row).filter(([name]) => shapeColumns.includes(name)));
  const { operation, control, relation, last, op_position: position } = headers;
  return { key, value: keep(value), oldValue: keep(oldValue), headers: { operation, control, relation, last, position } };
}

// What came after the first up-to-date: before it there is what had happened until then, which was more in some recordings.
function afterStart(messages) {
  return messages.slice(messages.findIndex(({ headers }) => headers.control === 'up-to-date') + 1).map(messageOf)
    // A poll that ran out brings nothing but the news that there is none.
    .filter(({ headers }, i, all) => headers.control !== 'up-to-date' || all[i - 1]?.headers.control !== 'up-to-date');
}

async function playRecording(server, recording, log, isStepSeen) {
  const known = new Set(makeFirstRows().map(({ run }) => run));
  const steps = recording.postgres.map(({ sql }) => sql);
  // A request waits, and the client has done with what came before.
  const isTime = async (n) => {
    const { polls, streams } = await server.state();
    const open = log.requests.filter(({ isOpen }) => isOpen);
    return polls + streams === 1 && open.length === 1 && open[0].target.includes('live=true') && isStepSeen(n);
  };

  for (const [n, sql] of steps.entries()) {
    if (sql === '(Electric is stopped)' || sql === '(Electric reports active)')
      continue;
    if (sql === '(Electric is started again)') {
      await server.fault(null, 1);
      continue;
    }
    if (steps[n - 1] === '(Electric is stopped)')
      await until(() => log.requests.filter(({ answer }) => answer?.status === 503).length > 1, 'failing requests');
    else
      await until(() => isTime(n), `the time for “${sql.slice(0, 60)}”`);
    // What waits is answered by what comes next; the server fails with the request after it.
    if (steps[n + 1] === '(Electric is stopped)')
      await server.fault('503', -1);
    if (sql === 'TRUNCATE "TaskRun"') {
      known.clear();
      await server.truncate();
    } else {
      await server.change(readChanges(sql, known));
    }
  }
}

// Without a poll at the server nobody asks for more.
const isQuiet = async (server) => (await server.state()).polls === 0;

async function playSdk(client, dialect, name) {
  const folder = `trigger-sdk-4.8.3--${dialect === 'native' ? 'native-backend' : 'electric-1.2.4'}`;
  const recording = readRecording(folder, name);
  const events = recording.client_saw;
  const wasLeft = events.some(({ event }) => event === 'break'), hasEnded = events.some(({ event }) => event === 'end');
  let wanted = events.filter(({ event }) => event === 'run').map(({ run }) => runOf(run));
  // That server took a run that has one of the tags; a real one wants all of them.
  if (name === 'tags-created-at-skip')
    wanted = wanted.filter(({ tags }) => tags.includes('org a'));

  const server = await startServer('--scenario=empty', `--dialect=${dialect}`);
  const log = await startLog(server.url);
  let seen;
  try {
    await server.change(makeFirstRows());
    if (name === 'run-already-done')
      await server.put('run_0001', { status: 'COMPLETED_SUCCESSFULLY', completedAt: '2026-01-01T00:00:00.000Z', output: '{"json":{"ok":1}}' });
    seen = client.subscribe(log.url, server.key, sdkSubscriptions[name]);
    if (wasLeft)
      seen.onRun = () => seen.runs.length < wanted.length;
    await playRecording(server, recording, log, () => true);

    // A native server's answers have no header that says that this was all, so the client begins to fetch what comes next, and
    // hangs up when it has read that there is nothing. Whether the request gets as far as here is chance.
    const isAhead = ({ target }) => dialect === 'native' && target.includes('handle=') && !target.includes('live=true');
    const forms = () => formsOfLog(log.requests.filter((request) => !isAhead(request)), { version: client.version });
    const wantedForms = formsOfRecording(recording, {});
    await until(() => seen.runs.length >= wanted.length && forms().length >= wantedForms.length, `all of ${name}`).catch(() => {});
    assertEqual(seen.error, undefined, 'error');
    assertEqual(seen.runs.map(runOf), wanted, 'runs');
    const reason = goesOn[client.name]?.[name];
    if (hasEnded) {
      if (!wasLeft || reason === undefined)
        await until(() => seen.ended || reason !== undefined, 'the end of the subscription');
      if (reason === undefined)
        await until(() => isQuiet(server), 'the end of polling');
    }
    if (reason !== undefined) {
      assertEqual(forms().slice(0, wantedForms.length), wantedForms, 'first requests');
      assert(forms().slice(wantedForms.length).every((form) => form.includes('live=true')), 'polls, and nothing else');
    } else {
      assertEqual(forms(), wantedForms, 'requests');
    }
  } finally {
    await seen?.stop();
    log.stop();
    await server.stop();
  }
}

async function playShape(client, folder, name) {
  const recording = readRecording(folder, name);
  const wanted = afterStart(recording.client_saw.flatMap(({ messages = [] }) => messages));
  const wantedError = recording.client_saw.find(({ event }) => event === 'onError')?.message;

  const server = await startServer('--scenario=empty', '--dialect=electric');
  const log = await startLog(server.url);
  let seen;
  try {
    await server.change(makeFirstRows());
    seen = client.subscribe(log.url, server.key, '/realtime/v1/runs?tags=user_7', shapeOptions[name]);
    const nUpToDate = () => seen.messages.filter(({ headers }) => headers.control === 'up-to-date').length;
    if (wantedError === undefined)
      await playRecording(server, recording, log, (n) => name !== 'sse' || nUpToDate() > n);
    else
      await until(() => seen.error !== undefined, 'the error');

    const options = { isShape: true, addedHeaders: ['authorization', 'x-trigger-electric-version', 'x-trigger-api-version'] };
    const forms = () => formsOfLog(log.requests, options), wantedForms = formsOfRecording(recording, options);
    const messages = () => (wantedError === undefined ? afterStart(seen.messages) : []);
    await until(() => messages().length >= wanted.length && forms().length >= wantedForms.length, `all of ${name}`).catch(() => {});
    assertEqual(seen.error?.message, wantedError, 'error');
    assertEqual(forms(), wantedForms, 'requests');
    if (wantedError === undefined)
      assertEqual(messages(), wanted, 'messages');
  } finally {
    await seen?.stop();
    log.stop();
    await server.stop();
  }
}

export function addRequestTests(clients) {
  for (const client of [clients['trigger-sdk-pinned'], clients['trigger-sdk-newest']])
    for (const [dialect, folder] of [['electric', 'trigger-sdk-4.8.3--electric-1.2.4'], ['native', 'trigger-sdk-4.8.3--native-backend']])
      for (const name of listRecordings(folder))
        test(`requests/sdk-${client.version}/${dialect}/${name}`, () => playSdk(client, dialect, name));
  for (const [client, folders] of [
    [clients['electric-client-pinned'], ['electric-client-1.0.14--electric-1.2.4']],
    [clients['electric-client-newest'], ['electric-client-1.5.28--electric-1.2.4', 'electric-client-1.5.28--electric-1.7.12']],
  ])
    for (const folder of folders)
      for (const name of listRecordings(folder))
        test(`requests/${folder}/${name}`, () => playShape(client, folder, name));
}
