/** Lets everything that is ready run: promise chains and the queue's own microtasks. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What a promise has come to by now, without waiting for it. */
export async function stateOf<T>(
  promise: Promise<T>,
): Promise<{ readonly pending: true } | { readonly pending: false; readonly value: T }> {
  let state: { readonly pending: true } | { readonly pending: false; readonly value: T } = { pending: true };
  void promise.then((value) => (state = { pending: false, value }));
  await settle();
  return state;
}
