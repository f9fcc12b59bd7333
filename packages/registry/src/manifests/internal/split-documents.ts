/** One document of a YAML stream, not yet read. */
export interface DocumentText {
  readonly text: string;
  /** The line its text starts on, counted from 1. */
  readonly line: number;
}

/**
 * Cuts a YAML stream at its document markers, so that a broken document spoils none of the others. A line that starts
 * with `---` is a marker wherever it stands, even within quotes (https://yaml.org/spec/1.2.2/#912-document-markers).
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const documents: DocumentText[] = [];
  let start = 0;
  let line = 1;
  let documentLine = 1;
  for (let at = 0; at <= text.length; line++) {
    const end = endOfLine(text, at);
    if (isMarker(text, at)) {
      // What follows the marker on its own line belongs to the new document.
      documents.push({ text: text.slice(start, at), line: documentLine });
      start = at + 3;
      documentLine = line;
    }
    at = end + 1;
  }
  documents.push({ text: text.slice(start), line: documentLine });
  return documents;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function isMarker(text: string, at: number): boolean {
  return text.startsWith('---', at) && /^(?:\s|$)/.test(text.charAt(at + 3));
}
