import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { apiVersionOf, ECSMService, edit, type Manifest } from '@ecsm/api-types';
import { Simulator } from '@ecsm/ecsm-simulator';
import { Registry } from '@ecsm/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { reportRollout } from '../../ecsmctl/test/helpers/report-rollout.js';

const program = fileURLToPath(new URL('../../ecsmctl/bin/ecsmctl.js', import.meta.url));

function service(name: string, namespace: string): Manifest<ECSMService> {
  return {
    apiVersion: apiVersionOf(ECSMService),
    kind: ECSMService.kind,
    metadata: { name, namespace },
    spec: {
      deploymentStrategy: { type: 'Dynamic', replicas: 2, nodePool: ['worker-1', 'worker-2'] },
      template: { image: 'web@1.0.0#sylixos' },
    },
  };
}

describe('ecsmctl in a shell and on a terminal', () => {
  let home: string;
  let simulator: Simulator;
  let registry: Registry;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ecsmctl-shell-'));
    simulator = await Simulator.start();
    registry = await Registry.open({ path: join(home, 'registry.db') });
    await registry.applyAll([service('web', 'default'), service('telemetry', 'default'), service('camera', 'orbit')]);
    const command = join(home, 'ecsmctl');
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(command, 0o755);
  });
  afterAll(async () => {
    await registry.close();
    await simulator.stop();
    await rm(home, { recursive: true, force: true });
  });

  function start(command: string, args: readonly string[]) {
    return spawn(command, args, {
      cwd: home,
      env: {
        PATH: `${home}:${process.env['PATH'] ?? ''}`,
        HOME: home,
        TERM: 'xterm',
        PS1: '$ ',
        ECSMCTL_REGISTRY: join(home, 'registry.db'),
        ECSMCTL_PLATFORM_URL: simulator.url,
      },
    });
  }

  /** Runs a program to its end and returns what it printed. */
  async function outputOf(command: string, args: readonly string[]): Promise<string> {
    const child = start(command, args);
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (printed += data.toString()));
    await once(child, 'close');
    return printed;
  }

  /** Runs a command line on a terminal of its own, and does something at the first sight of each text. */
  async function onTerminal(
    line: string,
    reactions: readonly (readonly [text: string, react: (type: (keys: string) => void) => unknown])[],
  ): Promise<string> {
    const child = start('script', ['-qefc', line, '/dev/null']);
    const type = (keys: string): void => void child.stdin.write(keys);
    let screen = '';
    let seen = 0;
    const left = [...reactions];
    child.stdout.on('data', (data: Buffer) => {
      screen += data.toString();
      for (let [next] = left; next !== undefined; [next] = left) {
        const at = screen.indexOf(next[0], seen);
        if (at === -1) return;
        seen = at + next[0].length;
        left.shift();
        void next[1](type);
      }
    });
    await once(child, 'close');
    expect(
      left.map(([text]) => text),
      screen,
    ).toEqual([]);
    return screen;
  }

  /** What bash would offer for lines that it has taken apart like this. */
  async function completions(lines: readonly (readonly [line: string, ...words: readonly string[]])[]) {
    const tries = lines.map(([line, ...words]) => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      return `COMP_LINE='${line}' COMP_POINT=${line.length}; COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1}
        COMPREPLY=(); _ecsmctl ecsmctl '${words.at(-1) ?? ''}'; echo "\${COMPREPLY[*]}"`;
    });
    const script = ['source <(ecsmctl completion bash)', 'compopt() { :; }', ...tries].join('\n');
    return (await outputOf('bash', ['--norc', '-c', script])).trimEnd().split('\n');
  }

  it('bash completes commands, types, names, namespaces, nodes and values of flags', async () => {
    const cases = [
      [['ecsmctl rollout st', 'ecsmctl', 'rollout', 'st'], 'status'],
      [['ecsmctl get ecsms', 'ecsmctl', 'get', 'ecsms'], 'ecsmservices'],
      [['ecsmctl get es ', 'ecsmctl', 'get', 'es', ''], 'telemetry web'],
      [['ecsmctl get es/w', 'ecsmctl', 'get', 'es/w'], 'es/web'],
      [['ecsmctl describe es -n orbit ', 'ecsmctl', 'describe', 'es', '-n', 'orbit', ''], 'camera'],
      [['ecsmctl get es -n ', 'ecsmctl', 'get', 'es', '-n', ''], 'default orbit'],
      [['ecsmctl get co --node worker-1', 'ecsmctl', 'get', 'co', '--node', 'worker-1'], 'worker-1'],
      [['ecsmctl get nodes worker-2', 'ecsmctl', 'get', 'nodes', 'worker-2'], 'worker-2'],
      [['ecsmctl image web@2', 'ecsmctl', 'image', 'web', '@', '2'], '2.0.0#sylixos 2.0.0#linux'],
      [['ecsmctl get es --output=y', 'ecsmctl', 'get', 'es', '--output', '=', 'y'], 'yaml'],
      [['ecsmctl apply --at', 'ecsmctl', 'apply', '--at'], '--atomic'],
      [['ecsmctl apply -f ', 'ecsmctl', 'apply', '-f', ''], ''],
    ] as const;
    const found = await completions(cases.map(([line]) => line));
    expect(found.join('\n')).toBe(
      cases
        .map(([, expected]) => expected)
        .join('\n')
        .trimEnd(),
    );
  });

  it('bash completes at the press of a key', async () => {
    const screen = await onTerminal('bash --norc -i', [
      ['$ ', (type) => type('source <(ecsmctl completion bash); echo rea""dy\n')],
      ['ready', (type) => type('ecsmctl get ecsms\t')],
      ['ecsmctl get ecsmservices ', (type) => type('te\t')],
      ['telemetry', (type) => type('-o name\n')],
      ['ecsmservice/telemetry', (type) => type('exit\n')],
    ]);
    expect(screen).toContain('ecsmservice/telemetry');
  });

  it('get -w shows the table in colour, then each change, until Ctrl-C ends it', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const scale = async (replicas: number): Promise<void> => {
      const stored = await services.get('web');
      await services.update(edit(stored, (draft) => void (draft.spec.deploymentStrategy.replicas = replicas)));
    };
    const screen = await onTerminal('trap : INT; ecsmctl get es web -w; echo "ended $?"', [
      ['web ', () => scale(7)],
      [' 7 ', (type) => type('\u0003')],
      ['ended 130', () => undefined],
    ]);
    const lines = screen.split('\r\n').filter((line) => line.startsWith('web'));
    expect(lines).toHaveLength(2);
    expect(lines[1]?.indexOf('7 ')).toBe(lines[0]?.indexOf('2 '));
    expect(lines[0]).toMatch(/^web +Dynamic +2 .*\u001b\[33mProgressing\u001b\[0m/);
  });

  it('rollout status keeps one line alive, with a spinner, and takes it away at the end', async () => {
    const services = registry.resource(ECSMService).namespace('default');
    const report = (available: number): Promise<void> => reportRollout(services, 'telemetry', available);
    await report(1);
    const screen = await onTerminal('ecsmctl rollout status es/telemetry; echo "ended $?"', [
      ['⠋ telemetry █████░░░░░ 1 of 2', () => undefined],
      ['⠙ telemetry █████░░░░░ 1 of 2', () => report(2)],
      ['ended 0', () => undefined],
    ]);
    // Nothing of the live line is left before the result.
    expect(screen).toMatch(/\r\u001b\[2Ktelemetry: the rollout is complete\r\n/);
  });
});
