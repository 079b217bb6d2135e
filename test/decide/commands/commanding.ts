// Sends commands into a world of a few cases and folds what came of them, so that a test reads as a story.
import assert from 'node:assert/strict'
import { decide } from '../../../src/decide/decide.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision, OpenedOperands, Snapshot } from '../../../src/model/decision.ts'
import type { CommandResult, MailOrder } from '../../../src/model/order.ts'
import type { Person } from '../../../src/model/person.ts'
import type { Fingerprint } from '../../../src/model/scalars.ts'
import {
  ALICE,
  aCase,
  address,
  fingerprint,
  fresh,
  type Given,
  mail,
  settings,
  signedText,
  snapshot,
} from '../given.ts'

export const CAROL: Person = {
  name: 'carol',
  address: address('carol@acme.example'),
  fingerprint: fingerprint('C'),
}
export const DORA: Person = {
  name: 'dora',
  address: address('dora@other.example'),
  fingerprint: fingerprint('D'),
}

/** Two projects, each with one maintainer: carol of widget, dora of other. */
export const TWO_PROJECTS = settings({
  projects: settings().projects.flatMap(project => [
    { ...project, maintainers: [CAROL] },
    { ...project, name: 'other' as typeof project.name, distributors: undefined, maintainers: [DORA] },
  ]),
})

export type Outcome = {
  readonly decision: Decision
  readonly results: readonly CommandResult[]
  readonly cases: ReadonlyMap<Case['id'], Case>
  /** `address kind`, in order, without transcripts and changes. */
  readonly mails: readonly string[]
}

type World = Partial<Snapshot> & {
  readonly operands?: OpenedOperands
  readonly files?: NonNullable<Given['mail']>
}

/** One signed mail of these lines by the holder of a key. */
export function sends(text: string, by: Fingerprint, { operands = new Map(), ...world }: World): Outcome {
  const authored = signedText(`embargod acme\n${text}\n`, by)
  const before = snapshot({ settings: TWO_PROJECTS, ...world })
  const attachments = world.files?.parts ?? []
  const input = mail({ authored: authored.kind === 'signed' ? { ...authored, attachments } : authored })
  assert.equal(input.kind, 'mail')
  const decision = decide({ ...input, operands }, before, fresh)
  const cases = new Map(before.cases)
  for (const event of decision.events)
    if ('case' in event && !('notice' in event))
      cases.set(event.case, evolveCase(cases.get(event.case), event))
  const transcript = decision.mails.map(one => one.content).find(one => one.kind === 'transcript')
  const told = decision.mails.filter(one => !['transcript', 'change'].includes(one.content.kind))
  return {
    decision,
    results: transcript?.kind === 'transcript' ? transcript.results : [],
    cases,
    mails: told.map(line),
  }
}

const line = ({ to, content }: MailOrder): string => `${to} ${content.kind}`

export const asAdmin = (text: string, world: World = {}): Outcome => sends(text, ALICE.fingerprint, world)

export const casesOf = (...all: readonly Case[]): Pick<Snapshot, 'cases'> => ({
  cases: new Map(all.map(one => [one.id, one])),
})

/** One case, and what a command makes of it. */
export function after(
  text: string,
  start: Partial<Case> = {},
  world: World = {},
): Outcome & { readonly theCase: Case } {
  const theCase = aCase(start)
  const outcome = asAdmin(text, { ...casesOf(theCase), ...world })
  const next = outcome.cases.get(theCase.id)
  assert.ok(next)
  return { ...outcome, theCase: next }
}

/** Status, or the code of what was refused. */
export const verdict = ({ results }: Outcome): string =>
  results.map(({ status, code }) => code ?? status).join(' ')

export const said = ({ results }: Outcome): string => results.map(({ text }) => text.open()).join('\n')
