import { Event } from '@ecsm/api-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { TestPlatform } from '../helpers/platform.js';

describe('describe node', () => {
  let platform: TestPlatform;
  let line: CommandLine;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    line = await CommandLine.create();
    line.platformUrl = platform.url;
  });
  afterAll(async () => {
    await line[Symbol.asyncDispose]();
    await platform[Symbol.asyncDispose]();
  });

  it('does without a registry', async () => {
    expect(await line.ok('describe', 'node', 'worker-1')).not.toContain('Events');
  });

  it('shows the events of that node', async () => {
    const registry = await line.registry();
    const tell = (node: string, message: string) =>
      registry.resource(Event).create({
        apiVersion: 'ecsm.sh/v1',
        kind: 'Event',
        metadata: { namespace: 'default', generateName: 'event-' },
        involvedObject: { kind: 'Node', name: node, uid: `Node:${node}` },
        type: 'Warning',
        reason: 'NodeNotReady',
        message,
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00.000Z',
        lastTimestamp: '2026-01-01T00:00:00.000Z',
      });
    await tell('worker-1', 'node worker-1 is offline');
    await tell('worker-10', 'node worker-10 is offline');
    const shown = await line.ok('describe', 'node', 'worker-1');
    expect(shown).toMatch(/Events:\n +TYPE.*\n +Warning +NodeNotReady .* node worker-1 is offline/);
    expect(shown).not.toContain('worker-10');
    expect(await line.ok('describe', 'node', 'worker-1', '--show-events=false')).not.toContain('Events');
  });
});
