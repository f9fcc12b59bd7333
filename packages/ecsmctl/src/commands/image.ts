import type { ImageDetail } from '@ecsm/ecsm-client';

import type { Handler } from '../cli/command.js';
import type { imageFlags } from '../definitions/platform.js';
import { maskSecrets } from '../output/mask.js';
import { printFacts } from '../output/print-facts.js';
import { listOf } from '../output/print-items.js';
import { findRow } from '../resources/find-row.js';
import { images } from '../resources/platform-kinds.js';
import { describeImage, imageDetail } from './describe-platform.js';

/** Shows everything about images, for people or for programs. */
export const image: Handler<typeof imageFlags> = async (invocation, flags) => {
  const registryId = flags['registry-id'];
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  const details: ImageDetail[] = [];
  for (const name of args) {
    const row = await findRow(platform, images, name, { signal, filter: { registryId } });
    details.push(await imageDetail(invocation, row, registryId));
  }
  const shown = details.map((detail) => maskSecrets(detail));
  const [first] = shown;
  const facts = shown.length === 1 && first !== undefined ? first : listOf(shown);
  await printFacts(invocation, flags.output, facts, async () =>
    (await Promise.all(details.map((detail) => describeImage(detail)))).join('\n\n'),
  );
};
