// What contacts on a distributors list, the others of their organisation and the admins are told of one of them.
import type { MemberNews } from '../../model/member-news.ts'
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
import { command, offers, project, team } from './common.ts'

const key = required(text('the fingerprint of the key that it is about'))
const until = required(text('the instant'))
const reason = sometimes(lines('the reason, in the words of an admin'))

const news = {
  'key-asked': group('another key is to follow, and is not proven yet', {
    key,
    rekey: flag('an admin asked for it, since the key before is lost'),
  }),
  'key-proven': group('the new key has signed, and counts later', { key, until }),
  'key-changed': group('the new key counts', { key, former: required(text('the key before')) }),
  'key-dropped': group('the new key was stopped', { key }),
  'key-merged': group('the same key lasts longer, or has other subkeys', {
    until: required(sometimes(text('how long it can be encrypted to, if that ends'))),
  }),
  'contact-key-revoked': group('the key was revoked by its owner', {}),
  'key-ends': group('the key ends soon, or has', {
    key: text('its fingerprint'),
    until,
    over: flag('it has'),
  }),
  named: group('a further contact was named', { by: required(text('the number of who named them')) }),
  cooling: group('the further contact has signed, and is on the list later', {
    until,
    approval: flag('an admin must approve it'),
  }),
  joined: group('the further contact is on the list', {}),
  ended: group('they are off the list', { left: flag('they left'), reason }),
  suspended: group('they get nothing for now', {
    attestation: flag('since nobody said who reads behind the address'),
    until: required(sometimes(text('when that ends by itself, if it does'))),
    reason,
  }),
  resumed: group('they get notices again', {}),
  attest: group('they are asked who reads behind the address', {
    until,
    suspends: flag('who does not say it gets nothing more'),
  }),
  'attest-missing': group('nobody said who reads behind the address', {}),
} satisfies Readonly<Record<MemberNews['kind'], Variable>>

export const MEMBER_MAILS = {
  membership: {
    about:
      'Tells of a contact on the list: themselves, the others of their organisation, or the admins; one of the occasions holds',
    marker: 'first',
    variables: {
      they: flag('it goes to the contact'),
      colleague: flag('it goes to another contact of the organisation'),
      admin: flag('it goes to an admin'),
      contact: required(id('the number of the contact')),
      project,
      team,
      asks: flag('it wants an answer'),
      'about-key': flag('it is about a key, and wants none'),
      'about-newcomer': flag('it is about a further contact'),
      on: flag('they are on the list now'),
      off: flag('they are off it'),
      stopped: flag('they get no notices for now'),
      'goes-on': flag('they get notices again'),
      unsaid: flag('nobody said who reads there'),
      ...news,
      offers,
      command,
      who: lines('address and key of the contact, and the names that they gave'),
    },
  },
} as const satisfies Declarations
