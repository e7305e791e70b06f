// SPDX-License-Identifier: GPL-3.0-or-later
// The form of a sequence of requests: what a client decides, without what a server made up. Handles become names, and what is
// repeated from the answer before, positions and cursors, says that it is. A poll that ran out, and a request that failed, are
// asked again from the same position; how often depends on time, and is told once.

// What Trigger.dev's server sets itself and a client of it does not send, and what chooses the same rows in its place.
const ownParameters = ['table', 'where', 'columns', 'tags'];
// What the HTTP library says of itself.
const libraryHeaders = ['host', 'connection', 'accept-language', 'sec-fetch-mode', 'user-agent', 'accept-encoding'];

// @requests: each { method, target, headers, answer }, the last with the headers that are repeated, and nullable.
function formsOf(requests, { isShape, version, addedHeaders = [] }) {
  const names = new Map();
  const forms = [];
  let last = {}, before = {};

  const nameOf = (handle) => {
    const base = handle.replace(/-next$/, '');
    if (!names.has(base))
      names.set(base, `H${names.size + 1}`);
    return names.get(base) + handle.slice(base.length);
  };
  for (const { method, target, headers, answer } of requests) {
    const url = new URL(target, 'http://server');
    const words = [];
    for (const [name, value] of url.searchParams) {
      if (isShape && ownParameters.includes(name))
        continue;
      if (name === 'handle' || name === 'expired_handle')
        words.push(`${name}=${nameOf(value)}`);
      else if (name === 'offset')
        words.push(`offset=${value === last['electric-offset'] ? '(as told)' : value}`);
      else if (name === 'cursor')
        words.push(`cursor=${value !== '' && value === last['electric-cursor'] ? '(as told)' : value}`);
      else if (name === 'cache-buster')
        words.push('cache-buster=*');
      else
        words.push(`${name}=${value}`);
    }
    const told = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => !libraryHeaders.includes(name) && !addedHeaders.includes(name))
      .map(([name, value]) => `${name}: ${name === 'trigger-version' && value === version ? '(its own)' : value.replace(/^Bearer .*/, 'Bearer *')}`);
    const pathname = isShape ? '' : url.pathname;
    const position = ['handle', 'offset', 'live'].map((name) => url.searchParams.get(name)).join(' ');
    const isAgain = position === before.position && (before.status >= 500 || url.searchParams.get('live') === 'true');
    if (!isAgain)
      forms.push(`${method} ${pathname}?${words.join('&')} ${told.sort().join(', ')}`);
    before = { position, status: answer?.status };
    if (answer !== null && answer.headers['electric-offset'] !== undefined)
      last = answer.headers;
  }
  return forms;
}

// Of what a proxy wrote down.
export const formsOfLog = (requests, options) => formsOf(requests, options);

// Of a recording.
export function formsOfRecording(recording, options) {
  const version = / (\d\S*)/.exec(recording.client)?.[1];
  return formsOf(recording.requests.map(({ request, headers, response }) => {
    const [method, target] = request.split(' ');
    const lines = headers.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
    return { method, target, headers: Object.fromEntries(lines), answer: response };
  }), { ...options, version });
}
