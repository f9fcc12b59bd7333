import { BadRequestError } from '@ecsm/api-types';
import { createHash } from 'node:crypto';
import { isPlainObject } from './raw-object.js';

/** Where the next page of a list starts. */
export interface ContinueToken {
  /** The revision of the first page. */
  readonly revision: number;
  readonly after: { readonly namespace: string; readonly name: string };
}

const formatVersion = 1;

/** Writes a token; it works only for a list of the same view: kind, namespace and selectors. */
export function encodeContinue(token: ContinueToken, view: readonly (string | undefined)[]): string {
  const { revision, after } = token;
  const parts = { v: formatVersion, r: revision, n: [after.namespace, after.name], q: digest(view) };
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Reads a token.
 *
 * @throws BadRequestError when it is no token, or one of another list
 */
export function decodeContinue(text: string, view: readonly (string | undefined)[]): ContinueToken {
  const token = parse(text);
  if (token === undefined) {
    throw new BadRequestError({ message: 'the continue token cannot be read: list again from the start' });
  }
  if (token.q !== digest(view)) {
    throw new BadRequestError({
      message: 'the continue token belongs to another list: kind, namespace and selectors must stay the same',
    });
  }
  return { revision: token.r, after: { namespace: token.n[0], name: token.n[1] } };
}

interface Parts {
  readonly r: number;
  readonly n: readonly [string, string];
  readonly q: string;
}

function parse(text: string): Parts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!isPlainObject(value)) return undefined;
  const { v, r, n, q } = value;
  if (v !== formatVersion || typeof r !== 'number' || !Number.isSafeInteger(r) || r <= 0) return undefined;
  if (!Array.isArray(n) || n.length !== 2 || typeof q !== 'string') return undefined;
  const [namespace, name] = n as readonly unknown[];
  return typeof namespace === 'string' && typeof name === 'string' ? { r, n: [namespace, name], q } : undefined;
}

function digest(view: readonly (string | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify(view.map((part) => part ?? null)))
    .digest('base64url')
    .slice(0, 12);
}
