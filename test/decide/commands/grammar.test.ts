// The grammar of command mail, sentence by sentence of product.md §4, and attacks A07, A20 and A21 on it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MARKER } from '../../../src/compose/links.ts'
import {
  type CommandMail,
  MAX_COMMANDS,
  MAX_TEXT,
  type ParsedCommand,
  readCommandMail,
} from '../../../src/decide/commands/grammar.ts'
import type { TextLayout } from '../../../src/model/mail.ts'

const verbs = [
  'accept',
  'accept-policy',
  'ack',
  'approve',
  'cancel',
  'confirm',
  'cve',
  'ham',
  'help',
  'hold',
  'leak',
  'list',
  'my',
  'note',
  'notice',
  'open',
  'plan',
  'reject',
  'reply',
  'show',
  'status',
  'suspend',
  'tag',
  'take',
  'title',
  'veto',
]

const read = (text: string, layout: TextLayout = 'fixed'): CommandMail => readCommandMail(text, layout, verbs)

/** The commands of a mail that must have some. */
function commandsOf(text: string, layout: TextLayout = 'fixed'): readonly ParsedCommand[] {
  const mail = read(text, layout)
  assert.equal(mail.kind, 'commands', JSON.stringify(mail))
  return mail.kind === 'commands' ? mail.commands : []
}

const sourcesOf = (text: string, layout: TextLayout = 'fixed'): readonly string[] =>
  commandsOf(text, layout).map(command => command.source)

function ignoredOf(text: string): number {
  const mail = read(text)
  assert.ok(mail.kind === 'commands' || mail.kind === 'confirm', JSON.stringify(mail))
  return mail.kind === 'commands' || mail.kind === 'confirm' ? mail.ignored : -1
}

/** `LINE SENTENCE` of every problem of a mail that must be invalid. */
function problemsOf(text: string, layout: TextLayout = 'fixed'): readonly string[] {
  const mail = read(text, layout)
  assert.equal(mail.kind, 'invalid', JSON.stringify(mail))
  return mail.kind === 'invalid' ? mail.problems.map(({ line, sentence }) => `${line} ${sentence}`) : []
}

function assertOneProblem(text: string, expected: RegExp): void {
  const problems = problemsOf(text)
  assert.equal(problems.length, 1, problems.join('\n'))
  assert.match(problems[0] ?? '', expected)
}

const acme = (...lines: readonly string[]): string => ['embargod acme', ...lines].join('\n')
const argumentsOf = (line: string) => commandsOf(acme(line))[0]?.arguments

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
  for (const text of [
    'apply',
    'Apply\n\nWe are a distributor.',
    'apply velero\n',
    'apply:\nname: Foo',
    'apply <<\n.',
  ])
    assert.deepEqual(read(text), { kind: 'application' }, text)
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

test('A07: nothing below the marker runs, wherever it stands', () => {
  for (const marker of [
    MARKER,
    `  ${MARKER}  `,
    MARKER.toUpperCase(),
    '\u2014- embargod:\u00a0write above this line \u2014-',
    `Sent from my phone ${MARKER}`,
    `| ${MARKER}`,
    `take C-3 "${MARKER}"`,
    `# ${MARKER}`,
  ]) {
    assert.deepEqual(sourcesOf(acme('take C-1', marker, 'hold C-2')), ['take C-1'], marker)
    assert.deepEqual(read(`${marker}\nembargod acme\nhold C-2`), { kind: 'none' }, marker)
    assert.match(
      problemsOf(acme('take C-1', 'note C-1 <<', 'text', marker, '.', 'hold C-2'))[0] ?? '',
      /^3 its text/,
    )
  }
})

test('A07: our marker behind > is a quoted line', () => {
  const text = `On Tue, 9 Dec 2026 at 16:00, Acme <security@example.org> wrote:\n> ${MARKER}\n> accept C-9\n\n${acme('take C-1')}`
  assert.deepEqual(sourcesOf(text), ['take C-1'])
})

