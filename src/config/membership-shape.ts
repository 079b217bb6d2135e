// The keys of a profile about the distributors list: who may join and how, what members owe, and who lets them share.
// docs/profiles.md says what they do. In go values as YAML gives them.
import * as z from 'zod'
import { sha256Of } from '../digest.ts'
import { line, listOf, oneOf, paragraphs, section, wholeNumber } from './fields.ts'
import { coolingOff, maybe, named, namedList, signed, span, spans } from './policy-fields.ts'

const criterion = signed({ by: oneOf(['answer', 'acceptance', 'vouch']).prefault('answer') })

const terms = section({
  version: line('what the version is called, such as a date', 40),
  text: paragraphs('the embargo policy that members accept', 20_000),
}).transform(({ version, text }) => ({ version, text, sha256: sha256Of(text) }))

const bootstrap = section({ below: wholeNumber(1, 100), quorum: wholeNumber(0, 20).prefault(1) })

const weekday = z.int('must be an ISO weekday, 1 (Monday) to 7 (Sunday)').min(1).max(7)

export const membershipShape = section({
  requests: oneOf(['distributors', 'security']).prefault('distributors'),
  criteria: listOf(criterion, 'criteria', 1),
  terms,
  acceptance: oneOf(['implied', 'explicit']),
  vouch: maybe(
    section({
      count: wholeNumber(1, 10).prefault(1),
      covers: oneOf(['person', 'organisation']).prefault('person'),
      perYear: maybe(wholeNumber(1, 100)),
      after: maybe(span),
      bootstrap: maybe(bootstrap),
    }),
  ),
  review: section({
    within: maybe(span),
    weekly: maybe(weekday),
    lapse: span.prefault('90d'),
    objection: maybe(span),
    quorum: wholeNumber(0, 20).prefault(0),
    again: maybe(span),
  }).prefault({}),
  contacts: section({
    kind: oneOf(['role', 'person', 'any']).prefault('any'),
    most: wholeNumber(1, 100).prefault(5),
    approval: oneOf(['team', 'none']).prefault('none'),
    coolingOff: coolingOff.prefault('24h'),
  }).prefault({}),
  most: maybe(wholeNumber(1, 10_000)),
  classes: namedList(named, 'classes').prefault([]),
  attestation: maybe(
    section({
      every: span,
      within: span.prefault('30d'),
      silent: oneOf(['suspend', 'keep']).prefault('keep'),
    }),
  ),
  reacceptance: section({
    within: span.prefault('30d'),
    silent: oneOf(['suspend', 'keep']).prefault('suspend'),
  }).prefault({}),
  keyWarnings: spans.prefault(['60d', '30d', '14d', '7d', '1d']),
  lateJoiners: oneOf(['nothing', 'embargoed']).prefault('nothing'),
  roster: oneOf(['hidden', 'organisations']).prefault('hidden'),
  contributing: maybe(
    section({ tasks: namedList(named, 'tasks'), told: oneOf(['list', 'team']).prefault('team') }),
  ),
  leak: section({
    strikes: wholeNumber(1, 10).prefault(2),
    removal: oneOf(['permanent', 'removed']).prefault('removed'),
    retrospective: oneOf(['held', 'none']).prefault('none'),
  }).prefault({}),
  breakEmbargo: section({
    within: span.prefault('24h'),
    doubt: oneOf(['publish', 'continue']).prefault('publish'),
  }).prefault({}),
})

export const sharingShape = section({
  approvedBy: oneOf(['team', 'list']),
  count: wholeNumber(1, 100).prefault(1),
  within: span.prefault('2d'),
})
