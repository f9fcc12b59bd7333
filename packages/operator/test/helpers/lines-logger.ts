import type { Logger } from '@ecsm/controller-runtime';

/** A log that keeps its lines: level, message, and fields as JSON. */
export class LinesLogger implements Logger {
  readonly lines: string[];
  readonly debug = this.#method('debug');
  readonly info = this.#method('info');
  readonly warn = this.#method('warn');
  readonly error = this.#method('error');

  constructor(lines: string[] = []) {
    this.lines = lines;
  }

  child(): Logger {
    return new LinesLogger(this.lines);
  }

  #method(level: string) {
    return (fields: object, message: string): void => {
      this.lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  }
}
