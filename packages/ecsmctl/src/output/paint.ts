const codes = { green: 32, yellow: 33, red: 31, cyan: 36, dim: 2, bold: 1 } as const;

/** Colours and weights that output uses. */
export type Style = keyof typeof codes;

/** Dresses text for a terminal; elsewhere it returns the text as it is. */
export type Painter = (style: Style, text: string) => string;

/** A painter; colour happens on terminals only, and never with `NO_COLOR` or `TERM=dumb`. */
export function createPainter(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
  noColor: boolean,
): Painter {
  const off = !isTerminal || noColor || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return off ? (_style, text) => text : (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;
}

const styleOfWord: Readonly<Record<string, Style>> = {
  available: 'green',
  online: 'green',
  running: 'green',
  complete: 'green',
  success: 'green',
  true: 'green',
  progressing: 'yellow',
  deploying: 'yellow',
  waiting: 'yellow',
  paused: 'yellow',
  preempted: 'yellow',
  terminating: 'yellow',
  created: 'yellow',
  warning: 'yellow',
  unknown: 'yellow',
  degraded: 'red',
  offline: 'red',
  exited: 'red',
  failure: 'red',
  failed: 'red',
};

/** Dresses the words that tell a state, in the columns that hold them. */
export function paintStatus(painter: Painter, cell: string, heading: string): string {
  if (heading !== 'STATUS' && heading !== 'TYPE' && heading !== 'DEPLOY_STATUS') return cell;
  const style = styleOfWord[cell.toLowerCase()];
  return style === undefined ? cell : painter(style, cell);
}
