import type {
  NodeByNameData,
  NodeDeleteConflict,
  NodeDetail,
  NodeRow,
  NodeStatus,
  NodeTypeChange,
  RegisterNodeRequest,
  UpdateNodeRequest,
} from '../wire/node.js';
import type { CallOptions } from './call-options.js';
import type { Listing } from './list.js';

/** What narrows the list of nodes. */
export interface NodeFilter {
  /** Part of the name. */
  readonly name?: string;
  /** Leaves out the run-time figures, which is cheaper for the platform. */
  readonly basicInfo?: boolean;
}

/** A node as found by its name, with the oddities of that call smoothed over. */
export interface NodeByName extends Omit<NodeByNameData, 'tls'> {
  /** `ip:port` of the node's ECSD, as in the other node calls. */
  readonly address: string;
  readonly tls: boolean;
}

/** What became of a request to delete nodes. */
export type NodeDeleteResult =
  | { readonly deleted: true }
  /**
   * Services run on some of the nodes. Whether the others were deleted is not stated by the platform: list the nodes.
   */
  | { readonly deleted: false; readonly conflicts: readonly NodeDeleteConflict[] };

/** Calls on the edge computers that run containers. */
export interface NodesClient extends Listing<NodeRow, NodeFilter> {
  /** Registers a node. The platform answers without an id: use {@link NodesClient.getByName} afterwards. */
  register(request: RegisterNodeRequest, options?: CallOptions): Promise<void>;
  /** Replaces the settings of a node. */
  update(request: UpdateNodeRequest, options?: CallOptions): Promise<void>;
  /** Deletes nodes unless services run on them. */
  delete(ids: readonly string[], options?: CallOptions): Promise<NodeDeleteResult>;
  /** Reads one node by its id. */
  get(id: string, options?: CallOptions): Promise<NodeDetail>;
  /** Reads one node by its exact name. */
  getByName(name: string, options?: CallOptions): Promise<NodeByName>;
  /** Whether a node has this name; `exceptId` leaves one node out, as when renaming it. */
  isNameTaken(name: string, options?: CallOptions & { readonly exceptId?: string }): Promise<boolean>;
  /** Whether a node has this `ip:port`; `exceptId` leaves one node out. */
  isAddressTaken(
    address: string,
    options?: CallOptions & { readonly exceptId?: string; readonly tls?: boolean },
  ): Promise<boolean>;
  /** What the nodes do at the moment. Many ids are split over several requests. */
  status(ids: readonly string[], options?: CallOptions): Promise<readonly NodeStatus[]>;
  /** Starts a refresh of every node's type in the background; see {@link NodesClient.typeChanges}. */
  refreshTypes(options?: CallOptions): Promise<void>;
  /** The nodes whose type is changing or has changed. */
  typeChanges(options?: CallOptions): Promise<readonly NodeTypeChange[]>;
}
