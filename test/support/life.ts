// A small world in memory: people write in and send commands, time passes by the real rules between, and every mail
// that goes out is kept. What people do is decided by the real `decide`; only signatures are given.
import assert from 'node:assert/strict'
import { worded } from '../../src/compose/compose.ts'
import { decide } from '../../src/decide/decide.ts'
import { Simulation } from '../../src/decide/time/simulation.ts'
import { NOBODY_AWAY } from '../../src/model/absence.ts'
import type { Case } from '../../src/model/case.ts'
import type { Decision, PendingPlan } from '../../src/model/decision.ts'
import type { Event } from '../../src/model/event.ts'
import type { SimulatedMail } from '../../src/model/order.ts'
import type { Policy } from '../../src/model/policy.ts'
import {
  type CaseId,
  type Fingerprint,
  type Instant,
  parseCaseId,
  parseNoticeId,
} from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import { extract } from '../../src/receive/extract.ts'
import { contextWith, textPart } from '../compose/given.ts'
import {
  ALICE,
  address,
  BOB,
  contact,
  fingerprint,
  fresh,
  mail,
  settings,
  signedText,
  snapshot,
  sure,
  unsignedText,
} from '../decide/given.ts'

export const CAROL = { name: 'carol', address: address('carol@acme.example'), fingerprint: fingerprint('C') }
export const DAVE = { name: 'dave', address: address('dave@acme.example'), fingerprint: fingerprint('D') }

/** Two admins, two maintainers, and one project under this policy. */
export const settingsUnder = (policy: Policy): Settings =>
  settings({
    defaultPolicy: policy,
    projects: settings().projects.map(one => ({ ...one, policy, maintainers: [CAROL, DAVE] })),
  })

export class Life {
  readonly mails: SimulatedMail[] = []
  /** What people did, in order; nothing that time alone brought about. */
  readonly done: Event[] = []
  readonly #settings: Settings
  readonly #simulation: Simulation
  #pending: PendingPlan | undefined
  #drawn = 0

  constructor(policy: Policy, from: Instant) {
    this.#settings = settingsUnder(policy)
    this.#simulation = new Simulation({
      now: from,
      settings: this.#settings,
      cases: new Map(),
      notices: new Map(),
      contacts: [contact('one', '1'), contact('two', '2')],
      distributors: [],
      applications: new Map(),
      incidents: new Map(),
      absences: NOBODY_AWAY,
    })
  }

  theCase(id: CaseId): Case {
    return sure(this.#simulation.known.cases.get(id))
  }

  /** Lives until then, what is due at that very instant included. */
  until(end: Instant): void {
    for (let at = this.#simulation.next(); at !== undefined && at <= end; at = this.#simulation.next())
      this.mails.push(...this.#simulation.step())
  }

  /** Somebody without a key reports. */
  report(at: Instant, text: string, from = 'riya@research.example'): CaseId {
    const policy = this.#settings.defaultPolicy
    const parts = [textPart(text)]
    const bare = mail({ authored: unsignedText(text), from, mail: { parts } })
    assert.equal(bare.kind, 'mail')
    const found = extract(bare.mail, policy.intake.proposedContent, at)
    const number = 100_001 + this.#simulation.known.cases.size
    const id = sure(parseCaseId(`C-${number}`))
    const sorted = { addressed: { kind: 'security' }, arrival: { extract: found }, receivedAt: at } as const
    this.#settle(at, mail({ authored: unsignedText(text), from, mail: { parts }, ...sorted }), id)
    return id
  }

  /** A signed mail of one command; an irreversible one is confirmed at once, by another admin if it must be. */
  command(at: Instant, line: string, by: Fingerprint = ALICE.fingerprint): Decision {
    const decision = this.#signed(at, `embargod acme\n${line}\n`, by)
    if (decision.plan?.kind !== 'issued') return decision
    this.#pending = decision.plan.plan
    const confirmers = this.#settings.quorum > 0 ? [BOB.fingerprint] : [by]
    const confirmed = confirmers.map(who =>
      this.#signed(
        at,
        `confirm acme ${decision.plan?.kind === 'issued' ? decision.plan.plan.token : ''}\n`,
        who,
      ),
    )
    return confirmed.at(-1) ?? decision
  }

  #signed(at: Instant, text: string, by: Fingerprint): Decision {
    const input = mail({ authored: signedText(text, by, at), receivedAt: at })
    return this.#settle(at, input, sure(parseCaseId('C-900000')))
  }

  #settle(at: Instant, input: ReturnType<typeof mail>, id: CaseId): Decision {
    this.until(at)
    this.#drawn += 1
    const notice = sure(parseNoticeId(`N-${300_000 + this.#drawn}`))
    const known = snapshot({ ...this.#simulation.known, now: at, pending: this.#pending })
    const decision = decide(input, known, { ...fresh, case: id, notices: [notice] })
    this.#simulation.happened(decision.events, at)
    this.done.push(...decision.events)
    this.mails.push(...decision.mails.map(order => ({ at, order })))
    return decision
  }

  /** All mails so far as their readers see them. */
  print(): string {
    const context = contextWith({
      settings: this.#settings,
      zone: this.#settings.defaultPolicy.calendar.zone,
      receivedAt: id => this.#simulation.known.cases.get(id)?.receivedAt,
      file: () => new Uint8Array(),
    })
    return this.mails.map(one => printed(one, worded(one.order, { ...context, now: one.at }))).join('\n')
  }
}

const printed = ({ at, order }: SimulatedMail, { subject, leaves }: ReturnType<typeof worded>): string => {
  const texts = leaves.map(leaf => (leaf.kind === 'text' ? leaf.text : `[${leaf.fileName}]`))
  return [new Date(at).toISOString(), `To: ${order.to}`, `Subject: ${subject}`, ...texts].join('\n')
}
