import { defineKind, type ApiObject } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Informer, type InformerEvent, type InformerOptions } from '@ecsm/informer';
import { MemoryListWatch, type MemoryListWatchOptions } from '@ecsm/informer/testing';
import { onTestFinished } from 'vitest';

/** An object to inform about. */
export interface Widget extends ApiObject {
  readonly spec: { readonly size: number };
}

export const Widget = defineKind<Widget>({
  group: 'example.dev',
  version: 'v1',
  kind: 'Widget',
  schema: { type: 'object' },
});

/** A widget as a user writes it. */
export function widget(
  name: string,
  size = 1,
  labels: Readonly<Record<string, string>> = {},
): Widget & { readonly metadata: { readonly name: string } } {
  return {
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    metadata: { name, namespace: 'default', labels },
    spec: { size },
  };
}

export function key(name: string): { readonly namespace: string; readonly name: string } {
  return { namespace: 'default', name };
}

/** A promise and the function that resolves it. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((resolvePromise) => (resolve = resolvePromise));
  return { promise, resolve };
}

/** One line for an event: `added a`, `modified b 2->3`, `deleted c unknown`. */
export function line(event: InformerEvent<Widget>): string {
  const { name } = event.key;
  switch (event.type) {
    case 'added':
      return `added ${name}${event.initial ? ' initially' : ''}`;
    case 'modified':
      return `modified ${name} ${event.previousVersion.resourceVersion}->${event.version.resourceVersion}`;
    case 'deleted':
      return `deleted ${name} ${event.finalState}`;
    case 'sync':
      return `sync ${name}`;
  }
}

/** An informer on a source in memory, both on a clock that stands still. */
export interface Setup {
  readonly clock: ManualClock;
  readonly source: MemoryListWatch<Widget>;
  readonly informer: Informer<Widget>;
  readonly errors: Error[];
  /** Lines of the events that a first handler got since the last call. */
  readonly news: () => string[];
  /** The events themselves. */
  readonly events: InformerEvent<Widget>[];
}

/** Makes a {@link Setup} that stops when the test ends. */
export function setUp(options: InformerOptions<Widget> & { readonly source?: MemoryListWatchOptions } = {}): Setup {
  const { source: sourceOptions, ...informerOptions } = options;
  const clock = new ManualClock();
  const source = new MemoryListWatch(Widget, sourceOptions);
  const errors: Error[] = [];
  const informer = new Informer(source, {
    clock,
    random: () => 0,
    onError: (error) => errors.push(error),
    ...informerOptions,
  });
  onTestFinished(() => informer.stop());
  const events: InformerEvent<Widget>[] = [];
  let read = 0;
  informer.addHandler((event) => {
    events.push(event);
  });
  const news = (): string[] => {
    const lines = events.slice(read).map(line);
    read = events.length;
    return lines;
  };
  return { clock, source, informer, errors, events, news };
}

/** Starts the informer and waits until it watches. */
export async function startAndSync({ clock, informer }: Setup): Promise<void> {
  informer.start();
  await clock.advance(0);
  await informer.synced();
}

/** From which versions the source was asked to watch. */
export function watchVersionsAsked(source: MemoryListWatch<Widget>): (string | undefined)[] {
  return source.requestsOf('watch').map(({ options }) => options.resourceVersion);
}
