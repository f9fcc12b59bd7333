const withheld = '(withheld: redact failed on this text)';

/** The same function; where it throws or returns no text, the text is kept back rather than shown. */
export function guardedRedact(redact: (message: string) => string): (message: string) => string {
  return (message) => {
    try {
      const text: unknown = redact(message);
      return typeof text === 'string' ? text : withheld;
    } catch {
      return withheld;
    }
  };
}
