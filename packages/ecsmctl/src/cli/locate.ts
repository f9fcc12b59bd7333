import type { AnyCommand } from './command.js';
import type { Flag, Flags } from './flag.js';

/** How far a command line has got. */
export interface Place {
  /** The words that name the command, or as many as name a group; none when the first word is neither. */
  readonly words: readonly string[];
  readonly command: AnyCommand | undefined;
  /** The words after those, flags left out. */
  readonly rest: readonly string[];
  /** The flag at the end that still waits for its value. */
  readonly flag: Flag | undefined;
}

/** The flag of a word such as `--output`, `-o` or `-Ao` that takes the next word as its value. */
function findOpenFlag(word: string, flags: Flags): Flag | undefined {
  if (word.startsWith('--')) {
    const flag = Object.hasOwn(flags, word.slice(2)) ? flags[word.slice(2)] : undefined;
    return flag?.type === 'boolean' ? undefined : flag;
  }
  for (let index = 1; index < word.length; index++) {
    const flag = Object.values(flags).find(({ short }) => short === word[index]);
    if (flag?.type !== 'boolean') return index === word.length - 1 ? flag : undefined;
  }
  return undefined;
}

/** Finds the longest command or group that the first words name, wherever flags stand between them. */
export function locate(line: readonly string[], commands: readonly AnyCommand[], globals: Flags): Place {
  const everyFlag = Object.assign({}, ...commands.map(({ flags }) => flags), globals) as Flags;
  const end = line.indexOf('--');
  const plain: string[] = [];
  /** The word of a flag whose value is still to come. */
  let open: string | undefined;
  for (const word of end === -1 ? line : line.slice(0, end)) {
    if (open !== undefined) open = undefined;
    else if (word.startsWith('-') && word.length > 1) open = findOpenFlag(word, everyFlag) && word;
    else plain.push(word);
  }
  // A flag of that name may take other values with another command.
  const flagOf = (command: AnyCommand | undefined): Flag | undefined =>
    open === undefined
      ? undefined
      : (findOpenFlag(open, { ...command?.flags, ...globals }) ?? findOpenFlag(open, everyFlag));
  if (end !== -1) plain.push(...line.slice(end + 1));
  for (let count = Math.min(3, plain.length); count > 0; count--) {
    const words = plain.slice(0, count);
    const name = words.join(' ');
    const command = commands.find((each) => each.name === name);
    const isGroup = command === undefined && commands.some((each) => each.name.startsWith(`${name} `));
    if (command !== undefined || isGroup) return { words, command, rest: plain.slice(count), flag: flagOf(command) };
  }
  return { words: [], command: undefined, rest: plain, flag: flagOf(undefined) };
}
