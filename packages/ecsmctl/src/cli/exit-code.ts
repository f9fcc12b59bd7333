/** What a run tells the shell. */
export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  timeout: 5,
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The code for several failures: their common one, else that of any error. */
export function commonExitCode(codes: readonly ExitCode[], otherwise: ExitCode): ExitCode {
  const [first] = codes;
  return first !== undefined && codes.every((code) => code === first) ? first : otherwise;
}
