/**
 * Writes docs/reference/errors.md from the error classes that the packages export: class, stable code, meaning (the first
 * sentence of its comment), and what to do, from scripts/docs/error-advice.ts. A class without advice and advice without a
 * class are refused. With `--check` writes nothing and fails when the page is out of step.
 */
import { join } from 'node:path';

import ts from 'typescript';

import { compilerOptions } from './docs/compiler-options.js';
import { errorAdvice } from './docs/error-advice.js';
import { generatedFile, row, table } from './docs/generated-file.js';
import { root } from './setup.mjs';
import { publicPackages, type WorkspacePackage } from './tarballs.js';

interface ErrorClass {
  readonly name: string;
  readonly code: string;
  readonly meaning: string;
}

/** What users import, but for what is there for their tests. */
const entriesOf = ({ folder, exports }: WorkspacePackage): readonly string[] =>
  Object.entries(exports)
    .filter(([path]) => path !== './testing')
    .flatMap(([, target]) =>
      typeof target === 'string' ? [] : [join(root, 'packages', folder, target['@ecsm/source'])],
    );
const program = ts.createProgram(publicPackages().flatMap(entriesOf), compilerOptions());
const checker = program.getTypeChecker();

function classOf(symbol: ts.Symbol): ts.ClassDeclaration | undefined {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target.declarations?.find((each) => ts.isClassDeclaration(each));
}

function isError(type: ts.Type): boolean {
  return type.symbol.name === 'Error' || (type.getBaseTypes() ?? []).some(isError);
}

/** The text that a property of the class always has. */
function literalOf(type: ts.Type, property: string): string | undefined {
  const symbol = type.getProperty(property);
  const found = symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
  return found?.isStringLiteral() === true ? found.value : undefined;
}

/** The text that the constructor, or that of a base, hands up as the code. */
function handedUp(type: ts.Type): string | undefined {
  const visit = (node: ts.Node): string | undefined => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      const [first] = node.arguments;
      return first !== undefined && ts.isStringLiteral(first) ? first.text : undefined;
    }
    return ts.forEachChild(node, visit);
  };
  const constructors = (type.symbol.declarations ?? [])
    .filter((each) => ts.isClassDeclaration(each))
    .flatMap(({ members }) => members.filter((member) => ts.isConstructorDeclaration(member)));
  const own = constructors.map(visit).find((code) => code !== undefined);
  return own ?? (type.getBaseTypes() ?? []).map(handedUp).find((code) => code !== undefined);
}

function firstSentence(text: string): string {
  const paragraph = text.split('\n\n')[0]?.replaceAll('\n', ' ') ?? '';
  return /^.*?[.!?](?= [A-Z`]|$)/.exec(paragraph)?.[0] ?? paragraph;
}

function errorClass(symbol: ts.Symbol): ErrorClass | undefined {
  const declaration = classOf(symbol);
  if (declaration?.name === undefined) return undefined;
  const isAbstract = declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword) === true;
  const type = checker.getTypeAtLocation(declaration);
  if (isAbstract || !isError(type)) return undefined;
  const described = checker.getSymbolAtLocation(declaration.name)?.getDocumentationComment(checker) ?? [];
  return {
    name: declaration.name.text,
    code: literalOf(type, 'code') ?? literalOf(type, 'reason') ?? handedUp(type) ?? '',
    meaning: firstSentence(
      described.map(({ kind, text }) => (kind === 'linkName' ? `\`${text}\`` : kind === 'link' ? '' : text)).join(''),
    ),
  };
}

function exportsOf(entry: string): readonly ts.Symbol[] {
  const source = program.getSourceFile(entry);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} cannot be read`);
  return checker.getExportsOfModule(module);
}

function errorsOf(published: WorkspacePackage): readonly ErrorClass[] {
  return entriesOf(published)
    .flatMap(exportsOf)
    .map(errorClass)
    .filter((each) => each !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const parts: string[] = [];
for (const published of publicPackages()) {
  const { folder, name } = published;
  const classes = errorsOf(published);
  const advice = errorAdvice[folder] ?? {};
  const findings = [
    ...classes.filter((each) => advice[each.name] === undefined).map((each) => `${name}: no advice for ${each.name}`),
    ...Object.keys(advice)
      .filter((each) => !classes.some((known) => known.name === each))
      .map((each) => `${name}: advice for ${each}, which is not exported`),
  ];
  for (const finding of findings) console.error(`${finding} (scripts/docs/error-advice.ts)`);
  if (findings.length > 0) process.exitCode = 1;
  if (classes.length === 0) continue;
  const rows = classes.map((each) =>
    row(`\`${each.name}\``, each.code === '' ? '' : `\`${each.code}\``, each.meaning, advice[each.name] ?? ''),
  );
  parts.push(`## ${name}\n\n${table(['class', 'code', 'meaning', 'what to do'], rows)}`);
}

await generatedFile(
  'docs/reference/errors.md',
  `# Errors

<!-- Written by scripts/generate-error-reference.ts: run \`npm run generate\` after a change of an error class. -->

Every error class that a package exports. The code (\`code\`, or \`reason\` for those of the registry) is stable between versions and made for
programs; messages are made for people and may change. Each message names what failed, on which object, and the way out; \`cause\` holds the origin.
Guards such as \`isConflictError\` also know errors of another copy of a package. Errors are in English in every language of these pages.

A call that its own \`signal\` ended rejects with the signal's reason instead.

${parts.join('\n\n')}
`,
);
