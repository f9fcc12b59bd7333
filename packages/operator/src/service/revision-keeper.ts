import type { ECSMService } from '@ecsm/api-types';
import {
  apiVersionOf,
  ControllerRevision,
  defaultRevisionHistoryLimit,
  isAlreadyExistsError,
  isNotFoundError,
  type ResourceClients,
  type Stored,
} from '@ecsm/api-types';
import { withControllerReference } from '@ecsm/controller-runtime';
import {
  restartAnnotation,
  revisionDataOf,
  type KnownRevision,
  type RevisionData,
  type RevisionLessons,
  type TargetRevision,
} from '@ecsm/planner';

import { allObjects } from '../internal/all-objects.js';

/** Label that leads from a kept revision to its service. */
const serviceLabel = 'ecsm.sh/service';

function isOwnedBy({ metadata }: Stored<ControllerRevision>, service: Stored<ECSMService>): boolean {
  return metadata.ownerReferences?.some(({ uid }) => uid === service.metadata.uid) === true;
}

function revisionName(service: Stored<ECSMService>, target: Pick<TargetRevision, 'hash'>): string {
  return `${service.metadata.name}-${target.hash}`;
}

/** Keeps the templates a service has had, as ControllerRevision objects that go with it. */
export class RevisionKeeper {
  readonly #clients: ResourceClients;
  /** The revision last made the newest, by uid of the service: most runs need no look at the registry. */
  readonly #newest = new Map<string, string>();
  /**
   * Names of the revisions of each service, by its uid. The registry would look through all revisions to find those of one;
   * that is done once, when the first template changes, and we are the only one to make them.
   */
  #names: Promise<Map<string, readonly string[]>> | undefined;

  constructor(clients: ResourceClients) {
    this.#clients = clients;
  }

  /** The kept revisions of a service, oldest first. */
  async known(service: Stored<ECSMService>): Promise<readonly KnownRevision[]> {
    return (await this.#list(service)).map(revisionDataOf);
  }

  /** Makes a revision the newest one kept, and forgets the oldest ones beyond the limit. */
  async keep(service: Stored<ECSMService>, target: TargetRevision): Promise<void> {
    const { uid } = service.metadata;
    if (target.rolledBack || this.#newest.get(uid) === target.hash) return;
    if (await this.#isNewestAtOnce(service, target)) {
      this.#newest.set(uid, target.hash);
      return;
    }
    const kept = await this.#list(service);
    const own = kept.find((revision) => revisionDataOf(revision).hash === target.hash);
    const last = kept.at(-1);
    if (own === undefined) await this.#create(service, target, (last?.revision ?? 0) + 1);
    else if (own !== last) await this.#revisions(service).update({ ...own, revision: (last?.revision ?? 0) + 1 });
    await this.#prune(service, kept, target.hash);
    this.#newest.set(uid, target.hash);
  }

  /**
   * Makes a revision the newest without looking at the others, where that can be known: they would have to be searched
   * for among those of all services.
   */
  async #isNewestAtOnce(service: Stored<ECSMService>, target: TargetRevision): Promise<boolean> {
    const { annotations, generation } = service.metadata;
    const seen = service.status?.updateRevision;
    // The first template of an object is its first revision.
    if (generation === 1 && annotations?.[restartAnnotation] === undefined && (seen ?? target.hash) === target.hash) {
      await this.#create(service, target, 1);
      return true;
    }
    if (seen !== target.hash) return false;
    // Kept before the status was written; whoever deletes one by hand gets it back.
    return (await this.#get(service, revisionName(service, target))) !== undefined;
  }

  /** Notes that the platform itself has moved a revision to another image; tells whether that is news. */
  async noteUpgrade(service: Stored<ECSMService>, hash: string, image: string): Promise<boolean> {
    const own = (await this.#list(service)).find((revision) => revisionDataOf(revision).hash === hash);
    if (own === undefined || revisionDataOf(own).upgradedTo === image) return false;
    await this.#revisions(service).update({ ...own, data: { ...own.data, upgradedTo: image } });
    return true;
  }

  /** What an earlier operator has learned in carrying a revision out. */
  async lessonsOf(service: Stored<ECSMService>, hash: string): Promise<RevisionLessons> {
    const kept = await this.#get(service, revisionName(service, { hash }));
    return kept === undefined ? {} : revisionDataOf(kept);
  }

  /** Keeps what the next operator should know. */
  async keepLessons(service: Stored<ECSMService>, hash: string, lessons: RevisionLessons): Promise<void> {
    const kept = await this.#get(service, revisionName(service, { hash }));
    if (kept !== undefined) await this.#revisions(service).update({ ...kept, data: { ...kept.data, ...lessons } });
  }

  /** Forgets what is remembered of a service that is gone; its revisions go with it by themselves. */
  forget(uid: string): void {
    this.#newest.delete(uid);
    void this.#names?.then(
      (names) => names.delete(uid),
      () => undefined,
    );
  }

  #revisions(service: Stored<ECSMService>) {
    return this.#clients.resource(ControllerRevision).namespace(service.metadata.namespace ?? 'default');
  }

  /** A revision of a service by its name; `undefined` when there is none, or it is another's. */
  async #get(service: Stored<ECSMService>, name: string): Promise<Stored<ControllerRevision> | undefined> {
    try {
      const found = await this.#revisions(service).get(name);
      return isOwnedBy(found, service) ? found : undefined;
    } catch (error) {
      if (!isNotFoundError(error)) throw error;
      return undefined;
    }
  }

