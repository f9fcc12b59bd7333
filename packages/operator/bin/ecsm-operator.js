#!/usr/bin/env node
import './small-heap.js';

// Not with the line above: what is imported there is all loaded before anything of it runs.
await import('../dist/main.js');
