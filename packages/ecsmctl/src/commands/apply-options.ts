import type { ApplyAllOptions } from '@ecsm/registry';

import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { applyFlags, diffFlags } from '../definitions/write.js';
import { writeOptions } from '../resources/write-options.js';
import type { GoodDocument } from './manifest-documents.js';

/** How documents are applied, by the flags that `apply` and `diff` share; warnings name the object they speak of. */
export async function applyOptions(
  invocation: Invocation,
  documents: readonly GoodDocument[],
  flags: ValuesOf<typeof applyFlags> | ValuesOf<typeof diffFlags>,
): Promise<ApplyAllOptions> {
  const { namespace } = await invocation.settings();
  return {
    ...writeOptions(invocation, flags),
    namespace,
    manager: flags.manager,
    force: flags['force-conflicts'],
    onWarning: (warning, index) => invocation.log.warn(`${documents[index]?.manifest.metadata.name ?? ''}: ${warning}`),
  };
}
