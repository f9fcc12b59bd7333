/**
 * Writes the JSON Schema of the daemon's configuration file, for editors, from the definitions of its settings. With `--check`
 * writes nothing and fails when the file is out of step.
 */
import { configurationSchema } from '../packages/operator/src/config/configuration-schema.js';
import { generatedFile } from './docs/generated-file.js';

await generatedFile('packages/operator/schemas/configuration.schema.json', JSON.stringify(configurationSchema()));
