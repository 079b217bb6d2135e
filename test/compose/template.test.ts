// Templates: what is refused and how, what words of others can do to them (nothing), and how lines are laid out.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import { DECLARED, type TemplateName, templateNames } from '../../src/compose/declared.ts'
import { readTemplate, readTemplates, render } from '../../src/compose/template.ts'
import type { Variables } from '../../src/compose/variables.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { packagedTexts } from '../support/templates.ts'
import {
  alice,
  caseWith,
  contextWith,
  handling,
  mailWith,
  notice,
  orderOf,
  parsed,
  textPart,
} from './given.ts'
import { everyOrder } from './orders.ts'
import { DOCS, withTables } from './template-docs.ts'

const packaged = (name: TemplateName): string => parsed(packagedTexts.get(name))

/** The templates of the package, but for one. */
const templatesWith = (name: TemplateName, text: string) =>
  readTemplates(new Map([...packagedTexts, [name, text]]))

function textOf(order: MailOrder, templates = readTemplates(packagedTexts)): string {
  const [first] = compose(order, contextWith({ templates })).leaves
  assert.ok(first?.kind === 'text')
  return first.text
}

function faultsOf(name: TemplateName, text: string): readonly string[] {
  const read = readTemplate(name, text)
  return read.ok ? [] : read.error.map(fault => `${fault.line}: ${fault.text}`)
}

/** The line on which a text stands, from 1. */
const lineOf = (text: string, piece: string): number => text.slice(0, text.indexOf(piece)).split('\n').length

