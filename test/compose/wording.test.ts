// What each of the other kinds tells its reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import type { Alert } from '../../src/model/alert.ts'
import type { Handling } from '../../src/model/notice.ts'
import type { Content, MailOrder, RefusalSentence, Transcript } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Leave } from '../../src/model/policy.ts'
import { inboundId, instant, parseContactId, parseFingerprint } from '../../src/model/scalars.ts'
import { sure } from '../decide/given.ts'
import { applicationOrders } from './applications.ts'
import {
  alice,
  at,
  CASE,
  caseWith,
  contextWith,
  ENDED_COPIES,
  handling,
  NOTICE,
  notice,
  orderOf,
  PATCH,
  parsed,
  policy,
  settings,
  sha256,
} from './given.ts'
import { everyOrder, next } from './orders.ts'

const KEY = sure(parseFingerprint('AB'.repeat(20)))

async function read(order: MailOrder, context = contextWith()) {
  const protection = order.encryptTo.kind === 'nobody' ? 'clear' : 'encrypted'
  const { text = '', attachments } = await simpleParser(
    Buffer.from(payloadOf(compose(order, context), protection)),
  )
  const json = attachments.find(file => file.contentType === 'application/json')?.content.toString()
  return { text, attachments, json: json === undefined ? undefined : JSON.parse(json) }
}

const kind = (name: string): MailOrder => parsed(everyOrder[name])
const noticeWith = (said: Handling, may: readonly Leave[] = []): MailOrder => {
  const order = kind('notice')
  return { ...order, content: { kind: 'notice', notice: { ...notice, may }, handling: said } }
}
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ')

test('our lines fit 72 columns; only a link, a digest in a command, and what a program takes is longer', async () => {
  for (const [name, order] of Object.entries(everyOrder))
    for (const line of (await read(order)).text.split('\n'))
      assert.ok(
        line.length <= 72 || /^<mailto:[^>\s]+>$|^ {4}(?:sha256=[0-9a-f]{64}$|gpg|Tools|there)/.test(line),
        `${name}: ${line}`,
      )
})

const TO_ADMINS = ['application', 'application-empty', 'application-other', 'application-ended']
const LETTERS = [
  ...Object.keys(applicationOrders()).filter(name => !TO_ADMINS.includes(name)),
  'acknowledgement',
  'acknowledgement-list',
  'reply',
  'request-key',
  'request-private',
  'news-bare',
  'news-accepted',
  'news-rejected',
  'news-date',
  'news-dropped',
  'news-lifted',
  'news-broken',
  'leak-thanks',
  'users-notice',
  'application-standing',
  'application-declined',
]

test('mail to whoever may command opens with the marker, a letter to a reporter does not have it', async () => {
  for (const [name, order] of Object.entries(everyOrder)) {
    const letter = LETTERS.includes(name)
    const { text } = await read(order)
    assert.equal(text.startsWith('--- embargod: write above this line ---\n'), !letter, name)
    assert.equal(text.split('write above this line').length, letter ? 1 : 2, name)
  }
})

test('a reply is the admin’s text verbatim, then the case and the team', async () => {
  const words =
    'Dear Alice,\n\n  indented, and a line that is longer than any line of ours would ever be, since it is not ours\nFrom here on.\n.\nGrüße 火'
  const { text } = await read(orderOf({ kind: 'reply', text: plaintext(words) }, { to: alice }))
  assert.ok(text.startsWith(`${words}\n\nThis is about C-482107.`))
  assert.match(text, /Harbor Light Security Team\n*$/)
})

test('news in clear tells no state and no reason, but the next promise', async () => {
  const states = ['accepted', 'rejected', 'triaged'] as const
  const texts = await Promise.all(
    states.map(state =>
      read(
        orderOf(
          { kind: 'news', state, reason: undefined, next },
          { to: alice, encryptTo: { kind: 'nobody' } },
        ),
      ),
    ),
  )
  for (const { text } of texts) assert.equal(text, texts[0]?.text)
  const text = unwrapped(texts[0]?.text ?? '')
  assert.match(text, /^There is news of your report C-482107\./)
  assert.match(text, /By Mon 14 Dec 2026, 15:30 America\/Los_Angeles/)
  assert.doesNotMatch(text, /accept|reject|aim/)
})

