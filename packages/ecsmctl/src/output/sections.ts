import { formatTable } from './table.js';
import { measureFor } from './text-width.js';

/** What a field of a description may hold. */
export type FieldValue = string | number | boolean | null | undefined;

/** A line of its own, a labelled value, or a table, at an indentation. */
type Part = { readonly indent: string } & (
  | { readonly type: 'raw'; readonly text: string }
  | { readonly type: 'field'; readonly label: string; readonly value: string }
  | { readonly type: 'table'; readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] }
);

/** Builds the text of a `describe`: fields in aligned columns, with indented blocks and tables among them. */
export class Sections {
  readonly #parts: Part[] = [];
  #indent = '';

  /** A line `Label: value`; `<none>` without a value. */
  field(label: string, value: FieldValue): this {
    const text = value === undefined || value === null || value === '' ? '<none>' : String(value);
    this.#parts.push({ type: 'field', indent: this.#indent, label, value: text });
    return this;
  }

  /** The same, but nothing at all without a value. */
  optional(label: string, value: FieldValue): this {
    return value === undefined || value === null || value === '' ? this : this.field(label, value);
  }

  /** A field with several values, one a line. */
  list(label: string, values: readonly string[] | undefined): this {
    const [first, ...rest] = values ?? [];
    this.field(label, first);
    for (const value of rest) this.#parts.push({ type: 'field', indent: this.#indent, label: '', value });
    return this;
  }

  /** A heading with indented lines below it. */
  block(label: string, fill: (sections: this) => void): this {
    this.#parts.push({ type: 'raw', indent: this.#indent, text: `${label}:` });
    const before = this.#indent;
    this.#indent += '  ';
    fill(this);
    this.#indent = before;
    return this;
  }

  /** A heading with a table below it; `<none>` without rows. */
  table(label: string, headings: readonly string[], rows: readonly (readonly string[])[]): this {
    if (rows.length === 0) return this.field(label, undefined);
    return this.block(label, () => {
      this.#parts.push({ type: 'table', indent: this.#indent, headings, rows });
    });
  }

  /** Lines of text below a heading. */
  text(label: string, text: string): this {
    return this.block(label, () => {
      for (const each of text.trimEnd().split('\n'))
        this.#parts.push({ type: 'raw', indent: this.#indent, text: each });
    });
  }

  /** The whole text. */
  async render(): Promise<string> {
    const heads = this.#parts.map((part) => (part.type === 'field' ? headOf(part.indent, part.label) : ''));
    const measure = await measureFor(heads);
    const width = Math.max(0, ...heads.map(measure));
    const texts = this.#parts.map(async (part, index) => {
      switch (part.type) {
        case 'raw':
          return `${part.indent}${part.text}\n`;
        case 'field': {
          const head = heads[index] ?? '';
          return `${head}${' '.repeat(width - measure(head) + 2)}${part.value}\n`;
        }
        case 'table':
          return (await formatTable(part.headings, part.rows)).replace(/^(?=.)/gm, part.indent);
      }
    });
    return (await Promise.all(texts)).join('');
  }
}

function headOf(indent: string, label: string): string {
  return label === '' ? '' : `${indent}${label}:`;
}