test('A07: a top-poster\u2019s quoted mail never runs, in any language', () => {
  for (const attribution of [
    ['On Tue, 9 Dec 2026 at 16:00, Acme Security <security@example.org> wrote:'],
    ['On Tue, 9 Dec 2026 at 16:00, Acme Security', '<security@example.org> wrote:'],
    ['Am 09.12.26 um 16:00 schrieb Acme Security:'],
    ['Le mar. 9 d\u00e9c. 2026 \u00e0 16:00, Acme a \u00e9crit\u00a0:'],
    ['El mar, 9 dic 2026 a las 16:00, Acme (<security@example.org>) escribi\u00f3:'],
    ['2026\u5e7412\u67089\u65e5 Acme \u5199\u9053\uff1a'],
    ['On 9 Dec 2026, at 16:00, Acme wrote:', ''],
    [],
  ]) {
    const text = acme('take C-1', '', ...attribution, '> accept C-2', '> ', '> reject C-3', '', 'hold C-4')
    assert.deepEqual(sourcesOf(text), ['take C-1'], attribution.join())
    assert.deepEqual(
      sourcesOf(acme('take C-1', ...attribution, '> accept C-2')),
      ['take C-1'],
      attribution.join(),
    )
  }
})

test('A07: mail quoted without > by Outlook and others never runs', () => {
  for (const lines of [
    ['-----Original Message-----', 'From: Bob'],
    ['-------- Urspr\u00fcngliche Nachricht --------', 'Von: Bob'],
    ['---------- Forwarded message ---------'],
    ['________________________________', 'From: Bob', 'Sent: Tuesday', 'To: Acme', 'Subject: C-482107'],
    ['________________________________'],
    [
      'From: Bob <bob@example.org>',
      'Sent: Tuesday, 9 December 2026',
      'To: Acme',
      'Subject: [C-482107] status',
    ],
    ['Von: Bob', 'Gesendet: Dienstag', 'An: Acme', 'Betreff: C-482107'],
    ['*De\u00a0:* Bob', '*Envoy\u00e9\u00a0:* mardi', '*\u00c0\u00a0:* Acme', '*Objet\u00a0:* C-482107'],
  ])
    assert.deepEqual(
      sourcesOf(acme('take C-1', '', ...lines, '', 'accept C-2', '', 'hold C-3')),
      ['take C-1'],
      lines.join(),
    )
  assert.match(problemsOf(acme('acept: C-1', 'reject: C-2', 'hold: C-3'))[0] ?? '', /^2 "acept:"/)
})

test('A07: a discussion or a forwarded mail that holds a command runs nothing', () => {
  for (const text of [
    'I would say:\n> embargod acme\n> accept C-2',
    'Shall we?\n\nembargod acme\naccept C-2',
    '-------- Forwarded Message --------\nSubject: x\n\nembargod acme\naccept C-2',
    '-----Original Message-----\nembargod acme\naccept C-2',
    'On 9 Dec 2026 Bob wrote:\n\nembargod acme\naccept C-2',
    '-- \nembargod acme\naccept C-2',
  ])
    assert.deepEqual(read(text), { kind: 'none' }, text)
})

test('a bottom-poster is read below what is quoted', () => {
  for (const above of [
    '> accept C-9\n',
    ' > accept C-9\n>> more\n\n',
    'On 9 Dec 2026, Acme wrote:\n> accept C-9\n\n',
    '\nAcme Security <security@example.org>\nwrote:\n> accept C-9\n> \n',
    'Am 09.12.2026 schrieb Acme:\n\n> accept C-9\n',
  ]) {
    assert.deepEqual(sourcesOf(`${above}${acme('take C-1')}`), ['take C-1'], above)
    assert.equal(ignoredOf(`${above}${acme('take C-1', '> hold C-2', 'hold C-3')}`), 2, above)
  }
})

test('the opening is never taken for an attribution', () => {
  assert.equal(read('embargod acme 2026\nBob wrote:\n> x\n\nembargod acme\nhold C-1').kind, 'invalid')
  assert.equal(read('embargod acme:\n> x\n\nembargod acme\nhold C-1').kind, 'invalid')
})

test('what a phone sends is read', () => {
  assert.deepEqual(
    sourcesOf('\r\n\r\nEmbargod acme\r\nAccept c-482107\u00a0\r\n\r\nSent from my phone\r\n'),
    ['accept C-482107'],
  )
  for (const footer of [
    'Sent from my iPhone',
    'Get Outlook for Android',
    'Gesendet mit der GMX Mail App',
    'Envoy\u00e9 de mon t\u00e9l\u00e9phone',
  ])
    assert.equal(ignoredOf(acme('Accept C-482107', '', footer)), 1, footer)
})

