import { statSync } from 'node:fs';

const changedAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// In a checkout the bundle may be older than a build it was made from; in an installed package there are no such files.
const parts = ['ecsmctl', 'registry', 'planner', 'ecsm-client', 'api-types'];
const builtAt = Math.max(...parts.map((part) => changedAt(`../../${part}/dist/tsconfig.tsbuildinfo`)));
const bundle = '../dist/bundle/main.js';
if (changedAt(bundle) > builtAt) await import(bundle);
else await import('../dist/main.js');
