import { envelopeOf, pageOf, ScriptedServer } from '@ecsm/ecsm-client/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';

describe('a platform behind a gateway that asks for a token', () => {
  let line: CommandLine;
  let gateway: ScriptedServer;

  beforeEach(async () => {
    line = await CommandLine.create();
    gateway = await ScriptedServer.start();
    gateway
      .always('GET', '/node')
      .answer(({ headers }) =>
        headers.authorization === 'Bearer hush-hush'
          ? { kind: 'reply', body: JSON.stringify(envelopeOf(pageOf([]))) }
          : { kind: 'reply', status: 401, headers: {}, body: 'no' },
      );
    line.platformUrl = '';
    await line.file('token', 'hush-hush\n');
  });
  afterEach(async () => {
    await gateway.close();
    await line[Symbol.asyncDispose]();
  });

  const getNodes = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    line.run(['get', 'nodes', ...args], { env });

  it('takes it from a flag, from the environment and from the context', async () => {
    const url = ['--platform-url', gateway.baseUrl];
    expect((await getNodes([...url, '--platform-token-file', 'token'])).stderr).toBe('No nodes found.\n');
    expect((await getNodes(url, { ECSMCTL_PLATFORM_TOKEN_FILE: 'token' })).code).toBe(0);
    expect((await getNodes(url, { ECSMCTL_PLATFORM_TOKEN: 'hush-hush' })).code).toBe(0);
    await line.ok('config', 'set-context', 'lab', ...url, '--platform-token-file', 'token');
    expect((await getNodes([])).code).toBe(0);
  });

  it('shows the token of a context to no other address', async () => {
    await line.ok(
      'config',
      'set-context',
      'lab',
      '--platform-url',
      'http://lab:3001',
      '--platform-token-file',
      'token',
    );
    expect((await getNodes(['--platform-url', gateway.baseUrl])).code).toBe(1);
    expect(gateway.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('says where a token would go when one is asked for, and what is wrong with a file of tokens', async () => {
    const url = ['--platform-url', gateway.baseUrl];
    const without = await getNodes(url);
    expect(without.code).toBe(1);
    expect(without.stderr).toMatch(/\nhint: a gateway may ask for a token: --platform-token-file/);
    const missing = await getNodes([...url, '--platform-token-file', 'nowhere']);
    expect(missing.stderr).toMatch(/^error: the token for the platform cannot be read from .*nowhere: ENOENT\n$/);
    await line.file('two', 'hush hush');
    const two = await getNodes([...url, '--platform-token-file', 'two']);
    expect(two.stderr).toMatch(/^error: the token for the platform in .*two must be one word\n$/);
    const debug = await getNodes([...url, '--platform-token-file', 'token', '-v', 'debug']);
    expect(debug.stderr).not.toContain('hush');
  });
});
