import { ControllerRevision, ECSMService, edit } from '@ecsm/api-types';
import { templateHashOf } from '@ecsm/planner';
import { beforeEach, describe, expect, it } from 'vitest';

import type { CommandLine } from '../helpers/command-line.js';
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
