import { Event } from '@ecsm/api-types';
import { beforeEach, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';

describe('events', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await CommandLine.create();
    return () => line[Symbol.asyncDispose]();
  });

  /** As an operator writes it; its names are those of the platform, with what no name of an object may hold. */
  async function tell(node: string): Promise<void> {
    const now = '2026-01-01T00:00:00.000Z';
    await (await line.registry()).resource(Event).create({
      apiVersion: 'ecsm.sh/v1',
      kind: 'Event',
      metadata: { namespace: 'default', generateName: 'event-' },
      involvedObject: { kind: 'Node', name: 'worker-1', uid: `Node:${node}` },
      type: 'Warning',
      reason: 'NodeNotReady',
      message: `node ${node} is offline`,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    });
  }

  it('--for tells of one node, whatever the namespace worked in', async () => {
    await tell('worker-1');
    await tell('Worker_1 东');
    for (const node of ['worker-1', 'Worker_1 东']) {
      const shown = await line.ok('events', '--for', `node/${node}`, '--no-headers', '-n', 'flight');
      expect(shown.trim().split('\n')).toHaveLength(1);
      expect(shown).toContain(`node ${node} is offline`);
    }
  });

  it('--watch ends with 130 when interrupted', async () => {
    await tell('worker-1');
    const interruption = new AbortController();
    const { code, stderr } = await line.run(['events', '--watch'], {
      signal: interruption.signal,
      onOutput: () => interruption.abort(),
    });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  });

  it('--for says of what there are events', async () => {
    await tell('worker-1');
    const { code, stderr } = await line.run(['events', '--for', 'service/web']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: --for "service/web" must name a declared object or a node: of others there are no events\n' +
        'hint: for example --for es/web or --for node/worker-1\n',
    );
  });
});
