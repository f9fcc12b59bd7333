export { MemoryListWatch, type MemoryListWatchOptions, type SourceRequest } from './memory-list-watch.js';
