import { dirname, join } from 'node:path';

import ts from 'typescript';

import { root } from '../setup.mjs';
import { compilerOptions } from './compiler-options.js';
import { codeBlocks, documents, readDocument, type CodeBlock } from './markdown.js';

/** Where a block is compiled: beside its document, so that it sees the packages which that place sees. */
function fileOf({ document, line }: CodeBlock): string {
  return join(root, dirname(document), `snippet-${document.replaceAll(/[^a-zA-Z]/g, '-')}-${line}.ts`);
}

function compile(blocks: readonly CodeBlock[]): readonly string[] {
  const sources = new Map(blocks.map((block) => [fileOf(block), block]));
  // A reader may leave a variable unused.
  const options = { ...compilerOptions(), noUnusedLocals: false, noUnusedParameters: false };
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (file) => sources.has(file) || files.fileExists(file),
    readFile: (file) => sources.get(file)?.code ?? files.readFile(file),
    getSourceFile: (file, languageOptions, ...rest) => {
      const block = sources.get(file);
      // Each block is a module of its own, whether or not it imports anything.
      return block === undefined
        ? files.getSourceFile(file, languageOptions, ...rest)
        : ts.createSourceFile(file, `${block.code}\nexport {};\n`, languageOptions);
    },
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([file, { document, line }]) => {
    const source = program.getSourceFile(file);
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return problems.map(({ start = 0, messageText }) => {
      const at = source === undefined ? 0 : source.getLineAndCharacterOfPosition(start).line;
      return `${document}:${line + 1 + at}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`;
    });
  });
}

/**
 * Every `ts` block compiles against the packages. One under `<!-- file: PATH -->` is that file as it is, which is compiled
 * with the rest of the repository; `ts ignore` marks what cannot stand alone.
 */
export function checkSnippets(): readonly string[] {
  const blocks = documents()
    .flatMap(codeBlocks)
    .filter(({ info }) => info === 'ts');
  const path = ({ comment }: CodeBlock): string | undefined => /^file: (\S+)$/.exec(comment ?? '')?.[1];
  const changed = blocks
    .filter((block) => {
      const file = path(block);
      return file !== undefined && readDocument(file).trimEnd() !== block.code;
    })
    .map((block) => `${block.document}:${block.line}: the block is not ${path(block) ?? ''} as it is`);
  return [...changed, ...compile(blocks.filter((block) => path(block) === undefined))];
}
