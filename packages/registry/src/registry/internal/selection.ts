import {
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type FieldRequirement,
  type FieldSelector,
  type LabelSelector,
  type Selectors,
} from '@ecsm/api-types';
import type { StoreListed, StoreVersion } from '../../store/store.js';
import { objectKey } from './kind-binding.js';
import { decodeEntry, type RawObject } from './raw-object.js';

/** Which objects of a kind a list, a watch or a collection delete is about. */
export class Selection {
  readonly #labels: LabelSelector;
  readonly #keyFields: FieldSelector;
  readonly #otherFields: FieldSelector;

  /** @throws BadRequestError when a selector cannot be read */
  constructor(selectors: Selectors) {
    const fields = parseFieldSelector(selectors.fieldSelector ?? '');
    this.#labels = parseLabelSelector(selectors.labelSelector ?? '');
    this.#keyFields = fields.filter(isOfKey);
    this.#otherFields = fields.filter((requirement) => !isOfKey(requirement));
  }

  /** Whether every object is selected. */
  get all(): boolean {
    return this.#labels.length === 0 && this.#keyFields.length === 0 && !this.readsFields;
  }

  /** Whether fields beyond the key are asked for, so that objects have to be read to decide. */
  get readsFields(): boolean {
    return this.#otherFields.length > 0;
  }

  /** Whether an entry is selected. Reads the object only where its key and labels do not decide. */
  matches(entry: StoreListed): boolean {
    if (!this.matchesKeyAndLabels(entry, entry)) return false;
    return !this.readsFields || matchesFields(this.#otherFields, decodeEntry(entry));
  }

  /**
   * Whether an entry would be selected with the labels of `labelled`, as far as that is told without reading the object.
   * The labels are not asked for unless they decide: they may have to be decoded.
   */
  matchesKeyAndLabels(entry: StoreVersion, labelled: Pick<StoreListed, 'labels'>): boolean {
    if (this.#labels.length > 0 && !matchesLabels(this.#labels, labelled.labels)) return false;
    return this.#keyFields.length === 0 || matchesFields(this.#keyFields, { metadata: objectKey(entry.key) });
  }

  /** The object of an entry, if it is selected. */
  select(entry: StoreListed): RawObject | undefined {
    if (!this.matchesKeyAndLabels(entry, entry)) return undefined;
    const object = decodeEntry(entry);
    return this.readsFields && !matchesFields(this.#otherFields, object) ? undefined : object;
  }
}

function isOfKey({ path }: FieldRequirement): boolean {
  return path === 'metadata.name' || path === 'metadata.namespace';
}
