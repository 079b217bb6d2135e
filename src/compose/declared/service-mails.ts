// What answers a mail to us, tells admins of ourselves, and goes to the list.
import type { RefusalSentence } from '../../model/order.ts'
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
import { ALERTS } from './alerts.ts'
import { command, discussion, fingerprint, offers, project, security, theCase } from './common.ts'

const refusals = {
  'not-authorised': required(flag('it was signed by no key that counts')),
  'cleartext-signed': required(flag('the signature is written into the text')),
  'html-only': required(flag('it has no plain text')),
  'did-not-verify': required(flag('the signature does not hold')),
  replayed: required(flag('the signature was used before')),
  stale: required(flag('the signature is too old, or older than their place on the list')),
} satisfies Readonly<Record<RefusalSentence, Variable>>

export const SERVICE_MAILS = {
  transcript: {
    about: 'Answers a mail of commands',
    marker: 'first',
    variables: {
      error: required(flag('one command has an error, and none ran')),
      errors: required(sometimes(text('how many commands have errors, if several; none ran'))),
      'dry-run': required(flag('it was a dry run')),
      waits: required(flag('it waits for a confirmation')),
      nothing: required(flag('there was nothing to do')),
      done: required(flag('it was done')),
      commands: sometimes(text('the first commands that were done')),
      more: sometimes(text('how many more were done')),
      offers,
      command,
      results: sometimes(lines('each command with its result')),
      'ignored-one': required(flag('one line below the end of the commands was not read')),
      ignored: required(sometimes(text('how many lines were not read, if several'))),
      discussion,
      chain: group('the last row of the audit chain, for the team alone', {
        row: required(text('its number')),
        hash: required(text('its hash')),
      }),
    },
  },
  refusal: {
    about: 'Answers mail that did nothing, the same to anybody; one of the reasons holds',
    marker: 'first',
    variables: {
      ...refusals,
      security,
    },
  },
  help: {
    about: 'Lists the commands that its reader may send',
    marker: 'first',
    variables: {
      instance: id('the name of the instance, with which commands begin'),
      command,
      verbs: list('the commands', {
        usage: lines('how it is written'),
        summary: text('what it does'),
      }),
    },
  },
  'help-anyone': {
    about: 'Tells whoever asks how to write to us',
    marker: 'first',
    variables: {
      security,
      command,
      lists: required(sometimes(text('the projects with a list that takes requests to join'))),
    },
  },
  key: {
    about: 'Brings our public key',
    marker: 'first',
    variables: { address: required(text('whose key it is')), fingerprint },
  },
  notice: {
    about: 'Early disclosure to distributors, the same to each of them',
    marker: 'first',
    variables: {
      notice: required(id('the number of the notice')),
      case: theCase,
      project,
      stage: required(text('what the policy calls the stage')),
      planned: group('a date is set', {
        date: required(text('when it is planned to be public')),
        agreed: required(sometimes(text('how many of how many agreed, where it is the date of the list'))),
      }),
      latest: required(sometimes(text('when it is planned to be public at the latest, if none is'))),
      rebuild: required(flag('they may rebuild with the fix before it is public')),
      'deploy-hosted': required(flag('they may deploy the fix on what they host')),
      'tell-customers': required(flag('they may tell customers that a fix comes')),
      terms: required(sometimes(text('the version of the terms of the list'))),
      security,
      list: required(sometimes(text('the address of the list, where members may write to each other'))),
      text: lines('what the team wrote'),
      offers,
      command,
      digests: sometimes(lines('the files that go along, with size and SHA-256')),
    },
  },
  'users-notice': {
    about: 'Tells users in clear, while an embargo lasts, that a fix comes, and no more than stands here',
    marker: 'none',
    variables: {
      project: required(id('the name of the project')),
      date: required(text('when it is planned')),
      rating: required(text('how severe it is, in a word')),
      score: text('the CVSS score'),
      version: text('the version of CVSS'),
      text: lines('what users can do until then, as the team wrote it'),
      security,
    },
  },
  'users-notice-text': {
    about: 'Gives the admins what users are told, to be put where users read it',
    marker: 'first',
    variables: {
      notice: required(id('the number of the notice')),
      case: theCase,
      project,
      stage: required(text('what the policy calls the stage')),
      none: required(flag('it goes to nobody by itself')),
      one: flag('it goes to one address by itself'),
      several: sometimes(text('to how many addresses it goes by itself')),
      title: lines('its subject'),
      text: lines('its text'),
    },
  },
  alert: {
    about: 'Tells admins of what needs them; one of the occasions holds',
    marker: 'first',
    variables: {
      about: sometimes(id('the number of the notice or case, where it is about one')),
      calm: flag('a notice comes near, and nothing is to be done'),
      ...ALERTS,
      offers,
      command,
    },
  },
  'alert-bare': {
    about: 'Tells an admin in clear that something needs them, and no more',
    marker: 'first',
    variables: {},
  },
} as const satisfies Declarations
