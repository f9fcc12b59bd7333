/** What every call of the clientset accepts. */
export interface CallOptions {
  /** Ends the call early; it then rejects with the signal's reason, as given. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds for the whole call: waiting for a slot, all attempts and the pauses between them.
   *
   * A list over several pages counts for each page anew.
   *
   * @defaultValue the client's own `timeoutMs`
   */
  readonly timeoutMs?: number;
}
