// Reads structured header fields of the form `value; name=value` (RFC 2045 §5.1, RFC 2183). In: one unfolded
// value. Out: the value in lower case and its parameters, cleaned of control characters. The boundary is one
// of them, so this is structure: no library has a say in it, and no charset is decoded.

/** Characters of a field that are read; what is longer is cut. */
const MAX_PARAMETERISED = 16 * 1024

export type Parameterised = {
  /** Lower case, without blanks around it. */
  readonly value: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** What reaches to the next `;` outside quotes; a quote that never ends reaches to the end. */
const quotable = String.raw`(?:"(?:[^"\\]|\\.)*"?|\\.|[^;"\\])*`
const valueShape = new RegExp(`^${quotable}`, 's')
const parameterShape = new RegExp(`;([^=;]*)(?:=(${quotable}))?`, 'gs')

/**
 * Never throws; of several parameters with one name the last counts. A value in pieces (RFC 2231 §3) is joined
 * under its own name and overrides a plain one; pieces with a charset (§4) are kept as written.
 */
export function parameterised(field: string): Parameterised {
  const text = field.slice(0, MAX_PARAMETERISED)
  const value = valueShape.exec(text)?.[0] ?? ''
  const parameters = new Map<string, string>()
  for (const [, name = '', written = ''] of text.slice(value.length).matchAll(parameterShape))
    parameters.set(name.trim().toLowerCase(), printable(unquoted(written)))
  for (const [name, first] of [...parameters])
    if (name.endsWith('*0')) parameters.set(name.slice(0, -2), joined(parameters, name.slice(0, -1), first))
  return { value: unquoted(value).trim().toLowerCase(), parameters }
}

/** `stem`: the name of all pieces up to their number. */
function joined(parameters: ReadonlyMap<string, string>, stem: string, first: string): string {
  const pieces: string[] = []
  let piece: string | undefined = first
  while (piece !== undefined) {
    pieces.push(piece)
    piece = parameters.get(`${stem}${pieces.length}`)
  }
  return pieces.join('')
}

const unquoted = (written: string): string => written.trim().replace(/\\(.?)|"/gs, '$1')

/** Text with every C0 control but tab, and every lone surrogate, replaced by U+FFFD. */
export const printable = (text: string): string =>
  text.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '\ufffd').toWellFormed()
