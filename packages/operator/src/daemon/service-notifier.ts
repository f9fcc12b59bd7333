import { spawn } from 'node:child_process';

import { systemClock, type Clock, type Timer } from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';

import type { Environment } from '../config/load-settings.js';
import { messageLine } from '../internal/message-line.js';

/** Options of {@link ServiceNotifier}. */
export interface ServiceNotifierOptions {
  readonly env: Environment;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** How long one message may take before it is given up: milliseconds. */
const messageTimeoutMs = 5000;

/**
 * Tells systemd how the service fares, where it asks for that (`Type=notify`, `WatchdogSec=`); elsewhere it does nothing.
 *
 * Node cannot write to systemd's kind of socket, so each message is sent by `systemd-notify`, which is there wherever
 * systemd is. The unit needs `NotifyAccess=all`, as the messages come from a child.
 */
export class ServiceNotifier implements AsyncDisposable {
  readonly #options: ServiceNotifierOptions;
  readonly #clock: Clock;
  readonly #env: Record<string, string>;
  readonly #asked: boolean;
  #last: Promise<void> = Promise.resolve();
  #watchdog: Timer | undefined;
  #stopped = false;
  #complained = false;

  constructor(options: ServiceNotifierOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { NOTIFY_SOCKET: socket, PATH: path = '/usr/bin:/bin' } = options.env;
    this.#asked = socket !== undefined && socket !== '';
    this.#env = { PATH: path, ...(socket === undefined ? {} : { NOTIFY_SOCKET: socket }) };
  }

  /** It works now; from here on systemd's watchdog is told, as often as it asks. */
  ready(status: string): void {
    this.#send('READY=1', `STATUS=${status}`);
    const everyMs = this.#watchdogMs();
    if (everyMs !== undefined) this.#tick(everyMs);
  }

  /** What it does now, in a word or two. */
  status(status: string): void {
    this.#send(`STATUS=${status}`);
  }

  /** It reads its configuration anew; {@link ServiceNotifier.ready} ends that. */
  reloading(): void {
    this.#send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  /** It stops. */
  stopping(): void {
    this.#stopped = true;
    this.#watchdog?.cancel();
    this.#send('STOPPING=1');
  }

  /** Waits until everything is sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#watchdog?.cancel();
    await this.#last;
  }

  /** Twice in the time that systemd allows. */
  #watchdogMs(): number | undefined {
    const { WATCHDOG_USEC: usec, WATCHDOG_PID: pid } = this.#options.env;
    const ms = Number(usec) / 2000;
    return this.#asked && ms > 0 && (pid === undefined || Number(pid) === process.pid) ? ms : undefined;
  }

  // A timer of the event loop that matters: when the loop hangs, so does the message, and systemd starts us anew.
  #tick(everyMs: number): void {
    this.#watchdog?.cancel();
    if (this.#stopped) return;
    this.#send('WATCHDOG=1');
    this.#watchdog = this.#clock.setTimer(() => this.#tick(everyMs), everyMs, { keepAlive: false });
  }

  #send(...assignments: readonly string[]): void {
    if (!this.#asked) return;
    this.#last = this.#last.then(() => this.#run(assignments));
  }

  #run(assignments: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn('systemd-notify', [...assignments], {
        env: this.#env,
        stdio: 'ignore',
        timeout: messageTimeoutMs,
      });
      child.once('error', (error) => {
        this.#complain(messageLine(error));
        resolve();
      });
      child.once('close', (code) => {
        if (code !== 0) this.#complain(`systemd-notify ended with ${code ?? 'a signal'}`);
        resolve();
      });
    });
  }

  #complain(problem: string): void {
    if (!this.#complained) this.#options.log.warn({ problem }, 'systemd cannot be told how the service fares');
    this.#complained = true;
  }
}