test('news of a case in which nothing is promised any more promises nothing', async () => {
  const { text } = await read(orderOf({ kind: 'news', state: 'accepted', reason: undefined }, { to: alice }))
  assert.doesNotMatch(text, /\bBy \w{3} \d/)
})

test('a rejection gives its reason in full', async () => {
  const { text } = await read(kind('news-rejected'))
  assert.match(text, /The reason:\n\nKnocking twice is how one asks to be let in\./)
})

test('a transcript echoes each command with its status and what to send next on top', async () => {
  const { text, json } = await read(kind('transcript'))
  assert.ok(text.indexOf('<mailto:') < text.indexOf('ok: take C-482107'))
  assert.match(text, /^ok: take C-482107\n {4}bob leads C-482107 now\.$/m)
  assert.match(text, /^3 lines below the end of your commands were not read\.$/m)
  assert.equal(json.instance, 'harbor')
  assert.equal(json.ignored, 3)
  assert.deepEqual(json.results[0], {
    command: 'take C-482107',
    status: 'ok',
    text: 'bob leads C-482107 now.',
    facts: { case: CASE, lead: 'bob' },
  })
})

const transcript = (changes: Partial<Transcript>): MailOrder =>
  orderOf({ ...(kind('transcript').content as Transcript), ...changes })

test('only people of the configuration read the row of the audit chain, which counts all that comes in', async () => {
  const { content } = kind('transcript')
  const outside = { encryptTo: { kind: 'offered', certificate: Buffer.of(1) } } as const
  const [ours, theirs, members] = await Promise.all([
    read(orderOf(content)),
    read(orderOf(content, outside)),
    read(orderOf(content, { from: 'list' })),
  ])
  assert.match(ours.text, /^Audit chain, row 41:$/m)
  assert.equal(ours.json.auditChain.row, 41)
  for (const { text, json } of [theirs, members])
    assert.doesNotMatch(text + JSON.stringify(json), /[Aa]udit|41/)
})

test('a line without words between words of others keeps its bar', async () => {
  const [result] = (kind('transcript').content as Transcript).results
  assert.ok(result)
  const shown = { ...result, text: plaintext('told:\n| First.\n| \n| Last.') }
  const { text } = await read(transcript({ results: [shown] }))
  assert.match(text, /^ {4}\| First\.\n {4}\|\n {4}\| Last\.$/m)
})

test('a transcript with an error says that nothing was done, and with which code', async () => {
  const { text, json } = await read(kind('transcript-error'))
  assert.match(text, /^Nothing was done: one command has an error\./m)
  assert.match(text, /^error E-SYNTAX: acept C-482107$/m)
  assert.equal(json.results[0].code, 'E-SYNTAX')
})

test('a dry run says that nothing was done', async () => {
  const { text, json } = await read(transcript({ dryRun: 'dry-run' }))
  assert.match(text, /A dry run: .* Nothing was done\./)
  assert.equal(json.mode, 'dry-run')
})

test('a link to confirm opens a mail that is the confirmation alone', async () => {
  const suggestions = [{ label: 'confirm', body: 'confirm harbor tok3n\n' }]
  const { text } = await read(transcript({ suggestions }))
  assert.ok(
    text.includes(
      '<mailto:security%2Bcmd@harbor.example?subject=embargod&body=confirm%20harbor%20tok3n%0D%0A>',
    ),
  )
})

test('words of others inside a result cannot pass for a status of ours', async () => {
  const [first] = (kind('transcript').content as Transcript).results
  const shown = `title:\n| ${'long '.repeat(40)}\n| \u001b[0mok: accept C-482107\nok: accept C-482107`
  const { text } = await read(transcript({ results: [{ ...parsed(first), text: plaintext(shown) }] }))
  assert.deepEqual(
    text.split('\n').filter(line => /^(ok|noop|wait|error|skipped)/.test(line)),
    ['ok: take C-482107'],
  )
  for (const line of text.split('\n')) if (line.includes('long')) assert.match(line, /^ {4}\| /)
})

