// A case under a policy with clocks, and commands about it: what tests of promises and of who decides start from.
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Content } from '../../src/model/order.ts'
import type { Clock, Policy } from '../../src/model/policy.ts'
import type { Instant } from '../../src/model/scalars.ts'
import { BARE_CLOCK, BARE_POLICY } from '../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
} from './given.ts'
import { key, RIYA } from './sent.ts'

export const C = 'C-482107'
export const clock = (changes: Partial<Clock>): Clock => ({ ...BARE_CLOCK, ...changes })
export const days = (count: number) => ({ count, unit: 'day' }) as const
const policy: Policy = {
  ...BARE_POLICY,
  clocks: [
    clock({ within: days(3), text: 'we start a conversation with you' }),
    clock({ name: 'plan', until: 'plan', within: days(4), text: 'we send you a plan' }),
    clock({ name: 'fix', kind: 'aim', until: 'fix-ready', within: days(7), yields: ['slow'], told: 'team' }),
    clock({ name: 'release', start: 'accepted', until: 'published', within: days(20), text: 'we publish' }),
  ],
}
type Changes = Partial<Policy>
export const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
export const under = (changes: Changes = {}) =>
  settings({
    projects: settings().projects.map(one => ({
      ...one,
      policy: { ...policy, ...changes },
      maintainers: [CAROL],
    })),
  })

export const opened = (changes: Partial<Case> = {}): Case =>
  aCase({ milestones: { received: NOW }, reporter: { address: RIYA, key: key('7') }, ...changes })

type Sent = { readonly decision: Decision; readonly text: string; readonly after: Case }

/** One command of somebody's about one case, decided under a policy with these changes. */
export function sends(
  line: string,
  theCase: Case,
  changes: Changes = {},
  { by = ALICE.fingerprint, at = NOW }: { by?: typeof ALICE.fingerprint; at?: Instant } = {},
): Sent {
  const seen = { now: at, settings: under(changes), cases: new Map([[theCase.id, theCase]]) }
  const authored = signedText(`embargod acme\n${line}\n`, by, at)
  const decision = decide(mail({ authored, receivedAt: at }), snapshot(seen), fresh)
  const after = decision.events.reduce<Case>(
    (one, event) => ('case' in event && !('notice' in event) ? evolveCase(one, event) : one),
    theCase,
  )
  const [transcript] = contents(decision, 'transcript')
  const results = transcript?.results.map(({ code, text }) => `${code ?? ''} ${text.open()}`) ?? []
  return { decision, text: results.join('\n'), after }
}

export const contents = <K extends Content['kind']>({ mails }: Decision, kind: K) =>
  mails.flatMap(({ content }) => (content.kind === kind ? [content as Extract<Content, { kind: K }>] : []))
