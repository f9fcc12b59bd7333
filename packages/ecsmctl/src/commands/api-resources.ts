import { apiVersionOf } from '@ecsm/api-types';

import type { Handler } from '../cli/command.js';
import type { apiResourcesFlags } from '../definitions/settings.js';
import { parseOutputFormat } from '../output/output-format.js';
import { printItems } from '../output/print-items.js';
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
  const columns = [
    { heading: 'NAME', value: (item: object) => (item as Row).name },
    { heading: 'SHORTNAMES', value: (item: object) => (item as Row).shortNames.join(',') },
    { heading: 'APIVERSION', value: (item: object) => (item as Row).apiVersion },
    { heading: 'NAMESPACED', value: (item: object) => (item as Row).namespaced },
    { heading: 'KIND', value: (item: object) => (item as Row).kind },
    { heading: 'DESCRIPTION', value: (item: object) => (item as Row).description, wide: true },
  ];
  const group = {
    items: [...declared, ...platform],
    columns,
    nameOf: (item: object) => (item as Row).name,
  };
  await printItems(invocation, [group], parseOutputFormat(flags.output), { headings: !flags['no-headers'] });
};
