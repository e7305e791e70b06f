// SPDX-License-Identifier: GPL-3.0-or-later
// The published clients against runspotter-dev-server, and beside runspotter-cli. With an argument: only tests whose names hold it.
import { loadClients } from './clients.mjs';
import { runAll } from './tap.mjs';
import { addDifferentialTests } from './test-differential.mjs';
import { addEventTests } from './test-events.mjs';
import { addLifeTests } from './test-life.mjs';
import { addManageTests } from './test-manage.mjs';
import { addRequestTests } from './test-requests.mjs';

// What a client throws where nobody can catch it, when it is stopped or cannot read a value, is not its test's failure: that
// waits for what the client tells.
process.on('uncaughtException', (error) => {
  if (error.stack?.includes('node_modules'))
    return;
  console.log(`Bail out! ${(error.stack ?? String(error)).replaceAll('\n', ' ')}`);
  process.exit(1);
});

const clients = await loadClients();
addRequestTests(clients);
addEventTests(clients);
addLifeTests(clients);
addManageTests(clients);
addDifferentialTests(clients);
process.exit(await runAll(process.argv[2]) ? 0 : 1);
