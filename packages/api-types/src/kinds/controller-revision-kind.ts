import { controllerRevisionSchema } from '../generated/schemas.js';
import { validateControllerRevision } from '../generated/validators.js';
import { defineKind, type KindDefinition } from '../kind-definition.js';
import { controllerOf } from '../owner-reference.js';
import type { ControllerRevision as Revision } from './controller-revision.js';

/** A kept state of an object's template, to return to. */
export type ControllerRevision = Revision;

/** The kind of kept revisions. */
export const ControllerRevision: KindDefinition<Revision> = defineKind<Revision>({
  group: 'ecsm.sh',
  version: 'v1',
  kind: 'ControllerRevision',
  description: "A kept state of an object's template, to return to.",
  schema: controllerRevisionSchema,
  validateSchema: validateControllerRevision,
  nameRule: 'subdomain',
  printerColumns: [
    {
      name: 'CONTROLLER',
      value: (object) => {
        const owner = controllerOf(object);
        return owner === undefined ? undefined : `${owner.kind.toLowerCase()}/${owner.name}`;
      },
    },
    { name: 'REVISION', value: '.revision', format: 'number' },
    { name: 'AGE', value: '.metadata.creationTimestamp', format: 'age' },
  ],
});
