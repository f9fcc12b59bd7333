import type { Handler } from '../cli/command.js';
import type { imageFlags } from '../definitions/platform.js';
import { maskSecrets } from '../output/mask.js';
import { printFacts } from '../output/print-facts.js';
import { findRow } from '../resources/find-row.js';
import { images } from '../resources/platform-kinds.js';
import { describeImage, imageDetail } from './describe-platform.js';

/** What stands between two images. */
const separators: Readonly<Record<string, string>> = { text: '\n\n', yaml: '---\n' };

/** Shows everything about images, for people or for programs. */
export const image: Handler<typeof imageFlags> = async (invocation, flags) => {
  const registryId = flags['registry-id'];
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  for (const [index, name] of args.entries()) {
    const row = await findRow(platform, images, name, { signal, filter: { registryId } });
    const detail = await imageDetail(invocation, row, registryId);
    if (index > 0) invocation.print(separators[flags.output] ?? '');
    await printFacts(invocation, flags.output, maskSecrets(detail), () => describeImage(detail));
  }
};
