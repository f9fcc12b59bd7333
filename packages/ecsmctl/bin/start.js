import { statSync } from 'node:fs';

const changedAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// In a checkout the bundle may be older than a build it was made from; in an installed package there are no such files.
const parts = ['ecsmctl', 'registry', 'planner', 'ecsm-client', 'api-types'];
const builtAt = Math.max(...parts.map((part) => changedAt(`../../${part}/dist/tsconfig.tsbuildinfo`)));
await import(changedAt('../dist/bundle/main.js') > builtAt ? '../dist/bundle/main.js' : '../dist/main.js');
