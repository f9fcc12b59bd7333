import { isShortHash, shortHash, shortHashLength } from './short-hash.js';
import type { ServiceIdentity } from './service-identity.js';

/** The longest name given to a platform service; the platform's own limit is not documented. */
export const maxServiceNameLength = 63;

/** Room for the readable part: a name is `<readable>-<s8>-<t8>`. */
const maxReadableLength = maxServiceNameLength - 2 * (shortHashLength + 1);

/** The part of a platform name that names the object: readable for people, hashed for us. */
export interface ServiceStem {
  /** Object name, cut to fit. */
  readonly readable: string;
  /** Hash of the identity. */
  readonly s8: string;
}

/** The stem of all platform services of an object. */
export function serviceStem(identity: ServiceIdentity): ServiceStem {
  return {
    // A cut may leave a dash at the end; the next one follows anyway.
    readable: identity.name.slice(0, maxReadableLength).replace(/-+$/, ''),
    s8: shortHash([identity.operatorId, identity.namespace, identity.name]),
  };
}

/** The name of the platform service that runs one state of an object's template. */
export function platformServiceName(identity: ServiceIdentity, templateHash: string): string {
  const { readable, s8 } = serviceStem(identity);
  return `${readable}-${s8}-${templateHash}`;
}

/** What a platform name of ours says. */
export interface ParsedServiceName extends ServiceStem {
  readonly templateHash: string;
}

const form = /^(.+)-([^-]+)-([^-]+)$/;

/** Reads a platform name; `undefined` for one that cannot be ours. */
export function parsePlatformServiceName(name: string): ParsedServiceName | undefined {
  const match = form.exec(name);
  if (match === null) return undefined;
  const [, readable = '', s8 = '', templateHash = ''] = match;
  return isShortHash(s8) && isShortHash(templateHash) ? { readable, s8, templateHash } : undefined;
}
