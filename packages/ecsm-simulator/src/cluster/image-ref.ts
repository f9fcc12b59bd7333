/** The parts of an image reference `name@tag#os`. */
export interface ImageRef {
  readonly name: string;
  readonly tag: string;
  readonly os: string;
}

/** Reads `name@tag#os`; `undefined` when a part is missing or empty. */
export function parseImageRef(ref: string): ImageRef | undefined {
  const match = /^([^@#]+)@([^@#]+)#([^@#]+)$/.exec(ref);
  if (match === null) return undefined;
  const [, name = '', tag = '', os = ''] = match;
  return { name, tag, os };
}

/** Writes `name@tag#os`. */
export function formatImageRef(ref: ImageRef): string {
  return `${ref.name}@${ref.tag}#${ref.os}`;
}
