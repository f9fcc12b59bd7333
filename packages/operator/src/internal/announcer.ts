import type { ApiObject, Clock, Event, ResourceClients, Stored } from '@ecsm/api-types';
import { EventRecorder, type Logger } from '@ecsm/controller-runtime';

/** Things that are no objects of the registry, and of which events tell all the same. */
export type Subject = 'Lease' | 'Manifest' | 'Node' | 'Platform' | 'Registry';

/** Records events about what is not in the registry itself: files of manifests, the platform and its nodes, the registry's file. */
export class Announcer implements AsyncDisposable {
  readonly #recorder: EventRecorder;

  constructor(options: { readonly clients: ResourceClients; readonly clock: Clock; readonly log: Logger }) {
    this.#recorder = new EventRecorder(options);
  }

  /** Records that something happened. */
  tell(subject: Subject, name: string, type: Event['type'], reason: string, message: string): void {
    this.#recorder.record(standIn(subject, name), type, reason, message, 'ecsm-operator');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#recorder.close();
  }
}

/** The name as it is, from the identity by which events tell of such a thing. */
export function nameOfStandIn(uid: string): string {
  return uid.slice(uid.indexOf(':') + 1);
}

/** Something with a name and an identity, as events are about. */
function standIn(subject: Subject, name: string): Stored<ApiObject> {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return {
    apiVersion: 'ecsm.sh/v1',
    kind: subject,
    metadata: {
      name: plain === '' ? subject.toLowerCase() : plain,
      namespace: 'default',
      uid: `${subject}:${name}`,
      resourceVersion: '0',
      generation: 0,
      creationTimestamp: new Date(0).toISOString(),
    },
  };
}
