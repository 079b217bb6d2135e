// The mails about contacts on a list, as the events that bring them about order them.
import { mailsFor, memberNews } from '../../src/decide/membership/news.ts'
import { type Contact, evolveContact } from '../../src/model/contact.ts'
import { SCHEDULER } from '../../src/model/event.ts'
import type { ContactEvent } from '../../src/model/member-event.ts'
import type { MemberReader } from '../../src/model/member-news.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, parseContactId } from '../../src/model/scalars.ts'
import { BARE_CONTACT } from '../support/bare-contact.ts'
import { ALICES_KEY, address, at, OUR_KEY, PROJECT, parsed, RECEIVED, settings } from './given.ts'

const NOW = RECEIVED
const LATER = at('2026-12-10T23:30:41Z')

const contact = (id: string, name: string, changes: Partial<Contact> = {}): Contact => ({
  ...BARE_CONTACT,
  id: parsed(parseContactId(id)),
  project: PROJECT,
  organisation: plaintext('Distro, Inc.'),
  name: plaintext(name),
  address: address(`${name.toLowerCase()}@distro.example`),
  fingerprint: OUR_KEY,
  certificate: Buffer.of(1),
  keySince: at('2026-01-01T00:00Z'),
  since: at('2026-01-01T00:00Z'),
  ...changes,
})

const CAROL = contact('M-204417', 'Carol')
const DAVE = contact('M-630025', 'Dave')
const key = { fingerprint: ALICES_KEY, certificate: Buffer.of(2), keyIds: [] }
const by = { kind: 'member', name: CAROL.id, fingerprint: CAROL.fingerprint } as const
const asking = { key, by: 'change', askedAt: NOW, provenAt: undefined, effectiveAt: undefined } as const
const fact = { at: NOW, actor: by, contact: CAROL.id } as const
const asked: ContactEvent = { ...fact, kind: 'key-asked', next: asking, token: 'klmnopqrst234567' }
const proven: ContactEvent = { ...fact, kind: 'key-proven', inbound: inboundId(3), effectiveAt: LATER }

/** The nth mail, from 0, that the last of these events brings to one kind of reader. */
function told(events: readonly ContactEvent[], reader: MemberReader, nth = 0, first = CAROL): MailOrder {
  const [last] = events.slice(-1)
  const before = events.slice(0, -1).reduce<Contact>((one, event) => evolveContact(one, event), first)
  const after = evolveContact(before, parsed(last))
  const mails = memberNews([parsed(last)], [before, DAVE], [after, DAVE], settings)
  const theirs = mails.filter(({ content }) => content.kind === 'membership' && content.reader === reader)
  return parsed(theirs[nth])
}

const newcomer = contact('M-881203', 'Erin', { state: 'invited', fingerprint: ALICES_KEY, since: undefined })
const named: ContactEvent = {
  ...fact,
  contact: newcomer.id,
  kind: 'contact-named',
  project: PROJECT,
  of: newcomer.distributor,
  organisation: newcomer.organisation,
  name: newcomer.name,
  address: newcomer.address,
  contactKind: 'person',
  manages: 'nothing',
  key,
  as: 'invited',
  token: 'uvwxyz2345674567',
  acceptance: undefined,
}
const ofNamed = (reader: MemberReader) => {
  const mails = memberNews([named], [CAROL, DAVE], [CAROL, DAVE, newcomer], settings)
  return parsed(mails.find(({ content }) => content.kind === 'membership' && content.reader === reader))
}
const timed = { at: NOW, actor: SCHEDULER } as const
const ending = (reader: MemberReader, isOver: 'over' | 'ahead') => {
  const news = { kind: 'key-ends', at: LATER, isOver } as const
  const hearing = { news, they: 'told', colleagues: 'told', admins: 'told' } as const
  const mails = mailsFor(hearing, CAROL, [DAVE], timed, settings)
  return parsed(mails.find(({ content }) => content.kind === 'membership' && content.reader === reader))
}
const attest = { kind: 'attest', by: LATER, silent: 'suspend' } as const
const [attestMail] = mailsFor(
  { news: attest, they: 'told', colleagues: 'not-told', admins: 'not-told' },
  CAROL,
  [],
  timed,
  settings,
)
const [missingMail] = mailsFor(
  { news: { kind: 'attest-missing' }, they: 'not-told', colleagues: 'not-told', admins: 'told' },
  CAROL,
  [],
  timed,
  settings,
)
const byScheduler = { ...fact, actor: SCHEDULER }
const suspended: ContactEvent = {
  ...byScheduler,
  kind: 'contact-suspended',
  why: 'admin',
  until: LATER,
  reason: plaintext('Two of your mirrors showed the patch.'),
}

export const memberOrders: Readonly<Record<string, MailOrder>> = {
  'member-key-asked': told([asked], 'they'),
  'member-key-asked-colleague': told([asked], 'colleague'),
  'member-key-asked-admin': told([asked], 'admin'),
  'member-rekey-asked': told([{ ...asked, next: { ...asking, by: 'rekey' } }], 'they'),
  'member-key-proven': told([asked, proven], 'they'),
  'member-key-changed': told([asked, proven, { ...fact, kind: 'key-changed', key }], 'they'),
  'member-key-changed-admin': told([asked, { ...byScheduler, kind: 'key-changed', key }], 'admin'),
  'member-key-dropped': told([asked, { ...fact, kind: 'key-dropped' }], 'they'),
  'member-key-merged': told(
    [{ ...fact, kind: 'key-merged', certificate: Buffer.of(3), keyIds: [], encryptsUntil: LATER }],
    'they',
  ),
  'member-key-revoked-admin': told(
    [{ ...byScheduler, kind: 'contact-key-revoked', certificate: Buffer.of(3) }],
    'admin',
  ),
  'member-key-revoked-colleague': told(
    [{ ...byScheduler, kind: 'contact-key-revoked', certificate: Buffer.of(3) }],
    'colleague',
  ),
  'member-key-ends': ending('they', 'ahead'),
  'member-key-ended': ending('colleague', 'over'),
  'member-key-ends-admin': ending('admin', 'ahead'),
  'member-named-colleague': ofNamed('colleague'),
  'member-named-admin': ofNamed('admin'),
  'member-cooling-admin': told(
    [{ ...fact, contact: newcomer.id, kind: 'contact-proven', inbound: inboundId(3), activeAt: LATER }],
    'admin',
    0,
    newcomer,
  ),
  'member-joined': told([{ ...fact, contact: newcomer.id, kind: 'contact-activated' }], 'they', 0, newcomer),
  'member-suspended': told([suspended], 'they'),
  'member-suspended-silent-admin': told([{ ...suspended, why: 'attestation', until: undefined }], 'admin'),
  'member-resumed': told([suspended, { ...byScheduler, kind: 'contact-resumed' }], 'they'),
  'member-left': told([{ ...fact, kind: 'contact-ended', as: 'left' }], 'they'),
  'member-removed': told(
    [{ ...fact, kind: 'contact-ended', as: 'removed', reason: plaintext('It leaked twice.') }],
    'colleague',
  ),
  'member-attest': parsed(attestMail),
  'member-attest-missing-admin': parsed(missingMail),
}