test('typographic spaces, dashes and quotes become ASCII, inside strings too', () => {
  assert.deepEqual(
    argumentsOf(
      'title\u00a0C\u2013482107\u2009\u201cit\u2019s \u2014 d\u00fcnn\u201d a\u2212b url=\u00abx y\u00bb \u201ez\u201c',
    ),
    [
      { kind: 'reference', text: 'C-482107' },
      { kind: 'string', text: "it's - d\u00fcnn" },
      { kind: 'word', text: 'a-b' },
      { kind: 'named', name: 'url', value: 'x y', quoted: true },
      { kind: 'string', text: 'z' },
    ],
  )
})

test('A20: look-alike letters outside strings are refused', () => {
  for (const [line, code] of [
    ['\u0430pprove A-77', 'U+0430'],
    ['approve \u0410-77', 'U+0410'],
    ['\uff41pprove A-77', 'U+FF41'],
    ['l\u0131st', 'U+0131'],
    ['LI\u0307ST', 'U+0307'],
    ['open from=m\u00fcller@example.org', 'U+00FC'],
    ['show C-1\u3000', 'U+3000'],
    ['show \ud83d\ude00 C-1', 'U+1F600'],
  ] as const)
    assert.match(
      problemsOf(acme(line))[0] ?? '',
      new RegExp(`^2 it holds ${code.replace('+', '\\+')} outside`),
      line,
    )
})

test('A20: invisible characters are refused outside blocks, in strings and comments too', () => {
  for (const character of [
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u061c',
    '\u0000',
    '\u001b',
    '\u0085',
    '\u2028',
    '\ufe0f',
    '\u{e0041}',
  ])
    for (const line of [
      `approve${character} A-77`,
      `appr${character}ove`,
      `approve A-77${character}`,
      `${character}approve A-77`,
      `title C-1 "a${character}b"`,
      `title C-1 name="${character}"`,
      `take C-1\n# ${character}`,
      `take C-1\n ${character}`,
      `take C-1\n\n${character}\n\nhold C-2`,
      `note C-1 ${character}<<\ntext\n.`,
    ])
      assert.match(problemsOf(acme(line)).join('\n'), /invisible character U\+/, JSON.stringify(line))
  assert.match(
    problemsOf(`\ufeff${acme('take C-1')}`)[0] ?? '',
    /^1 it holds the invisible character U\+FEFF/,
  )
  assert.match(
    problemsOf(`\u200b\n${acme('take C-1')}`)[0] ?? '',
    /^1 it holds the invisible character U\+200B/,
  )
  assert.match(problemsOf('embar\u200bgod acme\ntake C-1')[0] ?? '', /^1 it holds the invisible/)
  assert.match(problemsOf('confirm acme ab\u202ecd')[0] ?? '', /^1 it holds the invisible/)
})

test('a problem repeats at most a short printable piece of the line', () => {
  const [problem = ''] = problemsOf(acme(`take C-1\n${'x'.repeat(5000)}`))
  assert.ok(problem.length < 200)
  assert.doesNotMatch(problemsOf(acme('title C-1 "\u{1f600}"x')).join(), /\u{1f600}/u)
})

test('a block is verbatim up to its own end', () => {
  const text = [
    '> accept C-2',
    '-- ',
    'stop',
    '',
    '\u201c\u00fcber\u201d\u200b',
    '  # no',
    'hold C-3 <<',
    `> ${MARKER}`,
    '. ',
    'x',
  ]
  const [tagged, next] = commandsOf(acme('Reply c-1 plan=yes <<Eof', ...text, '.', 'eof ', 'take C-1'))
  assert.equal(tagged?.block?.open(), [...text, '.'].join('\n'))
  assert.equal(tagged?.source, 'reply C-1 plan=yes')
  assert.equal(next?.source, 'take C-1')
  const [untagged, after] = commandsOf(acme('note C-1 <<', 'one', 'EOF', ' .', '..', '.', 'take C-1'))
  assert.equal(untagged?.block?.open(), 'one\nEOF\n .\n..')
  assert.deepEqual([after?.source, after?.line], ['take C-1', 8])
  assert.equal(commandsOf(acme('note C-1 <<', '.'))[0]?.block?.open(), '')
  assert.equal(commandsOf(acme('note C-1'))[0]?.block, undefined)
  assert.equal(commandsOf(acme('note C-1 \\', ' <<X', ' x', 'X'))[0]?.block?.open(), ' x')
})

test('the text of a block is not embargoed text in clear by accident', () => {
  assert.doesNotMatch(JSON.stringify(commandsOf(acme('note C-1 <<', 'canary', '.'))), /canary/)
})

