// SPDX-License-Identifier: GPL-3.0-or-later
// A recorded life cycle of a client at a real server: what was done in the database, what was asked for, what the client told.
// Its changes can be done again at the development server.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const fixtures = path.join(process.env.SPOT_FIXTURES, 'sdk-requests');

export const readRecording = (folder, name) => JSON.parse(readFileSync(path.join(fixtures, folder, `${name}.json`), 'utf8'));
export const listRecordings = (folder) => readdirSync(path.join(fixtures, folder)).map((file) => path.basename(file, '.json'));

// What the database numbers or sets itself, and what says where a run belongs.
const leftOut = ['id', 'friendlyId', 'updatedAt', 'createdAt', 'runtimeEnvironmentId', 'projectId', 'batchId'];

const word = /"(?<column>\w+)"|'(?<text>(?:[^']|'')*)'|(?<now>now\(\) at time zone 'utc')|(?<number>-?[\d.]+)|(?<word>\w+)|(?<mark>[^\s])/gy;

// The words of a statement, of which texts, numbers, times and arrays are values already.
function readWords(sql) {
  const words = [];
  for (const { groups } of sql.trim().matchAll(new RegExp(`\\s*(?:${word.source})`, 'gy'))) {
    if (groups.column !== undefined)
      words.push({ name: groups.column });
    else if (groups.text !== undefined)
      words.push({ value: groups.text.replaceAll("''", "'") });
    else if (groups.now !== undefined)
      words.push({ value: new Date().toISOString() });
    else if (groups.number !== undefined)
      words.push({ value: Number(groups.number) });
    else if (groups.word === 'NULL')
      words.push({ value: null });
    else
      words.push({ mark: groups.word ?? groups.mark });
  }
  for (let i = words.length; i-- > 0;)
    if (words[i].mark === 'ARRAY') {
      const end = words.findIndex(({ mark }, j) => j > i && mark === ']');
      words.splice(i, end - i + 1, { value: words.slice(i, end).filter(({ value }) => value !== undefined).map(({ value }) => value) });
    }
  return words;
}

const runOf = (id) => `run_${id.slice('cmrun'.length)}`;

// The columns as the server's control endpoint takes them.
function makeChange(columns, id = columns.id) {
  const batch = columns.batchId ? `batch_${columns.batchId.slice('cmbatch'.length)}` : undefined;
  const kept = Object.fromEntries(Object.entries(columns).filter(([name]) => !leftOut.includes(name)));
  if (typeof kept.error === 'string')
    kept.error = JSON.parse(kept.error);
  return { run: runOf(id), batch, columns: kept };
}

// What one transaction changes; @known are the runs that there are, which it keeps up.
export function readChanges(sql, known) {
  const changes = [];
  for (const statement of sql.split(/;(?=\s*(?:BEGIN|COMMIT|UPDATE|DELETE|INSERT|$))/)) {
    const words = readWords(statement);
    const kind = words[0]?.mark;
    if (kind === 'UPDATE') {
      const columns = {};
      for (let i = 0; words[i]?.mark !== 'WHERE'; i++)
        if (words[i].name !== undefined && words[i + 1].mark === '=')
          columns[words[i].name] = words[i + 2].value;
      changes.push(makeChange(columns, words.at(-1).value));
    } else if (kind === 'DELETE') {
      const ids = words.at(-1).value !== undefined ? [runOf(words.at(-1).value)] : [...known];
      ids.forEach((run) => { known.delete(run); changes.push({ run, columns: null }); });
    } else if (kind === 'INSERT') {
      const start = words.findIndex(({ mark }) => mark === 'VALUES');
      const names = words.slice(0, start).filter(({ mark, name }) => name !== undefined ? name !== 'TaskRun' : !['INSERT', 'INTO', '(', ')', ','].includes(mark))
                         .map(({ name, mark }) => name ?? mark);
      const values = words.slice(start).filter(({ value }) => value !== undefined).map(({ value }) => value);
      for (let i = 0; i < values.length; i += names.length) {
        const change = makeChange(Object.fromEntries(names.map((name, j) => [name, values[i + j]])));
        known.add(change.run);
        changes.push(change);
      }
    } else if (kind !== undefined && !['BEGIN', 'COMMIT'].includes(kind)) {
      throw new Error(`Not a statement that is known here: ${statement}`);
    }
  }
  return changes;
}

// The table as it was when each recording began.
const firstColumns = [
  { run: 'run_0001', columns: { taskIdentifier: 'resize-image', payload: '{"json":{"n":1}}', runTags: ['user_7', 'org a'], number: 1 } },
  { run: 'run_0002', batch: 'batch_01', columns: { taskIdentifier: 'resize-image', payload: '{"json":{"n":2}}', runTags: ['user_7'],
                                                   number: 2, metadata: '{"progress":0}' } },
  { run: 'run_0003', batch: 'batch_01', columns: { taskIdentifier: 'send-mail', payload: '{"json":{"n":3}}', runTags: null, number: 3 } },
];

// All inserted by one statement, so at one time.
export function makeFirstRows() {
  const now = new Date().toISOString();
  return firstColumns.map(({ columns, ...rest }) => ({ ...rest, columns: { ...columns, createdAt: now, updatedAt: now } }));
}
