/**
 * Gathers a stream of rows into an array.
 *
 * @example
 * ```ts
 * const services = await collect(clientset.services.all());
 * ```
 */
export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const row of rows) result.push(row);
  return result;
}
