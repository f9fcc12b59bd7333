import { copyFile, rename } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { ECSMService, type Condition } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { pageOf, ScriptedServer } from '@ecsm/ecsm-client/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from './helpers/command-line.js';
import { dynamicService } from './helpers/manifests.js';
import { reportRollout } from './helpers/report-rollout.js';

describe('commands that go on', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web', 2)));
    return () => line[Symbol.asyncDispose]();
  });

  async function report(available: number, more?: Pick<Condition, 'type' | 'status' | 'message'>): Promise<void> {
    const services = (await line.registry()).resource(ECSMService).namespace('default');
    await reportRollout(services, 'web', available, more);
  }

  it('get -w prints the table, then a line for every change, and ends with 130 when interrupted', async () => {
    const interruption = new AbortController();
    let step = 0;
    const { code, stdout } = await line.run(['get', 'es', '-w'], {
      terminal: 120,
      signal: interruption.signal,
      onOutput: (printed) => {
        if (step === 0 && printed.includes('web')) {
          step = 1;
          void line.ok('scale', 'es/web', '--replicas', '7');
        } else if (step === 1 && / 7 /.test(printed)) {
          step = 2;
          void line.ok('delete', 'es/web');
        } else if (step === 2 && printed.includes('Terminating')) interruption.abort();
      },
    });
    expect(code).toBe(130);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^NAME +STRATEGY/);
    expect(lines[1]).toMatch(/^web +Dynamic +2 /);
    expect(lines[2]).toMatch(/^web +Dynamic +7 /);
    expect(lines[3]).toContain('Terminating');
    const columnOf = (text: string, word: string) => text.indexOf(word);
    expect(columnOf(lines[2] ?? '', '7 ')).toBe(columnOf(lines[0] ?? '', 'DESIRED'));
  });

  it('when nobody reads any more, what only reads ends well, and what writes comes to its end', async () => {
    const watched = new AbortController();
    expect(
      await line.run(['get', 'es', '-w'], { gone: watched.signal, onOutput: () => watched.abort() }),
    ).toMatchObject({
      code: 0,
      stderr: '',
    });
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api')));
    const labeled = new AbortController();
    const write = ['label', 'es', '--all', 'tier=front'];
    expect((await line.run(write, { gone: labeled.signal, onOutput: () => labeled.abort() })).code).toBe(0);
    expect((await line.ok('get', 'es', '-l', 'tier=front', '-o', 'name')).trim().split('\n')).toHaveLength(2);
    expect((await line.run(['label', 'es', 'none', 'a=b'], { gone: labeled.signal })).code).toBe(3);
  });

  it('get -w on the platform goes on when the platform does not answer for a while', async () => {
    await using server = await ScriptedServer.start();
    const nodes = (status: string) => {
      const node = { id: 'n1', name: 'worker-1', address: '10.0.0.1:1', type: 'linux', tls: false, createdTime: '' };
      server.expect('GET', '/node').reply(pageOf([{ ...node, status }]));
    };
    const refusal = () => server.expect('GET', '/node').refuse(400, 'the database is locked');
    nodes('online');
    refusal();
    refusal();
    nodes('offline');
    const clock = new ManualClock();
    await using other = await CommandLine.create(clock);
    other.platformUrl = server.baseUrl;
    const interruption = new AbortController();
    const watching = other.run(['get', 'nodes', '-w'], {
      signal: interruption.signal,
      onOutput: (stdout) => stdout.includes('offline') && interruption.abort(),
    });
    while (!interruption.signal.aborted) {
      if (clock.pendingTimers > 0) await clock.advance(2_000);
      await nextTurn();
    }
    const { code, stdout, stderr } = await watching;
    expect(code).toBe(130);
    expect(stdout.match(/worker-1 +\w+/g)?.map((row) => row.split(/ +/)[1])).toEqual(['online', 'offline']);
    expect(stderr).toMatch(
      /^warning: .*"the database is locked".*; it is tried again\nwarning: the platform answers again\n$/,
    );
  });

  it('rollout status shows a live bar on a terminal and plain lines in a pipe', async () => {
    await report(1);
    let reported = false;
    const finish = (printed: string): void => {
      if (reported || !printed.includes('1 of 2')) return;
      reported = true;
      void report(2);
    };
    const live = await line.run(['rollout', 'status', 'es/web'], {
      terminal: 80,
      onOutput: (_, stderr) => finish(stderr),
    });
    expect(live.code).toBe(0);
    expect(live.stderr).toContain('\r\u001b[2K⠋ web █████░░░░░ 1 of 2 new instances are available');
    expect(live.stderr.endsWith('\r\u001b[2K')).toBe(true);
    expect(live.stdout).toBe('web: the rollout is complete\n');
    await report(1);
    reported = false;
    const piped = await line.run(['rollout', 'status', 'es/web'], { onOutput: finish });
    expect(piped).toEqual({
      code: 0,
      stdout:
        'web: 1 of 2 new instances are available\n' +
        'web: 2 of 2 instances are new and available\n' +
        'web: the rollout is complete\n',
      stderr:
        'no operator is running on this registry, unless one with leaderElection: none: this may last (Ctrl-C ends the waiting)\n',
    });
  });

  it.each([
    ['get', 'es', '-w'],
    ['events', '-w'],
    ['rollout', 'status', 'es/web'],
    ['wait', 'es/web', '--for', 'condition=Available'],
  ])('%s %s ends with an error when the registry is replaced, of which it would never hear', async (...args) => {
    const clock = new ManualClock();
    await using other = await CommandLine.create(clock);
    await other.ok('apply', '-f', await other.file('web.yaml', dynamicService('web', 2)));
    const following = other.run(args);
    // The first timer is set when the registry is open.
    while (clock.pendingTimers === 0) await nextTurn();
    await copyFile(other.registryPath, `${other.registryPath}.copy`);
    await rename(`${other.registryPath}.copy`, other.registryPath);
    await clock.advance(2_000);
    const { code, stderr } = await following;
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: registry file ${other.registryPath} was moved, removed or replaced while it was open`,
    );
    expect(stderr).toContain('hint: what was put in its place is seen by the next command\n');
  });

  it('rollout status ends with 5 when it takes too long, and tells how it stands with --watch=false', async () => {
    const late = await line.run(['rollout', 'status', 'es/web', '--timeout', '30ms']);
    expect(late.code).toBe(5);
    expect(late.stderr).toBe(
      'error: timed out waiting for the rollout of web: the operator has not seen the latest change yet\n' +
        'hint: no operator is running on this registry, unless one with leaderElection: none\n',
    );
    expect(await line.ok('rollout', 'status', 'es/web', '--watch=false')).toBe(
      'web: the operator has not seen the latest change yet\n',
    );
  });

  it('rollout status says what is in the way, for as long as it is', async () => {
    const stands = () => line.ok('rollout', 'status', 'es/web', '--watch=false');
    await report(1, { type: 'Degraded', status: 'True', message: 'the platform has no image web@9#sylixos' });
    expect(await stands()).toBe('web: 1 of 2 new instances are available; the platform has no image web@9#sylixos\n');
    const late = await line.run(['rollout', 'status', 'es/web', '--timeout', '30ms']);
    expect(late.stderr).toContain(
      'waiting for the rollout of web: 1 of 2 new instances are available; the platform has',
    );
    await report(1, { type: 'PlatformReachable', status: 'False', message: 'no connection' });
    expect(await stands()).toBe('web: 1 of 2 new instances are available; no connection\n');
    await line.ok('scale', 'es/web', '--replicas', '3');
    expect(await stands()).toBe('web: the operator has not seen the latest change yet; no connection\n');
    await line.ok('scale', 'es/web', '--replicas', '2');
    await report(1, { type: 'Degraded', status: 'False', message: 'nothing is wrong' });
    expect(await stands()).toBe('web: 1 of 2 new instances are available\n');
    await report(2, { type: 'Degraded', status: 'True', message: 'a container exited' });
    expect(await stands()).toBe('web: 2 of 2 instances are new and available\n');
  });
});
