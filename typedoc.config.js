import { readdirSync, readFileSync } from 'node:fs';

const published = readdirSync(new URL('packages', import.meta.url))
  .map((folder) => ({
    folder: `packages/${folder}`,
    ...JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, import.meta.url), 'utf8')),
  }))
  .filter((manifest) => manifest.private !== true);

/** The modules a user can import, as the exports map of their package names them. */
function entryPointsOf({ folder, exports }) {
  return Object.values(exports).flatMap(({ '@ecsm/source': source }) =>
    source === undefined ? [] : [`${folder}/${source.slice('./'.length)}`],
  );
}

/** Settings of `npm run docs:api`, the API reference, and of `npm run check:api`: every export says what it is for. */
export default {
  name: 'ecsm-operator',
  entryPoints: published.flatMap(entryPointsOf),
  tsconfig: 'tsconfig.test.json',
  out: 'docs/api',
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  // `npm run typecheck` checks for errors
  skipErrorChecking: true,
  sourceLinkTemplate: 'https://github.com/ecsm-operator/ecsm-operator/blob/main/{path}#L{line}',
  // TypeDoc's own and those that the JSON Schemas are made from
  blockTags: [
    ...['@defaultValue', '@deprecated', '@example', '@param', '@remarks', '@returns', '@see', '@throws', '@typeParam'],
    ...['@asType', '@maximum', '@maxLength', '@minimum', '@minLength', '@pattern'],
  ],
  // Fields often say it all by their name
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Function', 'Variable', 'Method', 'Accessor'],
  packagesRequiringDocumentation: published.map(({ name }) => name),
  validation: { notDocumented: true, notExported: true, invalidLink: true },
  treatWarningsAsErrors: true,
};
