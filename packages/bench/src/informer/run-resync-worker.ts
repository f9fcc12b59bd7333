/** A process of its own for a comparison of many keys that finds nothing. */
import { measureResync } from './resync.js';

process.send?.(await measureResync(Number(process.argv[2])), () => process.exit());
