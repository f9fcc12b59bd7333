import {
  ECSMHpa,
  ECSMService,
  ecsmScheme,
  isApiError,
  type AnyKind,
  type JsonSchema,
  type Manifest,
} from '@ecsm/api-types';
import { MemoryStore, Registry } from '@ecsm/registry';
import { decodeManifests, type DecodedManifest } from '@ecsm/registry/manifests';

import { codeBlocks, documents, type CodeBlock } from './markdown.js';

type Fields = Readonly<Record<string, unknown>>;

const guide = 'docs/guides/manifests.md';
const guides = new Set([guide, 'docs/zh-CN/manifests.md']);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rest of the specs of which the guide shows parts. */
const wholeSpecs: Readonly<Record<string, Fields>> = {
  ECSMService: {
    deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: ['worker-1'] },
    template: { image: 'web@1.0.0#sylixos' },
  },
  ECSMHpa: { scaleTargetRef: { kind: 'ECSMService', name: 'web' }, maxReplicas: 3 },
};

function specOf(manifest: Manifest): Fields {
  const { spec } = manifest as Manifest & { readonly spec?: Fields };
  return spec ?? {};
}

/** Lays a part over a whole; a deployment strategy is taken as one, because its fields depend on its type. */
function lay(whole: Fields, part: Fields): Fields {
  const laid = Object.entries(part).map(([key, value]) => {
    const below = whole[key];
    return [
      key,
      isFields(value) && isFields(below) && key !== 'deploymentStrategy' ? lay(below, value) : value,
    ] as const;
  });
  return { ...whole, ...Object.fromEntries(laid) };
}

/** A field with the one above it: shapes that are used in several places need one example, not one in each place. */
function tailOf(path: string): string {
  return path.split('.').slice(-2).join('.');
}

/** Paths of an object, e.g. `spec.template.env[].name`. */
function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((each) => pathsOf(each, `${path}[]`))];
  if (!isFields(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, `${path}.${key}`))];
}

/** Paths that a schema allows. */
function pathsOfSchema(schema: JsonSchema, definitions: Readonly<Record<string, JsonSchema>>, path: string): string[] {
  const named = schema.$ref === undefined ? undefined : definitions[schema.$ref.replace('#/definitions/', '')];
  if (named !== undefined) return pathsOfSchema(named, definitions, path);
  const itemSchema = schema.items as JsonSchema | undefined; // ours never have tuples
  const items = itemSchema === undefined ? [] : pathsOfSchema(itemSchema, definitions, `${path}[]`);
  const fields = Object.entries(schema.properties ?? {});
  return [path, ...items, ...fields.flatMap(([key, each]) => pathsOfSchema(each, definitions, `${path}.${key}`))];
}

async function problemsOf(registry: Registry, manifest: Manifest): Promise<readonly string[]> {
  try {
    const kind = ecsmScheme.kindOf(manifest);
    await registry.resource(kind).namespace('default').create(manifest, { dryRun: true });
    return [];
  } catch (error) {
    if (isApiError(error)) return [error.message];
    throw error;
  }
}

/** What the guide to manifests shows of a kind, held against all that its schema allows. */
function missingFields(kind: AnyKind, shown: ReadonlySet<string>): readonly string[] {
  const definitions = kind.schema.definitions ?? {};
  const spec = definitions[`${kind.kind}Spec`];
  if (spec === undefined) return [`${guide}: the schema of ${kind.kind} names no ${kind.kind}Spec`];
  return pathsOfSchema(spec, definitions, 'spec')
    .filter((path) => !path.endsWith('[]') && !shown.has(tailOf(path)))
    .map((path) => `${guide}: no example shows ${path} of ${kind.kind}`);
}

function isWhole({ code }: CodeBlock): boolean {
  return /^apiVersion: ecsm\.sh\//m.test(code);
}

function isManifest(block: CodeBlock): boolean {
  return block.info === 'yaml' && (isWhole(block) || (guides.has(block.document) && /^spec:/m.test(block.code)));
}

/** The manifests of a block; where the guide shows `spec` alone, made whole. */
function manifestsOf(block: CodeBlock): readonly DecodedManifest[] {
  if (isWhole(block)) return decodeManifests(block.code);
  const kind = /^kind: (\w+)$/.exec(block.comment ?? '')?.[1] ?? 'ECSMService';
  const head = `apiVersion: ecsm.sh/v1\nkind: ${kind}\nmetadata:\n  name: web\n`;
  return decodeManifests(head + block.code).map((decoded) =>
    decoded.error === undefined
      ? {
          ...decoded,
          manifest: { ...decoded.manifest, spec: lay(wholeSpecs[kind] ?? {}, specOf(decoded.manifest)) },
        }
      : decoded,
  );
}

/**
 * Every manifest in a `yaml` block is one that the registry accepts. The guide to manifests may show `spec` alone, of the
 * kind in a comment above the block (`<!-- kind: ECSMHpa -->`); together its examples show every field there is.
 */
export async function checkManifests(): Promise<readonly string[]> {
  await using registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme });
  const findings: string[] = [];
  const shown = new Map<string, Set<string>>();
  for (const block of documents().flatMap(codeBlocks).filter(isManifest)) {
    for (const { manifest, error } of manifestsOf(block)) {
      const problems = error === undefined ? await problemsOf(registry, manifest) : [error.message];
      findings.push(...problems.map((problem) => `${block.document}:${block.line}: ${problem}`));
      if (block.document !== guide || manifest === undefined) continue;
      const paths = shown.get(manifest.kind) ?? new Set<string>();
      for (const path of pathsOf(specOf(manifest), 'spec')) paths.add(tailOf(path));
      shown.set(manifest.kind, paths);
    }
  }
  const kinds = [ECSMService, ECSMHpa];
  return [...findings, ...kinds.flatMap((kind) => missingFields(kind, shown.get(kind.kind) ?? new Set()))];
}
