import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { MeasuredProcess } from './measured-process.js';

/** The third-party modules the daemon has loaded when it runs with metrics, and the package that brings each. */
const modules = {
  operator: ['yargs', 'pino', 'prom-client', 'better-sqlite3'],
  'ecsm-client': ['ky'],
} as const;

function specifiers(): readonly string[] {
  return Object.entries(modules).flatMap(([name, ids]) => {
    const { resolve } = createRequire(new URL(`../../../${name}/package.json`, import.meta.url));
    return ids.map((id) => resolve(id));
  });
}

/**
 * A process that has loaded what the daemon loads of others, opened the database, made one request and listens, with
 * the flags of the daemon, and holds nothing of ours: the least a daemon of this kind can be.
 */
export async function startIdleProcess(database: string, platformUrl: string): Promise<MeasuredProcess> {
  const loaded = specifiers();
  const process_ = new MeasuredProcess([
    ...['--import', fileURLToPath(new URL('../../../operator/bin/small-heap.js', import.meta.url))],
    '--input-type=module',
    '--eval',
    `
    for (const id of ${JSON.stringify(loaded)}) await import(id);
    const { default: Database } = await import(${JSON.stringify(loaded.find((id) => id.includes('better-sqlite3')))});
    const database = new Database(${JSON.stringify(database)});
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    const { get, createServer } = await import('node:http');
    await new Promise((resolve) => get(${JSON.stringify(platformUrl)}, (answer) => answer.resume().on('end', resolve)));
    createServer(() => undefined).listen(0, '127.0.0.1', () => console.log('idle'));
    `,
  ]);
  await process_.prints(/(idle)/);
  return process_;
}

/** Node.js alone. */
export function startBareProcess(): MeasuredProcess {
  return new MeasuredProcess(['--eval', 'setInterval(() => undefined, 1 << 30)']);
}
