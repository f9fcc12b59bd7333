import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ApiObject } from '@ecsm/api-types';
import { load } from 'js-yaml';

import { CliError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { presentError } from '../cli/present-error.js';
import type { editFlags } from '../definitions/write.js';
import { omit } from '../output/omit.js';
import { toJson, toYaml } from '../output/serialize.js';
import { label, oneObject, withHint } from '../resources/one-object.js';
import { writeOptions } from '../resources/write-options.js';

const banner =
  '# Change what you like and save; leave the file unchanged to change nothing.\n' +
  '# What the status says is left out: the operator writes it.\n';

/** Changes an object in the user's editor. What he wrote is kept in a file when it cannot be stored. */
export const edit: Handler<typeof editFlags> = async (invocation, flags) => {
  const { io, signal } = invocation;
  if (io.edit === undefined) {
    throw new CliError('there is no terminal for an editor', { hint: 'set EDITOR, or use ecsmctl patch or apply' });
  }
  const named = await oneObject(invocation, invocation.args, 'edit');
  const { client, name } = named;
  const stored = await withHint(invocation, named, () => client.get(name, { signal }));
  const shown = omit(stored as ApiObject & { readonly status?: unknown }, 'status');
  const text = flags.output === 'json' ? toJson(shown) : banner + (await toYaml(shown));
  const folder = await mkdtemp(join(tmpdir(), 'ecsmctl-edit-'));
  const file = join(folder, `${name}.${flags.output}`);
  await writeFile(file, text, { mode: 0o600 });
  let keep = false;
  try {
    await io.edit(file);
    const edited = await readFile(file, 'utf8');
    if (edited === text) {
      invocation.print(`${label(named)} unchanged\n`);
      return;
    }
    keep = true;
    // What has the wrong shape is refused by the registry, which names the field.
    await client.update(load(edited, { filename: file }) as ApiObject, writeOptions(invocation, flags));
    keep = false;
    invocation.print(`${label(named)} edited\n`);
  } catch (error) {
    if (!keep) throw error;
    const { message = 'the change cannot be stored', exitCode } = presentError(error);
    throw new CliError(message, {
      exitCode,
      hint: `your text is kept in ${file}; correct it and use ecsmctl apply -f`,
    });
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
};
