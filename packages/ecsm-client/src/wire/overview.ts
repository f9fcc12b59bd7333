import type { NodeStatusWord } from './node.js';
import type { OpenString } from './open-string.js';

/** A service below a container in {@link NodeViewContainer.children}. */
export interface NodeViewService {
  readonly id: string;
  readonly name: string;
  readonly type: OpenString<'service'>;
  readonly status: OpenString<'complete' | 'deploying'>;
  readonly health: boolean;
}

/** A container of a node in {@link NodeView.children}. Its status words differ from those of the container calls. */
export interface NodeViewContainer {
  readonly id: string;
  readonly name: string;
  readonly node_id: string;
  /** Id of the service. */
  readonly pro_id: string;
  readonly type: OpenString<'container'>;
  readonly status: OpenString<'running' | 'stop'>;
  /** The container's configuration as JSON text. */
  readonly config?: string;
  readonly children?: readonly NodeViewService[];
}

/** `data` of `GET /overview/platform/node-view/:id`: a node, its containers, and the services they belong to. */
export interface NodeView {
  readonly id: string;
  readonly name: string;
  readonly status: NodeStatusWord;
  readonly type: string;
  readonly ip?: string;
  readonly port?: number;
  readonly arch?: string;
  /** 0 or 1. */
  readonly tls?: number;
  readonly children: readonly NodeViewContainer[];
}

/** Traffic of one network interface in a {@link NodeMetricsSample}; unit unknown. */
export interface NodeMetricsNetwork {
  readonly networkName: string;
  readonly value: number;
}

/** A row of `GET /overview/node`: figures of one node at one time. Percentages are text. */
export interface NodeMetricsSample {
  readonly timestamp: number;
  readonly type: string;
  readonly cpu: { readonly percent: string };
  /** Disk; `size` presumably in MB. */
  readonly rom: { readonly percent: string; readonly size: number };
  /** Memory; `size` presumably in bytes. */
  readonly ram: { readonly percent: string; readonly size: number };
  readonly processCount: number;
  readonly process?: readonly {
    readonly name: string;
    readonly cpu: number | string;
    readonly ram: number | string;
  }[];
  readonly upNet: readonly NodeMetricsNetwork[];
  readonly downNet: readonly NodeMetricsNetwork[];
  /** Seconds. */
  readonly upTime: number;
  /** Running containers. */
  readonly running: number;
  /** Stopped containers. */
  readonly stop: number;
}

/** Query of `GET /overview/node`. The three range parameters appear in one program's options only. */
export interface NodeMetricsQuery {
  readonly nodeId: string;
  /** `true` asks for one sample of now. */
  readonly instant?: boolean;
  readonly startTime?: number | string;
  readonly endTime?: number | string;
  readonly step?: number | string;
}
