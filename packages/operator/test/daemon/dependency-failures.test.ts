import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Lease, UnavailableError } from '@ecsm/api-types';
import type { AttemptEvent } from '@ecsm/ecsm-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { LinkBudget } from '../../src/daemon/link-budget.js';
import { PlatformLink } from '../../src/daemon/platform-link.js';
import { openRegistryFile } from '../../src/daemon/registry-file.js';
import { registryTroubleOf } from '../../src/daemon/registry-trouble.js';
import { attemptOutcome } from '../../src/metrics/attempt-outcome.js';
import { OperatorMetrics } from '../../src/metrics/operator-metrics.js';
import { selfSigned } from '../helpers/certificates.js';
import { settingsOf } from '../helpers/settings-of.js';
import { Registry as Prometheus } from 'prom-client';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'failures-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Makes one call, and returns what the metrics say of it. */
async function outcomeOf(baseUrl: string, ...flags: readonly string[]): Promise<string> {
  const prometheus = new Prometheus();
  const settings = await settingsOf('--request-timeout', '3s', ...flags);
  const metrics = new OperatorMetrics(prometheus, { version: '0' });
  const budget = new LinkBudget({});
  await using link = await PlatformLink.connect({
    settings,
    baseUrl,
    budget,
    metrics,
    assertMayWrite: () => undefined,
  });
  await link.clientset.services.list().catch(() => undefined);
  const text = await prometheus.metrics();
  return /ecsm_platform_requests_total\{method="GET",outcome="(\w+)"\}/.exec(text)?.[1] ?? 'none';
}

describe('the platform', () => {
  it('whose name is not found is counted as dns', async () => {
    expect(await outcomeOf('http://platform.invalid:3001')).toBe('dns');
  });

  it('that refuses connections is counted as unreachable', async () => {
    expect(await outcomeOf('http://127.0.0.1:1')).toBe('unreachable');
  });

  it.each([
    ['a certificate that has ended', -1, true],
    ['a certificate of nobody we trust', 30, false],
  ])('with %s is counted as tls', async (_, days, trusted) => {
    const { cert, key, certFile } = selfSigned(root, days);
    const server = createServer({ cert, key }, (_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const flags = trusted ? ['--platform-ca-file', certFile] : [];
    expect(await outcomeOf(`https://127.0.0.1:${port}`, ...flags)).toBe('tls');
    server.close();
  });

  it('that answers a token and a certificate with trust is reached', async () => {
    const { cert, key, certFile, keyFile } = selfSigned(root, 30);
    const tokenFile = join(root, 'token');
    await writeFile(tokenFile, 'geheim\n');
    const seen: (string | undefined)[] = [];
    const server = createServer({ cert, key, ca: cert, requestCert: true }, (request, response) => {
      seen.push(request.headers.authorization);
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ status: 200, message: 'ok', data: { list: [], total: 0, pageNum: 1, pageSize: 100 } }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const tls = ['--platform-ca-file', certFile, '--platform-cert-file', certFile, '--platform-key-file', keyFile];
    expect(await outcomeOf(`https://127.0.0.1:${port}`, ...tls, '--platform-token-file', tokenFile)).toBe('ok');
    expect(seen).toEqual(['Bearer geheim']);
    server.close();
  });

  it('hands over the certificates that are configured', async () => {
    const { certFile, cert } = selfSigned(root, 5);
    const told: [string, string][] = [];
    const link = await PlatformLink.connect({
      settings: await settingsOf('--platform-ca-file', certFile),
      baseUrl: 'https://127.0.0.1:1',
      budget: new LinkBudget({}),
      assertMayWrite: () => undefined,
      onCertificate: (file, pem) => told.push([file, pem]),
    });
    await link[Symbol.asyncDispose]();
    expect(told).toEqual([[certFile, cert.trim()]]);
  });

  it('has a word for whatever else goes wrong', () => {
    const failed = (error: Error): Pick<AttemptEvent, 'error'> => ({ error });
    expect(attemptOutcome({})).toBe('ok');
    expect(attemptOutcome(failed(new Error('?')))).toBe('failed');
  });
});

describe('the registry', () => {
  it.each([
    ['SQLITE_FULL', 'full'],
    ['ENOSPC', 'full'],
    ['SQLITE_READONLY', 'readonly'],
    ['SQLITE_READONLY_DBMOVED', 'readonly'],
    ['EROFS', 'readonly'],
    ['SQLITE_IOERR_FSYNC', 'disk'],
    ['SQLITE_CANTOPEN', 'disk'],
    ['SQLITE_BUSY', 'locked'],
  ])('that fails with %s is %s', (code, trouble) => {
    const cause = Object.assign(new Error('…'), { code });
    expect(registryTroubleOf(new UnavailableError({ message: '…', cause }))).toBe(trouble);
  });

  it('that is damaged where it is read is told, and stays so', async () => {
    const path = join(root, 'registry.db');
    {
      await using file = await openRegistryFile(path, await settingsOf());
      for (let i = 0; i < 50; i++) {
        const metadata = { name: `lease-${i}`, namespace: 'default' };
        const spec = { holderIdentity: 'x'.repeat(4000) };
        await file.registry.resource(Lease).create({ apiVersion: 'ecsm.sh/v1', kind: 'Lease', metadata, spec });
      }
    }
    const bytes = await readFile(path);
    // Garbage over the second half: the first pages say what tables there are.
    bytes.fill(0xa5, Math.floor(bytes.length / 2 / 4096) * 4096);
    await writeFile(path, bytes);
    await using file = await openRegistryFile(path, await settingsOf());
    const told: unknown[] = [];
    file.store.listen({ onTrouble: (trouble) => told.push(trouble?.what) });
    await expect(file.registry.resource(Lease).list()).rejects.toThrow('damaged');
    expect(told).toEqual(['corrupt']);
    expect(file.store.trouble?.message).toContain('restore a backup');
  });

  it('that is cut short cannot be opened, and the reason is named', async () => {
    const path = join(root, 'registry.db');
    await (await openRegistryFile(path, await settingsOf()))[Symbol.asyncDispose]();
    await truncate(path, 8192);
    await expect(openRegistryFile(path, await settingsOf())).rejects.toThrow(/registry .* cannot be opened: .*damaged/);
  });
});
