/** How the value of a flag is read. A duration is written `30s`, `5m`, `1h30m` and arrives in milliseconds. */
export const flagTypes = ['boolean', 'string', 'strings', 'number', 'duration'] as const;

/** What a shell may offer as the value of a flag or argument. */
export type Completion =
  'contexts' | 'fields' | 'files' | 'namespaces' | 'types' | 'names' | PlatformCompletion | readonly string[];

/** Kinds of the platform whose names a shell may offer. */
export type PlatformCompletion = 'configmaps' | 'containers' | 'images' | 'nodes' | 'services' | 'templates';

/** One flag of a command. */
export interface Flag {
  readonly type: (typeof flagTypes)[number];
  /** For help and reference; without a full stop. */
  readonly description: string;
  /** One letter. */
  readonly short?: string;
  /** Name of the value in help texts. */
  readonly value?: string;
  readonly default?: boolean | string | number;
  /** The smallest number allowed. */
  readonly min?: number;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  readonly complete?: Completion;
  /** Kept out of help texts: an earlier name of another flag. */
  readonly hidden?: boolean;
}

/** The flags of a command by name. */
export type Flags = Readonly<Record<string, Flag>>;

interface FlagValues {
  readonly boolean: boolean;
  readonly string: string;
  readonly strings: readonly string[];
  readonly number: number;
  readonly duration: number;
}

type Present = 'boolean' | 'strings';

/**
 * The values of flags after parsing. Booleans and lists are always there, others when given or defaulted.
 *
 * @typeParam F - the definition of the flags
 */
export type ValuesOf<F extends Flags> = {
  readonly [K in keyof F]:
    | FlagValues[F[K]['type']]
    | (F[K]['type'] extends Present ? never : F[K] extends { readonly default: string | number } ? never : undefined);
};