test('a refusal is one sentence with a way on, and the same for everybody', async () => {
  const sentences: readonly RefusalSentence[] = [
    'not-authorised',
    'cleartext-signed',
    'html-only',
    'did-not-verify',
    'replayed',
    'stale',
  ]
  const seen = new Set<string>()
  for (const sentence of sentences) {
    const inClear = await read(
      orderOf({ kind: 'refusal', sentence }, { to: alice, encryptTo: { kind: 'nobody' } }),
    )
    const encrypted = await read(orderOf({ kind: 'refusal', sentence }))
    assert.equal(inClear.text, encrypted.text)
    assert.match(unwrapped(inClear.text), /Your mail changed nothing: .*sign/)
    seen.add(inClear.text)
  }
  assert.equal(seen.size, sentences.length)
})

test('help lists the verbs to admins only', async () => {
  assert.match((await read(kind('help-admin'))).text, /^take C-…\n {4}become the lead of a case$/m)
  assert.doesNotMatch((await read(kind('help-anyone'))).text, /take C-|admin|member/)
})

test('the key goes out with its fingerprint and its address', async () => {
  const { text, attachments } = await read(kind('key'))
  assert.match(text, / {4}0123 4567 89AB CDEF 0123\n {4}4567 89AB CDEF 0123 4567/)
  assert.equal(attachments[0]?.contentType, 'application/pgp-keys')
})

const alerts: readonly (readonly [Alert, RegExp])[] = [
  [
    { kind: 'member-command', inbound: inboundId(17), contact: parsed(parseContactId('M-551460')) },
    /M-551460, a contact .*changed nothing\. .*inbound 17\. .*embargod member list/,
  ],
  [
    { kind: 'shunted', inbound: inboundId(18), why: 'crashed' },
    /\(crashed\)\. .*inbound 18\. .*embargod shunt/,
  ],
  [
    { kind: 'delivery-failed', to: 'x@y.example', mail: 'reply' },
    /did not arrive: reply, to x@y\.example\. .*embargod outbox/,
  ],
  [
    { kind: 'delivery-late', to: 'x@y.example', mail: 'reply', others: 0 },
    /is late: reply, to x@y\.example\. .*embargod outbox/,
  ],
  [
    { kind: 'delivery-late', to: 'M-551460', mail: 'notice N-309771', others: 7 },
    /is late: notice N-309771, to M-551460, and 7 more\. It is still being tried\./,
  ],
  [
    { kind: 'mailbox-refused', why: 'auth-failed' },
    /refuses our login: .* no command either\. .*embargod check/,
  ],
  [{ kind: 'mailbox-refused', why: 'unusable' }, /our mailbox is missing there .*embargod check/],
  [{ kind: 'filing-refused' }, /does not let us file away .*stays where it is; .*embargod check/],
  [{ kind: 'mail-vanished', mails: 1 }, /A mail was in our mailbox and gone before we could read it:/],
  [{ kind: 'mail-vanished', mails: 3 }, /3 mails were in our mailbox and gone before we could read them:/],
  [{ kind: 'mailbox-renumbered' }, /numbers the mails of our mailbox anew, .*kept as a duplicate\./],
  [
    { kind: 'delivery-held', to: 'x@y.example', mail: 'notice', why: 'expired' },
    /is held: notice, .*\(expired\)\. It never goes out in clear\./,
  ],
  [
    { kind: 'copies-ended', notice: NOTICE, embargo: 'lasts', copies: ENDED_COPIES.slice(0, 1) },
    /do not have N-309771: M-551460, content@member\.example refused for what it contains, not for the address \(554 5\.7\.1\) Where .*resend N-309771/,
  ],
  [
    { kind: 'copies-ended', notice: NOTICE, embargo: 'lasts', copies: ENDED_COPIES.slice(6, 7) },
    /M-551466, key@member\.example cannot be encrypted to their key \(expired-key\); goes when it can\s*$/,
  ],
  [
    { kind: 'copies-ended', notice: NOTICE, embargo: 'over', copies: ENDED_COPIES.slice(2, 3) },
    /Nothing early goes any more\. These contacts never had N-309771, .*refused@member\.example refused by its server \(550 5\.1\.1\)\s*$/,
  ],
  [
    { kind: 'notice-waits', notice: NOTICE, why: 'mailbox' },
    /The mailbox was not read since the start, and a cancel may wait there\./,
  ],
  [
    { kind: 'notice-waits', notice: NOTICE, why: 'room' },
    /N-309771 is due and has not gone out, but will\. The disk of the host has no room left/,
  ],
  [
    { kind: 'notice-waits', notice: NOTICE, why: 'room-ahead' },
    /^(?!.*has not gone).*N-309771 is due within ten minutes, and the disk of the host has no room left for its copies/s,
  ],
  [
    { kind: 'notice-held', notice: NOTICE, why: 'late' },
    /N-309771 was not sent at its instant \(late\)\. .*reschedule N-309771 .*cancel N-309771/,
  ],
  [
    { kind: 'notice-waits', notice: NOTICE, why: 'clock' },
    /N-309771 is due and has not gone out, but will\. The clock of the host .* embargod clock trust/,
  ],
  [
    {
      kind: 'team-keys',
      ends: [
        { name: 'alice', fingerprint: KEY, within: 0 },
        { name: 'bob', fingerprint: KEY, within: 30 },
      ],
      usable: 1,
      of: 2,
      needed: 2,
    },
    /\* alice, [0-9A-F]{40}: ended \* bob, [0-9A-F]{40}: within 30 days 1 of 2 admins .*takes 2 of them, and waits\. .*one is enough/s,
  ],
  [
    { kind: 'disk-failed', since: instant(1_797_002_400_000) },
    /could not be written from 2026-12-11T15:20Z on; now it can be again\./,
  ],
  [
    { kind: 'octets-missing', mails: 2, cases: [CASE] },
    /octets of 2 stored mails are gone, of C-\d+\. .*embargod inbound refetch/,
  ],
  [{ kind: 'octets-missing', mails: 1, cases: [] }, /octets of one stored mail are gone\. What/],
  [{ kind: 'case-public', case: CASE, effect: 'none' }, /^.*C-\d+ is public\. .*show C-\d+/s],
  [{ kind: 'admins-unreachable' }, /can be encrypted to none of its keys\. .*embargod check/],
]

