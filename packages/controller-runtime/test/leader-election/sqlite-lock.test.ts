import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SqliteLock } from '@ecsm/controller-runtime/sqlite-lock';
import { Faults } from '@ecsm/controller-runtime/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GuardedClients } from '../../src/internal/guarded-clients.js';
import { leaseRegistry } from '../helpers/lease-registry.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-lock-'));
  path = join(folder, 'registry.db.lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('SqliteLock', () => {
  it('is held by one, and free for the next when it is released', async () => {
    const { clock, registry, read } = leaseRegistry();
    const lockOf = (identity: string) => new SqliteLock({ path, clients: registry, name: 'lead', identity, clock });
    const first = await lockOf('a').acquire();
    let second: { readonly fencingToken: number } | undefined;
    void lockOf('b')
      .acquire()
      .then((leadership) => (second = leadership));
    await clock.advance(5000);
    expect(second).toBe(undefined);
    expect(await read()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
    first.assertHeld();
    await first.release();
    await first.release();
    expect(() => {
      first.assertHeld();
    }).toThrow(/released/);
    await clock.advance(1000);
    expect(second).toMatchObject({ fencingToken: 1 });
    expect(await read()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('writes nothing while it is held', async () => {
    const { clock, registry } = leaseRegistry();
    const leadership = await new SqliteLock({ path, clients: registry, name: 'lead', clock }).acquire();
    const before = {
      revision: await registry.store.revision(),
      files: readdirSync(folder),
      mtime: statSync(path).mtimeMs,
    };
    await clock.advance(3_600_000);
    leadership.assertHeld();
    expect({
      revision: await registry.store.revision(),
      files: readdirSync(folder),
      mtime: statSync(path).mtimeMs,
    }).toEqual(before);
    expect(clock.pendingTimers).toBe(0);
    await leadership.release();
  });

  it('is lost when its file is replaced, as the next write finds out', async () => {
    const { clock, registry } = leaseRegistry();
    const leadership = await new SqliteLock({ path, clients: registry, name: 'lead', identity: 'a', clock }).acquire();
    renameSync(path, `${path}.old`);
    writeFileSync(path, '');
    expect(() => {
      leadership.assertHeld();
    }).toThrow(/"a" no longer leads: .* was removed or replaced/);
    expect(leadership.lost.aborted).toBe(true);
    await leadership.release();
  });

  it('ends the wait with the reason of the signal', async () => {
    const { clock, registry } = leaseRegistry();
    const held = await new SqliteLock({ path, clients: registry, name: 'lead', clock }).acquire();
    const stop = new AbortController();
    const waiting = new SqliteLock({ path, clients: registry, name: 'lead', clock })
      .acquire({ signal: stop.signal })
      .catch((error: unknown) => error);
    await clock.advance(1500);
    stop.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    await held.release();
  });

  it('names the file when it cannot be opened or locked', async () => {
    const { registry } = leaseRegistry();
    const nowhere = new SqliteLock({ path: join(folder, 'none', 'lock'), clients: registry, name: 'lead' });
    await expect(nowhere.acquire()).rejects.toThrow(/the lock database ".*none\/lock" cannot be opened: Cannot open/);
    writeFileSync(path, 'this is no database, and too long to be an empty one'.repeat(100));
    await expect(new SqliteLock({ path, clients: registry, name: 'lead' }).acquire()).rejects.toThrow(
      /the lock database ".*registry\.db\.lock" cannot be locked/,
    );
  });

  it('stands again when the take-over cannot be recorded', async () => {
    const { clock, registry } = leaseRegistry();
    const faults = new Faults();
    faults.unavailable({ times: 2 });
    const clients = new GuardedClients(registry, faults);
    let leads = false;
    void new SqliteLock({ path, clients, name: 'lead', clock }).acquire().then(() => (leads = true));
    await clock.advance(1999);
    expect(leads).toBe(false);
    await clock.advance(1);
    expect(leads).toBe(true);
  });

  it('is free at once when its holder is killed', async () => {
    const { clock, registry } = leaseRegistry();
    const script = fileURLToPath(new URL('../helpers/hold-lock.mjs', import.meta.url));
    const holder = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const died = once(holder, 'exit');
    await once(holder.stdout, 'data');
    let leads = false;
    void new SqliteLock({ path, clients: registry, name: 'lead', clock }).acquire().then(() => (leads = true));
    await clock.advance(10_000);
    expect(leads).toBe(false);
    holder.kill('SIGKILL');
    await died;
    await clock.advance(1000);
    expect(leads).toBe(true);
  });
});
