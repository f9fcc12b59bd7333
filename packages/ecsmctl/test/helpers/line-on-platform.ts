import { CommandLine } from './command-line.js';
import { TestPlatform } from './platform.js';

/** A platform of its own, and a command line that works on it. */
export async function lineOnPlatform(): Promise<
  AsyncDisposable & { readonly platform: TestPlatform; readonly line: CommandLine }
> {
  const platform = await TestPlatform.start();
  const line = await CommandLine.create();
  line.platformUrl = platform.url;
  return {
    platform,
    line,
    [Symbol.asyncDispose]: async () => {
      await line[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}
