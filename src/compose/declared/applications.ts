// What is written about requests to join a list: to whoever asks, and to the admins.
import type { Content } from '../../model/order.ts'
import {
  type Declarations,
  flag,
  group,
  id,
  lines,
  list,
  required,
  sometimes,
  text,
  type Variable,
} from '../variables.ts'
import { command, facts, items, offers, project } from './common.ts'

const application = required(id('the number of the request'))

const what = {
  new: required(flag('it is new')),
  'follow-up': required(flag('the applicant wrote again')),
  other: required(flag('somebody else wrote, and changed nothing')),
  ended: required(flag('the request has ended, and nothing changed')),
} satisfies Readonly<Record<Extract<Content, { kind: 'application' }>['what'], Variable>>

const occasions = {
  opened: required(flag('the request is new')),
  changed: required(flag('it was added to')),
  unread: required(flag('a mail came that answers nothing of what is asked')),
  reminded: group('something was missing for long', {
    ends: text('when it ends if they do not answer'),
  }),
  lapsed: required(flag('it has ended, since nobody completed it')),
} satisfies Readonly<Record<Extract<Content, { kind: 'application-answer' }>['occasion'], Variable>>

export const APPLICATION_MAILS = {
  application: {
    about:
      'Passes a request to join the list, or mail about one, on to the team; the words follow behind bars',
    marker: 'first',
    variables: {
      application,
      project,
      ...what,
      state: text('how it has ended'),
      facts,
      flags: group('what an admin should look at', { items }),
      open: group('it waits for a decision', {
        criteria: list('what the policy asks for', {
          number: required(text('its number')),
          what: required(text('what the policy says')),
          answered: required(flag('it is answered')),
          hinted: required(flag('it is not, though the mail seems to speak of it')),
          unanswered: required(flag('it is not answered')),
          later: required(flag('somebody else answers it, or it comes later')),
        }),
        missing: required(sometimes(text('what is missing'))),
      }),
      machine: required(flag('a machine seems to have written it')),
      capped: required(flag('the applicant was not answered: the limits of the day are reached')),
      restored: required(flag('the applicant was not answered: the mail is older than a restore')),
      packed: sometimes(lines('what of it could not be read, since Outlook had packed it')),
      offers,
      command,
    },
  },
  'application-answer': {
    about:
      'Tells whoever asked to join the list what is known and what is missing; nothing in their own words',
    marker: 'none',
    variables: {
      application,
      project,
      ...occasions,
      understood: sometimes(text('what they have answered, by name and number')),
      form: group('something is to be answered', {
        lines: lines('the lines to fill in'),
        link: sometimes(lines('the same as a link that opens a mail')),
      }),
      key: sometimes(lines('the fingerprint of the key that they offered, in two lines')),
      fault: sometimes(lines('why the key that they offered cannot be used, and how to mend it')),
      proven: required(flag('the key is proven')),
      asked: flag('a token for the key that they offered is out'),
      vouches: required(sometimes(text('whose word they need'))),
      offers,
      command,
      terms: group('the terms of the list', {
        implied: required(flag('asking to join is accepting them')),
        explicit: required(flag('they are accepted later')),
        version: text('their version'),
        text: lines('the terms, word for word'),
      }),
    },
  },
  'application-which': {
    about: 'Asks which list somebody wants to join, where there are several, or says that there is none',
    marker: 'none',
    variables: {
      several: required(flag('there are several')),
      of: sometimes(text('the project that was meant and has none')),
      security: text('the security address'),
      projects: list('the projects that have one', { name: required(text('its name')) }),
    },
  },
} as const satisfies Declarations