test('an open block, a marker in it or a wrong opening of it runs nothing', () => {
  assertOneProblem(
    acme('take C-1', 'note C-1 <<', 'text', 'hold C-2'),
    /^3 its text is not closed; .*one dot/,
  )
  assertOneProblem(acme('note C-1 <<END', 'text', '.'), /^2 its text is not closed; .*"END"/)
  assertOneProblem(acme('note C-1 <<', 'text', MARKER, '.'), /^2 its text is not closed/)
  assertOneProblem(acme('note C-1 << not a bug', 'hold C-2'), /^2 << or <<TAG comes last/)
  assertOneProblem(acme('note C-1<<', 'hold C-2', '.'), /^2 << or <<TAG comes last/)
  assertOneProblem(acme('note C-1 <<"E"', 'hold C-2', '"E"'), /^2 .* opens no text/)
})

test('a block of a mistyped verb is skipped, not read as commands', () => {
  assertOneProblem(
    acme('nota C-1 <<', 'hold C-2 "', '.', 'take C-1'),
    /^2 "nota" is no command; did you mean "note"/,
  )
})

test('a phone\u2019s footer right below a block ends what is read', () => {
  assert.equal(ignoredOf(acme('note C-1 <<', 'text', '.', 'Sent from my phone')), 1)
})

test('flowed text is unflowed first', () => {
  assert.deepEqual(
    sourcesOf('embargod \nacme\nopen from=a@example.org \natt:mail.eml\n\nSent from \nmy phone', 'flowed'),
    ['open from=a@example.org att:mail.eml'],
  )
  assert.deepEqual(sourcesOf('embargod acme\nopen  \nfrom=a@exam \nple.org\nhold C-1 ', 'flowed-delsp'), [
    'open from=a@example.org',
    'hold C-1',
  ])
  // Stuffed lines (RFC 3676 §4.4) lose one blank; what then starts with > was the sender's own and still runs nothing.
  assert.deepEqual(sourcesOf(' embargod acme\n open\n  from=a@example.org\n >x', 'flowed'), [
    'open from=a@example.org',
  ])
})

test('flowed: quoted lines join only lines of their own depth', () => {
  const quoted = '> On Tue \n> Acme wrote \n>> accept C-8 \n> accept C-9 \n'
  assert.deepEqual(sourcesOf(`${quoted}embargod acme\ntake C-1 \n> hold C-2\nhold C-3`, 'flowed'), [
    'take C-1',
  ])
  const [command] = commandsOf('embargod acme\nnote C-1 <<\n> a \n> b\n>>c \n> d\n.\n', 'flowed')
  assert.equal(command?.block?.open(), '> a b\n>>c \n> d')
})

test('flowed: a signature line, a blank line and our marker never run on', () => {
  for (const layout of ['flowed', 'flowed-delsp'] as const)
    for (const line of ['-- ', MARKER, `${MARKER} `, '\u2014- embargod: write above this line -\u2014', ''])
      assert.deepEqual(
        sourcesOf(`embargod acme\ntake C-1 \n${line}\nBob has two dogs`, layout),
        ['take C-1'],
        line,
      )
})

test('flowed: lines are counted as written', () => {
  const [first, second] = commandsOf('embargod \nacme\n\ntake \nC-1\nhold C-1', 'flowed')
  assert.deepEqual([first?.line, second?.line], [4, 6])
})

test('A21: at most 50 commands, all or nothing', () => {
  const many = (count: number) => acme(...Array.from({ length: count }, (_, index) => `take C-${index}`))
  assert.equal(commandsOf(many(MAX_COMMANDS)).length, MAX_COMMANDS)
  assertOneProblem(many(MAX_COMMANDS + 1), /^52 a mail holds at most 50 commands/)
  assertOneProblem(many(50_000), /at most 50 commands/)
})

test('A21: a command mail above the limit is refused, and other mail is not', () => {
  assert.equal(read(acme('take C-1').padEnd(MAX_TEXT, '\n')).kind, 'commands')
  assertOneProblem(acme('take C-1').padEnd(MAX_TEXT + 1, '\n'), /^1 the text is longer than/)
  assertOneProblem(acme('take C-1\n'.repeat(1_000_000)), /^1 the text is longer than/)
  assert.deepEqual(read(`Hello\n${'x'.repeat(10 * MAX_TEXT)}`), { kind: 'none' })
})

