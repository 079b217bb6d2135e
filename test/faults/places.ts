// Where in the dialogues with the mail servers a fault may strike: every class of octet, each by name.
import type { Fault } from '../support/fault-proxy.ts'

/** A place. */
export type Place = Omit<Fault, 'harm'> & { readonly name: string }

const FETCH = /UID FETCH \S+ \([^\r]*BODY\.PEEK\[\][^\r]*\r\n/

export const IMAP_PLACES: readonly Place[] = [
  { name: 'before the greeting', request: undefined, at: 'answer', pass: 0 },
  { name: 'within the greeting', request: undefined, at: 'answer', pass: 9 },
  { name: 'LOGIN does not arrive', request: /(?:LOGIN|AUTHENTICATE) [^\r]*\r\n/, at: 'withheld' },
  { name: 'before the answer to LOGIN', request: /(?:LOGIN|AUTHENTICATE) [^\r]*\r\n/, at: 'answer', pass: 0 },
  { name: 'within the answer to LOGIN', request: /(?:LOGIN|AUTHENTICATE) [^\r]*\r\n/, at: 'answer', pass: 4 },
  { name: 'before the answer to SELECT', request: /SELECT [^\r]*\r\n/, at: 'answer', pass: 0 },
  { name: 'within UIDVALIDITY', request: /SELECT [^\r]*\r\n/, at: 'answer', pass: /\[UIDVALIDITY \d/ },
  { name: 'before the answer to SEARCH', request: /SEARCH [^\r]*\r\n/, at: 'answer', pass: 0 },
  { name: 'within the answer to SEARCH', request: /SEARCH [^\r]*\r\n/, at: 'answer', pass: 10 },
  { name: 'amid the sizes', request: /RFC822\.SIZE[^\r]*\r\n/, at: 'answer', pass: /RFC822\.SIZE \d/ },
  { name: 'FETCH does not arrive', request: FETCH, at: 'withheld' },
  { name: 'before the literal', request: FETCH, at: 'answer', pass: /\{\d+\}\r\n/ },
  { name: 'inside the literal', request: FETCH, at: 'answer', pass: /\{\d+\}\r\n[\s\S]{40}/ },
  { name: 'at the end of the literal', request: FETCH, at: 'answer', pass: /the end\r\n/ },
  { name: 'before the tagged OK', request: FETCH, at: 'answer', pass: /the end\r\n\)\r\n/ },
  { name: 'MOVE does not arrive', request: /UID MOVE [^\r]*\r\n/, at: 'withheld' },
  { name: 'before the answer to MOVE', request: /UID MOVE [^\r]*\r\n/, at: 'answer', pass: 0 },
  { name: 'within the answer to MOVE', request: /UID MOVE [^\r]*\r\n/, at: 'answer', pass: 12 },
  { name: 'before IDLE begins', request: /IDLE\r\n/, at: 'answer', pass: 0 },
  { name: 'while idling', request: /IDLE\r\n/, at: 'answer', pass: /\+ [^\r]*\r\n/ },
]

const BODY = /\r\nDATA\r\n/

export const SMTP_PLACES: readonly Place[] = [
  { name: 'before the greeting', request: undefined, at: 'answer', pass: 0 },
  { name: 'within the greeting', request: undefined, at: 'answer', pass: 6 },
  { name: 'EHLO does not arrive', request: /EHLO [^\r]*\r\n/, at: 'withheld' },
  { name: 'within the answer to EHLO', request: /EHLO [^\r]*\r\n/, at: 'answer', pass: 7 },
  { name: 'MAIL does not arrive', request: /MAIL FROM[^\r]*\r\n/, at: 'withheld' },
  { name: 'before the answer to MAIL', request: /MAIL FROM[^\r]*\r\n/, at: 'answer', pass: 0 },
  { name: 'before the answer to RCPT', request: /RCPT TO[^\r]*\r\n/, at: 'answer', pass: 0 },
  { name: 'within the answer to RCPT', request: /RCPT TO[^\r]*\r\n/, at: 'answer', pass: 2 },
  { name: 'DATA does not arrive', request: BODY, at: 'withheld' },
  { name: 'before 354', request: BODY, at: 'answer', pass: 0 },
  { name: 'within the header', request: BODY, at: 'request', pass: 10 },
  { name: 'within the body', request: BODY, at: 'request', pass: 120 },
  { name: 'the final dot does not arrive', request: /\r\n\.\r\n/, at: 'withheld' },
  { name: 'before the last reply', request: /\r\n\.\r\n/, at: 'answer', pass: 0 },
  { name: 'within the last reply', request: /\r\n\.\r\n/, at: 'answer', pass: 3 },
]
