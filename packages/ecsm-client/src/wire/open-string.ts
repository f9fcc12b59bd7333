/**
 * A word the platform sends: one of the known ones, or one that no source mentions yet.
 *
 * Editors still complete the known words, and a `switch` over it must have a default.
 *
 * @typeParam Known - the words seen in documents or programs
 */
export type OpenString<Known extends string> = Known | (string & Record<never, never>);
