// What is mailed about the date of a case to others than its reporter.
import type { DisclosureDate } from '../../model/disclosure-date.ts'
import {
  type Declarations,
  flag,
  group,
  id,
  list,
  required,
  sometimes,
  text,
  type Variable,
} from '../variables.ts'
import { command, discussion, offers, project, security, team } from './common.ts'

const date = required(text('the instant'))
const former = required(sometimes(text('the date that was told before, if it was another')))
const contact = required(id('the number of the contact'))
const organisation = sometimes(text('the organisation, where the reader may know it'))
const proposed = required(text('the date that they propose'))

const standings = {
  proposed: group('it is to be public then if it turns out to be a vulnerability', { date, former }),
  active: group('it is to be public then', { date, former }),
  lifted: group('the policy ended the embargo', { date }),
  broken: group('somebody did not keep the embargo', { date }),
  dropped: group('the case ended, and nothing is to be published under its number', { date }),
} satisfies Readonly<Record<DisclosureDate['standing'], Variable>>

export const DATE_MAILS = {
  'disclosure-date': {
    about:
      'Tells members who know of a case, and those who work on it, of its date, with a file for their calendar',
    marker: 'first',
    variables: {
      case: id('the number of the case'),
      project,
      day: id('the instant in UTC'),
      member: required(flag('its reader is a member; else somebody who works on it')),
      holds: required(flag('the date holds')),
      ...standings,
      open: required(flag('it is still to be published')),
      set: group('a command set it; for those who work on it', {
        by: required(text('whose command')),
        notes: required(sometimes(text('what is to be known of that date'))),
      }),
      agreed: group('enough of the organisations told want that date', {
        count: required(text('how many')),
        of: required(text('of how many')),
      }),
      file: required(sometimes(text('the name of the file for calendars, if one goes along'))),
      security,
      team,
      offers,
      command,
      discussion,
    },
  },
  'date-tally': {
    about: 'Tells those who work on a case what the organisations told think of its date',
    marker: 'first',
    variables: {
      case: id('the number of the case'),
      date: sometimes(text('the date, if there is one')),
      objects: group('one of them objects just now', { contact, organisation }),
      proposes: group('one of them proposes a date just now', { contact, organisation, proposed }),
      agreed: required(flag('enough of them agree since now')),
      of: required(text('how many were told')),
      agree: required(text('how many agree')),
      silent: required(text('how many said nothing')),
      against: list('those who object, or propose another date', {
        contact,
        proposed: required(sometimes(text('the date that they propose; without one they object'))),
      }),
      reporter: required(sometimes(text('what the reporter says of it, as the rest of a sentence'))),
      offers,
      command,
      discussion,
    },
  },
} as const satisfies Declarations
