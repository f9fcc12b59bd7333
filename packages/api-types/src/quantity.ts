/** Multipliers of the suffixes a quantity may have (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity). */
const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const quantity = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?))$/;

/** Bytes of the platform's megabyte, which is a MiB. */
export const bytesPerMebibyte = 2 ** 20;

/** The rule a quantity such as `512Mi` breaks, or `undefined` when it is fine. */
export function checkQuantity(text: string): string | undefined {
  if (quantity.test(text)) return undefined;
  return 'must be a quantity: a number, optionally with a suffix such as Ki, Mi, Gi, k, M or G (512Mi, 1.5G)';
}

/**
 * The number a quantity such as `512Mi`, `1.5G`, `100m` or `1e3` stands for.
 *
 * @throws TypeError when the text is no quantity
 */
export function parseQuantity(text: string): number {
  const match = quantity.exec(text);
  if (match === null) throw new TypeError(`"${text}" ${checkQuantity(text) ?? 'is no quantity'}`);
  const [, digits = '', exponent, suffix = ''] = match;
  if (exponent !== undefined) return Number(digits + exponent);
  return Number(digits) * (suffixes[suffix] ?? 1);
}
