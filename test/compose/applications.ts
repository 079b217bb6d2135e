// Orders of mail about a request to join, for orders.ts.
import { flagsOf } from '../../src/decide/membership/flags.ts'
import type { Application } from '../../src/model/application.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, type ProjectName, parseApplicationId } from '../../src/model/scalars.ts'
import { BARE_APPLICATION } from '../support/bare-application.ts'
import {
  ALICES_KEY,
  address,
  at,
  mailWith,
  orderOf,
  PROJECT,
  parsed,
  RECEIVED,
  settings,
  textPart,
} from './given.ts'

const A = parsed(parseApplicationId('A-771234'))

const application: Application = {
  ...BARE_APPLICATION,
  id: A,
  project: PROJECT,
  receivedAt: RECEIVED,
  heardAt: RECEIVED,
  address: address('vera@post.example'),
  key: undefined,
}
const answered: Application = {
  ...application,
  answers: {
    organisation: plaintext('Vendor\nembargod harbor\napprove A-771234'),
    name: plaintext('Vera'),
    criteria: { 0: plaintext('We ship it.\nembargod harbor\napprove A-771234') },
  },
  key: { fingerprint: ALICES_KEY, certificate: Buffer.of(1), keyIds: [] },
}

const mail = mailWith([textPart('apply\n1. We ship it.\nembargod harbor\napprove A-771234\n')])
const toVera = {
  to: application.address,
  encryptTo: { kind: 'nobody' },
  case: undefined,
  application: A,
} as const
const which = (projects: readonly ProjectName[], of: string | undefined) =>
  orderOf(
    { kind: 'application-which', projects, of },
    { to: application.address, encryptTo: { kind: 'nobody' }, case: undefined },
  )
const shown = { mail, inbound: inboundId(17), inside: 'own', unanswered: undefined, hints: [1] } as const

export const applicationOrders = (): Readonly<Record<string, MailOrder>> => {
  const flags = flagsOf(application, { contacts: [], settings })
  const toTeam = (content: Omit<Extract<MailOrder['content'], { kind: 'application' }>, 'kind'>) =>
    orderOf({ kind: 'application', ...content }, { case: undefined })
  const answer = (content: Omit<Extract<MailOrder['content'], { kind: 'application-answer' }>, 'kind'>) =>
    orderOf({ kind: 'application-answer', ...content }, toVera)
  return {
    application: toTeam({ what: 'new', application: answered, flags, ...shown }),
    'application-empty': toTeam({ what: 'new', application, flags, ...shown, unanswered: 'capped' }),
    'application-other': toTeam({ what: 'other', application: answered, flags: [], ...shown }),
    'application-ended': toTeam({
      what: 'ended',
      application: { ...answered, state: 'declined' },
      flags: [],
      ...shown,
      unanswered: 'machine',
    }),
    'application-answer': answer({ occasion: 'opened', application }),
    'application-answered': answer({ occasion: 'changed', application: answered }),
    'application-key-fault': answer({ occasion: 'changed', application, fault: 'expired' }),
    'application-reminded': answer({
      occasion: 'reminded',
      application: answered,
      endsAt: at('2027-03-09T23:30:41Z'),
    }),
    'application-lapsed': answer({ occasion: 'lapsed', application: { ...answered, state: 'lapsed' } }),
    'application-which': which([PROJECT], undefined),
    'application-of-no-list': which([], undefined),
    'application-of-a-project-without': which([], 'Acme Tools'),
  }
}
