// Templates: text with {{variables}} → parsed, checked and rendered. The only place that knows the library; values
// are put in after parsing and as they are, so that what somebody wrote is never read as a template.
import Mustache, { type TemplateSpans } from 'mustache'
import { err, ok, type Result } from '../model/result.ts'
import { DECLARED, type TemplateName, templateNames } from './declared.ts'
import { inLine, layOut, markOf, type Value } from './layout.ts'
import { MARKER } from './links.ts'
import { bodyFaults, type Fault, subjectFaults, type Tag } from './template-check.ts'
import type { View } from './variables.ts'

type Template = { readonly subject: string; readonly body: string }

/** One of each kind of mail. */
export type Templates = { readonly [N in TemplateName]: Template }

const form = /^Subject: (\S[^\n]*)\n\n(.*)$/s
/** A mark of layout.ts among the template's own characters would be a value's. */
const control = /[^\P{Cc}\n]/u
/** Keeps sections from nesting deeper than can be followed. */
const MOST_CHARACTERS = 20_000

/** A template, or all that is wrong with it, each at its line; the sentences follow the file's name. */
export function readTemplate(name: TemplateName, source: string): Result<Template, readonly Fault[]> {
  const written = source.replaceAll('\r\n', '\n')
  const wrong = (line: number, text: string) => err([{ line, text }])
  if (written.length > MOST_CHARACTERS) return wrong(1, `has more than ${MOST_CHARACTERS} characters`)
  const lineAt = (offset: number) => written.slice(0, offset).split('\n').length
  const found = control.exec(written)
  if (found) return wrong(lineAt(found.index), 'must hold no tab or other control character')
  const [, subject, body] = form.exec(written) ?? []
  if (subject === undefined || body === undefined)
    return wrong(1, 'must begin with a line "Subject: …", an empty line, and then the text')
  const start = written.length - body.length
  const faults: Fault[] = []
  const judge = (text: string, offset: number, rule: (tags: readonly Tag[]) => readonly Fault[]) => {
    const tags = tagsOf(text, position => lineAt(offset + position))
    faults.push(...(tags.ok ? rule(tags.value) : [tags.error]))
  }
  const { variables } = DECLARED[name]
  judge(subject, 'Subject: '.length, tags => subjectFaults(subject, tags, variables))
  judge(body, start, tags => bodyFaults(body, lineAt(start), tags, variables))
  return faults.length > 0 ? err(faults.toSorted((a, b) => a.line - b.line)) : ok({ subject, body })
}

/** All of them. @throws if one is missing or faulty, which the configuration has ruled out. */
export function readTemplates(sources: ReadonlyMap<string, string>): Templates {
  const read = templateNames.map(name => {
    const template = readTemplate(name, sources.get(name) ?? '')
    if (!template.ok) throw new Error(`template ${name} was not checked`)
    return [name, template.value] as const
  })
  return Object.fromEntries(read) as Templates
}

export type Rendered = { readonly subject: string; readonly text: string }

/** One mail: its words in the template's order, behind the marker where people answer with commands. */
export function render<N extends TemplateName>(
  templates: Templates,
  name: N,
  view: View<(typeof DECLARED)[N]['variables']>,
): Rendered {
  const { subject, body } = templates[name]
  const values: Value[] = []
  const keep = (value: Value) => markOf(values.push(value) - 1)
  const filled = (template: string) => Mustache.render(template, view, {}, { escape: keep })
  const text = layOut(filled(body), values)
  return {
    subject: inLine(filled(subject), values).replace(/ +/g, ' ').trim(),
    text: DECLARED[name].marker === 'first' ? `${MARKER}\n\n${text}` : text,
  }
}

/** The library tells what is wrong in English with an offset at its end. */
const libraryFault = /^(Unclosed tag|Unopened section|Unclosed section)(?: "(.*)")? at (\d+)$/

function tagsOf(text: string, lineAt: (offset: number) => number): Result<readonly Tag[], Fault> {
  try {
    return ok(tags(Mustache.parse(text), lineAt))
  } catch (error) {
    const [, what, name, offset] = (error instanceof Error && libraryFault.exec(error.message)) || []
    const line = lineAt(Number(offset ?? 0))
    if (what === undefined) return err({ line, text: 'changes the delimiters: use {{ and }}' })
    if (what === 'Unclosed tag') return err({ line, text: 'has a {{ without its }}' })
    return err({
      line,
      text:
        what === 'Unopened section'
          ? `ends {{/${name}}}, which was not begun`
          : `has no {{/${name}}} where {{#${name}}} or {{^${name}}} has to end`,
    })
  }
}

/** Nested as deep as the operator wrote it. */
const tags = (spans: TemplateSpans, lineAt: (offset: number) => number): readonly Tag[] =>
  spans.flatMap(span => {
    const [type, name, start, , inner] = span
    if (type === 'text' || type === '!') return []
    return { type, name, line: lineAt(start), inner: Array.isArray(inner) ? tags(inner, lineAt) : [] }
  })
