import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from './helpers/command-line.js';
import { dynamicService } from './helpers/manifests.js';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('the program', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web')));
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api')));
    return () => line[Symbol.asyncDispose]();
  });

  function start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, ['--conditions=@ecsm/source', '--import', 'tsx', main, ...args], {
      env: { ...process.env, ECSMCTL_REGISTRY: line.registryPath },
    });
  }

  it('hears an interruption while it waits for its standard input', async () => {
    const child = start('apply', '-f', '-', '-v', 'debug');
    let said = '';
    child.stderr?.on('data', (chunk) => (said += String(chunk)));
    // Input is taken once it is read; the rest never comes.
    await new Promise((taken) => child.stdin?.write(' '.repeat(4 * 1024 * 1024), taken));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(said).not.toContain('error');
  });

  it('writes to the end when nobody reads what it prints', async () => {
    const child = start('label', 'es', '--all', 'tier=front');
    child.stdout?.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await line.ok('get', 'es', '-l', 'tier=front', '-o', 'name')).toBe('ecsmservice/api\necsmservice/web\n');
  });
});