test('A21: time is linear in hostile text', () => {
  const size = 200_000
  const pieces = [
    'a',
    ' ',
    '\t x',
    '"',
    '" ',
    '"a"',
    '<',
    '<< ',
    '\\\n',
    ' a\n',
    '\n',
    'a\n',
    'x <<\n.\n',
    'accepd\n',
    'takers q\n',
    'qqqqqqq\n',
    'zzzz \nzzzz:\n',
    '>',
    '>\n',
    'a:\n',
    'a: b\n',
    '-',
    '--a',
    '_',
    '\u200b',
    '\u200b\n',
    '\u00fc',
    '#\u00fc\n',
    'C-1 ',
    'C-',
    'a="',
    'att:',
    'x \n',
    '\r',
    '\ud800',
    'take \\\n',
    'take "\n',
    'note <<A\n',
    '2026 1:11 @',
    '.,:!?',
  ]
  for (const piece of pieces)
    for (const layout of ['fixed', 'flowed-delsp'] as const)
      for (const head of ['', 'embargod acme\ntake ', 'embargod acme\ntake C-1\n\n']) {
        const text = head + piece.repeat(size / piece.length)
        const started = performance.now()
        read(text, layout)
        // Some 50 ms where time is linear, a minute where it is quadratic.
        const took = performance.now() - started
        assert.ok(took < 3_000, `${JSON.stringify([piece, layout, head])}: ${took} ms`)
      }
})

test('prose too long to be searched for commands is refused rather than passed over', () => {
  const prose = (count: number) => acme('take C-1', '', ...Array.from({ length: count }, () => 'lorem ipsum'))
  assert.equal(ignoredOf(prose(1_000)), 1_000)
  assert.match(problemsOf(prose(1_001))[0] ?? '', /^4 "lorem" is no command/)
})

/** A seeded generator (mulberry32), so that a failure can be had again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const fragments = [
  'embargod acme',
  'confirm acme tok',
  'help',
  'take C-1',
  'acept C-2',
  'note C-1 <<',
  'note C-1 <<END',
  '.',
  'END',
  'title C-1 "a',
  'b"',
  ' as=x',
  'open \\',
  '# c',
  '',
  '',
  '> accept C-3',
  '-- ',
  'stop',
  'Sent from my phone',
  'On 9 Dec 2026 Bob',
  'wrote:',
  '-----Original Message-----',
  'From: a',
  'Sent: b',
  'To: c',
  'x ',
  '\u200b',
  '\u00fc',
  '\u201c',
  '\\',
  '<<',
  '"',
  '>',
  ' ',
  '\ud83d',
  '\t',
  ':',
  'my',
  '\r',
  '_'.repeat(12),
]

test('random mails: nothing throws, and nothing below a marker, a quoted line or a stop word is ever run', () => {
  const kinds = new Map<string, number>()
  for (let seed = 1; seed <= 20_000; seed += 1) {
    const random = randomFrom(seed)
    const pick = () => fragments[random(fragments.length)] ?? ''
    const randomLines = (count: number) =>
      Array.from({ length: count }, () => pick() + (random(4) === 0 ? pick() : ''))
    const layout = (['fixed', 'flowed', 'flowed-delsp'] as const)[random(3)] ?? 'fixed'
    // A line that ends in a blank or backslash would run on into a stop word: only the marker is proof against it.
    const end = random(2) === 0 ? MARKER : `\n${['stop', '> x', '--'][random(3)]}`
    const opening =
      [['confirm acme tok'], ['help'], ['embargod acme', 'take C-1']][Math.min(random(20), 2)] ?? []
    const above = [...opening, ...randomLines(random(6))]
    const below = ['hold C-666', ...randomLines(random(4)), 'note C-666 <<', 'canary 666', '.', 'hold C-666']
    const mail = read(
      [...randomLines(random(2)), ...above, end, ...below].join(random(2) === 0 ? '\n' : '\r\n'),
      layout,
    )
    kinds.set(mail.kind, (kinds.get(mail.kind) ?? 0) + 1)
    if (mail.kind !== 'commands') continue
    // A block may hold a quoted line or a stop word as its text, but never the marker.
    if (end !== MARKER && above.some(line => line.includes('<<'))) continue
    for (const { source, block } of mail.commands)
      assert.ok(!`${source}\n${block?.open()}`.includes('666'), `seed ${seed}: ${source}`)
  }
  for (const kind of ['commands', 'invalid', 'none', 'confirm', 'sole'])
    assert.ok((kinds.get(kind) ?? 0) > 0, `no random mail was ${kind}: ${JSON.stringify([...kinds])}`)
})
