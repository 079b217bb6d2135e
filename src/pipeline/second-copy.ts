// What two deliveries of one mail have in common, whatever the servers on the way wrote over it. In: an opened
// mail and how it was sorted. Out: a digest. With the Message-ID it tells a second delivery (product.md §2).
import { sha256Of } from '../digest.ts'
import type { Sorted } from '../model/decision.ts'
import type { OpenedMail } from '../model/mail.ts'
import type { Sha256 } from '../model/scalars.ts'

/** Fields that say from whom a mail is, where it belongs and how its body is read. */
const telling: ReadonlySet<string> = new Set([
  'from',
  'subject',
  'in-reply-to',
  'references',
  'autocrypt',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
])

/**
 * Of the body and all that decides what the mail is taken for. Of the body alone it would let anyone who reads
 * a mail on its way send it ahead in another guise, and silence the true one (threats.md G07).
 */
export function contentDigest({ header, bodySha256 }: OpenedMail, sorted: Sorted): Sha256 {
  const fields = header.fields
    .map(({ name, value }) => [name.toLowerCase(), value.replace(/\s+/g, ' ').trim()] as const)
    .filter(([name]) => telling.has(name))
  return sha256Of(JSON.stringify([bodySha256, sorted.machine, sorted.addressed, fields]))
}
