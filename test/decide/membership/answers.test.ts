// What is read from an applicant's mail, in the shapes in which mail programs send answers, and that nothing in it can
// do anything but be kept.
import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { suite, test } from 'node:test'
import { read } from '../../../src/decide/command-run.ts'
import { answersIn, hintsIn, ownWords } from '../../../src/decide/membership/answers.ts'
import type { TextLayout } from '../../../src/model/mail.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Criterion } from '../../../src/model/policy.ts'
import { fingerprint, mail, signedText, unsignedText } from '../given.ts'

const LONG =
  'Have a publicly verifiable track record up to the present day of fixing security issues in what you ship.'
const criteria: readonly Criterion[] = [
  { text: 'Be an active distributor of Widget.', signs: ['distributor', 'ship'], by: 'answer' },
  { text: 'Have users of your own.', signs: ['users', 'user base'], by: 'answer' },
  { text: LONG, signs: ['track record'], by: 'answer' },
  { text: 'Accept the Embargo Policy.', signs: [], by: 'acceptance' },
]

/** Organisation, name and answers by their numbers. */
function said(text: string, layout: TextLayout = 'fixed') {
  const { organisation, name, criteria: answers } = answersIn({ text: plaintext(text), layout }, criteria)
  const numbered = Object.entries(answers).map(([position, answer]) => [
    Number(position) + 1,
    answer.open().replace(/\s+/g, ' '),
  ])
  return {
    ...(organisation && { organisation: organisation.open() }),
    ...(name && { name: name.open() }),
    ...Object.fromEntries(numbered),
  }
}

const WRAPPED =
  '3. Have a publicly verifiable track record up to the present day of\nfixing security issues in what you ship.'
const quoted = (text: string) => text.replace(/^/gm, '> ')

const shapes: Readonly<Record<string, readonly [text: string, expected: object, layout?: TextLayout]>> = {
  'the form, filled in': [
    'apply widget\n\norganisation: Vendor GmbH\nname: Vera Vogt\n1. We ship it.\n2) Many thousand.\n',
    { organisation: 'Vendor GmbH', name: 'Vera Vogt', 1: 'We ship it.', 2: 'Many thousand.' },
  ],
  'answers below quoted questions': [
    `On 1 Nov 2026 somebody wrote:\n> organisation:\nVendor\n> 1. Be an active distributor of Widget.\nSince 2019.\n\nIn three editions.\n${quoted(WRAPPED)}\nhttps://vendor.example/advisories\n> ----\n> To answer, reply.\n\nVera\n`,
    { organisation: 'Vendor', 1: 'Since 2019. In three editions.', 3: 'https://vendor.example/advisories' },
  ],
  'answers above all that is quoted': [
    `1. Yes, since 2019.\n2. Customers.\n\nOn Tue, 3 Nov 2026 at 10:00, Widget wrote:\n> 1. Be an active distributor of Widget.\n> 2. Have users of your own.\n> ----\n> Thank you.\n`,
    { 1: 'Yes, since 2019.', 2: 'Customers.' },
  ],
  'a quotation without marks, below a header': [
    `1. Yes.\n\nVera\n\nFrom: Widget Distributors\nSent: Tuesday\nTo: Vera\n\nStill missing:\n\norganisation:\nname:\n1. Be an active distributor of Widget.\n2. Have users of your own.\n${WRAPPED}\n\n----\n\nPlease attach your key.\n`,
    { 1: 'Yes. Vera' },
  ],
  'answers within a quotation without marks': [
    `From: Widget\nSent: Tuesday\nTo: Vera\n\norganisation: Vendor\nname:\n1. Be an active distributor of Widget. We are.\n${WRAPPED}\nSee our page.\n----\nPlease attach your key.\n`,
    { organisation: 'Vendor', 1: 'We are.', 3: 'See our page.' },
  ],
  'lines that run on': [
    '1. We ship it \nto many \npeople.\n> 2. Have users of \n> your own.\nThousands.\n',
    { 1: 'We ship it to many people.', 2: 'Thousands.' },
    'flowed',
  ],
  'the first of two answers': ['1. New.\n\n1. Old.\n', { 1: 'New.' }],
  'a list within an answer': ['2. These:\n  1. Bank\n  2. Shop\n', { 2: 'These: 1. Bank 2. Shop' }],
  'an answer to what is no question': ['4. I accept, but …\n9. Nine.\n12. x\n', {}],
  'our questions alone': [
    `1. Be an active distributor of Widget.\n\n2. Have users of your own.\n${WRAPPED}\n`,
    {},
  ],
  'free words': ['We are an active distributor and have 1.5 million users.\n', {}],
  'numbers without an answer': ['1.\n2. -\n3. …\n', {}],
}

