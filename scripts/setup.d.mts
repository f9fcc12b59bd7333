/** Folder of the checkout, ending in a slash. */
export const root: string;
/** The command line that runs the pinned pnpm. */
export function pnpmCommand(): string[];
/** Sets the checkout up, or ends the process with a message that says what to do. */
export function setup(): Promise<void>;
