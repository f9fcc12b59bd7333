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

/** Options of a call that reads one object. */
export interface GetOptions extends CallOptions {
  /** Told what the answer is known by: the same for two answers that are the same byte for byte, and for no others. */
  readonly onDigest?: (digest: string) => void;
}