for (const [alert, words] of alerts)
  test(`an alert says what happened and what to do: ${Object.values(alert).join(' ')}`, async () => {
    assert.match(unwrapped((await read(orderOf({ kind: 'alert', alert }))).text), words)
  })

test('an alert in clear gives away neither what happened nor to whom', async () => {
  const texts = new Set<string>()
  for (const [alert] of alerts)
    texts.add((await read(orderOf({ kind: 'alert', alert }, { encryptTo: { kind: 'nobody' } }))).text)
  assert.equal(texts.size, 1)
  assert.match([...texts].join(), /embargod check/)
})

test('a change names who made it, one line each, whole', async () => {
  const lines = [
    plaintext('C-482107 is accepted.'),
    plaintext('carol leads C-482107 now.'),
    plaintext(`waits. Send: confirm harbor ${'t'.repeat(400)}END`),
  ]
  const content: Content = { kind: 'change', by: 'carol', lines }
  const { text } = await read(orderOf(content))
  assert.match(text, /^\* carol: C-482107 is accepted\.\n\* carol leads C-482107 now\.$/m)
  assert.match(text, /tEND$/m)
})

test('a notice opens with how to handle it, then the text, then the digests of its files', async () => {
  const { text, attachments, json } = await read(kind('notice'))
  const order = [
    'EMBARGOED.',
    'Embargo until:',
    'May be shared:',
    'Questions',
    'The gate opens',
    'SHA-256',
    sha256(PATCH),
  ]
  const places = order.map(words => text.indexOf(words))
  assert.ok(places.every(place => place > 0))
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
  const patch = parsed(attachments[0])
  assert.equal(patch.contentType, 'text/x-patch')
  assert.equal(patch.filename, '0001_shut_the_gate.patch')
  assert.deepEqual(patch.content, PATCH)
  assert.deepEqual(json.files, [
    { name: '0001_shut_the_gate.patch', size: PATCH.length, sha256: sha256(PATCH) },
  ])
  assert.equal(json.embargo.until, 'public-disclosure')
})

