import { messageOf } from '@ecsm/api-types';

/**
 * Reads a YAML or JSON text. The reader is loaded only when there is something to read.
 *
 * @param failure - the error to throw, given what is wrong in one line
 */
export async function loadYaml(text: string, failure: (reason: string) => Error): Promise<unknown> {
  const { load } = await import('js-yaml');
  try {
    return load(text);
  } catch (error) {
    // What follows the first line is a picture of the place in several lines.
    const [reason = ''] = messageOf(error).split('\n');
    throw failure(reason);
  }
}
