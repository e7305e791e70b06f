// SPDX-License-Identifier: GPL-3.0-or-later
// Tests one after the other, told in TAP. A test that throws has failed; one that returns a text is skipped for that reason.
import { isDeepStrictEqual, inspect } from 'node:util';

const tests = [];

export function test(name, run) {
  tests.push({ name, run });
}

export function assert(condition, message) {
  if (!condition)
    throw new Error(message);
}

export function assertEqual(actual, wanted, what) {
  const show = (value) => inspect(value, { depth: 8, breakLength: 140, maxArrayLength: 40 });
  if (!isDeepStrictEqual(actual, wanted))
    throw new Error(`${what}: is\n${show(actual)}\nand should be\n${show(wanted)}`);
}

export function diagnose(text) {
  for (const line of String(text).split('\n'))
    console.log(`# ${line}`);
}

// Waits until the condition holds; nothing here waits for time to pass.
export async function until(condition, what, seconds = 20) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    if (await condition())
      return;
    if (performance.now() > end)
      throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// Runs those whose names hold @part. Returns whether none has failed.
export async function runAll(part = '') {
  const chosen = tests.filter(({ name }) => name.includes(part));
  let n = 0, failed = 0;
  console.log(`1..${chosen.length}`);
  for (const { name, run } of chosen) {
    const began = performance.now();
    let skipped;
    n++;
    try {
      skipped = await run();
    } catch (error) {
      diagnose(error.stack ?? error);
      console.log(`not ok ${n} - ${name}`);
      failed++;
      continue;
    }
    diagnose(`${name}: ${Math.round(performance.now() - began)} ms`);
    console.log(`ok ${n} - ${name}${typeof skipped === 'string' ? ` # SKIP ${skipped}` : ''}`);
  }
  return failed === 0;
}
