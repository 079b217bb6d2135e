// Writes a new embargod.yaml: in go answers, out comes the text of the example with them filled in. The
// example is the only source of keys and comments; every value is quoted as YAML needs it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'

/** The commented example that comes with the package. */
export const EXAMPLE = fileURLToPath(new URL('../../config/embargod.example.yaml', import.meta.url))

export type ServerAnswers = {
  readonly host: string
  readonly tls?: 'implicit' | 'starttls' | 'none'
  readonly port?: number
  readonly passwordFile?: string
  readonly credential?: string
  readonly certificateAuthority?: string
}

export type KeyAnswers = {
  readonly file: string
  readonly passphraseFile?: string
  readonly credential?: string
}

/** Keys and values as in the file; what is left out stays a comment, that is at its default or off. */
export type Answers = {
  readonly instance: string
  readonly dataDirectory: string
  readonly zone?: string
  readonly addresses: {
    readonly security: string
    readonly separator?: '+' | '-' | 'none'
    readonly command?: string
  }
  readonly imap: ServerAnswers & { readonly user: string }
  readonly smtp: ServerAnswers & { readonly user?: string }
  readonly keys: { readonly mail: KeyAnswers; readonly storage: KeyAnswers }
  readonly admins: readonly {
    readonly name: string
    readonly address: string
    readonly fingerprint: string
    readonly key: string
  }[]
  readonly quorum?: number
  readonly profiles?: string
  readonly defaultProfile: string
  readonly projects: readonly {
    readonly name: string
    readonly profile?: string
    readonly distributors?: string
    readonly listKey?: KeyAnswers
  }[]
}

/** A line of the example that is a key, set or commented out: indentation, `#`, key, value. */
const keyLine = /^( *)(#?)([A-Za-z]+):(?: (.*))?$/

/** The text of a configuration, to be read by loadConfig. */
export function renderConfig(answers: Answers): string {
  const values = flatten(answers)
  const rendered: string[] = []
  const section: string[] = []
  let skipping = false
  for (const line of readFileSync(EXAMPLE, 'utf8').split('\n')) {
    const [, indent, , key, value] = keyLine.exec(line) ?? []
    if (indent === undefined || key === undefined) {
      skipping &&= line.startsWith('  ')
      if (!skipping) rendered.push(line)
      continue
    }
    if (skipping && indent !== '') continue
    section.splice(indent.length / 2)
    section.push(key)
    const path = section.join('.')
    const answer = values.get(path)
    values.delete(path)
    skipping = Array.isArray(answer)
    if (answer !== undefined) rendered.push(...write(indent, key, answer))
    else rendered.push(value === undefined ? line : `${indent}#${key}: ${value}`)
  }
  if (values.size > 0) throw new Error('the example lacks a key that was answered')
  return rendered.join('\n')
}

/** Scalars and lists by their path, `smtp.host`. */
function flatten(answers: object, prefix: string = ''): Map<string, unknown> {
  const values = new Map<string, unknown>()
  for (const [key, value] of Object.entries(answers)) {
    const path = `${prefix}${key}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, nested] of flatten(value, `${path}.`)) values.set(inner, nested)
    else if (value !== undefined) values.set(path, value)
  }
  return values
}

const write = (indent: string, key: string, value: unknown): readonly string[] =>
  stringify({ [key]: value }, { lineWidth: 0, blockQuote: false })
    .trimEnd()
    .split('\n')
    .map(line => `${indent}${line}`)
