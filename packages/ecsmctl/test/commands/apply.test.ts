import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ECSMService } from '@ecsm/api-types';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';

describe('apply', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    return () => line[Symbol.asyncDispose]();
  });

  const names = async () => (await line.ok('get', 'es', '-A', '-o', 'name')).trim();

  it('creates, leaves alone what is the same, and changes', async () => {
    const file = await line.file('web.yaml', dynamicService('web'));
    expect(await line.run(['apply', '-f', file])).toEqual({
      code: 0,
      stdout: 'ecsmservice/web created\n',
      stderr: `${line.registryPath} is a new registry\n`,
    });
    expect(await line.ok('apply', '-f', file)).toBe('ecsmservice/web unchanged\n');
    await line.file('web.yaml', dynamicService('web', 3));
    expect(await line.ok('apply', '-f', 'web.yaml')).toBe('ecsmservice/web configured\n');
  });

  it('reads stdin, several files and folders within folders', async () => {
    const fromStdin = await line.run(['apply', '-f', '-'], { stdin: dynamicService('one') });
    expect(fromStdin.stdout).toBe('ecsmservice/one created\n');
    await mkdir(join(line.home, 'm', 'deep'), { recursive: true });
    await line.file('m/two.yaml', dynamicService('two'));
    await line.file('m/deep/three.yml', dynamicService('three'));
    await line.ok('apply', '-f', 'm');
    expect(await names()).toBe('ecsmservice/one\necsmservice/two');
    await line.ok('apply', '-R', '-f', 'm');
    expect(await names()).toBe('ecsmservice/one\necsmservice/three\necsmservice/two');
  });

  it('applies the good documents, names the bad one, and says what became of the others', async () => {
    const file = await line.file(
      'm.yaml',
      `${dynamicService('a')}---\n${dynamicService('b', -1)}---\n${dynamicService('c')}`,
    );
    const { code, stdout, stderr } = await line.run(['apply', '-f', file]);
    expect(code).toBe(1);
    expect(stdout).toBe('ecsmservice/a created\necsmservice/c created\n');
    expect(stderr).toMatch(/^error: .*m\.yaml, document 2 .*spec\.deploymentStrategy\.replicas.*-1/m);
    expect(stderr).toContain('1 of 3 documents was refused; the other 2 were applied');
  });

  it('goes on when a file of a folder cannot be read, and reads the standard input once and no addresses', async () => {
    await mkdir(join(line.home, 'm'));
    await line.file('m/a.yaml', dynamicService('a'));
    await writeFile(join(line.home, 'm', 'b.yaml'), Buffer.from([0xe9, 0x0a]));
    const folder = await line.run(['apply', '-f', 'm']);
    expect({ code: folder.code, stdout: folder.stdout }).toEqual({ code: 1, stdout: 'ecsmservice/a created\n' });
    expect(folder.stderr).toMatch(/^error: .*b\.yaml: cannot be read: it is no UTF-8 text$/m);
    expect(folder.stderr).toContain('1 of 2 documents was refused; the other 1 was applied');
    const twice = await line.run(['apply', '-f', '-', '-f', '-'], { stdin: dynamicService('c') });
    expect(twice).toMatchObject({ code: 2, stdout: '' });
    const address = await line.run(['apply', '-f', 'https://example.com/web.yaml']);
    expect(address.code).toBe(2);
    expect(address.stderr).toContain('hint: fetch it first, as in curl -fsS ADDRESS | ecsmctl apply -f -\n');
  });

  it('with --atomic applies all or nothing', async () => {
    const bad = `${dynamicService('a')}---\n${dynamicService('b', -1)}`;
    const { code, stdout, stderr } = await line.run(['apply', '--atomic', '-f', '-'], { stdin: bad });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('1 of 2 documents was refused; nothing was applied (--atomic)');
    expect((await line.run(['get', 'es'])).stderr).toBe('No ecsmservices found in namespace default.\n');
  });

  it('names a conflict, ends with 4, and takes over with --force-conflicts', async () => {
    const file = await line.file('web.yaml', dynamicService('web', 2));
    await line.ok('apply', '-f', file);
    await line.ok('scale', 'es/web', '--replicas', '5');
    await line.file('web.yaml', dynamicService('web', 3));
    const { code, stderr } = await line.run(['apply', '-f', file]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/replicas/);
    expect(stderr).toMatch(/hint: .*--force-conflicts/);
    expect(await line.ok('apply', '--force-conflicts', '-f', file)).toBe('ecsmservice/web configured\n');
  });

  it('-n is for manifests without a namespace: one that names another is refused, whatever is done with it', async () => {
    const manifest = dynamicService('web').replace('metadata:', 'metadata:\n  namespace: flight');
    const file = await line.file('web.yaml', manifest);
    await line.ok('apply', '-n', 'flight', '-f', file);
    for (const verb of ['apply', 'create', 'replace', 'delete', 'diff']) {
      const { code, stderr } = await line.run([verb, '-n', 'test', '-f', file]);
      expect(stderr).toContain(`web.yaml, document 1 (line 1): its namespace is "flight", and -n says "test"\n`);
      expect(code).toBe(verb === 'diff' ? 2 : 1);
    }
    expect(await names()).toBe('ecsmservice/web');
    // What the surroundings say is no more than where the rest goes.
    expect((await line.run(['apply', '-f', file], { env: { ECSMCTL_NAMESPACE: 'test' } })).code).toBe(0);
  });

  it('writes nothing in a dry run', async () => {
    const file = await line.file('web.yaml', dynamicService('web'));
    expect(await line.ok('apply', '--dry-run=server', '-f', file)).toBe('ecsmservice/web created (server dry run)\n');
    expect(await line.ok('apply', '--dry-run=client', '-f', file)).toMatch(/client dry run/);
    expect((await line.run(['get', 'es', 'web'])).code).toBe(3);
  });

  it('refuses unknown fields unless told otherwise', async () => {
    const typo = dynamicService('web').replace('  template:', '  tempo: 1\n  template:');
    const refused = await line.run(['apply', '-f', '-'], { stdin: typo });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('spec.tempo');
    const warned = await line.run(['apply', '--validate=warn', '-f', '-'], { stdin: typo });
    expect(warned.code).toBe(0);
    expect(warned.stderr).toMatch(/^warning: web: .*tempo/);
  });

  it('prunes what matches the selector and is gone from the manifests, and nothing else', async () => {
    const all = await line.file(
      'all.yaml',
      `${dynamicService('a')}---\n${dynamicService('b')}---\n${dynamicService('c', 1, { labels: '{app: other}' })}`,
    );
    await line.ok('apply', '-f', all);
    const some = await line.file('some.yaml', dynamicService('a'));
    expect(await line.ok('apply', '-f', some, '--prune', '-l', 'app=web')).toBe(
      'ecsmservice/a unchanged\necsmservice/b pruned\n',
    );
    expect(await names()).toBe('ecsmservice/a\necsmservice/c');
    expect((await line.run(['apply', '-f', some, '--prune'])).code).toBe(2);
  });

  it.each(['apply', 'diff', 'delete', 'create', 'replace'])(
    '%s names a file that is missing, and the rule',
    async (verb) => {
      await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web')));
      const { code, stdout, stderr } = await line.run([verb, '-f', 'missing.yaml']);
      expect(code).toBe(verb === 'diff' ? 2 : 1);
      expect(stdout).toBe('');
      expect(stderr).toBe(
        `error: ${line.home}/missing.yaml: does not exist; name a manifest file, a folder of them, or - for the standard input\n`,
      );
    },
  );

  it('works while another process has the registry open, which hears of it', async () => {
    const registry = await line.registry();
    const events = registry.resource(ECSMService).watch({ sendInitialEvents: true });
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web')));
    for await (const event of events) {
      if (event.type === 'bookmark') continue;
      expect(event.object.metadata.name).toBe('web');
      break;
    }
  });
});
