// What asks applicants and members for a proof, or for their acceptance of the embargo policy.
import { type Declarations, flag, group, id, lines, required, sometimes, text } from '../variables.ts'
import { command, fingerprint, project } from './common.ts'

const offers = lines('the whole answer, as a link that opens a mail')
const version = required(text('the version of the embargo policy'))
const terms = {
  version,
  file: required(text('the name of the attached file with the same text')),
  sha256: lines('the SHA-256 of that file'),
  text: lines('the embargo policy, word for word'),
}

export const PROOF_MAILS = {
  challenge: {
    about:
      'Asks whoever offered a key to prove that it and the address are theirs; one of the occasions holds',
    marker: 'first',
    variables: {
      id: id('the number of the application or of the contact'),
      project,
      application: required(flag('somebody asked to join')),
      contact: required(flag('an organisation named somebody')),
      key: required(flag('a member wants another key')),
      fingerprint,
      until: required(text('until when the answer counts')),
      offers,
      command,
      implied: required(flag('the answer accepts the embargo policy, too')),
      explicit: required(flag('a line of its own in the answer accepts the embargo policy')),
      terms: group('the embargo policy is accepted with the answer', terms),
    },
  },
  reacceptance: {
    about: 'Asks a member to accept an embargo policy that has changed; one of the occasions holds',
    marker: 'first',
    variables: {
      id: id('the number of the contact'),
      project,
      asked: required(flag('for the first time')),
      reminded: required(flag('again, before the date')),
      late: required(flag('the date has passed')),
      suspended: required(flag('the date has passed, and they get nothing until they accept')),
      former: sometimes(text('the version that they accepted')),
      by: text('the date'),
      offers,
      command,
      ...terms,
    },
  },
} as const satisfies Declarations
