import type { ImageConfig, ServiceImage } from '@ecsm/ecsm-client';
import { fromPlatformService, toPlatformImage, type ImageOptions } from '@ecsm/planner';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { Invocation } from '../cli/invocation.js';
import { presentError } from '../cli/present-error.js';
import type { importFlags } from '../definitions/platform.js';
import { serialize } from '../output/serialize.js';
import { findRow } from '../resources/find-row.js';
import { leftOut } from '../resources/left-out.js';
import { ownerOf } from '../resources/ownership.js';
import { services } from '../resources/platform-kinds.js';
import { findType } from '../resources/vocabulary.js';

/** What an image brings along; nothing when the platform has it no longer. */
async function imageConfigOf(invocation: Invocation, ref: string): Promise<ImageConfig | undefined> {
  const { signal, log } = invocation;
  const platform = await invocation.platform();
  try {
    return (await platform.images.config(ref, { signal })) ?? undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    log.warn(
      `the manifest names all settings, since those of image ${ref} are not known: ${presentError(error).message ?? ''}`,
    );
    return undefined;
  }
}

/** Says what a manifest made from a live service has no fields for, since a service made anew from it comes without. */
function tellLeftOut(
  { log }: Invocation,
  name: string,
  live: ServiceImage,
  options: Pick<ImageOptions, 'identity' | 'template' | 'base' | 'upgradeStrategy'>,
): void {
  const os = live.ref.endsWith('#sylixos') ? 'sylixos' : 'linux';
  const { image } = toPlatformImage({ ...options, os, marked: false });
  const missing = leftOut({ ...live, ref: image.ref }, image);
  if (missing.length === 0) return;
  log.warn(
    `the manifest is without what service ${name} has and no field of a template can say: ${missing.join('; ')}`,
  );
}

/** Writes a manifest from a live platform service. */
export const importService: Handler<typeof importFlags> = async (invocation, flags) => {
  const [word = '', wanted = ''] = invocation.args;
  if (findType(word, await invocation.scheme()).kind.plural !== services.plural) {
    throw new UsageError(`only platform services can be imported, not ${word}`, 'for example: ecsmctl import svc NAME');
  }
  const platform = await invocation.platform();
  const { signal } = invocation;
  const row = await findRow(platform, services, wanted, { signal });
  const detail = await platform.services.get(row.id, { signal });
  const owner = await ownerOf(invocation, detail);
  if (owner !== undefined) {
    invocation.log.warn(`service ${row.name} belongs to the declared object ${owner} already`);
  }
  const { namespace, operatorId } = await invocation.settings();
  const imageConfig = await imageConfigOf(invocation, detail.image.ref);
  const manifest = fromPlatformService(detail, {
    namespace,
    adopt: !flags['no-adopt'],
    ...(imageConfig === undefined ? {} : { imageConfig }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  });
  tellLeftOut(invocation, row.name, detail.image, {
    identity: { operatorId, namespace, name: row.name },
    template: manifest.spec.template,
    ...(manifest.spec.upgradeStrategy === undefined ? {} : { upgradeStrategy: manifest.spec.upgradeStrategy }),
    base: imageConfig ?? {},
  });
  invocation.print(await serialize(manifest, flags.output));
};
