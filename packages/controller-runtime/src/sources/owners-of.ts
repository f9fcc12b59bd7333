import { groupOf, type ApiObject, type KindDefinition, type ObjectKey } from '@ecsm/api-types';

/**
 * The keys of the objects of a kind that own an object: group and kind have to agree, the version may differ. An owner of
 * cluster scope has no namespace, others share that of the object.
 *
 * @param malformed - hears of owner references that cannot be read; they lead to nothing
 */
export function ownersOf(
  object: ApiObject,
  owner: Pick<KindDefinition, 'group' | 'kind' | 'scope'>,
  everyOwner = false,
  malformed?: (apiVersion: string) => void,
): readonly ObjectKey[] {
  const { namespace, ownerReferences = [] } = object.metadata;
  return ownerReferences.flatMap((reference): readonly ObjectKey[] => {
    const group = groupOf(reference.apiVersion);
    if (group === undefined) {
      malformed?.(reference.apiVersion);
      return [];
    }
    if (group !== owner.group || reference.kind !== owner.kind) return [];
    if (!everyOwner && reference.controller !== true) return [];
    if (owner.scope === 'cluster') return [{ name: reference.name }];
    return namespace === undefined ? [] : [{ namespace, name: reference.name }];
  });
}
