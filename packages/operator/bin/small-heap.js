import { setFlagsFromString } from 'node:v8';

/*
 * V8 would rather grow than collect: with a machine's memory before its eyes it lets garbage lie until the heap is several
 * times what is in use, and a burst of work leaves the process that large for minutes. This has it collect early. It is
 * read whenever V8 decides how far the heap may grow, so that it may be set here; NODE_OPTIONS does not take it, and a
 * line `#!/usr/bin/env -S node --optimize-for-size` fails where `env` is BusyBox's. docs/guides/operate.md has the figures.
 */
setFlagsFromString('--optimize-for-size');
