// SPDX-License-Identifier: GPL-3.0-or-later
// Two ways to tell the same run, made comparable: the SDK's object, and a line of `runspotter-cli watch --json`.
import { isDeepStrictEqual } from 'node:util';

// The raw status by its current API name, which is all that the SDK tells.
const apiNames = {
  DELAYED: 'DELAYED', PENDING: 'QUEUED', PENDING_VERSION: 'PENDING_VERSION', WAITING_FOR_DEPLOY: 'PENDING_VERSION',
  DEQUEUED: 'DEQUEUED', EXECUTING: 'EXECUTING', RETRYING_AFTER_FAILURE: 'EXECUTING', WAITING_TO_RESUME: 'WAITING',
  PAUSED: 'WAITING', COMPLETED_SUCCESSFULLY: 'COMPLETED', COMPLETED_WITH_ERRORS: 'FAILED', INTERRUPTED: 'FAILED',
  CANCELED: 'CANCELED', CRASHED: 'CRASHED', SYSTEM_FAILURE: 'SYSTEM_FAILURE', EXPIRED: 'EXPIRED', TIMED_OUT: 'TIMED_OUT',
};

// What cannot be compared, and why. Every other field has to be equal.
export const differences = {
  number: 'the SDK drops it, though the server sends it',
  ttl: 'the SDK drops it, though the server sends it',
  rawStatus: 'the SDK has no field for it; `status` is compared by way of it',
  status: 'the SDK tells the current name, the program the older one; unknown words are QUEUED to the SDK',
  idempotencyKey: 'no feed sends it',
  'isQueued, isWaiting, isExecuting, isSuccess, isFailed, isCompleted, isCancelled': 'made from the status by the SDK alone',
  'metadata.$$*': 'the SDK leaves the reserved names in',
  'error.message of an internal error': 'the SDK puts a sentence with the code in place of the server’s message',
  'error.stackTrace of an internal error': 'the SDK drops it',
  'error.causes': 'versions before 4.6.4 drop them',
  'an empty stackTrace': 'the program leaves out what is empty',
  'an empty text as payload or output': 'the SDK takes it for none',
  'output after the first': 'SDK versions up to 4.5 keep the first value that they decoded for ever',
  'payload or output in the object store': 'the SDK downloads it at once; the program says where it lies, and only that there is a value is compared',
  'the second of two changes in a millisecond': 'a native server never tells it; the program asks again for what it may have missed, the SDK does not',
};

// In place of a value that the program leaves in the object store.
const stored = '(in the object store)';

// Whether a state of the program's and one of the SDK's are the same.
export function isSame(ours, theirs) {
  let known = ours;
  for (const name of ['payload', 'output'])
    if (ours?.[name] === stored && theirs?.[name] !== undefined)
      known = { ...known, [name]: theirs[name] };
  return isDeepStrictEqual(known, theirs);
}

// JavaScript's values as superjson writes its `json` part, which is how the program writes them.
function plain(value) {
  if (value === undefined)
    return null;
  if (typeof value === 'bigint' || typeof value === 'symbol')
    return value.toString();
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value !== 'object')
    return value;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL || value instanceof RegExp)
    return value.toString();
  if (value instanceof Set)
    return [...value].map(plain);
  if (value instanceof Map)
    return [...value].map(([key, child]) => [plain(key), plain(child)]);
  if (value instanceof Error)
    return { name: value.name, message: value.message };
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value, plain);
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, plain(child)]));
}

const nonEmpty = (value) => (value === '' ? undefined : value);
const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function withoutReserved(metadata) {
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata))
    return metadata;
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith('$$')));
}

const timeFields = ['createdAt', 'updatedAt', 'startedAt', 'delayedUntil', 'queuedAt', 'expiredAt', 'finishedAt'];
const sameFields = ['id', 'taskIdentifier', 'isTest', 'durationMs', 'costInCents', 'baseCostInCents', 'tags', 'realtimeStreams'];

export function fromSdk(run, hasCauses) {
  const object = { status: run.status };
  for (const name of sameFields)
    object[name] = plain(run[name]);
  for (const name of timeFields)
    object[name] = run[name] === undefined ? undefined : plain(run[name]);
  for (const name of ['payload', 'output'])
    object[name] = run[name] === undefined ? undefined : nonEmpty(plain(run[name]));
  object.metadata = run.metadata === undefined ? undefined : withoutReserved(plain(run.metadata));
  if (run.error !== undefined) {
    const { message, name, stackTrace, causes } = run.error;
    object.error = present({ message, name, stackTrace: stackTrace || undefined });
    if (hasCauses && causes !== undefined)
      object.error.causes = causes.map((cause) => present({ ...cause, stackTrace: cause.stackTrace || undefined }));
  }
  return present(object);
}

export function fromProgram(line, hasCauses) {
  const object = { status: apiNames[line.rawStatus] ?? 'QUEUED' };
  for (const name of [...sameFields, ...timeFields, 'payload', 'output', 'metadata'])
    object[name] = line[name];
  for (const name of ['payload', 'output'])
    // A number that a double cannot hold is text in both.
    object[name] = line[`${name}Stored`] !== undefined ? stored : nonEmpty(object[name] === undefined ? undefined : plain(object[name]));
  if (line.error !== undefined) {
    const { message, name, stackTrace, code, causes } = line.error;
    object.error = code !== undefined ? { message: `trigger.dev internal error (${code})` }
                                      : present({ message, name, stackTrace: stackTrace || undefined });
    if (hasCauses && causes !== undefined)
      object.error.causes = causes;
  }
  return present(object);
}
