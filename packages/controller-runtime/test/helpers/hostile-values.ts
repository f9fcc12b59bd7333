/** Things that can be thrown and that hurt whoever looks into them. Made anew for each use: some remember. */
export const hostileValues: readonly (readonly [what: string, make: () => unknown])[] = [
  ['a proxy whose every trap throws', () => new Proxy(new Error('inner'), throwingTraps())],
  ['a revoked proxy', revokedProxy],
  ['a revoked proxy as the cause', () => new Error('outer', { cause: revokedProxy() })],
  ['an error whose getters throw', () => withThrowingGetters(new Error('x'), 'stack', 'message', 'name', 'cause')],
  ['an error with one more field, that throws', () => withThrowingGetters(new Error('x'), 'details')],
  [
    'an error whose message is no text',
    () => Object.assign(new TypeError('x'), { message: { not: 'text' }, stack: 7 }),
  ],
  ['an object that cannot be made a text', () => ({ toString: raise, toJSON: raise, [Symbol.toPrimitive]: raise })],
  ['an object that cannot be inspected', () => ({ toJSON: raise, [Symbol.for('nodejs.util.inspect.custom')]: raise })],
  ['an object without a prototype', () => Object.assign(Object.create(null) as object, { a: 1 })],
  ['a symbol', () => Symbol('thrown')],
  ['a ring of causes', ringOfCauses],
  ['a chain of 10,000 causes', () => chainOfCauses(10_000)],
  ['causes without end', endlessCauses],
  ['an error of a megabyte', () => new Error('x'.repeat(2 ** 20))],
  ['a text of a megabyte', () => 'x'.repeat(2 ** 20)],
];

function raise(): never {
  throw new Error('it hurts');
}

function throwingTraps(): ProxyHandler<Error> {
  return new Proxy({}, { get: () => raise });
}

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error('inner'), {});
  revoke();
  return proxy;
}

function withThrowingGetters(error: Error, ...fields: readonly string[]): Error {
  for (const field of fields) Object.defineProperty(error, field, { get: raise, enumerable: true });
  return error;
}

function ringOfCauses(): Error {
  const inner = new Error('inner');
  inner.cause = new Error('outer', { cause: inner });
  return inner;
}

function chainOfCauses(length: number): Error {
  let error = new Error('the first');
  for (let index = 1; index < length; index++) error = new Error(`number ${index}`, { cause: error });
  return error;
}

function endlessCauses(): Error {
  return Object.defineProperty(new Error('again'), 'cause', { get: endlessCauses });
}
