import tseslint from 'typescript-eslint';

import { allowedImports } from './scripts/layers.js';

// Arrows between packages point downwards only; the same table draws the picture in README.md.
const layerRules = Object.entries(allowedImports).map(([name, allowed]) => ({
  name: `layer/${name}`,
  files: [`packages/${name}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^@ecsm/(?!(?:${[...allowed, name].join('|')})(?:/|$))`,
            message: `@ecsm/${name} must not know that package: see the layer table in scripts/layers.js and docs/concepts/architecture.md.`,
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'docs/api/**', 'packages/*/src/generated/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['packages/*/test/**/*.ts', 'docs/examples/**/*.ts', 'packages/bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  ...layerRules,
);
