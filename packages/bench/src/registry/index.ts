import type { Benchmark } from '../benchmark.js';
import { readsAndWrites } from './reads-and-writes.js';
import { watching } from './watching.js';

/** The registry beside hand-written SQLite, lmdb and etcd. */
export const benchmarks: readonly Benchmark[] = [...readsAndWrites, ...watching];
