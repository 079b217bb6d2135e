// What is mailed about telling others of a case, about what members do for one, and about leaks.
import { type Declarations, flag, group, id, lines, required, sometimes, text } from '../variables.ts'
import {
  command,
  discussion,
  doubt,
  due,
  fingerprint,
  offers,
  project,
  security,
  team,
  theCase,
} from './common.ts'

const contact = required(id('the number of the contact'))
const organisation = sometimes(text('the organisation, where the reader may know it'))
const incident = required(id('the number of the incident'))
const needed = required(text('how many organisations must agree'))

export const SHARING_MAILS = {
  'answer-wanted': {
    about: 'Asks a member again, whose organisation said nothing of a notice',
    marker: 'first',
    variables: {
      case: theCase,
      notice: required(id('the number of the notice')),
      project,
      since: required(text('when it went to them')),
      last: flag('they are not asked again'),
      team,
      offers,
      command,
    },
  },
  'roll-up': {
    about: 'Tells those who work on a case what the organisations that were told of it have said',
    marker: 'first',
    variables: {
      case: theCase,
      project,
      told: required(text('how many organisations have a notice')),
      all: required(flag('all have answered')),
      silent: required(sometimes(text('how many have not, and are asked again'))),
      last: flag('they were asked for the last time'),
      quotes: flag('some wrote words of their own'),
      answers: required(lines('a line an organisation, and its own words behind bars')),
      offers,
      command,
      discussion,
    },
  },
  feedback: {
    about: 'Passes what a member thinks of a fix on to those who work on the case',
    marker: 'first',
    variables: { case: theCase, contact, organisation, discussion },
  },
  'share-request': {
    about: 'Asks the team, or other members, whether a member may tell somebody else of a case',
    marker: 'first',
    variables: {
      case: theCase,
      contact,
      organisation,
      again: flag('it was asked before, and the time is nearly over'),
      due,
      team: required(flag('one of the team decides, and reads this')),
      list: group('the list decides, and the team reads this', { needed }),
      member: group('the list decides, and a member reads this', { needed }),
      offers,
      command,
    },
  },
  'share-outcome': {
    about: 'Tells a member what came of their request to tell others',
    marker: 'first',
    variables: {
      case: theCase,
      granted: group('it was granted', { terms: sometimes(lines('the embargo policy, behind bars')) }),
      denied: required(flag('it was denied')),
      lapsed: required(flag('nobody decided in time')),
      reason: sometimes(lines('why, in the words of the team')),
      member: flag('a member said no; their words follow'),
      team,
      command,
    },
  },
  contribution: {
    about: 'Tells the team, and other members where the policy wants it, what a member did for a case',
    marker: 'first',
    variables: {
      case: theCase,
      contact,
      organisation,
      task: required(text('what the policy calls such work')),
    },
  },
  leak: {
    about: 'Alarms the team that something under embargo got out',
    marker: 'first',
    variables: {
      incident,
      more: required(flag('it adds to what was told before')),
      contact: sometimes(id('the number of the contact who signed it, if one did')),
      organisation,
      about: sometimes(text('the case that it names; there may be none of that number')),
      doubt: group('the embargo of that case lasts: the team decides what follows', doubt),
      facts: sometimes(lines('who it says it is from, how it was protected and signed')),
      offers,
      command,
    },
  },
  'leak-thanks': {
    about: 'Answers whoever told us of a leak, always the same',
    marker: 'none',
    variables: { incident, fingerprint, team },
  },
  strike: {
    about: 'Tells an organisation that it broke the embargo, and what follows',
    marker: 'first',
    variables: {
      project,
      count: required(text('its strikes')),
      limit: required(text('with how many it is to be removed')),
      incident: sometimes(id('the number of the incident')),
      reason: lines('why, in the words of the team, behind bars'),
      reached: required(flag('there are as many now')),
      permanent: required(flag('who is removed never comes back')),
      security,
      command,
      team,
    },
  },
} as const satisfies Declarations