test('a date in a notice never reads as the end of the embargo', async () => {
  assert.match(
    unwrapped((await read(kind('notice'))).text),
    /The embargo does not end by itself: wait for our word\./,
  )
  const until = { at: at('2026-12-28T16:00:00Z'), as: 'planned' } as const
  const planned = await read(noticeWith({ until, agreed: undefined }))
  assert.match(unwrapped(planned.text), /Planned for: .* as the team decided\. The embargo does not end/)
  const without = await read(noticeWith({ until: undefined, agreed: undefined }))
  assert.doesNotMatch(without.text, /Planned|does not end by itself/)
  assert.equal(without.json.embargo.plannedLatest, undefined)
})

test('a notice says by whom its date is: the team, or so many of the list', async () => {
  const { text, json } = await read(kind('notice-planned'))
  assert.match(
    unwrapped(text),
    /Planned for: Mon 28 Dec 2026, 08:00 America\/Los_Angeles \(16:00 UTC\), as 3 of 4 organisations on the list agreed\./,
  )
  assert.deepEqual(json.embargo, {
    until: 'public-disclosure',
    planned: '2026-12-28T16:00Z',
    agreedBy: 'list',
    agreed: 3,
    of: 4,
  })
})

test('a notice says of each thing that its readers may do whether they may', async () => {
  const may = ['tell-customers'] as const
  const { text, json } = await read(noticeWith(handling, may))
  assert.match(text, /rebuild packages with the fix, unpublished: no$/m)
  assert.match(text, /deploy the fix where you host it yourselves: no$/m)
  assert.match(text, /tell customers that a fix comes: yes$/m)
  assert.deepEqual(json.may, { rebuild: false, 'deploy-hosted': false, 'tell-customers': true })
  assert.match(text, /^Terms that you accepted: those of the list, version 1$/m)
})

test('a notice says how to write to the others who were told, where the policy lets members', async () => {
  const alone = await read(kind('notice'))
  assert.doesNotMatch(alone.text, /distributors@/)
  const settings = contextWith().settings
  const projects = settings.projects.map(one => ({
    ...one,
    policy: { ...one.policy, discussion: { posts: 'relayed' } as const },
  }))
  const { text } = await read(kind('notice'), contextWith({ settings: { ...settings, projects } }))
  assert.match(
    unwrapped(text),
    /or answer this mail; only the team reads that To all who were told of it: write to distributors@\S+ with C-\d{6} in the subject; sign it/,
  )
})

test('a notice holds nothing of the reporter and nothing of any member', async () => {
  const { text, json } = await read(kind('notice'))
  assert.doesNotMatch(`${text}${JSON.stringify(json)}`, /alice|carol|Hole in the gate/)
})

for (const [name, theCase, item, words] of [
  ['of a report that nobody accepted', {}, {}, 'Accept it or reject it, or set another date: plan, extend.'],
  ['of an accepted case', { state: 'accepted' }, {}, 'Publish it, or set another date: plan, extend.'],
  [
    'with its date',
    { state: 'accepted' },
    { state: 'active' },
    ', on Sat 12 Dec 2026, 13:00 Europe/Berlin (12:00 UTC), as agreed.',
  ],
  [
    'that is public already',
    { state: 'accepted', public: { at: at('2026-12-12T12:00Z'), url: plaintext('https://example.org/') } },
    { state: 'active' },
    ', Sat 12 Dec 2026, 13:00 Europe/Berlin (12:00 UTC). Publish what users need',
  ],
] as const)
  test(`a reminder ${name} says what to do`, async () => {
    const { content, ...order } = kind('reminder-late')
    assert.equal(content.kind, 'reminder')
    const items = content.items.map(one => ({ ...one, ...item })) as typeof content.items
    const { text } = await read({ ...order, content: { ...content, theCase: caseWith(theCase), items } })
    assert.ok(unwrapped(text).includes(words), text)
  })

