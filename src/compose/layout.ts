// The lines of a rendered template → text of short columns. Structure is the template's alone: values still stand
// as marks in it, so that nothing in them can begin a paragraph, a bullet or a line.
import { fill, paragraphs } from './text.ts'
import type { Block } from './variables.ts'

export type Value = string | Block

/** What stands for the value of that number until its place is known; templates hold no control characters. */
export const markOf = (position: number): string => `\u0002${position}\u0003`

const marks = /\u0002(\d+)\u0003/g
const markAlone = /^\u0002(\d+)\u0003$/
const BULLET = '* '
/** Stands before what keeps its indentation; less of it is the template's own layout. */
const INDENTED = /^ {4,}/
const KEPT_BREAK = '\\'

type Item =
  | { readonly kind: 'verbatim'; readonly lines: string }
  | { readonly kind: 'plain' | 'bullet' | 'indented'; readonly first: string; readonly words: string }

/** Paragraphs, bullets and blocks; the rules are told in docs/templates.md. */
export function layOut(rendered: string, values: readonly Value[]): string {
  const groups: string[][] = [[]]
  for (const line of rendered.split('\n'))
    if (line.trim() === '') groups.push([])
    else groups.at(-1)?.push(line)
  return paragraphs(...groups.map(group => paragraph(group, values)))
}

/** The values in their places, in one line. */
export const inLine = (rendered: string, values: readonly Value[]): string =>
  rendered.replace(marks, (_, position) => textOf(values[Number(position)]))

const textOf = (value: Value | undefined): string =>
  typeof value === 'object' ? value.verbatim : (value ?? '')

function paragraph(group: readonly string[], values: readonly Value[]): string {
  const items: Item[] = []
  let joins = false
  for (const line of group) {
    const breaks = line.endsWith(KEPT_BREAK)
    const item = itemOf(breaks ? line.slice(0, -1) : line, values)
    const before = items.at(-1)
    if (joins && item.kind === 'plain' && before !== undefined && before.kind !== 'verbatim')
      items.splice(-1, 1, { ...before, words: `${before.words} ${item.words}` })
    else items.push(item)
    joins = !breaks && item.kind !== 'verbatim'
  }
  // Of several lines each shows where it begins.
  const hangs = group.some(line => line.endsWith(KEPT_BREAK))
  return items
    .map(item => {
      if (item.kind === 'verbatim') return item.lines
      const rest = item.kind === 'bullet' || (hangs && item.kind === 'plain') ? '  ' : item.first
      return fill(inLine(item.words, values).trim(), item.first, rest)
    })
    .join('\n')
}

function itemOf(line: string, values: readonly Value[]): Item {
  const alone = values[Number(markAlone.exec(line.trimEnd())?.[1])]
  if (typeof alone === 'object') return { kind: 'verbatim', lines: alone.verbatim }
  if (line.startsWith(BULLET)) return { kind: 'bullet', first: BULLET, words: line.slice(BULLET.length) }
  const indentation = INDENTED.exec(line)?.[0]
  return indentation === undefined
    ? { kind: 'plain', first: '', words: line.trim() }
    : { kind: 'indented', first: indentation, words: line.trim() }
}
