import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { dynamicService } from './helpers/manifests.js';
import { System } from './helpers/system.js';

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

  it('fault 47: every ecsmctl line it shows works', async () => {
    const lines = [...readme.matchAll(/^npx ecsmctl ([^#\n]+)/gm)].map(([, line = '']) => line.trim());
    expect(lines.length).toBeGreaterThan(2);
    await using system = await System.start();
    system.startOperator();
    await system.apply(dynamicService('web', 1));
    await system.settled('web', 1);
    for (const line of lines) {
      const { code, stderr } = await system.ctl(line.split(' '));
      expect(code, `ecsmctl ${line}: ${stderr}`).toBe(0);
    }
  });

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
