import type {
  PlatformSpecific,
  ResourceLimits,
  RootSettings,
  ServiceTemplate,
  SylixosCpu,
  SylixosDevice,
  SylixosKernelObjects,
  SylixosNetwork,
  SylixosSettings,
  VolumeMount,
} from '@ecsm/api-types';
import type { ImageConfig } from '@ecsm/ecsm-client';

import { asRecord, asTexts, defined, isRecord } from '../internal/json.js';
import { canonicalJson } from '../naming/canonical-json.js';
import { readEnvironment } from './environment.js';

const priorities = ['highestPrio', 'lowestPrio', 'defaultPrio'] as const satisfies readonly (keyof SylixosCpu)[];

const kernelObjects = [
  'threadLimit',
  'threadPoolLimit',
  'eventLimit',
  'eventSetLimit',
  'partitionLimit',
  'regionLimit',
  'msgQueueLimit',
  'timerLimit',
  'rmsLimit',
  'threadVarLimit',
  'posixMqueueLimit',
  'dlopenLibraryLimit',
  'xsiipcLimit',
  'socketLimit',
  'srtpLimit',
  'deviceLimit',
] as const satisfies readonly (keyof SylixosKernelObjects)[];

/** A service's configuration beside that of its image, field by field. */
class Beside {
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #image: Readonly<Record<string, unknown>>;

  constructor(config: unknown, image: unknown) {
    this.#config = asRecord(config);
    this.#image = asRecord(image);
  }

  within(field: string): Beside {
    return new Beside(this.#config[field], this.#image[field]);
  }

  /** The value of a field that is not the image's own; `undefined` where it is. */
  own(field: string): unknown {
    const value = this.#config[field];
    return canonicalJson(value ?? null) === canonicalJson(this.#image[field] ?? null) ? undefined : value;
  }

  number(field: string): number | undefined {
    const value = this.own(field);
    return typeof value === 'number' ? value : undefined;
  }

  flag(field: string): boolean | undefined {
    const value = this.own(field);
    return typeof value === 'boolean' ? value : undefined;
  }

  text(field: string): string | undefined {
    const value = this.own(field);
    return typeof value === 'string' ? value : undefined;
  }

  list(field: string): readonly unknown[] | undefined {
    const value = this.own(field);
    return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  }

  numbers<K extends string>(fields: readonly K[]): { readonly [P in K]?: number } | undefined {
    const read = fields.map((field) => [field, this.number(field)] as const);
    return someOf(Object.fromEntries(read) as { readonly [P in K]: number | undefined });
  }

  /** Everything but some fields. */
  rest(...without: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    const names = Object.keys(this.#config).filter((name) => !without.includes(name));
    return someOf(Object.fromEntries(names.map((name) => [name, this.own(name)])));
  }
}

/** The defined fields; `undefined` when there is none. */
function someOf<T extends object>(fields: { readonly [P in keyof T]: T[P] | undefined }): T | undefined {
  const some = defined(fields);
  return Object.keys(some).length === 0 ? undefined : (some as T);
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function mebibytes(count: number | undefined): string | undefined {
  return count === undefined ? undefined : `${count}Mi`;
}

/** Mounts that the image has not, or has otherwise; of other options than to read or to write a template knows nothing. */
function readMounts(config: unknown, image: unknown): readonly VolumeMount[] | undefined {
  const known = new Set(recordsOf(image).map(canonicalJson));
  const mounts = recordsOf(config).flatMap((mount, index): readonly VolumeMount[] => {
    const { destination, source, options } = mount;
    if (known.has(canonicalJson(mount)) || typeof destination !== 'string' || typeof source !== 'string') return [];
    const [access = '', ...others] = asTexts(options);
    if (others.length > 0 || !['ro', 'rw'].includes(access)) return [];
    const volume = { name: `volume-${index + 1}`, hostPath: source, containerPath: destination };
    return [access === 'rw' ? volume : { ...volume, readOnly: true }];
  });
  return mounts.length === 0 ? undefined : mounts;
}

function toDevice({ path, access }: Readonly<Record<string, unknown>>): readonly SylixosDevice[] {
  return typeof path === 'string' && typeof access === 'string' ? [{ path, access }] : [];
}

function readSylixos(sylixos: Beside): SylixosSettings | undefined {
  const resources = sylixos.within('resources');
  const network = sylixos.within('network');
  const commands = sylixos.list('commands');
  return someOf<SylixosSettings>({
    devices: sylixos.list('devices')?.filter(isRecord).flatMap(toDevice),
    network: someOf<SylixosNetwork>({
      ftpd: network.flag('ftpdEnable'),
      telnetd: network.flag('telnetdEnable'),
      sshd: network.flag('sshdEnable'),
    }),
    cpu: resources.within('cpu').numbers(priorities),
    memory: resources.within('memory').numbers(['kheapLimit']),
    commands: commands === undefined ? undefined : asTexts(commands),
    affinity: resources.list('affinity')?.filter((core) => typeof core === 'number'),
    kernelObjects: resources.within('kernelObject').numbers(kernelObjects),
  });
}

/** What a SylixOS container is told to run, and what it sets otherwise than its image. */
function fromEcsConfig(config: ImageConfig, image: ImageConfig | undefined): Partial<ServiceTemplate> {
  const process = asRecord(config['process']);
  const command = asTexts(process['args']);
  const env = readEnvironment(process['env']);
  const cwd = process['cwd'];
  const all = new Beside(config, image);
  const resources = all.within('sylixos').within('resources');
  const limits = someOf<ResourceLimits>({
    memory: mebibytes(resources.within('memory').number('memoryLimitMB')),
    disk: mebibytes(resources.within('disk').number('limitMB')),
  });
  const root = all.within('root');
  return defined({
    command: command.length === 0 ? undefined : command,
    env: env.length === 0 ? undefined : env,
    workingDir: typeof cwd === 'string' ? cwd : undefined,
    resources: limits === undefined ? undefined : { limits },
    volumeMounts: readMounts(config['mounts'], image?.['mounts']),
    platformSpecific: someOf<PlatformSpecific>({
      root: someOf<RootSettings>({ path: root.text('path'), readOnly: root.flag('readonly') }),
      sylixos: readSylixos(all.within('sylixos')),
    }),
  });
}

/** The same of a Linux container; of its configuration only command, environment and host name are known. */
function fromDockerConfig(config: ImageConfig, image: ImageConfig | undefined): Partial<ServiceTemplate> {
  const command = asTexts(config['cmd']);
  const env = readEnvironment(config['env']);
  const docker = new Beside(config, image).rest('cmd', 'env', 'hostname');
  return defined({
    command: command.length === 0 ? undefined : command,
    env: env.length === 0 ? undefined : env,
    platformSpecific: docker === undefined ? undefined : { docker },
  });
}

/**
 * The fields of a template that make this configuration of the image's own again when they are laid over it.
 *
 * @param image - what the image brings along; without it all that a template can say is named
 */
export function fromImageConfig(
  config: ImageConfig,
  image: ImageConfig | undefined,
  isSylixos: boolean,
): Partial<ServiceTemplate> {
  return isSylixos ? fromEcsConfig(config, image) : fromDockerConfig(config, image);
}
