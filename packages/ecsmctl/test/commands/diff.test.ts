import { ControllerRevision, ECSMService, edit } from '@ecsm/api-types';
import { templateHashOf } from '@ecsm/planner';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { lineOnPlatform } from '../helpers/line-on-platform.js';
import { dynamicService } from '../helpers/manifests.js';

const goodHash = 'g00d0000';

function manifest(replicas: number, image: string, autoRollback: boolean): string {
  return `${dynamicService('web', replicas, { image })}  updateStrategy: {autoRollback: ${autoRollback}}\n`;
}

describe('diff of a service whose template has failed', () => {
  let line: CommandLine;
  let failedHash: string;

  beforeEach(async () => {
    const started = await lineOnPlatform();
    ({ line } = started);
    return () => started[Symbol.asyncDispose]();
  });

  /** Stores the service with what an operator leaves behind after a rollout that failed. */
  async function fail(autoRollback: boolean): Promise<void> {
    await line.ok('apply', '-f', await line.file('web.yaml', manifest(2, 'telemetry@1.0.0#sylixos', autoRollback)));
    const registry = await line.registry();
    const services = registry.resource(ECSMService).namespace('default');
    const stored = await services.get('web');
    failedHash = templateHashOf(stored);
    await services.updateStatus(
      edit(stored, (draft) => {
        draft.status = { currentRevision: goodHash, failedRevision: failedHash };
      }),
    );
    await registry
      .resource(ControllerRevision)
      .namespace('default')
      .create({
        apiVersion: 'ecsm.sh/v1',
        kind: 'ControllerRevision',
        metadata: {
          name: `web-${goodHash}`,
          ownerReferences: [
            { apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', name: 'web', uid: stored.metadata.uid, controller: true },
          ],
        },
        revision: 1,
        data: { template: { ...stored.spec.template, image: 'web@1.0.0#sylixos' }, hash: goodHash },
      });
  }

  async function planOf(text: string): Promise<string> {
    const { code, stdout } = await line.run(['diff', '-f', await line.file('web.yaml', text)]);
    expect(code).toBe(1);
    return stdout.slice(stdout.indexOf('The operator would then do:'));
  }

  it('says that it stays rolled back, and plans with the last good revision', async () => {
    await fail(true);
    const steps = await planOf(manifest(3, 'telemetry@1.0.0#sylixos', true));
    expect(steps).toContain(
      `  - revision ${failedHash} has failed before: it is rolled back to ${goodHash} until the template changes\n`,
    );
    expect(steps).toMatch(new RegExp(`^  - web-\\w+-${goodHash} starts with 3 instances$`, 'm'));
    expect(steps).not.toContain(`-${failedHash} starts`);
  });

  it('says that a failed revision is tried again where nothing rolls back', async () => {
    await fail(false);
    const steps = await planOf(manifest(3, 'telemetry@1.0.0#sylixos', false));
    expect(steps).toContain(`  - revision ${failedHash} has failed before, and is tried again\n`);
    expect(steps).toMatch(new RegExp(`^  - web-\\w+-${failedHash} starts with 3 instances$`, 'm'));
  });

  it('says nothing of the failure once the template changes', async () => {
    await fail(true);
    const steps = await planOf(manifest(2, 'web@1.0.0#linux', true));
    expect(steps).not.toContain('has failed before');
    expect(steps).not.toContain(goodHash);
  });
});

describe('diff of several documents', () => {
  let line: CommandLine;

  beforeEach(async () => {
    line = await CommandLine.create();
    return () => line[Symbol.asyncDispose]();
  });

  function dependent(name: string, on: string): string {
    return `${dynamicService(name)}  dependsOn: [{name: ${on}}]\n`;
  }

  it.each([
    ['diff', ['--no-plan'], 2],
    ['apply', ['--dry-run=server'], 1],
    ['apply', [], 1],
  ])('%s %s tells that two of them wait for each other', async (verb, more, expected) => {
    await line.registry();
    const file = await line.file(
      'm.yaml',
      `${dependent('a', 'b')}---\n${dependent('b', 'a')}---\n${dependent('c', 'a')}`,
    );
    const { code, stdout, stderr } = await line.run([verb, '-f', file, ...more]);
    expect(stderr).toMatch(
      /^error: .*m\.yaml, document 2 .*must not lead back to the service itself: default\/b → default\/a → default\/b/,
    );
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect(stdout).toContain('ecsmservice/');
    expect(stdout).not.toMatch(/ecsmservice\/(default\/)?b\b/);
    expect(code).toBe(expected);
  });

  it('shows the documents that could be applied beside those that are refused', async () => {
    await line.registry();
    const warned = dynamicService('a').replace('spec:', 'spec:\n  shape: round');
    const file = await line.file('m.yaml', `${warned}---\n${dynamicService('b', -1)}---\n${dynamicService('c')}`);
    const { code, stdout, stderr } = await line.run(['diff', '-f', file, '--no-plan', '--validate=warn']);
    expect(stdout.match(/^\+\+\+ .*$/gm)).toEqual([
      '+++ ecsmservice/default/a\tapplied',
      '+++ ecsmservice/default/c\tapplied',
    ]);
    expect(stderr).toMatch(/^error: .*m\.yaml, document 2 .*replicas/m);
    expect(stderr.match(/shape/g)).toHaveLength(1);
    expect(code).toBe(2);
  });

  it('says of a conflict how it could be applied, as apply does', async () => {
    await line.ok('apply', '-f', await line.file('web.yaml', dynamicService('web', 2)));
    await line.ok('scale', 'es', 'web', '--replicas', '5');
    const changed = await line.file('web.yaml', dynamicService('web', 3));
    for (const verb of ['diff', 'apply'])
      expect((await line.run([verb, '-f', changed])).stderr, verb).toMatch(/^hint: .* add --force-conflicts to/m);
  });

  it('ends with more than 1 when it cannot tell', async () => {
    await line.file('registry.db', 'this is no database, and was never meant to be one');
    const file = await line.file('web.yaml', dynamicService('web'));
    const { code, stderr } = await line.run(['diff', '-f', file, '--no-plan']);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBeGreaterThan(1);
  });
});
