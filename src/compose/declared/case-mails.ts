// What those who work on a case get of it: mail that came, what is due, what changed.
import type { Content } from '../../model/order.ts'
import {
  type Declarations,
  flag,
  group,
  lines,
  list,
  required,
  sometimes,
  text,
  type Variable,
} from '../variables.ts'
import {
  clocks,
  command,
  discussion,
  due,
  facts,
  items,
  lead,
  offers,
  project,
  state,
  theCase,
  writers,
} from './common.ts'

const unanswered = {
  machine: required(flag('nobody was answered: a machine seems to have written it')),
  'no-author': required(flag('nobody was answered: there is no single address')),
  advisory: required(flag('nobody was answered: it came as a notification of an advisory')),
  capped: required(flag('nobody was answered yet: the limits of the day are reached')),
  restored: required(flag('nobody was answered: it is older than a restore')),
} satisfies Readonly<Record<NonNullable<Extract<Content, { kind: 'report' }>['unanswered']>, Variable>>

const alarm = {
  public: required(flag('it seems to say that it is public already')),
  insider: flag('its reader is no admin'),
  'say-where': flag('an admin can still say where'),
}
const packed = sometimes(lines('what of it could not be read, since Outlook had packed it'))

export const CASE_MAILS = {
  report: {
    about: 'Passes a new report on to the team, whose words follow behind bars',
    marker: 'first',
    variables: {
      case: theCase,
      project: sometimes(text('the name of the project, if it is known')),
      ...alarm,
      facts,
      packed,
      next: group('what the policy tells reporters to expect', { clocks }),
      acknowledged: flag('the reporter was answered'),
      ...unanswered,
      similar: sometimes(text('numbers of open cases that it may be the same as')),
      named: sometimes(text('CVE ids, CVSS vectors and versions that stand in it')),
      wished: group('a date for the disclosure stands in it', {
        date: required(text('the date, as it stands there')),
        latest: required(sometimes(text('the latest that the policy allows, if that is earlier'))),
      }),
      missing: group('what the policy would like to read in it', { items }),
      offers,
      command,
      keys: sometimes(lines('keys that came with it, and how to adopt one')),
      discussion,
    },
  },
  'follow-up': {
    about: 'Passes further mail in a case on to those who work on it',
    marker: 'first',
    variables: {
      case: theCase,
      project: sometimes(text('the name of the project, if it is known')),
      ...writers,
      ...alarm,
      facts,
      packed,
      said: sometimes(lines('what the reporter states in it, to be adopted')),
      offers,
      command,
      keys: sometimes(lines('keys that came with it, and how to adopt one')),
      discussion,
    },
  },
  'earlier-mail': {
    about: 'Passes the earlier mails of a case on to somebody new to it, one by one',
    marker: 'first',
    variables: {
      case: theCase,
      project: sometimes(text('the name of the project, if it is known')),
      reporter: writers.reporter,
      team: writers.team,
      facts,
      packed,
      offers,
      command,
      discussion,
    },
  },
  'past-mail': {
    about: 'Stands for an earlier mail of a case that cannot be opened any more',
    marker: 'first',
    variables: { case: theCase, inbound: required(text('the number of the mail')) },
  },
  'list-mail': {
    about: 'Passes mail to the distributors address on to the team',
    marker: 'first',
    variables: { project, facts, packed },
  },
  welcome: {
    about: 'Tells somebody who joins a case what it is',
    marker: 'first',
    variables: {
      case: theCase,
      project,
      maintainer: required(flag('they are a maintainer of the project')),
      engineer: required(flag('they are on the fix team')),
      'asked-to-lead': required(flag('they are asked to lead it')),
      state,
      lead,
      discussion,
      offers,
      command,
      thread: group('earlier mails follow', {
        mails: text('how many'),
        one: flag('it is a single one'),
        older: sometimes(text('how many still older ones are left out')),
      }),
      title: lines('the title of the case, behind a bar'),
    },
  },
  reminder: {
    about: 'Tells those who can act what is due in a case',
    marker: 'first',
    variables: {
      case: theCase,
      project,
      overdue: flag('something is overdue'),
      'due-now': flag('something is due at this moment'),
      items: list('what is due; each is one of both', {
        clock: group('a promise or an aim', {
          promise: flag('it is promised, and not only aimed at'),
          due,
          distance: text('how long that is from now, or ago'),
          task: required(text('what has to be done')),
          'waits-for': sometimes(text('what must be done before')),
        }),
        embargo: group('the end of the embargo', {
          lifted: required(flag('the policy has ended it')),
          'is-public': required(flag('else: the case is public already')),
          agreed: flag('else: its date was agreed upon'),
          proposed: flag('else: its date was proposed'),
          past: flag('it is over'),
          act: group('it is over, or over at this moment', {
            accepted: flag('the case is accepted'),
            movable: flag('another date can be set'),
          }),
          limit: group('it is the longest that the policy allows, or over', {
            ends: required(flag('the policy ends it by itself')),
            never: required(flag('no later date is taken')),
            needs: group('a later date needs a reason', {
              reasons: sometimes(text('those that the policy takes')),
              one: required(flag('one other admin has to confirm it')),
              admins: required(sometimes(text('how many others have to confirm it, if several'))),
            }),
          }),
          due,
          distance: text('how long that is from now, or ago'),
        }),
      }),
      state,
      lead,
      held: flag('the case is on hold'),
      offers,
      command,
      discussion,
    },
  },
  change: {
    about: 'Tells admins what another of them, or a reporter, changed',
    marker: 'first',
    variables: {
      changes: list('what changed', { change: required(text('who did what, in one sentence')) }),
      offers,
      command,
      discussion,
    },
  },
} as const satisfies Declarations
