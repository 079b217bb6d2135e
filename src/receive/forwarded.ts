// Looks into a mail that was passed on as a part (message/rfc822), so that its words are read without opening a
// file. In: the part. Out: its few telling header fields as a text, and what is to be gone through. Nothing in it
// speaks for whoever passed it on.
import type { Part } from '../model/mail.ts'
import { plaintext } from '../model/plaintext.ts'
import { decodedWords } from './decode.ts'
import { type Entity, fieldValue, octetsOf, splitEntity } from './structure.ts'

/** Octets; a larger one stays a file only. */
const MAX_FORWARDED = 4 * 1024 * 1024
const shown = ['From', 'To', 'Date', 'Subject']

export type Forwarded = {
  readonly content: Entity
  /** Octets and text of the header that people read. */
  readonly header: Pick<Part, 'octets' | 'text'>
}

/** Undefined if it is none, or beyond what is gone through. */
export async function forwardedMail({ mediaType, octets }: Part): Promise<Forwarded | undefined> {
  if (mediaType !== 'message/rfc822' && mediaType !== 'message/global') return undefined
  const split = octets.length > MAX_FORWARDED ? undefined : splitEntity(octets)
  if (!split?.ok) return undefined
  const content = split.value
  const lines: string[] = []
  for (const name of shown) {
    const value = fieldValue(content.fields, name.toLowerCase())
    if (value !== undefined) lines.push(`${name}: ${await decodedWords(value)}`)
  }
  const header = { octets: octetsOf(content, content.header), text: plaintext(`${lines.join('\n')}\n`) }
  return { content, header }
}
