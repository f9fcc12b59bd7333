import { messageOf } from '@ecsm/api-types';
import { JSONPath } from 'jsonpath-plus';

import { UsageError } from '../cli/cli-error.js';
import { cellText } from './cell-text.js';

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'range'; readonly path: string; readonly body: readonly Part[] };

/** Brings a path of kubectl's form into the evaluator's: `.a.b` → `$.a.b`, `\.` in a name → a quoted step. */
function normalize(path: string): string {
  const quoted = path.replace(/\.((?:[^.[\]\\]|\\.)*\\\.(?:[^.[\]\\]|\\.)*)/g, (_, name: string) => {
    return `['${name.replaceAll('\\.', '.')}']`;
  });
  const rooted = quoted.replace(/^[$@]/, '');
  return `$${rooted.startsWith('.') || rooted.startsWith('[') || rooted === '' ? '' : '.'}${rooted}`;
}

const quotedText = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;

/** The paths that one with a union stands for: `.a['b.c','d']` is `.a.b.c` and then `.a.d`. */
function partUnion(path: string): readonly string[] {
  const union = /\[((?:\s*(?:'[^']*'|"[^"]*")\s*,)+\s*(?:'[^']*'|"[^"]*")\s*)\]/.exec(path);
  if (union === null) return [path];
  const [whole, names = ''] = union;
  const rest = path.slice(union.index + whole.length);
  return (names.match(quotedText) ?? []).flatMap((name) =>
    partUnion(`${path.slice(0, union.index)}.${name.slice(1, -1)}${rest}`),
  );
}

function evaluate(path: string, json: unknown): readonly unknown[] {
  const brackets = path.replace(quotedText, '');
  if (brackets.split('[').length !== brackets.split(']').length)
    throw new UsageError(`the JSONPath {${path}} has a bracket without its other half`);
  if (typeof json !== 'object' || json === null) return /^[@$.]?$/.test(path) ? [json] : [];
  return partUnion(path).flatMap((each) => evaluateOne(each, json));
}

function evaluateOne(path: string, json: object): readonly unknown[] {
  try {
    const found: unknown = JSONPath({ path: normalize(path), json, eval: 'safe', wrap: true });
    return Array.isArray(found) ? found : [];
  } catch (error) {
    throw new UsageError(`the JSONPath {${path}} cannot be read: ${messageOf(error)}`);
  }
}

/** Splits a template at its braces; quotes and brackets within them are skipped. */
function tokenize(template: string): (string | { readonly inner: string })[] {
  const tokens: (string | { readonly inner: string })[] = [];
  let rest = template;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open === -1) return [...tokens, rest];
    if (open > 0) tokens.push(rest.slice(0, open));
    const match = /^\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{}"'])*)\}/.exec(rest.slice(open));
    if (match === null) throw new UsageError(`the JSONPath template "${template}" has a brace that is not closed`);
    tokens.push({ inner: (match[1] ?? '').trim() });
    rest = rest.slice(open + match[0].length);
  }
  return tokens;
}

function parse(template: string): readonly Part[] {
  const stack: { readonly path: string; readonly body: Part[] }[] = [{ path: '', body: [] }];
  const add = (part: Part) => stack.at(-1)?.body.push(part);
  for (const token of tokenize(template)) {
    if (typeof token === 'string') add({ type: 'text', text: token });
    else if (/^["']/.test(token.inner)) add({ type: 'text', text: unquote(token.inner) });
    else if (token.inner.startsWith('range ')) stack.push({ path: token.inner.slice(6).trim(), body: [] });
    else if (token.inner === 'end') {
      const done = stack.length > 1 ? stack.pop() : undefined;
      if (done === undefined) throw new UsageError(`the JSONPath template "${template}" has {end} without {range}`);
      add({ type: 'range', ...done });
    } else add({ type: 'path', path: token.inner });
  }
  if (stack.length > 1) throw new UsageError(`the JSONPath template "${template}" has {range} without {end}`);
  return stack[0]?.body ?? [];
}

function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

function render(parts: readonly Part[], json: unknown): string {
  return parts
    .map((part) => {
      switch (part.type) {
        case 'text':
          return part.text;
        case 'path':
          return evaluate(part.path, json)
            .map((value) => cellText(value) ?? '')
            .join(' ');
        case 'range':
          return evaluate(part.path, json)
            .map((item) => render(part.body, item))
            .join('');
      }
    })
    .join('');
}

/**
 * Fills a template of kubectl's form: `{.metadata.name}`, `{range .items[*]}{.metadata.name}{"\n"}{end}`. A template
 * without braces is one path.
 *
 * @throws UsageError when the template cannot be read
 */
export function renderJsonPath(template: string, json: object): string {
  return render(parse(template.includes('{') ? template : `{${template}}`), json);
}

/** The values that one path finds. */
export function findValues(path: string, json: object): readonly unknown[] {
  return evaluate(path.replace(/^\{(.*)\}$/, '$1'), json);
}
