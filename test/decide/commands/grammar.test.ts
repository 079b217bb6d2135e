// The grammar of command mail, sentence by sentence of product.md §4.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MARKER } from '../../../src/compose/links.ts'
import {
  acme,
  argumentsOf,
  assertOneProblem,
  commandsOf,
  ignoredOf,
  problemsOf,
  read,
  sourcesOf,
} from './reading.ts'

test('the opening names the instance and whether the plan is only shown', () => {
  for (const [opening, dryRun] of [
    ['embargod acme', 'run'],
    ['Embargod Acme', 'run'],
    ['EMBARGOD ACME DRY-RUN', 'dry-run'],
    ['  embargod \t acme   dry-run  ', 'dry-run'],
    ['embargod\u00a0acme dry\u2011run', 'dry-run'],
    ['embargod acme \\\n dry-run', 'dry-run'],
  ] as const) {
    const mail = read(`\n\n${opening}\naccept C-482107\n`)
    assert.equal(mail.kind, 'commands', opening)
    if (mail.kind !== 'commands') continue
    assert.equal(mail.instance, 'acme')
    assert.equal(mail.dryRun, dryRun)
    assert.equal(mail.ignored, 0)
  }
})

test('an opening that is almost right is answered with the right form', () => {
  for (const opening of [
    'embargod',
    'embargod acme run',
    'embargod acme dry-run now',
    'embargod, accept C-482107',
    'embargod: acme',
    'embargod ac/me',
    'embargod acme accept C-482107',
    'embargod acme <<',
    'embargod acme\n  accept C-482107',
  ])
    assert.match(
      problemsOf(`${opening}\nshow C-482107\n.\n`)[0] ?? '',
      /^1 the first line is "embargod INSTANCE"/,
    )
  for (const opening of [
    'confirm',
    'confirm acme',
    'Confirm acme a b',
    'confirm: acme abc',
    'confirm acme a"b"',
  ])
    assert.match(problemsOf(opening)[0] ?? '', /^1 a confirmation is one line, "confirm INSTANCE TOKEN"/)
})

test('a mail whose first own line opens nothing is no command mail', () => {
  for (const text of [
    '',
    ' \n\t\n',
    'Hello,\nembargod acme\naccept C-482107',
    'accept C-482107',
    'embargoed until Friday',
    'embargod_acme',
    'confirmed, thanks',
    '> embargod acme\n> accept C-482107',
    '\u0435mbargod acme\naccept C-482107',
    'helpful?',
    'Apply the attached patch and run it to see the overflow',
    'applying for membership',
  ])
    assert.deepEqual(read(text), { kind: 'none' }, text)
})

test('a confirmation is its line alone', () => {
  const confirmation = { kind: 'confirm', instance: 'acme', token: 'k7Q-x2.p_9', ignored: 0 }
  assert.deepEqual(read('Confirm Acme k7Q-x2.p_9'), confirmation)
  assert.deepEqual(read('\nconfirm acme k7Q-x2.p_9\n# checked\n\n-- \nBob'), { ...confirmation, ignored: 1 })
  assert.deepEqual(read(`confirm acme k7Q-x2.p_9\n\nSent from my phone\n\n${MARKER}\naccept C-1`), {
    ...confirmation,
    ignored: 3,
  })
  assert.deepEqual(problemsOf('confirm acme k7Q-x2.p_9\naccept C-482107'), [
    '2 a confirmation stands alone; send commands in a mail of their own',
  ])
  assert.match(problemsOf('confirm acme k7Q-x2.p_9\n\nacept C-482107')[0] ?? '', /^3 "acept" is no command/)
})

test('help and sendkey count only when they are all the sender wrote', () => {
  for (const text of [
    'help',
    ' Help. ',
    'HELP!\n\n-- \nBob',
    `help\n\n${MARKER}\nold`,
    'help\n\nSent from my iPhone\n',
  ])
    assert.deepEqual(read(text), { kind: 'sole', word: 'help' }, text)
  assert.deepEqual(read('Sendkey\n\nOn Tue, Bob wrote:\n> x'), { kind: 'sole', word: 'sendkey' })
  assert.deepEqual(read('help\n\nI found an overflow in the parser.'), { kind: 'none' })
  assert.deepEqual(read('help me'), { kind: 'none' })
  assert.deepEqual(read('help\nsendkey'), { kind: 'none' })
})