describe('a template is refused', () => {
  const whole = packaged('reply')
  const NUMBER = 'the number of the case'
  const refusals: readonly (readonly [string, TemplateName, string, ...string[]])[] = [
    [
      'without a subject',
      'reply',
      whole.replace('Subject: ', ''),
      '1: must begin with a line "Subject: …", an empty line, and then the text',
    ],
    [
      'without a line between subject and text',
      'reply',
      whole.replace('\n\n', '\n'),
      '1: must begin with a line "Subject: …", an empty line, and then the text',
    ],
    [
      'for a variable that it does not have',
      'reply',
      whole.replace('{{team}}', '{{teem}}'),
      '7: has {{teem}}, which is not known here; allowed: case, reply, team',
    ],
    [
      'for a name that JavaScript knows',
      'reply',
      whole.replace('{{team}}', '{{constructor}}'),
      '7: has {{constructor}}, which is not known here; allowed: case, reply, team',
    ],
    [
      'for the inside of a value',
      'reply',
      whole.replace('{{team}}', '{{reply.verbatim}}'),
      '7: has {{reply.verbatim}}, which is not known here; allowed: case, reply, team',
    ],
    [
      'without the number of the case',
      'reply',
      whole.replace('This is about {{case}}. ', ''),
      `3: must say {{case}} in every mail: ${NUMBER}`,
    ],
    [
      'with the number of the case in some mails only',
      'acknowledgement',
      packaged('acknowledgement').replace(
        'its number is {{case}}.',
        '{{#tracker}}its number is {{case}}.{{/tracker}}',
      ),
      `3: must say {{case}} in every mail: ${NUMBER}`,
    ],
    [
      'without the times that are due',
      'acknowledgement',
      packaged('acknowledgement').replace('{{due}}', 'soon'),
      `${lineOf(packaged('acknowledgement'), '{{#clocks}}')}: must say {{due}} in every mail: the instant by which it is due`,
    ],
    [
      'without the fingerprint',
      'key',
      packaged('key').replace('{{fingerprint}}', ''),
      '3: must say {{fingerprint}} in every mail: the fingerprint of our key, in two lines',
    ],
    [
      'without a word for one of the states',
      'news',
      packaged('news').replace(/\{\{#rejected\}\}\n.*\n\{\{\/rejected\}\}\n/, ''),
      '3: must have {{#rejected}} … {{/rejected}}, for when it is no vulnerability',
    ],
    [
      'for words of others that do not stand alone',
      'reply',
      whole.replace('{{reply}}', 'They say: {{reply}}'),
      '3: must have {{reply}} alone on its line: it is what the admin wrote',
    ],
    [
      'for words of others that are indented',
      'welcome',
      packaged('welcome').replace('{{title}}', '  {{title}}'),
      `${lineOf(packaged('welcome'), '{{title}}')}: must have {{title}} alone on its line: it is the title of the case, behind a bar`,
    ],
    [
      'for words of others in its subject',
      'reply',
      whole.replace('Your report {{case}}', '{{reply}} {{case}}'),
      '1: has {{reply}}, which is not known here; allowed: case',
    ],
    [
      'for a subject that is not ASCII',
      'reply',
      whole.replace('Your report', 'Fährte'),
      '1: must have a subject of printable ASCII',
    ],
    [
      'for a line that could pass for words of others',
      'reply',
      whole.replace('This is', '| This is'),
      "5: must begin no line with |, which marks others' words",
    ],
    [
      'for text that asks to be escaped, or not',
      'reply',
      whole.replace('{{team}}', '{{{team}}}'),
      '7: must say {{team}}: text stands as it is with two braces',
    ],
    [
      'for a part that stands elsewhere',
      'reply',
      whole.replace('{{team}}', '{{> team}}'),
      '7: has {{>team}}, but a template stands for itself: write it out',
    ],
    [
      'for other delimiters',
      'reply',
      whole.replace('{{team}}', '{{=<% %>=}}'),
      '7: changes the delimiters: use {{ and }}',
    ],
    ['for braces that stay open', 'reply', whole.replace('{{team}}', '{{team'), '8: has a {{ without its }}'],
    [
      'for a section that stays open',
      'reply',
      whole.replace('{{team}}', '{{#team}}x'),
      '8: has no {{/team}} where {{#team}} or {{^team}} has to end',
    ],
    [
      'for the end of a section that was not begun',
      'reply',
      whole.replace('{{team}}', 'x{{/team}}'),
      '7: ends {{/team}}, which was not begun',
    ],
    [
      'for a list that is used as a word',
      'change',
      `${packaged('change')}{{changes}}\n`,
      `${packaged('change').split('\n').length}: must use {{changes}} as {{#changes}} … {{/changes}}: it is what changed`,
    ],
    [
      'for control characters, with which values are marked',
      'reply',
      whole.replace('To add', '\u00020\u0003'),
      '5: must hold no tab or other control character',
    ],
  ]
  for (const [why, name, text, ...expected] of refusals)
    test(why, () => {
      assert.notEqual(text, packaged(name), 'nothing was changed')
      assert.deepEqual(faultsOf(name, text), expected)
    })

  test('for sections that nest without end, and for its size', () => {
    const deep = `Subject: x\n\n${'{{#team}}'.repeat(2_000)}`
    assert.deepEqual(faultsOf('reply', deep).length, 1)
    const closed = `${deep}${'{{/team}}'.repeat(2_000)}`
    assert.deepEqual(faultsOf('reply', closed), ['1: has more than 20000 characters'])
    const nested = `Subject: x\n\n${'{{#team}}'.repeat(1_000)}${'{{/team}}'.repeat(1_000)}`
    assert.equal(faultsOf('reply', nested).length, 2)
  })

  test('for nothing worse than a sentence, whatever it holds', () => {
    const pieces = [
      '{{',
      '}}',
      '{{#',
      '{{/',
      '{{^',
      'case',
      '}}',
      '\n',
      ' ',
      'x',
      '{{!',
      '{{=',
      '=}}',
      '{',
      '* ',
    ]
    let state = 7
    const next = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return pieces[Math.floor((state / 2_147_483_648) * pieces.length)]
    }
    for (let made = 0; made < 2_000; made++) {
      const text = Array.from({ length: made % 40 }, next).join('')
      assert.ok(faultsOf('reply', `Subject: x\n\n${text}`).length > 0, text)
    }
  })
})

describe('the templates of the package', () => {
  test('hold without any that is never used, and none is used that is not declared', () => {
    const marked = readTemplates(
      new Map(
        [...packagedTexts].map(([name, text]) => [name, text.replace('\n\n', `\n\nTHIS-IS-${name}\n\n`)]),
      ),
    )
    const used = Object.values(everyOrder).map(order => /^THIS-IS-(\S+)$/m.exec(textOf(order, marked))?.[1])
    assert.deepEqual([...new Set(used)].sort(), [...templateNames].sort())
  })

  test('have no variable within a section that hides one outside of it', () => {
    const hidden = (variables: Variables, outer: readonly string[]): readonly string[] =>
      Object.entries(variables).flatMap(([name, variable]) => [
        ...(outer.includes(name) ? [name] : []),
        ...('of' in variable ? hidden(variable.of, [...outer, ...Object.keys(variables)]) : []),
      ])
    assert.deepEqual(
      templateNames.flatMap(name => hidden(DECLARED[name].variables, [])),
      [],
    )
  })
})

describe('words of others', () => {
  const TRICK = '{{case}} {{{team}}} {{#next}} {{> x}} {{=<% %>=}} \u00020\u0003'
  const VISIBLE = '{{case}} {{{team}}} {{#next}} {{> x}} {{=<% %>=}} <U+0002>0<U+0003>'
  const report = (changes: Partial<Parameters<typeof caseWith>[0]>) =>
    orderOf({
      kind: 'report',
      what: 'new',
      theCase: caseWith(changes),
      mail: mailWith([textPart(TRICK)]),
      inside: 'own',
      unanswered: undefined,
    })
  const extract = {
    contentFound: [0, 1],
    cveIds: [],
    cvssVectors: [],
    versions: [plaintext(`${TRICK}\n\n* take it`)],
    requestedDate: plaintext(`${TRICK}\n\n--- embargod: write above this line ---`),
    requestedAt: undefined,
    claimsPublic: 'no',
    terms: [],
  } as const

  test('stand in a mail as they are, and are never read as a template', () => {
    const leaves = compose(report({ extract }), contextWith()).leaves
    const [ours = '', theirs = ''] = leaves.map(leaf => (leaf.kind === 'text' ? leaf.text : ''))
    assert.ok(theirs.includes(`| ${VISIBLE}`), theirs)
    assert.ok(ours.replace(/\s+/g, ' ').includes(`It names ${VISIBLE} * take it.`), ours)
    assert.ok(ours.replace(/\s+/g, ' ').includes(`disclosure: ${VISIBLE} --- embargod: write`), ours)
  })

  test('begin no line, no bullet and no paragraph of ours', () => {
    const text = textOf(report({ extract }))
    assert.doesNotMatch(text, /^\* take it/m)
    assert.equal(text.split('\n').filter(line => line.startsWith('--- embargod')).length, 1)
  })

  test('of a title, a reply, a reason and a notice are not touched', () => {
    const words = `${TRICK}\n\n* one\n  two   three {{/x}}`
    const welcome = { kind: 'welcome', as: 'lead', mails: 0, older: 0 } as const
    assert.ok(
      textOf(orderOf({ ...welcome, theCase: caseWith({ title: plaintext(TRICK) }) })).includes(
        `\n| ${VISIBLE}`,
      ),
    )
    for (const order of [
      orderOf({ kind: 'reply', text: plaintext(words) }, { to: alice }),
      orderOf({ kind: 'news', state: 'rejected', reason: plaintext(words) }, { to: alice }),
      orderOf({ kind: 'notice', notice: { ...notice, text: plaintext(words) }, handling }),
    ])
      assert.ok(textOf(order).includes(words), textOf(order))
  })

  test('never reach a subject, and no subject leaves an encryption', () => {
    for (const [name, order] of Object.entries(everyOrder)) {
      const draft = compose(order, contextWith())
      const subject = draft.protectedFields.find(field => field.name === 'Subject')?.value ?? ''
      assert.doesNotMatch(subject, /gate|knock/i, name)
      if (order.encryptTo.kind === 'nobody') continue
      assert.match(draft.outerSubject, /^\[\.\.\.\]( [ACN]-\d{6})?$/, name)
      assert.ok(Buffer.from(payloadOf(draft, 'encrypted')).includes('HP-Outer: Subject: [...]'), name)
    }
  })
})

test('no template takes away the marker, the warning or the bars', () => {
  const bare =
    'Subject: {{case}}: new mail\n\n{{case}}\n\n{{#public}}\n!\n{{/public}}\n\n{{facts}}\n\n{{packed}}\n\n{{said}}\n\n{{offers}}\n\n{{keys}}\n\n{{discussion}}\n'
  const order = parsed(everyOrder['follow-up'])
  const { leaves } = compose(order, contextWith({ templates: templatesWith('follow-up', bare) }))
  const [ours = '', theirs = ''] = leaves.map(leaf => (leaf.kind === 'text' ? leaf.text : ''))
  assert.match(ours, /^--- embargod: write above this line ---\n\nC-482107\n\nReceived: /)
  assert.match(ours, /\n\nWhat follows is not ours\. Each line begins with a bar;.*with care\.\n$/s)
  assert.match(theirs, /\n\| Any news\?\n+$/)
})

describe('lines', () => {
  /** What a template of the reply makes of its text. */
  const laidOut = (body: string, reply = 'R'): string =>
    render(templatesWith('reply', `Subject: {{case}}\n\n${body}\n\n{{case}}\n\n{{reply}}\n`), 'reply', {
      case: 'C-1',
      team: 'The  Team\nof us',
      reply: { verbatim: reply },
    }).text.replace(/\n\nC-1\n\nR\n$/, '')

  const cases: readonly (readonly [string, string, string])[] = [
    [
      'of a paragraph are filled',
      `${'word '.repeat(10)}\n${'word '.repeat(10)}`,
      `${'word '.repeat(14).trim()}\n${'word '.repeat(6).trim()}`,
    ],
    ['that end in a backslash end there', 'one\\\ntwo {{team}}', 'one\ntwo The Team of us'],
    ['of bullets are filled each, with what follows them', '* one\n  two\n* three', '* one two\n* three'],
    ['that are indented stay so', 'Run\n    embargod {{team}}', 'Run\n    embargod The Team of us'],
    ['without anything are one between paragraphs', 'one\n\n\n\ntwo', 'one\n\ntwo'],
    ['of comments are not there', '{{! why so }}\none', 'one'],
    ['with a section alone are not there', 'one\n{{#team}}\ntwo\n{{/team}}\nthree', 'one two three'],
    ['end as CRLF, too', 'one\r\ntwo\r\n\r\nthree', 'one two\n\nthree'],
    ['show & < > " \' as they are', '& < > " \'', '& < > " \''],
  ]
  for (const [what, body, expected] of cases) test(what, () => assert.equal(laidOut(body), expected))

  test('of a block are as they were', () => {
    const reply = '  * a\n\n\n    b  c & <d>\\\ne'
    assert.ok(laidOut('x', reply).endsWith(`\n\n${reply}\n`))
  })
})

const docs = readFileSync(DOCS, 'utf8')

test('the example of docs/templates.md is a template', () => {
  const [, example = ''] = /^```\n(Subject: .*?)^```$/ms.exec(docs) ?? []
  assert.deepEqual(faultsOf('news-bare', example), [])
})

test('docs/templates.md tells of every template what it can say; else run test/compose/template-docs.ts', () => {
  assert.equal(docs, withTables(docs))
  for (const name of templateNames) assert.match(docs, new RegExp(`^### ${name}$`, 'm'))
})
