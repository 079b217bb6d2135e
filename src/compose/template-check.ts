// What may be wrong with a template: variables that its kind of mail does not have, uses that do not fit their
// form, and what a mail must say and this one would not. In go its tags, out come sentences for the operator.
import { QUOTE } from './text.ts'
import type { Variable, Variables } from './variables.ts'

/** `line` counts from 1, in the file. */
export type Fault = { readonly line: number; readonly text: string }

export type Tag = {
  readonly type: 'name' | '#' | '^' | '&' | '>' | '='
  readonly name: string
  readonly line: number
  readonly inner: readonly Tag[]
}

const printable = /^[\x20-\x7e]*$/

/** A subject holds words of ours in ASCII, and ids. */
export function subjectFaults(subject: string, tags: readonly Tag[], all: Variables): readonly Fault[] {
  const names = Object.keys(all).filter(name => all[name]?.form === 'id' || all[name]?.form === 'flag')
  const fit = Object.fromEntries(names.flatMap(name => (all[name] ? [[name, all[name]]] : [])))
  return [
    ...(printable.test(subject) ? [] : [{ line: 1, text: 'must have a subject of printable ASCII' }]),
    ...tagFaults(tags, [fit]),
  ]
}

/** `first`: the line of the file on which the body begins. */
export function bodyFaults(
  body: string,
  first: number,
  tags: readonly Tag[],
  all: Variables,
): readonly Fault[] {
  const written = body.split('\n')
  return [
    ...written.flatMap((line, at) =>
      line.startsWith(QUOTE.trim())
        ? { line: first + at, text: `must begin no line with ${QUOTE.trim()}, which marks others' words` }
        : [],
    ),
    ...tagFaults(tags, [all]),
    ...blockFaults(tags, [all], line => written[line - first] ?? ''),
    ...missing(tags, all, first),
  ]
}

/** Innermost variables first; as in the library, an inner name is looked for before an outer one. */
type Scopes = readonly Variables[]

const find = (name: string, scopes: Scopes): Variable | undefined =>
  scopes.find(scope => Object.hasOwn(scope, name))?.[name]

const scopesWithin = (tag: Tag, scopes: Scopes): Scopes => {
  const variable = find(tag.name, scopes)
  return tag.type === '#' && variable && 'of' in variable ? [variable.of, ...scopes] : scopes
}

function tagFaults(tags: readonly Tag[], scopes: Scopes): readonly Fault[] {
  return tags.flatMap(tag => [
    ...(useFault(tag, scopes) ?? []),
    ...tagFaults(tag.inner, scopesWithin(tag, scopes)),
  ])
}

function useFault({ type, name, line }: Tag, scopes: Scopes): readonly Fault[] | undefined {
  if (type === '=') return [{ line, text: 'changes the delimiters: use {{ and }}' }]
  if (type === '>')
    return [{ line, text: `has {{>${name}}}, but a template stands for itself: write it out` }]
  if (type === '&') return [{ line, text: `must say {{${name}}}: text stands as it is with two braces` }]
  const variable = find(name, scopes)
  if (variable === undefined)
    return [{ line, text: `has {{${name}}}, which is not known here; allowed: ${known(scopes)}` }]
  if (type === 'name' && !('given' in variable))
    return [{ line, text: `must use {{${name}}} as {{#${name}}} … {{/${name}}}: it is ${variable.about}` }]
  return undefined
}

const known = (scopes: Scopes): string =>
  [...new Set(scopes.flatMap(scope => Object.keys(scope)))].join(', ') || 'none'

/** Lines that others wrote keep what stands before them only if nothing of ours does. */
function blockFaults(
  tags: readonly Tag[],
  scopes: Scopes,
  lineOf: (line: number) => string,
): readonly Fault[] {
  return tags.flatMap(tag => {
    const { type, name, line, inner } = tag
    if (type !== 'name') return blockFaults(inner, scopesWithin(tag, scopes), lineOf)
    const alone = lineOf(line).trimEnd().replace(/\s/g, '') === `{{${name}}}` && lineOf(line).startsWith('{')
    return find(name, scopes)?.form !== 'block' || alone
      ? []
      : { line, text: `must have {{${name}}} alone on its line: it is ${find(name, scopes)?.about}` }
  })
}

/** Required variables that some mail would not say; `line`: of what they are missing from. */
function missing(tags: readonly Tag[], variables: Variables, line: number): readonly Fault[] {
  return Object.entries(variables).flatMap(([name, variable]) => {
    if (variable.use === 'free') return []
    if (variable.form === 'flag')
      return decidesOn(tags, name)
        ? []
        : { line, text: `must have {{#${name}}} … {{/${name}}}, for when ${variable.about}` }
    if (!says(tags, name, variable)) {
      const shown = 'given' in variable ? `{{${name}}}` : `{{#${name}}} … {{/${name}}}`
      return { line, text: `must say ${shown} in every mail: ${variable.about}` }
    }
    if (!('of' in variable)) return []
    const inner = variable.of
    return sections(tags, name).flatMap(section => missing(section.inner, inner, section.line))
  })
}

const sections = (tags: readonly Tag[], name: string): readonly Tag[] =>
  tags.flatMap(tag => [...(tag.type === '#' && tag.name === name ? [tag] : []), ...sections(tag.inner, name)])

/** Flags are alternatives: what is said where another holds need not be said of each. */
const decidesOn = (tags: readonly Tag[], name: string): boolean =>
  tags.some(tag => (tag.type !== 'name' && tag.name === name) || decidesOn(tag.inner, name))

/** Whether it is said whatever else holds: outside of all sections but its own, or whether one holds or not. */
function says(tags: readonly Tag[], name: string, variable: Variable): boolean {
  return tags.some(tag => {
    if (tag.type === 'name') return tag.name === name
    if (tag.type !== '#') return false
    if (tag.name === name) return !('given' in variable) || says(tag.inner, name, variable)
    const otherwise = tags.find(other => other.type === '^' && other.name === tag.name)
    return otherwise !== undefined && says(tag.inner, name, variable) && says(otherwise.inner, name, variable)
  })
}
