/** Names the kind an object is of, on the object itself. */
export interface TypeMeta {
  /** Group and version, e.g. `ecsm.sh/v1`. */
  readonly apiVersion: string;
  /** Singular CamelCase name, e.g. `ECSMService`. */
  readonly kind: string;
}

/** Points from a dependent object to one that owns it; the garbage collector follows it by `uid`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Whether this owner is the managing controller; at most one reference may say so. */
  readonly controller?: boolean;
  /** Whether a foreground deletion of the owner waits for this object. */
  readonly blockOwnerDeletion?: boolean;
}

/** What every object carries besides its own fields; everything but names, labels, annotations, finalizers and owners is set by the registry. */
export interface ObjectMeta {
  /** Unique within namespace and kind. */
  readonly name: string;
  /** Prefix for a generated name; used only when `name` is absent on create. */
  readonly generateName?: string;
  /** Absent for kinds of cluster scope. */
  readonly namespace?: string;
  /** Distinguishes this object from earlier and later ones of the same name. */
  readonly uid?: string;
  /** Opaque version of the last change: compare for equality, send back to detect conflicts. */
  readonly resourceVersion?: string;
  /** Counts changes of the specification, and the mark of deletion. */
  readonly generation?: number;
  /** RFC 3339, UTC. */
  readonly creationTimestamp?: string;
  /** When deletion was asked for; the object goes once `finalizers` is empty. RFC 3339, UTC. */
  readonly deletionTimestamp?: string;
  /** Who must still clean up before the object may go. */
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