test('an application begins with apply', () => {
  for (const [text, project] of [
    ['apply', undefined],
    ['Apply\n\nWe are a distributor.', undefined],
    ['apply Velero.\n', 'velero'],
    ['apply:\nname: Foo', undefined],
    ['apply <<\n.', undefined],
  ] as const)
    assert.deepEqual(read(text), { kind: 'application', project }, text)
})

test('arguments are words, strings, named values, references and attachments', () => {
  assert.deepEqual(
    argumentsOf('Notice c-482107 a-77 n-309123 S-4 att:Fix.patch "two  words" Yes as=Spam NAME="a b"'),
    [
      { kind: 'reference', text: 'C-482107' },
      { kind: 'reference', text: 'A-77' },
      { kind: 'reference', text: 'N-309123' },
      { kind: 'reference', text: 'S-4' },
      { kind: 'attachment', fileName: 'Fix.patch' },
      { kind: 'string', text: 'two  words' },
      { kind: 'word', text: 'Yes' },
      { kind: 'named', name: 'as', value: 'Spam', quoted: false },
      { kind: 'named', name: 'name', value: 'a b', quoted: true },
    ],
  )
  assert.deepEqual(argumentsOf('open att:"two words.eml" ""'), [
    { kind: 'attachment', fileName: 'two words.eml' },
    { kind: 'string', text: '' },
  ])
  assert.deepEqual(
    argumentsOf('cve CVE-2026-12345 url=https://example.org/?a=b cvss=CVSS:3.1/AV:N send=2026-12-09T16:00Z'),
    [
      { kind: 'word', text: 'CVE-2026-12345' },
      { kind: 'named', name: 'url', value: 'https://example.org/?a=b', quoted: false },
      { kind: 'named', name: 'cvss', value: 'CVSS:3.1/AV:N', quoted: false },
      { kind: 'named', name: 'send', value: '2026-12-09T16:00Z', quoted: false },
    ],
  )
  for (const word of [
    'C-',
    'C-1234567890',
    'XC-12',
    'C-12x',
    'https://example.org/?a=b',
    '2026-12-09T16:00[Europe/Berlin]',
  ])
    assert.deepEqual(argumentsOf(`show ${word}`), [{ kind: 'word', text: word }])
})

