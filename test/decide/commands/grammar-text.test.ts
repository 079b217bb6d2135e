// Blocks of text, flowed text and typography in command mail (product.md §4).
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
  sourcesOf,
} from './reading.ts'

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
