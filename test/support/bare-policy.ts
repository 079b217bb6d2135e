// A policy that promises nothing and a clock that is plain: tests say only what matters to them.
import type { Clock, Notices, Policy, Stage } from '../../src/model/policy.ts'

export const BARE_STAGE: Stage = {
  name: 'early-disclosure',
  text: 'early disclosure',
  to: 'distributors',
  decidedBy: 'team',
  when: undefined,
  quorum: 0,
  patches: 'allowed',
  may: [],
}

export const BARE_NOTICES: Notices = { stages: [], blind: 'warn', answers: undefined, agreement: 'most' }

export const BARE_POLICY: Policy = {
  name: 'widget',
  displayName: 'Widget',
  team: 'Widget Team',
  calendar: { zone: 'UTC', weekend: [6, 7], holidays: [] },
  intake: { proposedContent: [], outOfScope: [], share: 'by-hand' },
  links: { tracker: undefined, advisories: undefined, policy: undefined },
  severity: { versions: ['3.0', '3.1', '4.0'], decidedBy: 'team' },
  priorities: [],
  lead: undefined,
  fixTeam: { needs: [], terms: undefined },
  slow: { below: undefined, text: 'for a reason' },
  fix: { release: undefined, backport: undefined },
  versions: { supported: undefined, text: undefined },
  public: { effect: 'none' },
  clocks: [],
  embargo: {
    start: 'received',
    maximum: { count: 21, unit: 'day' },
    preferred: undefined,
    overrun: 'warn',
    reasons: [],
    quorumBeyond: 0,
    yields: [],
    remind: { before: [], every: { count: 1, unit: 'day' } },
  },
  slots: undefined,
  notices: { ...BARE_NOTICES, stages: [BARE_STAGE] },
  discussion: undefined,
  membership: undefined,
  sharing: undefined,
}

export const BARE_CLOCK: Clock = {
  name: 'conversation',
  kind: 'promise',
  start: 'received',
  until: 'conversation',
  earliest: undefined,
  within: { count: 3, unit: 'business-day' },
  after: [],
  when: undefined,
  yields: [],
  told: 'reporter',
  nags: { before: [{ count: 1, unit: 'day' }], every: { count: 1, unit: 'day' }, escalate: undefined },
  text: 'we start a conversation with you',
}