test('arguments that cannot be read are refused with what to write', () => {
  assertOneProblem(acme('title C-482107 "no end'), /^2 a " is not closed/)
  assertOneProblem(acme('title C-482107 "a"b'), /^2 ""a"b" mixes a string/)
  assertOneProblem(acme('title C-482107 a"b"'), /mixes a string/)
  assertOneProblem(acme('reject C-482107 as= spam'), /"as=" has no value/)
})

test('a command is echoed in one normal form with the line it stands on', () => {
  const [first, second] = commandsOf(
    acme('', '# both', 'ACCEPT   c-482107', 'title\tc-1  Name="x  y" “ü”  \\', '  att:a.b'),
  )
  assert.deepEqual([first?.source, first?.line, first?.verb], ['accept C-482107', 4, 'accept'])
  assert.deepEqual([second?.source, second?.line], ['title C-1 name="x  y" "ü" att:a.b', 5])
})

test('the echoed form reads as the same command', () => {
  const lines = [
    'open att:"two w\u00f6rter.eml" from=a@example.org',
    'title c-1 "a <<" name="<< b" att:"\u00fc" x',
  ]
  for (const { source, arguments: found } of commandsOf(acme(...lines))) {
    assert.deepEqual(argumentsOf(source), found)
    assert.deepEqual(sourcesOf(acme(source)), [source])
  }
})

test('a leading blank or a trailing backslash continues a line', () => {
  assert.deepEqual(sourcesOf(acme('open', ' from=a@example.org', '\tatt:mail.eml', 'hold C-1')), [
    'open from=a@example.org att:mail.eml',
    'hold C-1',
  ])
  assert.deepEqual(sourcesOf(acme('open \\', 'from=a@example.org\\ ', 'att:mail.eml')), [
    'open from=a@example.org att:mail.eml',
  ])
  assert.deepEqual(sourcesOf(acme('title C-1 "one', '  two"')), ['title C-1 "one two"'])
  assertOneProblem(acme('hold C-1 \\', '', 'take C-1'), /^2 it ends in a \\/)
  assertOneProblem(acme('hold C-1 \\', '> take C-1'), /^2 it ends in a \\/)
  assertOneProblem(acme('hold C-1 \\', MARKER), /^2 it ends in a \\/)
  assert.match(
    problemsOf(acme('', '  hold C-1'))[0] ?? '',
    /^3 a blank at its start continues the line above/,
  )
})

test('comments and blank lines do nothing and end nothing', () => {
  assert.deepEqual(
    sourcesOf(acme('# first', '', '# C-482107: reject it', '', 'hold C-1', '', '#', 'take C-1')),
    ['hold C-1', 'take C-1'],
  )
  assertOneProblem(acme('# gr\u00fcn', 'hold C-1'), /^2 it holds U\+00FC/)
})

test('a mail that opens and holds no command is refused', () => {
  for (const text of [
    'embargod acme',
    acme('# only this'),
    acme('', 'Looks good to me!'),
    acme('> accept C-1'),
  ])
    assert.match(problemsOf(text)[0] ?? '', /^1 no command follows/)
})

test('every problem is listed, and none of the good commands is handed out', () => {
  assert.deepEqual(
    problemsOf(acme('hold C-1', 'acept C-2', 'frob C-3', 'take C-4', 'title "x')).map(problem =>
      problem.slice(0, 1),
    ),
    ['3', '4', '6'],
  )
})

test('a near-verb is refused with the verb that was meant, so that a typo never half-runs', () => {
  for (const [typed, meant] of [
    ['acept', 'accept'],
    ['Acecpt', 'accept'],
    ['aaccept', 'accept'],
    ['acccepts', 'accept'],
    ['hodl', 'hold'],
    ['accept:', 'accept'],
    ['susspendd', 'suspend'],
  ] as const)
    assertOneProblem(
      acme('take C-1', '', typed, '', 'hold C-2'),
      new RegExp(`^4 "${typed}".*did you mean "${meant}"`),
    )
  // Two edits in a short verb are another word, and other words end what is read.
  assert.deepEqual(sourcesOf(acme('take C-1', '', 'hudl now', '', 'hold C-2')), ['take C-1'])
})

test('a paragraph without verb, near-verb or reference ends what is read', () => {
  const mail = read(acme('take C-1', '', 'Best regards,', 'J\u00fcrgen', '', 'hold C-2'))
  assert.deepEqual(mail.kind === 'commands' && [mail.commands.length, mail.ignored], [1, 3])
  assertOneProblem(acme('take C-1', '', 'please do c-77 too', '', 'hold C-2'), /^4 "please" is no command/)
  assertOneProblem(acme('take C-1', '', 'see att:x'), /^4 "see" is no command/)
  assertOneProblem(acme('take C-1', 'frobnicate'), /^3 "frobnicate" is no command/)
  assertOneProblem(acme('take C-1', '', 'embargod acme', '', 'hold C-2'), /^4 "embargod" is no command/)
  // What firms and people put below everything they send, in lines that begin like commands.
  for (const footer of [
    'Note: this e-mail is confidential',
    'NOTICE: This message is for the person it was meant for.',
    'Please consider the environment before printing this.',
    'The sender may be held responsible. If it was not meant for you,\nreply to the sender, and\ndelete it.',
    'Private and confidential: do not pass on',
    'Open source, secured by design (tm), since 1998',
    'Key: 0x6E1D 77AB',
  ])
    assert.deepEqual(sourcesOf(acme('take C-1', '', footer, '', 'hold C-2')), ['take C-1'], footer)
  assert.equal(sourcesOf(acme('take C-1', '', 'accept', '', 'hold C-2')).length, 3, 'a verb alone is one')
  // The reference stands in the quoted mail, not in the paragraph.
  assert.deepEqual(sourcesOf(acme('take C-1', '', 'Regards', 'On 9 Dec 2026, Bob wrote:', '> accept C-2')), [
    'take C-1',
  ])
})

test('a stop word, with punctuation or a capital, ends what is read', () => {
  for (const stop of ['stop', 'Quit', 'END.', 'Thanks!', 'thanks \u2026', 'Thanks,'])
    assert.equal(ignoredOf(acme('take C-1', stop, 'hold C-2', 'Bob')), 2, stop)
  assertOneProblem(acme('take C-1', 'Thanks, Bob'), /^3 "Thanks," is no command/)
  assertOneProblem(acme('take C-1', '\u017ftop'), /^3 it holds U\+017F/)
})

test('a signature line ends what is read', () => {
  for (const line of ['-- ', '--', '\u2014', '\u2014 ', '--\u00a0'])
    assert.equal(ignoredOf(acme('take C-1', line, 'hold C-2')), 1, JSON.stringify(line))
})
