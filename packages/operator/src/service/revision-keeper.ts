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
    try {
      const found = await this.#revisions(service).get(revisionName(service, target));
      return isOwnedBy(found, service);
    } catch (error) {
      if (!isNotFoundError(error)) throw error;
      return false;
    }
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
    const kept = await this.#find(service, hash);
    return kept === undefined ? {} : revisionDataOf(kept);
  }

  /** Keeps what the next operator should know. */
  async keepLessons(service: Stored<ECSMService>, hash: string, lessons: RevisionLessons): Promise<void> {
    const kept = await this.#find(service, hash);
    if (kept !== undefined) await this.#revisions(service).update({ ...kept, data: { ...kept.data, ...lessons } });
  }

  /** Forgets what is remembered of a service that is gone; its revisions go with it by themselves. */
  forget(uid: string): void {
    this.#newest.delete(uid);
  }

  #revisions(service: Stored<ECSMService>) {
    return this.#clients.resource(ControllerRevision).namespace(service.metadata.namespace ?? 'default');
  }

  async #find(service: Stored<ECSMService>, hash: string): Promise<Stored<ControllerRevision> | undefined> {
    try {
      const found = await this.#revisions(service).get(revisionName(service, { hash }));
      return isOwnedBy(found, service) ? found : undefined;
    } catch (error) {
      if (!isNotFoundError(error)) throw error;
      return undefined;
    }
  }

  async #list(service: Stored<ECSMService>): Promise<readonly Stored<ControllerRevision>[]> {
    const { items } = await this.#revisions(service).list({
      labelSelector: `${serviceLabel}=${service.metadata.name}`,
    });
    return items.filter((revision) => isOwnedBy(revision, service)).sort((a, b) => a.revision - b.revision);
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
      await this.#revisions(service).delete(revision.metadata.name, { preconditions: { uid: revision.metadata.uid } });
    }
  }
}
