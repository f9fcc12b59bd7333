/** The longest DNS-1123 label (https://www.rfc-editor.org/rfc/rfc1123). */
export const maxLabelLength = 63;
/** The longest DNS-1123 subdomain. */
export const maxSubdomainLength = 253;
/** The most bytes all annotations of an object may have together; as in Kubernetes. */
export const maxAnnotationBytes = 256 * 1024;
/** The most bytes an object may have as JSON; as in etcd's default request limit, rounded down. */
export const maxObjectBytes = 1024 * 1024;

const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedNamePart = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** The rule a DNS-1123 label breaks, or `undefined` when it is fine. */
export function checkLabelName(value: string): string | undefined {
  if (value.length <= maxLabelLength && label.test(value)) return undefined;
  return `must be 1 to ${maxLabelLength} lower case letters, digits or "-", starting and ending with a letter or digit`;
}

/** The rule a DNS-1123 subdomain breaks, or `undefined` when it is fine. */
export function checkSubdomainName(value: string): string | undefined {
  if (value.length <= maxSubdomainLength && subdomain.test(value)) return undefined;
  return `must be 1 to ${maxSubdomainLength} lower case letters, digits, "-" or ".", each part starting and ending with a letter or digit`;
}

/** The rule a label or annotation key breaks, or `undefined` when it is fine. */
export function checkQualifiedName(value: string): string | undefined {
  const slash = value.indexOf('/');
  const prefix = slash === -1 ? undefined : value.slice(0, slash);
  const name = value.slice(slash + 1);
  if (prefix !== undefined && checkSubdomainName(prefix) !== undefined) {
    return 'must have a DNS subdomain before the "/"';
  }
  if (name.length > maxLabelLength || !qualifiedNamePart.test(name)) {
    return `must be 1 to ${maxLabelLength} letters, digits, "-", "_" or ".", starting and ending with a letter or digit, optionally after a DNS subdomain and "/"`;
  }
  return undefined;
}

/** The rule a label value breaks, or `undefined` when it is fine. */
export function checkLabelValue(value: string): string | undefined {
  if (value === '' || (value.length <= maxLabelLength && qualifiedNamePart.test(value))) return undefined;
  return `must be empty or 1 to ${maxLabelLength} letters, digits, "-", "_" or ".", starting and ending with a letter or digit`;
}