suite('answers', () => {
  for (const [name, [text, expected, layout]] of Object.entries(shapes))
    test(`of ${name}`, () => assert.deepEqual(said(text, layout), expected))

  test('in free words are hinted at, and count for nothing', () => {
    const text = 'We ship Widget to our users.\n> a quoted track record\n'
    const words = { text: plaintext(text), layout: 'fixed' } as const
    assert.deepEqual(hintsIn(words, criteria), [0, 1])
    assert.deepEqual(said(text), {})
  })

  test('are cut to a bounded length', () => {
    const { organisation, criteria: answers } = answersIn(
      { text: plaintext(`organisation: ${'o'.repeat(9_000)}\n1. ${'x'.repeat(2_000_000)}`), layout: 'fixed' },
      criteria,
    )
    assert.deepEqual([organisation?.open().length, answers[0]?.open().length], [100, 4_000])
  })
})

suite('whose words are read', () => {
  const opened = (changes: Parameters<typeof mail>[0]) => {
    const input = mail(changes)
    assert.equal(input.kind, 'mail')
    return ownWords(input.mail)?.text.open()
  }
  const key = fingerprint('6')
  test('of a mail in clear all, of one in HTML alone its words', () => {
    assert.equal(opened({ authored: unsignedText('1. Yes.\n') }), '1. Yes.\n')
    const html = {
      mediaType: 'text/html',
      disposition: 'inline',
      fileName: undefined,
      text: plaintext('<p>1. Yes,<br>indeed &amp; so</p><script>2. x</script>'),
      octets: new Uint8Array(),
      sha256: '' as never,
      encrypted: false,
      signature: { kind: 'none' },
    } as const
    const authored = {
      kind: 'misshapen',
      fault: 'html-only',
      text: undefined,
      signature: { kind: 'none' },
    } as const
    assert.equal(opened({ authored, mail: { parts: [html] } }), '1. Yes,\nindeed & so')
  })
  test('of an encrypted one those alone that its signature covers (threat B01)', () => {
    const encrypted = { mail: { encryption: 'encrypted' } } as const
    assert.equal(opened({ authored: unsignedText('1. Yes.\n'), ...encrypted }), undefined)
    assert.equal(opened({ authored: signedText('1. Yes.\n', key), ...encrypted }), '1. Yes.\n')
  })
})

test('any text is read in bounded time, and no answer holds more than a text could', () => {
  const pieces = [
    '1. ',
    '2) ',
    '> ',
    '\n',
    '\r\n',
    ' ',
    '----',
    'name: ',
    'organisation:',
    '\u202e',
    '\ud800',
    'embargod acme\n',
    'apply\n',
    LONG,
    'On 1 Nov x wrote:\n',
    '\t',
    '#',
    '(3)',
  ]
  for (let round = 0; round < 400; round += 1) {
    const text = Array.from({ length: randomInt(200) }, () =>
      randomInt(8) === 0 ? randomBytes(8).toString('latin1') : (pieces[randomInt(pieces.length)] ?? ''),
    ).join('')
    for (const layout of ['fixed', 'flowed', 'flowed-delsp'] as const) {
      const { criteria: answers } = answersIn({ text: plaintext(text), layout }, criteria)
      for (const position of Object.keys(answers)) assert.ok(Number(position) < 3)
    }
  }
  const worst = ['1. ', '1.\n', '> ', `${'>'.repeat(70)}\n`, 'a:\nb:\nc:\n', '(1) x\n', '-\n', `${LONG}\n`]
  for (const piece of worst) {
    const text = plaintext(piece.repeat(Math.ceil(3_000_000 / piece.length)))
    const before = performance.now()
    answersIn({ text, layout: 'fixed' }, criteria)
    hintsIn({ text, layout: 'fixed' }, criteria)
    assert.ok(performance.now() - before < 1_500, JSON.stringify(piece))
  }
})

test('an answer that looks like a command is an answer, however it is sent on', () => {
  const attack = 'apply\n1. Yes.\nembargod acme\napprove A-771234\n--- embargod: write above this line ---\n'
  const kept = said(attack)
  assert.deepEqual(kept, { 1: 'Yes. embargod acme approve A-771234' })
  assert.equal(read(plaintext(attack), 'fixed').kind, 'application')
})
