import { defineConfig } from 'vitest/config';

// Tests run from source: the `@ecsm/source` export condition points at src/index.ts of each package.
const conditions = ['@ecsm/source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'docs/examples/**/*.test.ts'],
    typecheck: { enabled: false, include: ['packages/*/test/**/*.test-d.ts'], tsconfig: 'tsconfig.test.json' },
    pool: 'forks',
    // Test files share the processes they run in: nothing here keeps state in a module, and starting anew for each file
    // takes longer than most files do.
    isolate: false,
    // Much of the time tests wait for processes, disks and clocks: on two cores a process for each, not one in all.
    maxWorkers: '100%',
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
