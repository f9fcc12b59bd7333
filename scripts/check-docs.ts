/**
 * Keeps the documentation true: links lead somewhere, the layer picture comes from the layer table, numbered statements have
 * tests, snippets compile, manifests are accepted, and the Chinese pages are in step with the English ones.
 */
import { checkEditions } from './docs/check-editions.js';
import { checkLayers } from './docs/check-layers.js';
import { checkLinks } from './docs/check-links.js';
import { checkManifests } from './docs/check-manifests.js';
import { checkSnippets } from './docs/check-snippets.js';
import { checkStatements } from './docs/check-statements.js';
import { documents } from './docs/markdown.js';

const findings = [
  ...checkLinks(),
  ...checkLayers(),
  ...checkStatements(),
  ...checkEditions(),
  ...checkSnippets(),
  ...(await checkManifests()),
];
for (const finding of findings) console.error(finding);
console.log(`${documents().length} documents checked, ${findings.length} findings.`);
process.exitCode = findings.length === 0 ? 0 : 1;
