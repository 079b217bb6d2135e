// The keys of a policy profile and what each may hold; docs/profiles.md says what they do. In go values as YAML
// gives them, out comes a Policy without its name.
import * as z from 'zod'
import { LEAVES, MILESTONES, type Milestone } from '../model/policy.ts'
import { httpsLink, line, listOf, oneOf, parsed, section, wholeNumber, zone } from './fields.ts'
import { membershipShape, sharingShape } from './membership-shape.ts'
import { interval, maybe, named, namedList, parseSpan, signed, slug, span, spans } from './policy-fields.ts'

/** `3bd`, or from the first to the last as in `1d..7d`. */
const range = parsed('a time such as 3bd, or from one to another of the same unit such as 1d..7d', text => {
  const [first = '', last, more] = text.split('..')
  const from = parseSpan(first)
  if (last === undefined) return from && { earliest: undefined, within: from }
  const to = parseSpan(last)
  if (from === undefined || to === undefined || more !== undefined) return undefined
  return from.unit === to.unit && from.count < to.count ? { earliest: from, within: to } : undefined
})

const isoDate = parsed('a date such as 2026-12-25', text => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text).toString()
  } catch {
    return undefined
  }
})

const weekdays = (what: string) => {
  const allowed = `must be a list of ${what}, 1 (Monday) to 7 (Sunday)`
  return z
    .array(z.int(allowed).min(1, allowed).max(7, allowed), allowed)
    .refine(days => new Set(days).size === days.length, allowed)
}
const atMostSix = 'at most six different ISO weekdays'
const weekend = weekdays(atMostSix).refine(
  days => days.length <= 6,
  `must be a list of ${atMostSix}, 1 (Monday) to 7 (Sunday)`,
)

const milestones: readonly string[] = MILESTONES
const ONE_MILESTONE = `${MILESTONES.join(', ')} or notice:STAGE`
/** Whether a notice names a stage that there is, only the lint of the whole profile can tell. */
const milestone = parsed(ONE_MILESTONE, text =>
  milestones.includes(text) || /^notice:[a-z][a-z0-9-]{0,39}$/.test(text) ? (text as Milestone) : undefined,
)

const scoreAllowed = 'must be a CVSS score from 0.0 to 10.0'
const score = z.number(scoreAllowed).min(0, scoreAllowed).max(10, scoreAllowed)

const condition = section({
  severity: maybe(section({ atLeast: maybe(score), below: maybe(score) })),
  tags: listOf(slug, 'tags').prefault([]),
  mitigation: maybe(z.literal('straightforward', 'must be straightforward')),
})

const clock = section({
  name: slug,
  kind: oneOf(['promise', 'aim']),
  start: milestone.prefault('received'),
  until: milestone,
  within: range,
  after: z
    .union(
      [milestone.transform(one => [one]), listOf(milestone, 'milestones')],
      `must be ${ONE_MILESTONE}, or a list of them`,
    )
    .prefault([]),
  when: maybe(condition),
  yields: listOf(oneOf(['upstream', 'slow']), 'of upstream, slow').prefault([]),
  told: oneOf(['reporter', 'team']).prefault('reporter'),
  nags: section({
    before: spans.prefault(['1d']),
    every: interval.prefault('1d'),
    escalate: maybe(span),
  }).prefault({}),
  text: line('what happens then, as the reporter reads it: "we …"'),
})

const timeOfDay = parsed('a time of day such as 14:00', text =>
  /^(?:[01][0-9]|2[0-4]):[0-5][0-9]$/.test(text) && text <= '24:00' ? text : undefined,
)

const slots = section({
  hours: maybe(
    section({ from: timeOfDay, to: timeOfDay }).refine(
      ({ from, to }) => from < to,
      'must have from before to',
    ),
  ),
  weekdays: weekdays('ISO weekdays').prefault([1, 2, 3, 4, 5, 6, 7]),
  blackout: listOf(
    section({ from: isoDate, to: isoDate, why: line('why nothing goes out then', 80) }).refine(
      ({ from, to }) => from <= to,
      'must not have to before from',
    ),
    'times without disclosure',
  ).prefault([]),
  holidays: oneOf(['avoided', 'allowed']).prefault('avoided'),
})

