import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const worker = fileURLToPath(new URL('helpers/forgotten-promises-worker.ts', import.meta.url));

/** Runs the program of two managers and returns how it ended and what it printed. */
async function program(mode: 'run' | 'foreign' | 'watched') {
  const child = spawn(process.execPath, ['--conditions=@ecsm/source', '--import', 'tsx', worker, mode]);
  const [printed, failure] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, 'exit');
  return { code: child.exitCode, lines: printed.trimEnd().split('\n'), failure };
}

describe('two managers of one process that handle unhandled rejections', () => {
  it('each report what their own runs forgot, once', async () => {
    const { code, lines, failure } = await program('run');
    expect(failure).toBe('');
    expect(code).toBe(0);
    expect(lines.slice(0, -1).sort()).toEqual([
      expect.stringMatching(/started and forgot.*controller=first object=default\/a attempt=1.*forgotten by first/),
      expect.stringMatching(/started and forgot.*controller=second object=default\/a attempt=1.*forgotten by second/),
    ]);
    expect(lines.at(-1)).toBe('survived');
  });

  it('let a rejection from elsewhere end the process, as without them', async () => {
    const { code, lines, failure } = await program('foreign');
    expect(failure).toContain('Error: forgotten by the program');
    expect(code).not.toBe(0);
    expect(lines).toEqual(['']);
  });

  it('leave a rejection from elsewhere to a listener of the program', async () => {
    const { code, lines } = await program('watched');
    expect(code).toBe(0);
    expect(lines).toEqual(['watched: Error: forgotten by the program', 'survived']);
  });
});
