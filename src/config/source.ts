// YAML with places: in goes a file, out comes its value and, for every problem, one line that names file,
// line, key and what is allowed. It never stops at the first problem, and never guesses.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type * as z from 'zod'
import { err, ok, type Result } from '../model/result.ts'
import { readSmallFile } from './file.ts'

/** `line` counts from 1; undefined if the file could not be read. `key` is `smtp.tls` or `admins[0].name`. */
export type ConfigProblem = {
  readonly file: string
  readonly line: number | undefined
  readonly key: string
  readonly text: string
}

export type Path = readonly PropertyKey[]

export type Source = {
  readonly file: string
  readonly value: unknown
  readonly problemAt: (path: Path, text: string) => ConfigProblem
}

/** Whether something stands at a path, rather than nothing or a default. */
export function isWritten({ value }: Source, path: Path): boolean {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null) return false
    inner = Object.entries(inner).find(([key]) => key === String(step))?.[1]
  }
  return inner !== undefined
}

/** `embargod.yaml:12: smtp.tls: must be implicit, starttls or none (none only for loopback)` */
export function formatProblem({ file, line, key, text }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`
  return key === '' ? `${place}: ${text}` : `${place}: ${key}: ${text}`
}

/** Reads a file of one YAML 1.2 document without aliases; a key without a value counts as absent. */
export async function readSource(file: string): Promise<Result<Source, readonly ConfigProblem[]>> {
  const octets = await readSmallFile(file, 0)
  if (octets.ok) return parseSource(file, new TextDecoder().decode(octets.value))
  const text = octets.error.text.replace(`${file} `, '')
  return err([{ file, line: undefined, key: '', text }])
}

function parseSource(file: string, text: string): Result<Source, readonly ConfigProblem[]> {
  const lines = new LineCounter()
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const problems: ConfigProblem[] = [...document.errors, ...document.warnings].map(fault => ({
    file,
    line: lineAt(fault.pos[0]),
    key: '',
    text: `is not YAML as it is read here: ${inOurWords(fault.message)}`,
  }))
  visit(document, {
    Alias: (_, node) => {
      const line = lineAt(node.range?.[0] ?? 0)
      problems.push({ file, line, key: '', text: 'must not use an alias (*): write the value out' })
    },
  })
  if (problems.length > 0) return err(problems)

  function problemAt(path: Path, text: string): ConfigProblem {
    let node: unknown = document.contents
    let offset = 0
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(item => isScalar(item.key) && item.key.value === step)
        if (!isScalar(pair?.key)) break
        offset = pair.key.range?.[0] ?? offset
        node = pair.value
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step]
        if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) offset = node.range?.[0] ?? offset
      } else break
    }
    return { file, line: lineAt(offset), key: keyOf(path), text }
  }
  const value: unknown = document.toJS({ reviver: (_, inner) => (inner === null ? undefined : inner) })
  return ok({ file, value: value ?? {}, problemAt })
}

/** `separator: -` is what an operator will write; the library's words for it help nobody. */
const inOurWords = (message: string): string =>
  message.startsWith('Unexpected block-seq-ind')
    ? 'a value that is or begins with - needs quotes, "-"'
    : message

const keyOf = (path: Path): string =>
  path.reduce<string>((key, step) => {
    if (typeof step === 'number') return `${key}[${step}]`
    return key === '' ? String(step) : `${key}.${String(step)}`
  }, '')

/** Reads `value`, which stands at `path`, by a schema made of src/config/fields.ts; lists every problem. */
export function readValue<T>(
  source: Source,
  path: Path,
  value: unknown,
  schema: z.ZodType<T>,
): Result<T, readonly ConfigProblem[]> {
  const read = schema.safeParse(value)
  if (read.success) return ok(read.data)
  return err(
    read.error.issues.flatMap(issue => {
      const at = [...path, ...issue.path]
      if (issue.code !== 'unrecognized_keys') return [source.problemAt(at, issue.message)]
      // The message of an unknown key has one line per key: see `section`.
      const texts = issue.message.split('\n')
      return issue.keys.map((key, i) => source.problemAt([...at, key], texts[i] ?? 'is not known'))
    }),
  )
}
