import { describe, expect, it } from 'vitest';

import { reloadSettings } from '../../src/config/reload-settings.js';
import { settingsOf } from '../helpers/settings-of.js';

describe('reloadSettings', () => {
  it('takes what can change, names the rest, and has that hold as before', async () => {
    const before = await settingsOf('--workers', '4', '--operator-id', 'one', '--request-budget', '10');
    const after = await settingsOf('--workers', '9', '--operator-id', 'two', '--leader-election', 'none');
    const { inForce, now, atRestart } = reloadSettings(before, after);
    expect(now).toEqual(['requestBudget', 'workers']);
    expect(atRestart).toEqual(['operatorId', 'leaderElection']);
    expect(inForce).toEqual({ ...after, operatorId: 'one', leaderElection: 'sqlite' });
    // A second look at the same file names it again: it still takes a restart.
    expect(reloadSettings(inForce, after)).toMatchObject({ now: [], atRestart: ['operatorId', 'leaderElection'] });
  });

  it('names every setting that takes a restart, and lets it be', async () => {
    const before = await settingsOf();
    const flags = ['--stop-timeout', '9s', '--watchdog', '60s', '--prune', '--manifests', '/m', '--health', '9002'];
    const after = await settingsOf(
      ...flags,
      '--metrics',
      '9003',
      '--backup-dir',
      '/b',
      '--platform-url',
      'http://10.0.0.9',
    );
    const { inForce, now, atRestart } = reloadSettings(before, after);
    const fields = ['platformUrl', 'manifests', 'prune', 'stopTimeout', 'watchdog', 'health', 'metrics', 'backupDir'];
    expect(atRestart).toEqual(fields);
    expect(now).toEqual([]);
    expect(inForce).toEqual(before);
  });

  it('changes nothing where nothing has changed', async () => {
    const settings = await settingsOf();
    expect(reloadSettings(settings, await settingsOf())).toEqual({ inForce: settings, now: [], atRestart: [] });
  });

  it('never leaves a listener without protection while it waits for the restart that gives it another', async () => {
    const open = ['--health', '0.0.0.0:0'];
    const tls = ['--listen-cert-file', '/c', '--listen-key-file', '/k'];
    const token = ['--listen-token-file', '/t'];
    const authority = ['--listen-client-ca-file', '/a'];
    const before = await settingsOf(...open, ...tls, ...token);
    const toCertificates = reloadSettings(before, await settingsOf(...open, ...tls, ...authority));
    expect(toCertificates.inForce).toEqual(before);
    expect(toCertificates.atRestart).toEqual(['listenTokenFile', 'listenClientCaFile']);
    const toLoopback = reloadSettings(before, await settingsOf('--health', '0'));
    expect(toLoopback.inForce.listenTokenFile).toBe('/t');
    const toAnother = reloadSettings(before, await settingsOf(...open, ...tls, '--listen-token-file', '/u'));
    expect(toAnother).toMatchObject({ now: ['listenTokenFile'], atRestart: [] });
  });
});
