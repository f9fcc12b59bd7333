import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { ManualClock } from '@ecsm/api-types/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';

describe('settings', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
  });
  afterEach(() => line[Symbol.asyncDispose]());

  it('creates contexts, uses them, and forgets them', async () => {
    expect(await line.ok('config', 'set-context', 'lab', '--platform-url', 'http://lab:3001', '-n', 'test')).toBe(
      'Context "lab" created.\n',
    );
    await line.ok('config', 'set-context', 'flight', '--platform-url', 'http://flight:3001');
    expect(await line.ok('config', 'get-contexts')).toBe(
      'CURRENT   NAME     PLATFORM             REGISTRY   NAMESPACE\n' +
        '*         lab      http://lab:3001      <none>     test\n' +
        '          flight   http://flight:3001   <none>     <none>\n',
    );
    await line.ok('config', 'use-context', 'flight');
    expect(await line.ok('config', 'current-context')).toBe('flight\n');
    await line.ok('config', 'set', 'contexts.flight.namespace', 'orbit');
    expect((await line.run(['get', 'es', '--registry', 'missing.db'])).stderr).toContain('missing.db');
    expect(await line.ok('config', 'view')).toContain('namespace: orbit');
    expect(JSON.parse(await line.ok('config', 'view', '-o', 'json'))).toMatchObject({ currentContext: 'flight' });
    await line.ok('config', 'delete-context', 'flight');
    expect((await line.run(['config', 'current-context'])).code).toBe(1);
    for (const name of ['flihgt', 'toString'])
      expect((await line.run(['config', 'use-context', name])).stderr).toContain(`there is no context "${name}" in`);
    expect((await line.run(['get', 'es', '--context', 'toString'])).stderr).toContain('there is no context "toString"');
  });

  it('takes flags over environment over context over defaults', async () => {
    await line.ok('config', 'set-context', 'lab', '--namespace', 'from-context');
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web')));
    const namespaceUsed = async (args: readonly string[], env: Readonly<Record<string, string>>) =>
      /namespace (\S+)\.\n/.exec((await line.run(['get', 'hpa', ...args], { env })).stderr)?.[1];
    expect(await namespaceUsed([], {})).toBe('from-context');
    expect(await namespaceUsed([], { ECSMCTL_NAMESPACE: 'from-env' })).toBe('from-env');
    expect(await namespaceUsed(['-n', 'from-flag'], { ECSMCTL_NAMESPACE: 'from-env' })).toBe('from-flag');
  });

  it.each([
    ['set-context', 'lab', '--platform-url', 'lab'],
    ['set', 'contexts.lab.platformUrl', 'lab'],
  ])('config %s takes no address that is none', async (...args) => {
    await line.ok('config', 'set-context', 'lab', '--platform-url', 'http://lab:3001');
    const { code, stderr } = await line.run(['config', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain('lab');
    expect(await line.ok('config', 'view')).toContain('platformUrl: http://lab:3001');
  });

  it.each([
    [['config', 'set-context', 'lab', '-n', 'A B'], 'contexts.lab.namespace: "A B" must be 1 to 63 lower case letters'],
    [['config', 'set', 'contexts.lab.namespace', 'x_'], 'contexts.lab.namespace: "x_" must be 1 to 63'],
    [['config', 'set', 'contexts.lab.tls.verify', 'maybe'], 'contexts.lab.tls.verify: must be true or false'],
    [['config', 'set-context', ''], 'contexts: a context needs a name'],
    [['get', 'es', '-n', 'A B'], 'the namespace "A B" must be 1 to 63'],
  ])('%j is refused with the rule, and nothing is written', async (args, rule) => {
    await line.ok('config', 'set-context', 'lab');
    const before = await line.ok('config', 'view');
    const { code, stderr } = await line.run(args);
    expect(stderr).toContain(`error: ${rule}`);
    expect(code).toBe(2);
    expect(await line.ok('config', 'view')).toBe(before);
  });

  it('config set-context --current changes the context in use, as kubectl does', async () => {
    expect((await line.run(['config', 'set-context', '--current', '-n', 'flight'])).stderr).toContain('no context');
    await line.ok('config', 'set-context', 'lab');
    expect(await line.ok('config', 'set-context', '--current', '-n', 'flight')).toBe('Context "lab" modified.\n');
    expect(await line.ok('config', 'view')).toContain('namespace: flight');
    for (const which of [[], ['lab', '--current']])
      expect((await line.run(['config', 'set-context', ...which])).stderr).toContain('error: which context?');
  });

  it('several that change the file at once lose nothing of each other', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name) => line.ok('config', 'set-context', name, '-n', name)));
    // Bare names, as use-context takes them.
    expect((await line.ok('config', 'get-contexts', '-o', 'name')).trim().split('\n').sort()).toEqual(names);
  });

  it('a link to the file stays a link, and a broken file stays as it is', async () => {
    const file = await line.file('real.yaml', 'contexts: {}\n');
    const link = join(line.home, 'link.yaml');
    await symlink(file, link);
    await line.ok('config', 'set-context', 'lab', '--config', link);
    expect(await readFile(file, 'utf8')).toContain('lab');
    await line.file('real.yaml', 'contexts: {');
    expect((await line.run(['config', 'set-context', 'lab', '--config', link])).stderr).toContain('is not YAML');
    expect(await readFile(file, 'utf8')).toBe('contexts: {');
    expect(await readdir(line.home)).toEqual(['link.yaml', 'real.yaml']);
  });

  it('says how to go on when somebody who changed the file never came to an end', async () => {
    const clock = new ManualClock();
    await using stuck = await CommandLine.create(clock);
    const config = await stuck.file('config.yaml', '');
    await stuck.file('config.yaml.new', '');
    const changed = stuck.run(['config', 'set-context', 'lab', '--config', config]);
    let outcome: Awaited<typeof changed> | undefined;
    void changed.then((ended) => (outcome = ended));
    while (outcome === undefined) await clock.advance(1_000);
    expect(outcome.stderr).toBe(
      `error: the configuration file ${config} is being changed by another ecsmctl\n` +
        `hint: if there is none, it has left ${config}.new behind: remove that file\n`,
    );
    expect(outcome.code).toBe(1);
  });

  it('reads no file without end', async () => {
    expect(await line.run(['get', 'es', '--config', '/dev/zero'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: the configuration file /dev/zero cannot be read: EFBIG\n',
    });
    for (const args of [
      ['get', 'es', '--kinds', '/dev/zero'],
      ['get', 'nodes', '--platform-token-file', '/dev/zero'],
      ['patch', 'es', 'web', '--patch-file', '/dev/zero'],
    ])
      expect((await line.run(args)).stderr, args.join(' ')).toContain('cannot be read');
  });

  it('an empty HOME is no folder', async () => {
    const { stderr } = await line.run(['get', 'es'], { env: { HOME: '', ECSMCTL_REGISTRY: '' } });
    expect(stderr).toContain(`registry file ${line.home}/.local/state/ecsm/registry.db does not exist`);
  });

  it('config set currentContext takes no context that is not there', async () => {
    await line.ok('config', 'set-context', 'lab');
    expect((await line.run(['config', 'set', 'currentContext', 'lba'])).stderr).toContain('did you mean "lab"?');
    expect(await line.ok('config', 'current-context')).toBe('lab\n');
  });

  it('understands the variables of the earlier tool', async () => {
    const env = { ECSMCTL_PLATFORM_URL: '', ECSMCLI_HOST: 'fd00::1', ECSMCLI_PORT: '9', ECSMCLI_PROTOCOL: 'http' };
    const { stderr } = await line.run(['get', 'nodes', '--request-timeout', '200ms', '-v', 'info'], { env });
    expect(stderr).toContain('url=http://[fd00::1]:9');
  });

  it.each([
    ['no YAML', 'contexts: {', /is not YAML/],
    ['an unknown setting', 'contexts: {lab: {url: x}}', /contexts\.lab\.url: is not a setting/],
    ['a wrong type', 'contexts: {lab: {namespace: 1}}', /contexts\.lab\.namespace: must be text/],
    ['an unknown context', 'currentContext: lab', /there is no context "lab"/],
  ])('says what is wrong with a file that has %s', async (_what, text, pattern) => {
    const config = await line.file('config.yaml', text);
    const { code, stderr } = await line.run(['get', 'es', '--config', config]);
    expect(code).toBe(1);
    expect(stderr).toMatch(pattern);
    expect(stderr).toContain(config);
  });

  it('refuses a platform URL that is none', async () => {
    const { code, stderr } = await line.run(['get', 'nodes', '--platform-url', '10.0.0.5:3001']);
    expect(code).toBe(2);
    expect(stderr).toContain('the platform URL "10.0.0.5:3001" must be an http or https URL');
  });

  it.each(['http://me:hidden@10.0.0.5:3001', 'ftp://me:hidden@10.0.0.5', 'me:hidden@10.0.0.5'])(
    'refuses %s without telling the password',
    async (url) => {
      const { code, stderr } = await line.run(['get', 'nodes'], { env: { ECSMCTL_PLATFORM_URL: url } });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: the platform URL ".*\*\*\*@10\.0\.0\.5.*" must /);
      expect(stderr).not.toContain('hidden');
    },
  );

  it.each([
    [['get', 'nodes', '--request-timeout', '0'], {}, '--request-timeout is 0, and a call needs some time'],
    [['get', 'nodes'], { ECSMCTL_REQUEST_TIMEOUT: '0s' }, 'ECSMCTL_REQUEST_TIMEOUT is 0, and a call needs some time'],
    [['get', 'nodes'], { ECSMCTL_REQUEST_TIMEOUT: 'soon' }, 'ECSMCTL_REQUEST_TIMEOUT is "soon"'],
    [['get', 'nodes'], { ECSMCTL_LOG_LEVEL: 'loud' }, 'ECSMCTL_LOG_LEVEL does not know "loud"'],
    [['get', 'nodes'], { ECSMCTL_LOG_FORMAT: 'xml' }, 'ECSMCTL_LOG_FORMAT does not know "xml"'],
  ])('refuses %j with %j', async (args, env, problem) => {
    const { code, stderr } = await line.run(args, { env });
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${problem}`);
  });

  it('names the file that cannot be written', async () => {
    await line.file('file', '');
    const config = join(line.home, 'file', 'config.yaml');
    const written = await line.run(['config', 'set-context', 'lab', '-n', 'x', '--config', config]);
    expect(written.stderr).toMatch(/^error: the configuration file .*config\.yaml cannot be /);
    const web = await line.file('web.yaml', dynamicService('web'));
    const applied = await line.run(['apply', '-f', web, '--registry', 'file/deep/registry.db']);
    expect(applied.stderr).toMatch(
      /^error: the folder .*file\/deep of the registry cannot be made: ENOTDIR\nhint: --registry/,
    );
  });
});
