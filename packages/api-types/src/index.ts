// Time
export type { Clock, Timer, TimerOptions } from './clock.js';
export { systemClock } from './system-clock.js';
