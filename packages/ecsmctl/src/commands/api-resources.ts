import { apiVersionOf } from '@ecsm/api-types';

import type { Handler } from '../cli/command.js';
import type { apiResourcesFlags } from '../definitions/settings.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupOf, printItems } from '../output/print-items.js';
import { platformKinds } from '../resources/platform-kinds.js';

interface Row {
  readonly name: string;
  readonly shortNames: readonly string[];
  readonly apiVersion: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly description: string;
}

/** Lists the types of both worlds. */
export const apiResources: Handler<typeof apiResourcesFlags> = async (invocation, flags) => {
  const declared = (await invocation.scheme()).kinds.map((kind): Row => {
    const { plural, shortNames, scope, description } = kind;
    return {
      name: plural,
      shortNames,
      apiVersion: apiVersionOf(kind),
      namespaced: scope === 'namespaced',
      kind: kind.kind,
      description,
    };
  });
  const platform = platformKinds.map(({ plural, shortNames, singular, description }): Row => ({
    name: plural,
    shortNames,
    apiVersion: 'platform',
    namespaced: false,
    kind: singular,
    description,
  }));
  const group = groupOf<Row>({
    items: [...declared, ...platform],
    columns: [
      { heading: 'NAME', value: ({ name }) => name },
      { heading: 'SHORTNAMES', value: ({ shortNames }) => shortNames.join(',') },
      { heading: 'APIVERSION', value: ({ apiVersion }) => apiVersion },
      { heading: 'NAMESPACED', value: ({ namespaced }) => namespaced },
      { heading: 'KIND', value: ({ kind }) => kind },
      { heading: 'DESCRIPTION', value: ({ description }) => description, wide: true },
    ],
    nameOf: ({ name }) => name,
  });
  await printItems(invocation, [group], parseOutputFormat(flags.output), { headings: !flags['no-headers'] });
};
