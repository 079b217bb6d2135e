// Attacks A20 and A21 on the grammar of command mail: look-alikes, sizes, and mails made at random.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MARKER } from '../../../src/compose/links.ts'
import { MAX_COMMANDS, MAX_TEXT } from '../../../src/decide/commands/grammar.ts'
import { processorTime } from '../../support/processor-time.ts'
import { upTo } from '../../support/sweep.ts'
import { acme, assertOneProblem, commandsOf, ignoredOf, problemsOf, read } from './reading.ts'

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

test('A21: at most 50 commands, all or nothing', () => {
  const many = (count: number) => acme(...Array.from({ length: count }, (_, index) => `take C-${index}`))
  assert.equal(commandsOf(many(MAX_COMMANDS)).length, MAX_COMMANDS)
  assertOneProblem(many(MAX_COMMANDS + 1), /^52 a mail holds at most 50 commands/)
  assertOneProblem(many(50_000), /at most 50 commands/)
})

test('A21: a command mail above the limit is refused, and other mail is not', () => {
  assert.equal(read(acme('take C-1').padEnd(MAX_TEXT, '\n')).kind, 'commands')
  assertOneProblem(acme('take C-1').padEnd(MAX_TEXT + 1, '\n'), /^1 the text is longer than/)
  assertOneProblem(acme('take C-1\n'.repeat(200_000)), /^1 the text is longer than/)
  assert.deepEqual(read(`Hello\n${'x'.repeat(10 * MAX_TEXT)}`), { kind: 'none' })
})

test('A21: time is linear in hostile text', () => {
  const size = upTo(40_000, 200_000)
  // Milliseconds of the processor: less than a tenth of it where time is linear, far more where it is quadratic.
  const limit = size / 80
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
        const before = processorTime()
        read(text, layout)
        const took = processorTime() - before
        assert.ok(took < limit, `${JSON.stringify([piece, layout, head])}: ${took} ms`)
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
  for (let seed = 1; seed <= upTo(1_500, 100_000); seed += 1) {
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