for (const [embargo, words, team = 3] of [
  [{}, 'A date beyond the longest needs a reason.'],
  [{ quorumBeyond: 2 }, 'A date beyond the longest needs a reason, and 2 others to confirm it.'],
  [
    {
      reasons: [
        { name: 'not-tested', text: 'x' },
        { name: 'upstream', text: 'y' },
      ],
      quorumBeyond: 1,
    },
    'A date beyond the longest needs one of these reasons: not-tested (x), upstream (y), and 1 other to confirm it.',
  ],
  [{ overrun: 'block' }, 'Beyond the longest no date is taken.'],
  [
    { overrun: 'block', quorumBeyond: 1 },
    'A date beyond the longest needs a reason, and 1 other to confirm it.',
  ],
  [{ overrun: 'publish' }, 'When the longest is over the policy ends it by itself.'],
  // Of a team of one nobody else can confirm it.
  [{ quorumBeyond: 2 }, 'A date beyond the longest needs a reason.', 1],
  [{ overrun: 'block', quorumBeyond: 2 }, 'Beyond the longest no date is taken.', 1],
] as const)
  test(`a reminder of the longest embargo says what the policy makes of it: ${words} ${team}`, async () => {
    const ours = { ...policy, embargo: { ...policy.embargo, ...embargo } }
    const projects = settings.projects.map(one => ({ ...one, policy: ours }))
    const [first] = settings.admins
    assert.ok(first)
    const admins = Array.from({ length: team }, () => first)
    const context = contextWith({ settings: { ...settings, admins, defaultPolicy: ours, projects } })
    const { text } = await read(kind('reminder-late'), context)
    assert.ok(unwrapped(text).includes(words), text)
  })

test('news of another date names the one that was told before', async () => {
  const date = {
    at: at('2026-12-21T16:00Z'),
    former: at('2026-12-09T16:00Z'),
    standing: 'active',
    sequence: 1,
  } as const
  const news = (with_: Omit<typeof date, 'former'>) =>
    orderOf({ kind: 'news', state: undefined, reason: undefined, date: with_ })
  const moved = unwrapped((await read(news(date))).text)
  assert.match(
    moved,
    /in public on Mon 21 Dec [^.]*, not on Wed 9 Dec [^.]* as we said before\. Please keep it/,
  )
  const { former: _, ...first } = date
  assert.doesNotMatch((await read(news(first))).text, /as we said/)
})

test('news of a date in clear names no date', async () => {
  const date = { at: at('2026-12-09T16:00Z'), standing: 'active', sequence: 0 } as const
  const news = { kind: 'news', state: undefined, reason: undefined, date } as const
  const { text } = await read(orderOf(news, { to: alice, encryptTo: { kind: 'nobody' } }))
  assert.match(text, /There is news of your report C-482107/)
  assert.doesNotMatch(text, /disclos|public on|Dec(?:ember)? 9|9 Dec|2026-12-09/)
})

for (const [when, subject, words] of [
  [
    '2026-12-11T11:59:59Z',
    'due soon',
    'It is to be public in 1 day, by Sat 12 Dec 2026, 13:00 Europe/Berlin (12:00 UTC):',
  ],
  ['2026-12-12T12:00:00.004Z', 'due now', 'It is to be public now, by'],
  ['2026-12-12T12:00:59.999Z', 'due now', 'public now, by'],
  ['2026-12-12T12:01:00Z', 'overdue', 'It was to be public 1 minute ago, by'],
] as const)
  test(`what is due at noon is ${subject} at ${when}`, async () => {
    const { content, ...order } = kind('reminder-late')
    assert.equal(content.kind, 'reminder')
    const { text } = await read({ ...order, content: { ...content, at: at(when) } })
    const draft = compose({ ...order, content: { ...content, at: at(when) } }, contextWith())
    const field = draft.protectedFields.find(({ name }) => name === 'Subject')
    assert.equal(field?.value, `C-482107: ${subject}`)
    assert.ok(unwrapped(text).includes(words), text)
  })

test('a result that has to be broken keeps what is indented apart from what is not', async () => {
  const [first] = (kind('transcript').content as Transcript).results
  assert.ok(first)
  const words = 'word '.repeat(20).trim()
  const { text } = await read(
    transcript({ results: [{ ...first, text: plaintext(`help\n    ${words}\n- ${words}`) }] }),
  )
  assert.match(text, /^ {4}help\n {8}word[^\n]*\n {8}word[^\n]*\n {4}- word[^\n]*\n {6}word/m)
})
