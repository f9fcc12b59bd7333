import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@ecsm/api-types/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Certificates } from '../../src/daemon/certificates.js';
import { selfSigned, type Certificate } from '../helpers/certificates.js';
import { LinesLogger } from '../helpers/lines-logger.js';

const dayMs = 86_400_000;
let root = '';
let certificate: Certificate;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'certificates-'));
  certificate = selfSigned(root, 30);
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('Certificates', () => {
  it('warns two weeks before the end and at the end, once each, and again of one that is renewed', async () => {
    const clock = new ManualClock();
    clock.setWallClock(Date.now());
    const log = new LinesLogger();
    const ends: [string, number | undefined][] = [];
    const certificates = new Certificates({ log, clock, onCertificate: (file, atMs) => ends.push([file, atMs]) });
    const { certFile, cert } = certificate;
    certificates.read(certFile, cert);
    expect(ends).toEqual([[certFile, expect.any(Number)]]);
    expect(Math.abs((ends[0]?.[1] ?? 0) - Date.now() - 30 * dayMs)).toBeLessThan(60_000);
    const told: (readonly string[])[] = [];
    for (const days of [15, 2, 8, 6, 1]) {
      await clock.advance(days * dayMs);
      certificates.look();
      certificates.look();
      told.push(log.lines.splice(0).map((line) => line.split(' {')[0] ?? ''));
    }
    expect(told).toEqual([[], ['warn this certificate ends soon'], [], ['error this certificate has ended'], []]);
    const renewed = selfSigned(root, 5);
    clock.setWallClock(Date.now());
    certificates.read(certFile, renewed.cert);
    certificates.read(certFile, renewed.cert);
    expect(log.lines).toEqual([expect.stringContaining(`ends soon {"file":"${certFile}","endsAt":"20`)]);
  });

  it('forgets the end of one that is no longer configured', async () => {
    const clock = new ManualClock();
    clock.setWallClock(Date.now());
    const log = new LinesLogger();
    const ends = new Map<string, number | undefined>();
    const certificates = new Certificates({ log, clock, onCertificate: (file, atMs) => ends.set(file, atMs) });
    certificates.read('/etc/ecsm/old.pem', certificate.cert);
    certificates.read('/etc/ecsm/new.pem', selfSigned(root, 60).cert);
    certificates.keepOnly(['/etc/ecsm/new.pem', undefined]);
    expect([...ends.entries()].map(([file, atMs]) => [file, atMs !== undefined])).toEqual([
      ['/etc/ecsm/old.pem', false],
      ['/etc/ecsm/new.pem', true],
    ]);
    await clock.advance(20 * dayMs);
    certificates.look();
    expect(log.lines).toEqual([]);
  });

  it('refuses a file that holds none, by name', () => {
    const certificates = new Certificates({ log: new LinesLogger() });
    expect(() => certificates.read('/etc/ecsm/ca.pem', 'no certificate')).toThrow(
      '/etc/ecsm/ca.pem holds no certificate (PEM)',
    );
  });
});
