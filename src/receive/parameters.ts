// Reads structured header fields of the form `value; name=value` (RFC 2045 §5.1, RFC 2183, RFC 2231).
// In: one unfolded value. Out: the value in lower case and its parameters, cleaned of control characters.
import libmime from 'libmime'

/** Characters of a field handed to the library; what is longer is cut. */
const MAX_PARAMETERISED = 16 * 1024

export type Parameterised = {
  /** Lower case, without blanks around it. */
  readonly value: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Never throws; of several parameters with one name the last counts, and an RFC 2231 form over a plain one. */
export function parameterised(field: string): Parameterised {
  const parsed = libmime.parseHeaderValue(field.slice(0, MAX_PARAMETERISED))
  const parameters = new Map<string, string>()
  for (const [name, value] of Object.entries(parsed.params)) parameters.set(name, printable(value))
  return { value: (parsed.value || '').trim().toLowerCase(), parameters }
}

/** Text with every C0 control but tab, and every lone surrogate, replaced by U+FFFD. */
export const printable = (text: string): string =>
  text.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '\ufffd').toWellFormed()