const stage = {
  name: slug,
  text: line('what the notice is for'),
  to: oneOf(['distributors', 'users']).prefault('distributors'),
  decidedBy: oneOf(['team', 'lead']).prefault('team'),
  when: maybe(condition),
  quorum: wholeNumber(0, 20).prefault(0),
  patches: oneOf(['needed', 'allowed', 'none']).prefault('allowed'),
  may: listOf(oneOf(LEAVES), `of ${LEAVES.join(', ')}`).prefault([]),
}

export const profileShape = section({
  displayName: line('the name as people write it', 60),
  team: line('who answers reports', 80),
  calendar: section({
    zone,
    weekend: weekend.prefault([6, 7]),
    holidays: listOf(isoDate, 'dates').prefault([]),
  }),
  intake: section({
    proposedContent: listOf(signed({}), 'sentences').prefault([]),
    outOfScope: listOf(line('a sentence'), 'sentences').prefault([]),
    share: oneOf(['by-hand', 'on-accept']).prefault('by-hand'),
  }).prefault({}),
  links: section({
    tracker: maybe(httpsLink),
    advisories: maybe(httpsLink),
    policy: maybe(httpsLink),
  }).prefault({}),
  severity: section({
    versions: listOf(oneOf(['3.0', '3.1', '4.0']), 'versions of CVSS', 1).prefault(['3.0', '3.1', '4.0']),
    decidedBy: oneOf(['team', 'lead']).prefault('team'),
  }).prefault({}),
  priorities: namedList({ ...named, when: condition }, 'priorities').prefault([]),
  lead: maybe(section({ volunteer: maybe(span), answer: span.prefault('1d') })),
  fixTeam: section({
    needs: listOf(oneOf(['terms', 'access']), 'of terms, access').prefault([]),
    terms: maybe(line('what an engineer agrees to')),
  }).prefault({}),
  slow: maybe(section({ below: maybe(score), text: line('when and how the fix may be slowed down') })),
  fix: section({
    release: maybe(line('in which release a fix comes', 120)),
    backport: maybe(oneOf(['all-supported', 'latest'])),
  }).prefault({}),
  versions: section({
    supported: maybe(oneOf(['latest', 'listed'])),
    text: maybe(line('which versions are supported')),
  }).prefault({}),
  public: section({ effect: oneOf(['all-asap', 'disclose-now', 'none']).prefault('none') }).prefault({}),
  clocks: namedList(clock.shape, 'clocks')
    .prefault([])
    .transform(clocks => clocks.map(({ within, ...rest }) => ({ ...rest, ...within }))),
  embargo: section({
    start: milestone.prefault('received'),
    maximum: maybe(span),
    preferred: maybe(span),
    overrun: oneOf(['warn', 'block', 'publish']).prefault('warn'),
    reasons: namedList(named, 'reasons').prefault([]),
    quorumBeyond: wholeNumber(0, 20).prefault(0),
    yields: listOf(z.literal('upstream', 'must be upstream'), 'of upstream').prefault([]),
    remind: section({
      before: spans.prefault(['7d', '3d', '1d', '1h']),
      every: interval.prefault('1d'),
    }).prefault({}),
  }).prefault({}),
  slots: maybe(slots),
  notices: section({
    stages: namedList(stage, 'stages').prefault([]),
    blind: oneOf(['warn', 'block']).prefault('warn'),
    answers: maybe(
      section({ within: span, every: interval.prefault('1d'), most: wholeNumber(1, 30).prefault(3) }),
    ),
    agreement: oneOf(['most', 'all']).prefault('most'),
  }).prefault({}),
  discussion: maybe(section({ posts: oneOf(['relayed', 'moderated']).prefault('relayed') })),
  membership: maybe(membershipShape),
  sharing: maybe(sharingShape),
})
