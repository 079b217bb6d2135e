// Embargoed or personal text. It prints as [embargoed] wherever it lands by accident (logs, errors,
// JSON, template strings); only receive, compose, openpgp and the sealing of the store open it.

export class Plaintext {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Call it only where it is parsed, composed, encrypted or sealed. */
  open(): string {
    return this.#text
  }

  get length(): number {
    return this.#text.length
  }

  toString(): string {
    return '[embargoed]'
  }

  toJSON(): string {
    return '[embargoed]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[embargoed]'
  }
}

export const plaintext = (text: string): Plaintext => new Plaintext(text)
