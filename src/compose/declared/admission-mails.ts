// What a request to join brings about on its way to a decision: mail to the team, to members, and to whoever made it.
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
import { command, fingerprint, offers, project, security, team } from './common.ts'

const application = required(id('the number of the request'))
const address = required(text('the address that it came from'))
const key = lines('the fingerprint of the key that was offered, in two lines')
const received = text('when its first mail came')
const lacks = sometimes(text('what is missing, if anything'))
const proven = flag('the address and the key are proven')

const occasions = {
  complete: required(flag('nothing is missing since now')),
  objected: required(flag('somebody objected')),
  'due-soon': required(flag('it is soon to be decided on')),
  due: required(flag('it is to be decided on at this moment')),
  overdue: required(flag('its decision is overdue')),
} satisfies Readonly<Record<Extract<Content, { kind: 'application-review' }>['occasion'], Variable>>

export const ADMISSION_MAILS = {
  'application-review': {
    about: 'Tells the team how a request to join stands, whose words follow behind bars',
    marker: 'first',
    variables: {
      application,
      project,
      ...occasions,
      address,
      proven,
      flags: list('what to take care of', { flag: required(text('it, in one sentence')) }),
      keyed: group('a key was offered', { key }),
      received,
      by: sometimes(text('by when it is to be decided on')),
      accepted: sometimes(text('which terms were accepted, and when')),
      lacks: required(lacks),
      founding: required(flag('too few are on the list to vouch for anybody')),
      vouches: list('who gave their word', {
        voucher: required(text('the numbers of contact and organisation')),
        fault: required(sometimes(text('why it does not count, as the rest of a sentence'))),
      }),
      objections: list('who objected', {
        objector: required(text('the name, or the number of the contact')),
        when: text('when they did'),
      }),
      until: required(sometimes(text('until when objections may come'))),
      decide: group('it can be decided on', {
        how: lines('the command that lets them in'),
        choices: sometimes(text('what can be put behind it')),
        later: required(flag('not before the time for objections is over')),
      }),
      offers,
      command,
    },
  },
  'applications-pending': {
    about: 'Lists the requests to join that wait, for the team, once a week and when there are very many',
    marker: 'first',
    variables: {
      many: flag('more came than the team gets a mail for each'),
      more: flag('there are newer ones that are left out'),
      one: flag('it is a single one'),
      count: text('how many'),
      requests: list('each of them', {
        application: required(text('its number')),
        to: required(text('the name of the project')),
        address,
        received,
        overdue: flag('its decision is overdue'),
        by: sometimes(text('by when it is to be decided on')),
        lacks: required(lacks),
        circulated: flag('the members were asked'),
        objections: sometimes(text('how many objected, if anybody did')),
        who: lines('the organisation as it calls itself, behind a bar'),
      }),
    },
  },
  'application-circulated': {
    about: 'Asks the members whether they know who wants to join',
    marker: 'first',
    variables: {
      application,
      project,
      address,
      key,
      vouch: group('the policy asks for vouches', {
        person: required(flag('for the person who asks; else for their organisation')),
      }),
      object: required(flag('objections may come')),
      until: sometimes(text('until when objections may come, if that is known')),
      offers,
      command,
      security,
    },
  },
  'application-standing': {
    about: 'Tells whoever asked to join where it stands, when it is due and not decided',
    marker: 'none',
    variables: {
      application,
      project,
      received,
      lacks: required(lacks),
      next: required(text('when they hear of it again, at the latest')),
      team,
    },
  },
  'application-declined': {
    about: 'Tells whoever asked to join that it was declined, and why',
    marker: 'none',
    variables: {
      application,
      project,
      reason: lines('the reason, in the words of an admin'),
      again: required(sometimes(text('from when on they may ask again; else at any time'))),
      team,
    },
  },
  'member-welcome': {
    about: 'Brings all that somebody needs who is on the list from now on',
    marker: 'first',
    variables: {
      project,
      address,
      key: lines('the fingerprint of their key, in two lines'),
      contact: required(text('their number')),
      organisation: text('the number of their organisation'),
      manages: flag('they name the other contacts of their organisation'),
      role: flag('several people read the address'),
      attested: flag('the policy asks how many they are'),
      list: required(text('the address of the list')),
      discusses: required(flag('members can write to each other')),
      fingerprint,
      accepted: group('which terms they accepted', {
        version: required(text('the version')),
        at: required(text('when')),
        sha256: required(text('the SHA-256 of the text')),
        terms: lines('the terms of the policy, behind bars'),
      }),
      follow: required(flag('notices that went out already follow, where their embargo lasts')),
      offers,
      command,
      security,
      team,
    },
  },
} as const satisfies Declarations
