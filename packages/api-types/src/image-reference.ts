/** A parsed image reference. */
export interface ImageReference {
  readonly name: string;
  readonly tag: string;
  /** Operating system after the `#`, if it is given. */
  readonly os?: string;
}

const reference = /^([^@#\s]+)@([^@#\s]+)(?:#([^@#\s]+))?$/;

/** Reads `name@tag` or `name@tag#os`; `undefined` when the text is neither. */
export function parseImageReference(text: string): ImageReference | undefined {
  const match = reference.exec(text);
  if (match === null) return undefined;
  const [, name = '', tag = '', os] = match;
  return os === undefined ? { name, tag } : { name, tag, os };
}

/** Writes a reference as the platform does. */
export function formatImageReference(image: ImageReference): string {
  return image.os === undefined ? `${image.name}@${image.tag}` : `${image.name}@${image.tag}#${image.os}`;
}

/** The tag of a reference, or `undefined` when it cannot be read. */
export function imageTag(text: string): string | undefined {
  return parseImageReference(text)?.tag;
}
