import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { Program } from './helpers/program.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path, pattern) : pattern.test(path) ? [path] : [];
  });
}

describe('what the README says', () => {
  it('fault 47: every npm script it names exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const contributing = readFileSync(join(root, 'docs/CONTRIBUTING.md'), 'utf8');
    const named = [...`${readme}${contributing}`.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(scripts, name).toHaveProperty([name]);
    for (const script of Object.values(scripts)) {
      for (const [file] of script.matchAll(/(?:scripts|packages)\/[\w./-]+\.(?:ts|mjs)/g)) {
        expect(existsSync(join(root, file)), file).toBe(true);
      }
    }
  });

  it(
    'fault 47: every line to type works after the export line that a simulation prints',
    { timeout: 60_000 },
    async () => {
      const home = await mkdtemp(join(tmpdir(), 'ecsm-readme-'));
      const simulation = ['--simulate', '--simulate-port', '0', '--simulate-speed', '20'];
      const demo = new Program('ecsm-operator', [...simulation, '--manifests', join(root, 'docs/examples/manifests')], {
        home,
      });
      try {
        await demo.prints(/Ctrl-C stops/);
        const printed = [...demo.output.matchAll(/^ {2}((?:export|npx ecsmctl) .+)$/gm)].map(([, line = '']) => line);
        const shown = [...readme.matchAll(/^npx ecsmctl [^#\n]+/gm)].map(([line]) => line.trim());
        expect(printed[0]).toMatch(/^export /);
        expect(printed.length).toBeGreaterThan(4);
        expect(shown.length).toBeGreaterThan(2);
        await demo.prints(/runs on worker/);
        // What is printed ends with a delete.
        const [first, ...others] = printed;
        const script = ['set -ex', first, ...shown, ...others].join('\n');
        const { stdout } = await promisify(execFile)('sh', ['-c', script], {
          cwd: root,
          env: { PATH: process.env['PATH'], HOME: home },
        });
        expect(stdout).toMatch(/^web +Dynamic/m);
        expect(stdout).toContain('ecsmservice/web scaled to 5');
      } finally {
        await demo.kill('SIGTERM');
        await rm(home, { recursive: true });
      }
    },
  );

  it('fault 41: no test speaks to anything but this machine', () => {
    const sources = filesBelow(join(root, 'packages'), /[/\\]test[/\\].*\.ts$/);
    expect(sources.length).toBeGreaterThan(20);
    const harmless =
      /^(?:127\.\d+\.\d+\.\d+|localhost|\[?::1\]?|.*\.(?:test|example|invalid)|example\.\w+|.*\.example\.\w+|\$\{.*|10\.\d.*|192\.0\.2\..*|\[2001:db8.*)$/;
    for (const file of sources) {
      for (const [, host = ''] of readFileSync(file, 'utf8').matchAll(
        /fetch\(\s*['"`]https?:\/\/(\[[^\]]*\]|[^/:'"`\s]+)/g,
      )) {
        expect(host, file).toMatch(harmless);
      }
    }
  });
});
