// SPDX-License-Identifier: GPL-3.0-or-later
// The form of a sequence of requests: what a client decides, without what a server made up. Handles and cursors become names,
// positions in the log become `log`, and a request in the same form as the one before is not told again: how many polls there
// are depends on time.

// What Trigger.dev's server sets itself, and a client of it does not send.
const ownParameters = ['table', 'where', 'columns'];
// What says who asks; the others are the HTTP library's.
const toldHeaders = ['authorization', 'trigger-version', 'x-trigger-electric-version', 'x-trigger-api-version',
                     'x-trigger-branch', 'accept'];

function formOf(method, target, names) {
  const url = new URL(target, 'http://server');
  const words = [];
  const nameOf = (handle) => {
    const base = handle.replace(/-next$/, '');
    if (!names.has(base))
      names.set(base, `H${names.size + 1}`);
    return names.get(base) + handle.slice(base.length);
  };
  for (const [name, value] of url.searchParams) {
    if (ownParameters.includes(name))
      continue;
    if (name === 'handle' || name === 'expired_handle')
      words.push(`${name}=${nameOf(value)}`);
    else if (name === 'offset')
      words.push(`offset=${['-1', '0_0'].includes(value) ? value : 'log'}`);
    else if (name === 'cursor')
      words.push(`cursor=${value === '' ? '' : 'C'}`);
    else if (name === 'cache-buster')
      words.push('cache-buster=*');
    else
      words.push(`${name}=${value}`);
  }
  const pathname = url.pathname.replace(/^\/v1\/shape$/, '/realtime/v1/runs');
  return `${method} ${pathname}?${words.join('&')}`;
}

function headersOf(headers, version) {
  const told = {};
  for (const name of toldHeaders) {
    if (headers[name] === undefined)
      continue;
    told[name] = headers[name].replace(/^Bearer .*/, 'Bearer *');
    if (name === 'trigger-version')
      told[name] = headers[name] === version ? 'own' : headers[name];
  }
  return told;
}

function collapse(forms) {
  return forms.filter((form, i) => i === 0 || form !== forms[i - 1]);
}

// Of what a proxy wrote down.
export function formsOfLog(requests, version) {
  const names = new Map();
  return {
    requests: collapse(requests.map(({ method, target }) => formOf(method, target, names))),
    headers: headersOf(requests[0]?.headers ?? {}, version),
  };
}

// Of a recording.
export function formsOfFixture(fixture) {
  const names = new Map();
  const version = /@trigger\.dev\/sdk (\S+)/.exec(fixture.client)?.[1];
  const headers = Object.fromEntries(fixture.requests[0].headers.map((line) => {
    const at = line.indexOf(': ');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
  }));
  return {
    requests: collapse(fixture.requests.map(({ request }) => formOf(...request.split(' ', 2), names))),
    headers: headersOf(headers, version),
  };
}
