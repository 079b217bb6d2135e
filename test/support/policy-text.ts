// The published policies as sentences, whatever copying did to them: line numbers, broken quotes, bullets.
import { readFileSync } from 'node:fs'

/** The policies that come with a profile. */
export const POLICY_NAMES = [
  'container-service-extension',
  'sonobuoy',
  'tanzu-framework',
  'velero',
  'volcano',
] as const
export type PolicyName = (typeof POLICY_NAMES)[number]

const read = (name: PolicyName): string =>
  readFileSync(new URL(`../config/${name}.SECURITY.txt`, import.meta.url), 'utf8').replaceAll(/â€™|’/g, "'")

/** One of the texts is one line, in which each line of the file stands behind its number. */
function withoutNumbers(text: string): string {
  const lines: string[] = []
  let rest = text
  for (let number = 1; ; number += 1) {
    const at = rest.search(new RegExp(`(?:^|(?<= ))${number}(?= |$)`))
    if (at < 0) return [...lines, rest].join('\n')
    lines.push(rest.slice(0, at))
    rest = rest.slice(at + String(number).length)
  }
}

const linesOf = (text: string): readonly string[] =>
  (text.trim().includes('\n') ? text : withoutNumbers(text)).split('\n').map(line => line.trim())

/** One line, its white space single. */
export const flat = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The whole text in one line, bullets and all. */
export const policyText = (name: PolicyName): string => flat(linesOf(read(name)).join('\n'))

const BULLET = /^(?:[*•-]|\d+\.|#+)\s+/

/** Headings, items and sentences in their order, without bullets. */
export function sentencesOf(name: PolicyName): readonly string[] {
  const blocks: string[][] = [[]]
  for (const line of linesOf(read(name))) {
    if (line === '' || BULLET.test(line)) blocks.push([])
    if (line !== '') blocks[blocks.length - 1]?.push(line.replace(BULLET, ''))
    if (line.startsWith('#')) blocks.push([])
  }
  return blocks
    .map(block => flat(block.join(' ')))
    .flatMap(block => block.split(/(?<=[.!?:](?:\*\*)?)\s+(?=["*[(]*[A-Z])/))
    .filter(sentence => sentence !== '')
}
