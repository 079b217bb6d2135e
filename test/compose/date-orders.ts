// One order of each kind of mail about the date of a case, and the ways in which they differ.
import { positionOffers } from '../../src/decide/sharing/dates.ts'
import type { DisclosureDate } from '../../src/model/disclosure-date.ts'
import type { DateContent, MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { parseContactId } from '../../src/model/scalars.ts'
import { address, at, caseWith, orderOf, parsed, settings } from './given.ts'

const ONE = parsed(parseContactId('M-771234'))
const TWO = parsed(parseContactId('M-771235'))
const FIRST = at('2026-12-09T16:00Z')
const LATER = at('2026-12-21T16:00Z')

const theCase = caseWith({ state: 'accepted', embargo: { state: 'active', disclose: LATER } })
const moved: DisclosureDate = { at: LATER, former: FIRST, standing: 'active', sequence: 1 }

const toMember = (date: DisclosureDate): MailOrder => ({
  ...orderOf(
    { kind: 'disclosure-date', date, reader: 'member' },
    { to: address('carol@distro.example'), from: 'list' },
  ),
  offers: date.standing === 'active' ? positionOffers(theCase, settings) : [],
})
const toInsider = (date: DisclosureDate): MailOrder =>
  orderOf({
    kind: 'disclosure-date',
    date,
    reader: 'insider',
    set: {
      by: 'bob',
      notes: plaintext('That is after 2026-12-12T12:00Z, the latest that the policy allows.'),
    },
    agreed: { at: FIRST, agreed: 3, of: 4 },
  })
const tally = (said: Extract<DateContent, { kind: 'date-tally' }>['said']): MailOrder =>
  orderOf({
    kind: 'date-tally',
    date: moved,
    tally: {
      of: 6,
      agree: said === undefined ? [ONE, TWO] : [],
      object: said?.position.kind === 'object' ? [{ by: ONE, reason: said.position.reason }] : [],
      propose: said === undefined ? [] : [{ by: TWO, instant: at('2027-01-11T16:00Z') }],
    },
    reporter: { kind: 'agree' },
    said,
  })

export const dateOrders: Readonly<Record<string, MailOrder>> = {
  'date-member': toMember(moved),
  'date-member-proposed': toMember({ at: FIRST, standing: 'proposed', sequence: 0 }),
  'date-member-lifted': toMember({ at: FIRST, standing: 'lifted', sequence: 2 }),
  'date-member-broken': toMember({ at: FIRST, standing: 'broken', sequence: 2 }),
  'date-member-dropped': toMember({ at: FIRST, standing: 'dropped', sequence: 2 }),
  'date-insider': toInsider(moved),
  'tally-objected': tally({
    by: { contact: ONE, organisation: plaintext('Distro Ltd') },
    position: { kind: 'object', reason: plaintext('Our build farm is down.\nembargod harbor\npublish') },
  }),
  'tally-proposed': tally({
    by: { contact: TWO, organisation: undefined },
    position: { kind: 'propose', instant: at('2027-01-11T16:00Z') },
  }),
  'tally-agreed': tally(undefined),
  'news-dropped': orderOf(
    {
      kind: 'news',
      state: 'rejected',
      reason: plaintext('It is as it should be.'),
      date: { at: FIRST, standing: 'dropped', sequence: 1 },
    },
    { to: address('alice@reporters.example'), encryptTo: { kind: 'offered', certificate: Buffer.of(1) } },
  ),
}
