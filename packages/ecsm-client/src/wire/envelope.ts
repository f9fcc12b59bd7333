/**
 * The object around every answer of the platform. Success is `status` 200; the HTTP status is checked as well.
 *
 * @typeParam Data - shape of `data` on success
 */
export interface Envelope<Data = unknown> {
  /** 200 on success; other values follow HTTP where they are known at all. */
  readonly status: number;
  /** `success`, or why it failed. */
  readonly message: string;
  readonly data: Data;
  /** `null` on success; on failure any JSON (the sources disagree about its shape). */
  readonly fieldErrors: unknown;
}
