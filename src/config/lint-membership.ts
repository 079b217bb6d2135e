// What no single key about the distributors list can tell: keys that disagree, and keys that can have no effect. In go
// a policy and what its author wrote, out comes a line for each flaw.
import type { Membership, Policy } from '../model/policy.ts'
import { type Flaw, isLonger } from './lint-flaw.ts'
import type { Path } from './source.ts'

/** `isWritten`: whether its author wrote that key. */
export function membershipFaults(policy: Policy, isWritten: (path: Path) => boolean): readonly Flaw[] {
  const { membership, sharing } = policy
  const flaws: Flaw[] = []
  if (sharing?.approvedBy === 'team' && isWritten(['sharing', 'count']))
    flaws.push({
      path: ['sharing', 'count'],
      text: 'no organisation is asked; leave it out',
      against: ['sharing', 'approvedBy'],
    })
  if (membership === undefined) return flaws
  if (sharing?.approvedBy === 'list' && membership.most !== undefined && sharing.count >= membership.most)
    flaws.push({
      path: ['sharing', 'count'],
      text: 'there are never so many others who could agree; make it lower',
      against: ['membership', 'most'],
    })
  const within = (found: readonly Flaw[]): readonly Flaw[] =>
    found.map(({ path, text, against }) => ({
      path: ['membership', ...path],
      text,
      ...(against && { against: ['membership', ...against] }),
    }))
  return [
    ...flaws,
    ...within([
      ...criteriaFaults(membership),
      ...vouchFaults(membership),
      ...timeFaults(membership, policy.calendar),
    ]),
    ...within(numberFaults(membership)),
  ]
}

/** What its author should look at. */
export function membershipWarnings({ membership }: Policy): readonly Flaw[] {
  if (membership?.vouch === undefined || membership.vouch.bootstrap !== undefined) return []
  return [
    {
      path: ['membership', 'vouch'],
      text: 'nobody is on the list who could vouch for the first ones; add bootstrap, or import them',
    },
  ]
}

function criteriaFaults({ criteria, vouch }: Membership): readonly Flaw[] {
  const flaws: Flaw[] = []
  for (const by of ['acceptance', 'vouch'] as const) {
    const first = criteria.findIndex(one => one.by === by)
    criteria.forEach((one, i) => {
      if (one.by === by && i > first)
        flaws.push({
          path: ['criteria', i, 'by'],
          text: 'one of the two is enough; make the other an answer',
          against: ['criteria', first, 'by'],
        })
    })
    if (by === 'vouch' && first >= 0 && vouch === undefined)
      flaws.push({
        path: ['criteria', first, 'by'],
        text: 'nobody is asked to vouch; add membership.vouch, or make it an answer',
      })
    if (by === 'vouch' && first < 0 && vouch !== undefined)
      flaws.push({
        path: ['vouch'],
        text: 'none of the criteria asks for it; add one with by: vouch, or leave it out',
      })
  }
  criteria.forEach(({ by, signs }, i) => {
    if (by !== 'answer' && signs.length > 0)
      flaws.push({
        path: ['criteria', i, 'signs'],
        text: `it is not looked for in what somebody writes, but by: ${by}; leave it out`,
      })
  })
  return flaws
}

function vouchFaults({ vouch, most }: Membership): readonly Flaw[] {
  const { bootstrap, count } = vouch ?? {}
  if (bootstrap === undefined || count === undefined) return []
  const path = ['vouch', 'bootstrap', 'below']
  if (bootstrap.below < count)
    return [
      {
        path,
        text: `with ${bootstrap.below} on the list nobody finds ${count} who vouch; give a higher one`,
        against: ['vouch', 'count'],
      },
    ]
  if (most !== undefined && most <= bootstrap.below)
    return [
      {
        path,
        text: 'the list is full before anybody must vouch; make one of them fit the other',
        against: ['most'],
      },
    ]
  return []
}

function timeFaults(
  { review, attestation, contacts }: Membership,
  calendar: Policy['calendar'],
): readonly Flaw[] {
  const flaws: Flaw[] = []
  const { within, objection } = review
  if (within !== undefined && objection !== undefined && isLonger(objection, within, calendar))
    flaws.push({
      path: ['review', 'objection'],
      text: 'it would be due before anybody may approve it; make it shorter',
      against: ['review', 'within'],
    })
  if (attestation !== undefined && isLonger(attestation.within, attestation.every, calendar))
    flaws.push({
      path: ['attestation', 'within'],
      text: 'they would be asked again before it is due; make it shorter',
      against: ['attestation', 'every'],
    })
  if (attestation !== undefined && contacts.kind === 'person')
    flaws.push({
      path: ['attestation'],
      text: 'nobody is asked, for behind the address of a person reads that person; leave it out',
      against: ['contacts', 'kind'],
    })
  return flaws
}

function numberFaults({ classes, contacts, contributing }: Membership): readonly Flaw[] {
  const flaws: Flaw[] = []
  if (classes.length === 1)
    flaws.push({ path: ['classes'], text: 'one class divides nothing; name two at least, or leave it out' })
  if (contacts.approval === 'team' && contacts.most === 1)
    flaws.push({
      path: ['contacts', 'approval'],
      text: 'there is no further contact to approve; leave it out',
      against: ['contacts', 'most'],
    })
  if (contributing?.tasks.length === 0)
    flaws.push({
      path: ['contributing', 'tasks'],
      text: 'names no task; name one at least, or leave contributing out',
    })
  return flaws
}
