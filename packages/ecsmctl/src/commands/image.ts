import type { Handler } from '../cli/command.js';
import type { imageFlags } from '../definitions/platform.js';
import { maskSecrets } from '../output/mask.js';
import { toJson, toYaml } from '../output/serialize.js';
import { findRow } from '../resources/find-row.js';
import { images } from '../resources/platform-kinds.js';
import { describeImage, imageDetail } from './describe-platform.js';

/** Shows everything about images, for people or for programs. */
export const image: Handler<typeof imageFlags> = async (invocation, flags) => {
  const registryId = flags['registry-id'];
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  for (const [index, name] of args.entries()) {
    const row = await findRow(platform, images, name, { signal, filter: { registryId } });
    const detail = await imageDetail(invocation, row, registryId);
    if (flags.output === 'json') invocation.print(toJson(maskSecrets(detail)));
    else if (flags.output === 'yaml')
      invocation.print(`${index === 0 ? '' : '---\n'}${await toYaml(maskSecrets(detail))}`);
    else invocation.print(`${index === 0 ? '' : '\n\n'}${await describeImage(detail)}`);
  }
};
