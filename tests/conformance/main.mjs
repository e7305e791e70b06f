// SPDX-License-Identifier: GPL-3.0-or-later
// The published clients against runspotter-dev-server, and beside runspotter-cli. With an argument: only tests whose names hold it.
import { loadClients } from './clients.mjs';
import { runAll } from './tap.mjs';
import { addDifferentialTests } from './test-differential.mjs';
import { addLifeTests } from './test-life.mjs';
import { addManageTests } from './test-manage.mjs';
import { addRequestTests } from './test-requests.mjs';

const clients = await loadClients();
addRequestTests(clients);
addLifeTests(clients);
addManageTests(clients);
addDifferentialTests(clients);
process.exit(await runAll(process.argv[2]) ? 0 : 1);
