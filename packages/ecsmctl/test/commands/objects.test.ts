import { readFile, rm, writeFile } from 'node:fs/promises';

import { ControllerRevision, ECSMService, type Stored } from '@ecsm/api-types';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { dynamicService } from '../helpers/manifests.js';
import { reportRollout } from '../helpers/report-rollout.js';

describe('commands on declared objects', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web')));
    return () => line[Symbol.asyncDispose]();
  });

  const web = async (): Promise<Stored<ECSMService>> =>
    (await line.registry()).resource(ECSMService).namespace('default').get('web');

  it('get suggests a near name, and the namespace that has it', async () => {
    const near = await line.run(['get', 'es', 'wbe']);
    expect(near).toMatchObject({ code: 3, stdout: '' });
    expect(near.stderr).toBe('error: ecsmservices "default/wbe" not found\nhint: did you mean "web"?\n');
    expect((await line.run(['get', 'es', 'web', '-n', 'other'])).stderr).toContain(
      'it is in namespace default: add -n default',
    );
  });

  it('get shows what it finds and reports the rest', async () => {
    const { code, stdout, stderr } = await line.run(['get', 'es/web', 'es/api', '-o', 'name']);
    expect(code).toBe(3);
    expect(stdout).toBe('ecsmservice/web\n');
    expect(stderr).toContain('"default/api" not found');
  });

  it('get says which registry is missing', async () => {
    const { code, stderr } = await line.run(['get', 'es', '--registry', 'none.db']);
    expect(code).toBe(1);
    expect(stderr).toContain('none.db does not exist');
  });

  it('get prints one object alone and several as a List', async () => {
    expect(JSON.parse(await line.ok('get', 'es', 'web', '-o', 'json'))).toMatchObject({ kind: 'ECSMService' });
    expect(JSON.parse(await line.ok('get', 'es', '-o', 'json'))).toMatchObject({
      kind: 'List',
      items: [{ kind: 'ECSMService' }],
    });
    expect(JSON.parse(await line.ok('get', 'hpa', '-o', 'json'))).toMatchObject({ kind: 'List', items: [] });
  });

  it.each([
    ['get', '-l', 'app=none'],
    ['get', '-A', '-w'],
    ['get', '--field-selector', 'metadata.name=none'],
    ['describe', '-l', 'app=none'],
    ['delete', '--all'],
    ['delete', '-l', 'app=none'],
    ['delete', '-A'],
    ['label', '-l', 'app=web', 'tier=front'],
    ['wait', '--all', '--for', 'delete'],
  ])('%s takes no name beside %s, since one of the two would be ignored', async (verb, flag, ...rest) => {
    const { code, stderr } = await line.run([verb, 'es', 'web', flag, ...rest]);
    expect(stderr).toBe(`error: names and ${flag} cannot be given together\n`);
    expect(code).toBe(2);
    expect((await web()).metadata.labels).not.toHaveProperty('tier');
  });

  it('delete -f takes no selector, which would be ignored', async () => {
    for (const flag of ['--all', '-lapp=none', '-A'])
      expect((await line.run(['delete', '-f', 'web.yaml', flag])).stderr).toMatch(
        /^error: -f and -\S+ cannot be given/,
      );
    await web();
  });

  it('get tells that nothing has the field to sort by, and what a word should be', async () => {
    const { code, stdout, stderr } = await line.run(['get', 'es', '--sort-by', '.spec.nope', '-o', 'name']);
    expect(stderr).toBe('warning: none of these has the field .spec.nope to sort by\n');
    expect(stdout).toContain('ecsmservice/web\n');
    expect(code).toBe(0);
    expect((await line.run(['get', 'es', '--sort-by', '{.metadata.name}'])).stderr).toBe('');
    expect((await line.run(['get', 'es/'])).stderr).toBe('error: "es/" must be TYPE/NAME\n');
  });

  it('get sorts and selects', async () => {
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api', 9, { labels: '{app: api}' })));
    expect(await line.ok('get', 'es', '--sort-by', '.spec.deploymentStrategy.replicas', '-o', 'name')).toBe(
      'ecsmservice/web\necsmservice/api\n',
    );
    expect(await line.ok('get', 'es', '-l', 'app!=web', '-o', 'name')).toBe('ecsmservice/api\n');
    expect(await line.ok('get', 'es', '--field-selector', 'metadata.name=web', '-o', 'name')).toBe('ecsmservice/web\n');
    for (const filter of [
      ['--name', 'w'],
      ['--node', 'worker-1'],
      ['--page', '2'],
      ['-w', '--os', 'linux'],
    ]) {
      const { code, stderr } = await line.run(['get', 'es', ...filter]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: --\w+ is for lists of the platform, not for ecsmservices\nhint: use -l/);
    }
    expect((await line.run(['get', 'es', '-l', 'a in ('])).code).toBe(2);
    expect((await line.run(['get', 'es', '--field-selector', 'a'])).code).toBe(2);
  });

  it('masks the VSOA password in describe and diff, and shows it in yaml', async () => {
    expect(await line.ok('get', 'es', 'web', '-o', 'yaml')).toContain('topsecret');
    expect(await line.ok('describe', 'es', 'web')).not.toContain('topsecret');
    await line.file('web.yaml', dynamicService('web').replace('topsecret', 'another'));
    const { stdout } = await line.run(['diff', '-f', 'web.yaml', '--no-plan']);
    expect(stdout).not.toMatch(/topsecret|another/);
    expect(stdout).toContain('only a masked secret changes');
  });

  it('diff shows what would change and writes nothing', async () => {
    expect((await line.run(['diff', '-f', 'web.yaml'])).code).toBe(0);
    await line.file('web.yaml', dynamicService('web', 7));
    const { code, stdout } = await line.run(['diff', '-f', 'web.yaml']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^-    replicas: 2$/m);
    expect(stdout).toMatch(/^\+    replicas: 7$/m);
    expect(stdout).toContain('The operator would then do:');
    expect((await web()).spec.deploymentStrategy.replicas).toBe(2);
  });

  it('create refuses what exists, with 4; replace replaces', async () => {
    const again = await line.run(['create', '-f', 'web.yaml']);
    expect(again.code).toBe(4);
    expect(again.stderr).toMatch(/already exists/);
    await line.file('web.yaml', dynamicService('web', 4));
    expect(await line.ok('replace', '-f', 'web.yaml')).toBe('ecsmservice/web replaced\n');
    expect((await web()).spec.deploymentStrategy.replicas).toBe(4);
  });

  it('scale, label, annotate and patch change what they say', async () => {
    expect(await line.ok('scale', 'es', 'web', '--replicas', '3')).toBe('ecsmservice/web scaled to 3\n');
    expect((await line.run(['scale', 'es/web', '--replicas', '4', '--current-replicas', '2'])).code).toBe(4);
    const mixed = await line.run(['scale', 'es/web', 'lease/none', '--replicas', '4']);
    expect(mixed).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: leases cannot be scaled\nhint: ecsmctl scale es NAME scales a service\n',
    });
    await line.ok('label', 'es', 'web', 'tier=front', 'app-');
    await line.ok('annotate', 'es/web', 'note=a=b');
    await line.ok('patch', 'es', 'web', '-p', '{spec: {priority: 5}}');
    await line.ok('patch', 'es', 'web', '--type', 'json', '-p', '[{"op":"remove","path":"/spec/template/vsoa"}]');
    const { metadata, spec } = await web();
    expect(metadata.labels).toEqual({ tier: 'front' });
    expect(metadata.annotations).toEqual({ note: 'a=b' });
    expect(spec).toMatchObject({ priority: 5, deploymentStrategy: { replicas: 3 } });
    expect(spec.template.vsoa).toBeUndefined();
    const overwrite = await line.run(['label', 'es', 'web', 'tier=back']);
    expect(overwrite.code).toBe(1);
    expect(overwrite.stderr).toContain('--overwrite');
  });

  it('verbs go on with the other objects when one is refused, and end with the common exit code', async () => {
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api')));
    const missing =
      'error: ecsmservices "default/nope" not found\nhint: ecsmctl get ecsmservices -A lists what there is\n';
    expect(await line.run(['scale', 'es', 'nope', 'web', 'api', '--replicas', '3'])).toEqual({
      code: 3,
      stdout: 'ecsmservice/web scaled to 3\necsmservice/api scaled to 3\n',
      stderr: missing,
    });
    expect(await line.run(['label', 'es', 'nope', 'web', 'tier=front'])).toEqual({
      code: 3,
      stdout: 'ecsmservice/web labeled\n',
      stderr: missing,
    });
    const both = await line.run(['annotate', 'es', 'nope', 'web', 'api', 'note=1']);
    expect(both).toMatchObject({ code: 3, stdout: 'ecsmservice/web annotated\necsmservice/api annotated\n' });
    expect(await line.run(['label', 'es', 'nope', 'web', 'tier=back'])).toMatchObject({
      code: 1,
      stderr: `${missing}error: ecsmservice/web has tier=front already\nhint: add --overwrite to replace it\n`,
    });
    const waited = await line.run(['wait', 'es', 'nope', 'web', '--for', 'jsonpath={.metadata.labels.tier}=front']);
    expect(waited).toEqual({
      code: 3,
      stdout: 'ecsmservice/web {.metadata.labels.tier}=front met\n',
      stderr: missing,
    });
  });

  it("scale takes -l and --all, and kubectl's -1 for whatever number there is now", async () => {
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api', 2, { labels: '{app: api}' })));
    expect(await line.ok('scale', 'es', '--all', '--replicas', '4')).toBe(
      'ecsmservice/api scaled to 4\necsmservice/web scaled to 4\n',
    );
    expect(await line.ok('scale', 'es', '-l', 'app=api', '--replicas', '1', '--current-replicas=-1')).toBe(
      'ecsmservice/api scaled to 1\n',
    );
    expect(await line.run(['scale', 'es', '-l', 'app=none', '--replicas', '1'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Nothing matches.\n',
    });
    expect(await line.run(['scale', 'es', '--replicas', '1'])).toMatchObject({
      code: 2,
      stderr: 'error: which ecsmservices?\nhint: give names, -l SELECTOR or --all\n',
    });
    expect((await line.run(['scale', 'es', 'web', '--all', '--replicas', '1'])).code).toBe(2);
    expect((await line.run(['scale', 'es', 'web', '--replicas', '1', '--current-replicas=-2'])).code).toBe(2);
  });

  it('patch says as kubectl does when nothing changed, such as the status, which is not for users', async () => {
    for (const patch of ['{}', '{spec: {deploymentStrategy: {replicas: 2}}}', '{status: {replicas: 9}}'])
      expect(await line.ok('patch', 'es', 'web', '-p', patch)).toBe('ecsmservice/web patched (no change)\n');
    const same = ['patch', 'es', 'web', '-p', '{}', '--dry-run', 'server'];
    expect(await line.ok(...same)).toBe('ecsmservice/web patched (no change) (server dry run)\n');
    const other = ['patch', 'es', 'web', '-p', '{spec: {priority: 5}}', '--dry-run', 'server'];
    expect(await line.ok(...other)).toBe('ecsmservice/web patched (server dry run)\n');
  });

  it('edit stores what the editor left, keeps it when it cannot be stored, and knows when nothing changed', async () => {
    const editWith = (change: (text: string) => string) => async (file: string) =>
      writeFile(file, change(await readFile(file, 'utf8')));
    const edited = await line.run(['edit', 'es', 'web'], {
      edit: editWith((text) => text.replace('replicas: 2', 'replicas: 6')),
    });
    expect(edited.stdout).toBe('ecsmservice/web edited\n');
    expect((await web()).spec.deploymentStrategy.replicas).toBe(6);
    const same = await line.run(['edit', 'es', 'web'], { edit: editWith((text) => text) });
    expect(same.stdout).toBe('ecsmservice/web unchanged\n');
    const bad = await line.run(['edit', 'es', 'web'], {
      edit: editWith((text) => text.replace('replicas: 6', 'replicas: -6')),
    });
    expect(bad.code).toBe(1);
    const kept = /kept in (\S+)\n/.exec(bad.stderr)?.[1] ?? '';
    expect(await readFile(kept, 'utf8')).toContain('replicas: -6');
    const broken = await line.run(['edit', 'es', 'web'], { edit: editWith(() => 'a: [') });
    expect(broken.stderr).toMatch(/^error: it cannot be read: [^\n]+\nhint: nothing was changed/);
    expect((await line.run(['edit', 'es', 'web'])).stderr).toContain('there is no terminal');
    const removed = await line.run(['edit', 'es', 'web'], { edit: (file) => rm(file) });
    expect(removed.code).toBe(1);
    expect(removed.stderr).toMatch(/^error: the editor has left no text in \S+: ENOENT\nhint: nothing was changed/);
  });

  it('edit writes only what was changed, so that others may write meanwhile', async () => {
    const { stdout } = await line.run(['edit', 'es', 'web'], {
      edit: async (file) => {
        await line.ok('label', 'es', 'web', 'tier=front');
        await writeFile(file, (await readFile(file, 'utf8')).replace('replicas: 2', 'replicas: 7'));
      },
    });
    expect(stdout).toBe('ecsmservice/web edited\n');
    const { metadata, spec } = await web();
    expect(metadata.labels).toEqual({ app: 'web', tier: 'front' });
    expect(spec.deploymentStrategy.replicas).toBe(7);
  });

  it('edit on a terminal shows a refused text again, with the reason above it, until it can be stored or is left', async () => {
    const seen: string[] = [];
    const change = (replacements: readonly string[]) => async (file: string) => {
      const text = await readFile(file, 'utf8');
      seen.push(text);
      await writeFile(file, text.replace(/(?<=^ +replicas: ).*/m, replacements[seen.length - 1] ?? 'many'));
    };
    const corrected = await line.run(['edit', 'es', 'web'], { terminal: 80, edit: change(['many', '4']) });
    expect(corrected).toMatchObject({ code: 0, stdout: 'ecsmservice/web edited\n' });
    expect(seen[1]).toMatch(/^# ecsmservices .* must be a whole number \(got "many"\)$/m);
    expect(seen[1]).toContain('replicas: many');
    seen.length = 0;
    const left = await line.run(['edit', 'es', 'web'], { terminal: 80, edit: change(['many']) });
    expect(left.code).toBe(1);
    expect(seen).toHaveLength(2);
    expect(left.stderr).toMatch(/nothing was changed; your text is kept in/);
  });

  it('rollout pause, resume and restart set what the operator looks at', async () => {
    await line.ok('rollout', 'pause', 'es/web');
    expect((await web()).spec.paused).toBe(true);
    await line.ok('rollout', 'resume', 'es/web');
    expect((await web()).spec.paused).toBe(false);
    await line.ok('rollout', 'restart', 'es', 'web');
    expect((await web()).metadata.annotations).toHaveProperty(['ecsm.sh/restarted-at']);
  });

  it('rollout history lists kept revisions, and undo returns to the latest that differs or to a named one', async () => {
    const { metadata, spec } = await web();
    const registry = await line.registry();
    const revisions = registry.resource(ControllerRevision).namespace('default');
    for (const [index, image] of ['web@0.8.0', 'web@0.9.0', spec.template.image].entries()) {
      await revisions.create({
        apiVersion: 'ecsm.sh/v1',
        kind: 'ControllerRevision',
        metadata: {
          name: `web-${index}`,
          ownerReferences: [{ apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', name: 'web', uid: metadata.uid }],
        },
        revision: index + 1,
        data: { template: { ...spec.template, image } },
      });
    }
    expect(await line.ok('rollout', 'history', 'es/web')).toMatch(/^1 +web@0\.8\.0 .*\n2 +web@0\.9\.0 /m);
    const shown = await line.ok('rollout', 'history', 'es/web', '--revision', '1');
    expect(shown).toContain('image: web@0.8.0');
    expect(shown).not.toContain('topsecret');
    expect(await line.ok('rollout', 'history', 'es/web', '--revision', '0')).toBe(
      await line.ok('rollout', 'history', 'es/web'),
    );
    const dry = await line.ok('rollout', 'undo', 'es/web', '--to-revision', '0', '--dry-run=server');
    expect(dry).toBe('ecsmservice/web rolled back to revision 2 (server dry run)\n');
    expect(await line.ok('rollout', 'undo', 'es/web')).toBe('ecsmservice/web rolled back to revision 2\n');
    expect((await web()).spec.template.image).toBe('web@0.9.0');
    await line.ok('rollout', 'undo', 'es/web', '--to-revision', '1');
    expect((await web()).spec.template.image).toBe('web@0.8.0');
    const missing = await line.run(['rollout', 'undo', 'es/web', '--to-revision', '9']);
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('kept are 1, 2, 3');
  });

  it('wait ends when the condition holds, and with 5 when it does not in time', async () => {
    const late = await line.run(['wait', 'es/web', '--for', 'condition=Available', '--timeout', '30ms']);
    expect(late.code).toBe(5);
    expect(late.stderr).toMatch(/timed out waiting for condition Available=True of ecsmservice\/web/);
    const waiting = line.run([
      'wait',
      'es/web',
      '--for',
      'jsonpath={.spec.deploymentStrategy.replicas}=8',
      '--timeout',
      '20s',
    ]);
    await line.ok('scale', 'es/web', '--replicas', '8');
    expect((await waiting).code).toBe(0);
    const gone = line.run(['wait', 'es/web', '--for', 'delete', '--timeout', '20s']);
    await line.ok('delete', 'es/web');
    expect((await gone).stdout).toBe('ecsmservice/web deletion met\n');
    expect((await line.run(['wait', 'es/web', '--for', 'condition=Available'])).code).toBe(3);
    for (const goal of ['luck', 'jsonpath={.status', 'jsonpath={.status[}'])
      expect((await line.run(['wait', 'es/web', '--for', goal])).code, goal).not.toBe(5);
  });

  it('wait --for create waits for an object that is not there yet', async () => {
    expect(await line.ok('wait', 'es/web', '--for', 'create')).toBe('ecsmservice/web creation met\n');
    const late = await line.run(['wait', 'es/api', '--for', 'create', '--timeout', '0']);
    expect(late.code).toBe(5);
    expect(late.stderr).toMatch(/^error: timed out waiting for creation of ecsmservice\/api\n/);
    const coming = line.run(['wait', 'es/api', '--for=create', '--timeout', '20s']);
    await line.ok('apply', '-f', await line.file('api.yaml', dynamicService('api')));
    expect(await coming).toMatchObject({ code: 0, stdout: 'ecsmservice/api creation met\n' });
  });

  it('wait takes a condition in any case, as kubectl does', async () => {
    await reportRollout((await line.registry()).resource(ECSMService).namespace('default'), 'web', 2);
    expect(await line.ok('wait', 'es/web', '--for', 'condition=available=true')).toContain('met\n');
  });

  it('wait gives up on an object that is deleted meanwhile', async () => {
    const { code, stderr } = await line.run(['wait', 'es/web', '--for', 'condition=Nope', '--timeout', '20s'], {
      terminal: 200,
      onOutput: (_stdout, shown) => {
        if (shown.endsWith('there is no such condition')) void line.ok('delete', 'es/web');
      },
    });
    expect(stderr).toMatch(/error: ecsmservice\/web was deleted meanwhile\n$/);
    expect(code).toBe(3);
  });

  it('autoscale creates an autoscaler that can be read', async () => {
    await line.ok('autoscale', 'es/web', '--min', '2', '--max', '6', '--cpu-percent', '60');
    expect(await line.ok('get', 'hpa')).toMatch(/^web +ECSMService\/web .* 2 +6 /m);
    expect((await line.run(['autoscale', 'es/web'])).code).toBe(2);
  });

  it('autoscale refuses a Static service with the rule, and writes nothing', async () => {
    const fixed = dynamicService('fixed').replace(/\{type: Dynamic.*\}/, '{type: Static, nodes: [worker-1]}');
    await line.ok('apply', '-f', await line.file('fixed.yaml', fixed));
    const { code, stderr } = await line.run(['autoscale', 'es/fixed', '--max', '6']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: ecsmservice/fixed cannot be scaled by load: a Static service runs one instance on every node of spec.deploymentStrategy.nodes: change the nodes instead\n',
    );
    expect((await line.run(['get', 'hpa'])).stdout).toBe('');
    expect((await line.run(['autoscale', 'es/none', '--max', '6'])).code).toBe(3);
  });

  it('explain walks the schema and suggests near fields', async () => {
    expect(await line.ok('explain', 'es.spec.template.image')).toContain('FIELD:    spec.template.image <string>');
    expect(await line.ok('explain', 'es', '--recursive')).toMatch(/deploymentStrategy\t<object>/);
    const typo = await line.run(['explain', 'es.spec.tempalte']);
    expect(typo.code).toBe(3);
    expect(typo.stderr).toContain('did you mean "template"?');
  });

  it('completes commands, flags, types and names', async () => {
    const complete = async (...words: readonly string[]) =>
      (await line.ok('complete', '--', ...words)).trim().split('\n');
    expect(await complete('ge')).toEqual(['get']);
    expect(await complete('rollout', 're')).toEqual(['resume', 'restart']);
    expect(await complete('get', 'ecsms')).toEqual(['ecsmservices']);
    expect(await complete('describe', 'es', 'w')).toEqual(['web']);
    expect(await complete('get', 'es/w')).toEqual(['es/web']);
    expect(await complete('get', 'es', '-n', '')).toContain('default');
    expect(await complete('get', 'es', '-o', '')).toContain('wide');
    expect(await complete('top', 'nodes', '--sort-by', '')).toContain('cpu');
    expect(await complete('get', 'es', '--show-l')).toEqual(['--show-labels']);
    expect(await complete('delete', 'es', 'x', '--cascade', 'f')).toEqual(['foreground']);
    for (const shell of ['bash', 'zsh', 'fish'])
      expect(await line.ok('completion', shell)).toContain('ecsmctl complete');
  });

  it('backs the registry up, checks it, and puts the backup back', async () => {
    expect(await line.ok('registry', 'check')).toMatch(/is sound/);
    await line.ok('registry', 'backup', 'saved.db');
    await (await line.registry()).close();
    await line.ok('delete', 'es', 'web');
    expect((await line.run(['registry', 'restore', 'saved.db'])).stderr).toContain('--force');
    await line.ok('registry', 'restore', 'saved.db', '--force');
    expect(await line.ok('registry', 'restore', 'saved.db', '--registry', 'new/folder/r.db')).toContain(
      'restored from',
    );
    expect(await line.ok('get', 'es', '-o', 'name', '--registry', 'new/folder/r.db')).not.toBe('');
    expect((await line.run(['registry', 'backup', 'none/x.db'])).stderr).toMatch(
      /^error: a backup cannot be written to .*none\/x\.db: there is no folder .*none; make it first\n/,
    );
    expect((await line.run(['registry', 'backup', '.'])).stderr).toMatch(/: it is a folder; name a file in it\n/);
    expect(await line.ok('get', 'es', '-o', 'name')).toBe('ecsmservice/web\n');
    expect(JSON.parse(await line.ok('registry', 'stats', '-o', 'json'))).toMatchObject({
      entries: { 'ecsmservices.ecsm.sh': 1 },
    });
    expect(await line.ok('registry', 'stats', '-o', 'yaml')).toContain('ecsmservices.ecsm.sh: 1');
    expect(await line.ok('registry', 'check', '-o', 'yaml')).toBe(`path: ${line.registryPath}\nproblems: []\n`);
    expect(await line.ok('registry', 'compact')).toMatch(/^compacted at revision/);
  });
});
