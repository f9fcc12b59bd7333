import { formatTable } from './table.js';
import { textWidth } from './text-width.js';

/** What a field of a description may hold. */
export type FieldValue = string | number | boolean | null | undefined;

/** Builds the text of a `describe`: fields in aligned columns, with indented blocks and tables among them. */
export class Sections {
  readonly #lines: {
    readonly indent: string;
    readonly label?: string;
    readonly value?: string;
    readonly raw?: string;
  }[] = [];
  #indent = '';

  /** A line `Label: value`; `<none>` without a value. */
  field(label: string, value: FieldValue): this {
    const text = value === undefined || value === null || value === '' ? '<none>' : String(value);
    this.#lines.push({ indent: this.#indent, label, value: text });
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
    for (const value of rest) this.#lines.push({ indent: this.#indent, label: '', value });
    return this;
  }

  /** A heading with indented lines below it. */
  block(label: string, fill: (sections: this) => void): this {
    this.#lines.push({ indent: this.#indent, raw: `${label}:` });
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
      const lines = formatTable(headings, rows).trimEnd().split('\n');
      for (const line of lines) this.#lines.push({ indent: this.#indent, raw: line });
    });
  }

  /** Lines of text below a heading. */
  text(label: string, text: string): this {
    return this.block(label, () => {
      for (const raw of text.trimEnd().split('\n')) this.#lines.push({ indent: this.#indent, raw });
    });
  }

  toString(): string {
    const width = Math.max(
      0,
      ...this.#lines.map(({ indent, label }) => (label === undefined ? 0 : indent.length + textWidth(label) + 1)),
    );
    return this.#lines
      .map(({ indent, label, value = '', raw }) => {
        if (label === undefined) return `${indent}${raw ?? ''}\n`;
        const head = `${indent}${label}${label === '' ? '' : ':'}`;
        return `${head}${' '.repeat(width - textWidth(head) + 2)}${value}\n`;
      })
      .join('');
  }
}
