// SPDX-License-Identifier: GPL-3.0-or-later
// Triggers a task that streams its answer in the given form, and reads the stream twice. In a thread of its own, because the SDK has no way to stop
// reading: it would try again for ever when the server is gone, and disturb whoever has the address next.
import { parentPort, workerData } from 'node:worker_threads';

import { until } from './tap.mjs';

const sdk = await import(workerData.name);
let run, live = '', again = '';

const { url, key, version } = workerData;
sdk.configure({ baseURL: url, accessToken: key, future: { v2RealtimeStreams: version === 'v2' } });
const { id } = await sdk.tasks.trigger('answer-question', 'Why?');
const reading = (async () => {
  for await (const part of sdk.runs.subscribeToRun(id).withStreams()) {
    if (part.type === 'run')
      run = part.run;
    else
      live += part.chunk.delta;
  }
})();
reading.catch(() => {});
await until(() => run?.isSuccess && live.length >= run.output.length, 'the end of the run and of its answer', 40);

// The server keeps such a stream open for a minute: it is left at its last word.
for await (const chunk of await sdk.runs.fetchStream(id, 'answer')) {
  again += chunk.delta;
  if (again.length >= run.output.length)
    break;
}
// The form that was asked for is the one that was read.
const response = await fetch(`${url}/realtime/v1/streams/${id}/answer`, { headers: { authorization: `Bearer ${key}` } });
const spoken = response.headers.get('x-stream-version') ?? 'v1';
await response.body.cancel();
parentPort.postMessage({ output: run.output, live, again, spoken });
