import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ApiObject } from '@ecsm/api-types';

import { CliError, systemReason } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import { presentError } from '../cli/present-error.js';
import { loadYaml } from '../configuration/load-yaml.js';
import type { editFlags } from '../definitions/write.js';
import { omit } from '../output/omit.js';
import { serialize } from '../output/serialize.js';
import { mergePatchOf } from '../resources/merge-patch-of.js';
import { label, oneObject, withHint } from '../resources/one-object.js';
import { writeOptions } from '../resources/write-options.js';

const banner =
  '# Change what you like and save; leave the file unchanged to change nothing.\n' +
  '# What the status says is left out: the operator writes it.\n';

/** The text without the lines that we put above it. */
function bodyOf(text: string): string {
  return text.replace(/^(#.*\n)+/, '');
}

/** What the editor has left. @throws CliError when it has left nothing */
async function readEdited(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`the editor has left no text in ${file}: ${systemReason(error)}`, {
      hint: 'nothing was changed; leave the file as it is to change nothing',
    });
  }
}

/** Reads what the user wrote. @throws CliError when it is no object */
async function parse(text: string): Promise<object> {
  const value = await loadYaml(text, (reason) => new CliError(`it cannot be read: ${reason}`));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CliError('it must hold one object');
}

/**
 * Changes an object in the user's editor. What cannot be stored is shown again, with the reason above it, until it can or the user
 * leaves it as it is; his text is then kept. Only what he changed is written, so that others may write meanwhile.
 */
export const edit: Handler<typeof editFlags> = async (invocation, flags) => {
  const { io, signal } = invocation;
  if (io.edit === undefined) {
    throw new CliError('there is no terminal for an editor', { hint: 'set EDITOR, or use ecsmctl patch or apply' });
  }
  const named = await oneObject(invocation, invocation.args, 'edit');
  const { client, name } = named;
  const stored = await withHint(invocation, named, () => client.get(name, { signal }));
  const shown = omit(stored as ApiObject & { readonly status?: unknown }, 'status');
  const isJson = flags.output === 'json';
  const folder = await mkdtemp(join(tmpdir(), 'ecsmctl-edit-'));
  const file = join(folder, `${name}.${flags.output}`);
  const original = await serialize(shown, flags.output);
  let body = original;
  let heading = banner;
  let refusal: CliError | undefined;
  let keep = false;
  try {
    for (;;) {
      await writeFile(file, isJson ? body : heading + body, { mode: 0o600 });
      await io.edit(file);
      const edited = bodyOf(await readEdited(file));
      if (edited === original || edited.trim() === '') {
        invocation.print(`${label(named)} unchanged\n`);
        return;
      }
      keep = true;
      if (refusal !== undefined && edited === body) throw refusal;
      try {
        const patch = mergePatchOf(shown, await parse(edited));
        await client.patch(name, { type: 'merge', patch }, writeOptions(invocation, flags));
      } catch (error) {
        const { message = '', exitCode } = presentError(error);
        // A script that edits would never come to an end.
        if (exitCode !== exitCodes.error || io.stderr.isTerminal !== true) throw error;
        refusal = new CliError(message);
        heading = `${banner}#\n# ${message}\n`;
        body = edited;
        continue;
      }
      keep = false;
      invocation.print(`${label(named)} edited\n`);
      return;
    }
  } catch (error) {
    keep &&= existsSync(file);
    if (!keep) throw error;
    const { message = 'the change cannot be stored', exitCode } = presentError(error);
    throw new CliError(message, { exitCode, hint: `nothing was changed; your text is kept in ${file}` });
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
};
