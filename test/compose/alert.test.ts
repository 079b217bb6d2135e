// Alerts: what is wrong, and what can be answered by one tap.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alert as worded } from '../../src/compose/alert.ts'
import type { Alert } from '../../src/model/alert.ts'
import { parseCaseId } from '../../src/model/scalars.ts'
import { packagedTemplates } from '../support/templates.ts'
import { ALICES_KEY, CASE, parsed, settings } from './given.ts'
import { preflightOrders } from './preflight-orders.ts'

const cases = ['C-482107', 'C-482108', 'C-482109', 'C-482110'].map(id => parsed(parseCaseId(id)))

/** The commands that an alert offers, each as a link with the same below its label. */
function offered(alert: Alert): readonly (string | undefined)[] {
  const { text } = worded(packagedTemplates, alert, 'encrypted', [], settings, 'UTC')
  return [...text.matchAll(/^ {4}embargod harbor\n {4}(.*)\n<(mailto:[^>]+)>$/gm)].map(
    ([, command, link = '']) => {
      const body = new URL(link).searchParams.get('body')
      assert.equal(body, `embargod harbor\r\n${command}\r\n`)
      return command
    },
  )
}

for (const [name, alert, commands] of [
  [
    'that a case is public leads to where',
    { kind: 'case-public', case: CASE, effect: 'none' },
    ['show C-482107'],
  ],
  [
    "of a reporter's revoked key asks for the next one, in three cases at most",
    { kind: 'key-revoked', key: ALICES_KEY, engineer: undefined, cases },
    ['ask-key C-482107', 'ask-key C-482108', 'ask-key C-482109'],
  ],
  [
    "of an engineer's revoked key leads to the case",
    { kind: 'key-revoked', key: ALICES_KEY, engineer: 'erin', cases: [CASE] },
    ['show C-482107'],
  ],
  ['that the disk failed offers no command', { kind: 'mailbox-renumbered' }, []],
] as const)
  test(`an alert ${name}`, () => assert.deepEqual(offered(alert), commands))

test('an alert in clear says nothing of what it is about', () => {
  const { text } = worded(
    packagedTemplates,
    { kind: 'case-public', case: CASE, effect: 'none' },
    'clear',
    [],
    settings,
    'UTC',
  )
  assert.doesNotMatch(text, /C-482107|public|mailto/)
})

test('an alert whose reader has nothing to do says so where they see it first', () => {
  const subjects = Object.entries(preflightOrders).flatMap(([name, { content }]) =>
    content.kind === 'alert'
      ? [`${name}: ${worded(packagedTemplates, content.alert, 'encrypted', [], settings, 'UTC').subject}`]
      : [],
  )
  assert.deepEqual(
    subjects.filter(one => !one.endsWith(' needs you')),
    ['alert-ahead-well: N-309771: all can be reached'],
  )
})