  async #list(service: Stored<ECSMService>): Promise<readonly Stored<ControllerRevision>[]> {
    const names = (await this.#allNames()).get(service.metadata.uid) ?? [];
    const found = await Promise.all(names.map(async (name) => this.#get(service, name)));
    return found.filter((revision) => revision !== undefined).sort((a, b) => a.revision - b.revision);
  }

  async #allNames(): Promise<Map<string, readonly string[]>> {
    this.#names ??= this.#readNames().catch((error: unknown) => {
      this.#names = undefined;
      throw error;
    });
    return this.#names;
  }

  async #readNames(): Promise<Map<string, readonly string[]>> {
    const names = new Map<string, readonly string[]>();
    for await (const { metadata } of allObjects(this.#clients, ControllerRevision)) {
      for (const { uid } of metadata.ownerReferences ?? []) names.set(uid, [...(names.get(uid) ?? []), metadata.name]);
    }
    return names;
  }

  /** Changes the names known of a service's revisions, once they are known at all. */
  async #note({ metadata: { uid } }: Stored<ECSMService>, name: string, exists: boolean): Promise<void> {
    const names = await this.#names;
    const others = names?.get(uid)?.filter((other) => other !== name) ?? [];
    names?.set(uid, exists ? [...others, name] : others);
  }

  async #create(service: Stored<ECSMService>, target: TargetRevision, revision: number): Promise<void> {
    const data: RevisionData = { template: target.template, hash: target.hash };
    const manifest = {
      apiVersion: apiVersionOf(ControllerRevision),
      kind: ControllerRevision.kind,
      metadata: {
        name: revisionName(service, target),
        namespace: service.metadata.namespace ?? 'default',
        labels: { [serviceLabel]: service.metadata.name },
      },
      revision,
      data: { ...data },
    };
    try {
      await this.#revisions(service).create(withControllerReference(manifest, service));
    } catch (error) {
      if (!isAlreadyExistsError(error)) throw error;
      if (isOwnedBy(await this.#revisions(service).get(manifest.metadata.name), service)) return;
      // Left behind by an earlier object of the name; the garbage collector is on its way, the next run tries again.
      await this.#revisions(service).delete(manifest.metadata.name);
      await this.#revisions(service).create(withControllerReference(manifest, service));
    } finally {
      await this.#note(service, manifest.metadata.name, true);
    }
  }

  async #prune(
    service: Stored<ECSMService>,
    kept: readonly Stored<ControllerRevision>[],
    newest: string,
  ): Promise<void> {
    const limit = service.spec.revisionHistoryLimit ?? defaultRevisionHistoryLimit;
    const { currentRevision } = service.status ?? {};
    const old = kept.filter((revision) => ![newest, currentRevision].includes(revisionDataOf(revision).hash));
    for (const revision of old.slice(0, Math.max(0, old.length - limit))) {
      const { name, uid } = revision.metadata;
      await this.#revisions(service).delete(name, { preconditions: { uid } });
      await this.#note(service, name, false);
    }
  }
}
