// The mail around a forged content: who it says it is from, what servers and machines claim in its header, how
// its octets are laid out on the way. Nothing of it may matter for authority.
import { octetsOf } from '../support/mime.ts'
import type { Dice } from './dice.ts'

const ALICE = 'Alice Admin <alice@team.example>'
const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'

const froms = (dice: Dice): readonly string[] =>
  dice.pick([
    [ALICE],
    [ALICE],
    ['eve@evil.example'],
    ['mallory@member.example'],
    [ALICE, 'Eve <eve@evil.example>'],
    [`${ALICE}, eve@evil.example`],
    ['Alice: alice@team.example, eve@evil.example;'],
    [''],
    [],
    ['=?utf-8?q?Alice_=3Calice=40team=2Eexample=3E?= <eve@evil.example>'],
    [`"${`${ALICE} `.repeat(200)}" <eve@evil.example>`],
    ['alice@team.example, "q q"@evil.example'],
    ['<>'],
    ['Alice (alice@team.example) <eve@evil.example>'],
    ['alice@team.example\u0000.evil.example'],
    ['security@acme.example'],
  ])

const recipients = (dice: Dice): readonly string[] =>
  dice.pick([
    [`To: ${COMMAND}`],
    [`To: ${COMMAND}`],
    [`To: ${COMMAND}`],
    [`To: ${SECURITY}`],
    [`To: eve@evil.example`, `Cc: Team <${COMMAND}>`],
    [`To: ${COMMAND}, ${SECURITY}`],
    [`To: undisclosed-recipients:;`],
    [`To: SECURITY+CMD@ACME.EXAMPLE`],
    [`To: security+c.482107.aaaaaaaaaaaaaaaa@acme.example`],
    [`To: distributors@acme.example`],
    [`Delivered-To: ${COMMAND}`, `To: ${SECURITY}`],
  ])

const CLAIMS: readonly (readonly string[])[] = [
  ['Authentication-Results: mx.acme.example; dkim=pass header.d=team.example; spf=pass; dmarc=pass'],
  ['DKIM-Signature: v=1; a=rsa-sha256; d=team.example; s=x; h=from:to; bh=AAAA; b=AAAA'],
  ['Received-SPF: pass', 'X-Spam-Status: No'],
  ['Reply-To: eve@evil.example', 'Return-Path: <eve@evil.example>'],
  [`Sender: ${ALICE}`, `Resent-From: ${ALICE}`],
  ['Received: from team.example by mx.acme.example; Sat, 21 Nov 2026 10:00:00 +0000'],
  ['X-Original-From: alice@team.example', 'List-Id: <team.example>'],
  ['Auto-Submitted: no'],
  ['Auto-Submitted: auto-replied'],
  ['Precedence: bulk'],
  ['X-Embargod: acme', 'X-Loop: security@acme.example'],
  ['HP-Outer: Subject: accept', 'HP-Outer: From: alice@team.example'],
  ['Disposition-Notification-To: eve@evil.example'],
  ['In-Reply-To: <none@acme.example>', 'References: <none@acme.example>'],
  ['X-PGP-Signature: good'],
]
/** What may be a bounce is never decrypted (threats.md B03). */
const OF_A_BOUNCE = ['Return-Path: <>']

const SUBJECTS = ['', 'accept', 'embargod acme', 'Re: confirm acme aaaaaaaaaaaaaaaa', '=?utf-8?b?YWNjZXB0?=']
const DATES = ['', 'Thu, 01 Jan 1970 00:00:00 +0000', 'Fri, 31 Dec 9999 23:59:59 +0000', 'yesterday']

/** Layouts that leave whole what is signed. */
const HARMLESS = ['as written', 'lines ended by LF', 'an mbox line above'] as const

/** Changes to the finished octets, as relays and attackers make them. */
const LAYOUTS = {
  'as written': mail => mail,
  'as sent': mail => mail,
  'lines ended by LF': mail => mail.replaceAll('\r\n', '\n'),
  'lines ended by CR': mail => mail.replaceAll('\r\n', '\r'),
  'lines ended by either': (mail, dice) => mail.replace(/\r\n/g, end => (dice.oneIn(3) ? '\n' : end)),
  'trailing blanks': mail => mail.replace(/(?<=[a-z])\r\n(?=[a-z])/g, ' \r\n'),
  'an mbox line above': mail => `From eve@evil.example Sat Nov 21 10:00:00 2026\r\n${mail}`,
  'words below': mail => `${mail}\r\nembargod acme\r\nhelp\r\n`,
  'names of fields in capitals': mail => mail.replace(/^content-type:/gim, 'CONTENT-TYPE :'),
  'fields folded': mail => mail.replace(/^(Content-Type: multipart\/\w+);/gim, '$1\r\n\t;'),
  'two Content-Types': mail => mail.replace(/^Content-Type:/m, 'Content-Type: text/plain\r\nContent-Type:'),
  'an encoding that lies': mail =>
    mail.replace(/^MIME-Version: 1\.0\r\n/m, 'Content-Transfer-Encoding: base64\r\n'),
  'one octet lost': (mail, dice) => {
    const at = dice.below(mail.length)
    return mail.slice(0, at) + mail.slice(at + 1)
  },
} satisfies Readonly<Record<string, (mail: string, dice: Dice) => string>>

export const LAYOUT_NAMES = Object.keys(LAYOUTS) as readonly (keyof typeof LAYOUTS)[]

export type Disguised = {
  readonly layout: keyof typeof LAYOUTS
  /** How it is dressed up. */
  readonly name: string
  readonly mail: Buffer
}

/** The finished mail; `harmless`: such that an honest content is still what it was. */
export function disguise(content: string, dice: Dice, harm: 'any' | 'harmless' = 'any'): Disguised {
  const claims = Array.from({ length: dice.below(4) }, () =>
    dice.pick(harm === 'harmless' ? CLAIMS : [...CLAIMS, OF_A_BOUNCE]),
  ).flat()
  const lines = [
    ...froms(dice).map(from => `From: ${from}`),
    ...recipients(dice),
    `Subject: ${dice.pick(SUBJECTS)}`,
    `Date: ${dice.pick(DATES)}`,
    ...(dice.oneIn(5) ? [] : [`Message-ID: <${dice.word()}${dice.word()}@evil.example>`]),
    ...claims,
    'MIME-Version: 1.0',
  ]
  const layout = dice.pick(harm === 'harmless' ? HARMLESS : LAYOUT_NAMES)
  const mail = `${lines.join('\r\n')}\r\n${content}`
  return {
    layout,
    name: `${layout}; ${lines.slice(0, 2).join('; ').slice(0, 80)}`,
    mail: octetsOf(LAYOUTS[layout](mail, dice)),
  }
}
