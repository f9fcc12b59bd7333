/**
 * Starts and stops a manager again and again: `start-stop-command.ts CYCLES`. Fails when a listener, timer or handle was
 * left behind.
 */
import { startStopCycles } from './helpers/start-stop-cycles.js';

const [cycles = 10_000] = process.argv.slice(2).map(Number);
const left = await startStopCycles(cycles);
console.log(`${cycles} managers started and stopped; left behind:`, left);
const { signalListeners, processListeners, timers, handles } = left;
process.exitCode = signalListeners + processListeners + timers + handles.length === 0 ? 0 : 1;
