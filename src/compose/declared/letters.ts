// What reporters are written: answers, questions, news.
import type { CaseState } from '../../model/case.ts'
import type { DisclosureDate } from '../../model/disclosure-date.ts'
import {
  type Declarations,
  flag,
  group,
  id,
  lines,
  required,
  sometimes,
  text,
  type Variable,
} from '../variables.ts'
import { clocks, fingerprint, items, nextClock, team, theCase } from './common.ts'

const states = {
  new: required(flag('nobody has taken it up')),
  triaged: required(flag('somebody is looking into it')),
  accepted: required(flag('it is a vulnerability')),
  fixing: required(flag('it is being fixed')),
  'fix-ready': required(flag('there is a fix')),
  published: required(flag('it is published')),
  closed: required(flag('it is closed after its publication')),
  rejected: required(flag('it is no vulnerability')),
  duplicate: required(flag('another report told of it before')),
  'not-security': required(flag('it is a bug, but does no harm to security')),
  internal: required(flag('it is handled internally')),
  spam: required(flag('it was taken for spam')),
} satisfies Readonly<Record<CaseState, Variable>>

const date = required(text('the instant'))
const instant = required(text('the same, as a command takes it'))
const former = sometimes(text('the date that was told before, if it is another now'))
const dates = {
  proposed: group('a date of disclosure is proposed', { date, instant, former }),
  active: group('the date of disclosure is agreed', { date, instant, former }),
  lifted: group('the embargo is over', { date }),
  broken: group('the embargo is over before its date, for somebody did not keep it', { date }),
  dropped: group('the date holds no more: the case ended', { date }),
} satisfies Readonly<Record<DisclosureDate['standing'], Variable>>

export const LETTERS = {
  acknowledgement: {
    about: 'Answers a report at once',
    marker: 'none',
    variables: {
      case: theCase,
      received: text('when the report arrived'),
      latest: required(
        sometimes(text('the latest instant of publication that the policy allows, if it is known already')),
      ),
      team,
      next: group('what the policy tells reporters to expect', { clocks }),
      wanted: group('what the policy would like to read in a report', { items }),
      fingerprint,
      encrypted: flag('it is encrypted, to a key that came with the report'),
      tracker: sometimes(text('where bugs are reported in public')),
      advisories: sometimes(text('where advisories are published')),
      policy: sometimes(text('where the whole policy stands')),
    },
  },
  'acknowledgement-list': {
    about: 'Answers many reports in one mail, where a limit kept back their own acknowledgements',
    marker: 'none',
    variables: {
      numbers: lines('the numbers of the cases'),
      others: required(sometimes(text('how many more there are'))),
      first: required(id('the number of the case to which answers go')),
      team,
      fingerprint,
    },
  },
  'request-key': {
    about: 'Asks a reporter for their public key',
    marker: 'none',
    variables: { case: theCase, team },
  },
  'request-private': {
    about: 'Asks a reporter to keep it private until there is a fix',
    marker: 'none',
    variables: { case: theCase, team },
  },
  reply: {
    about: 'What an admin writes to a reporter',
    marker: 'none',
    variables: { case: theCase, reply: lines('what the admin wrote'), team },
  },
  'news-bare': {
    about: 'Tells a reporter in clear that there is news, and no more',
    marker: 'none',
    variables: { case: theCase, next: nextClock, team },
  },
  news: {
    about: 'Tells a reporter what became of their report; its state, the date of its disclosure, or both',
    marker: 'none',
    variables: {
      case: id('the number of the case'),
      state: group('its state has changed; one of them holds', states),
      reason: sometimes(lines('the reason, in the words of an admin')),
      tracker: sometimes(text('where bugs are reported in public, if it belongs there')),
      ...dates,
      next: nextClock,
      team,
    },
  },
} as const satisfies Declarations
