// Who reads a post, and the mail to each: the contacts who were told of its case, or all of the list; the team and who
// else works on the case; its reporter where the team let them in. Never its writer.
import type { Case } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { Snapshot } from '../../model/decision.ts'
import type { PosterName } from '../../model/discussion.ts'
import type { OpenedMail } from '../../model/mail.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Post, Poster } from '../../model/post.ts'
import {
  type EmailAddress,
  type Fingerprint,
  type MessageId,
  type ProjectName,
  parsePostId,
  sameMailbox,
} from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { type Insider, insidersOf } from '../authority.ts'
import { toInsider, toMember } from '../orders.ts'
import { nameFor, toldContacts } from '../sharing/sharing.ts'

type People = Pick<Snapshot, 'contacts' | 'told' | 'settings'>
type Threads = Pick<Snapshot, 'posts' | 'ownCopies'>

export type Readers = {
  readonly contacts: readonly Contact[]
  /** Who works on it, and then the reporter. */
  readonly others: readonly Insider[]
}

/** Everybody who reads what this key posts; each person once, as who works on it before as a contact. */
export function readersOf(
  theCase: Case | undefined,
  project: ProjectName,
  by: Fingerprint,
  people: People,
): Readers {
  const { settings } = people
  const insiders: readonly Insider[] =
    theCase === undefined
      ? settings.admins.map(admin => ({ ...admin, certificate: undefined }))
      : [...insidersOf(theCase, settings), ...reporterOf(theCase)]
  const others = insiders.filter(one => one.fingerprint !== by)
  const isOther = (contact: Contact) =>
    insiders.some(one => one.fingerprint === contact.fingerprint || sameMailbox(one.address, contact.address))
  const contacts =
    theCase === undefined
      ? people.contacts.filter(one => one.project === project && one.state === 'active')
      : toldContacts(theCase, people)
  return {
    others,
    contacts: contacts.filter(one => one.fingerprint !== by && one.revokedAt === undefined && !isOther(one)),
  }
}

function reporterOf({ reporter: { address, key }, reporterDiscusses }: Case): readonly Insider[] {
  if (reporterDiscusses === undefined || address === undefined || key === undefined) return []
  return [{ name: 'reporter', address, fingerprint: key.fingerprint, certificate: key.certificate }]
}

/** As its readers may know who wrote it; they all get the same words, which one of them may quote to all. */
export function posterName(
  poster: Poster,
  reader: 'admin' | 'member',
  { contacts, settings }: { readonly contacts: readonly Contact[]; readonly settings: Settings },
): PosterName {
  if (poster.kind !== 'member') return poster.kind
  const contact = contacts.find(({ id }) => id === poster.contact)
  return contact === undefined
    ? { contact: poster.contact, organisation: undefined }
    : nameFor(contact, reader, settings)
}

/** One mail to each reader, in the thread that they have. `mail` undefined: it is taken from what is stored. */
export function relayed(
  post: Post,
  mail: OpenedMail | undefined,
  { contacts, others }: Readers,
  world: People & Threads,
): readonly MailOrder[] {
  const { id, project, case: about, inbound } = post
  const poster = posterName(post.poster, 'member', world)
  const content = { kind: 'post', post: id, about, inbound, poster, mail } as const
  const ownCopy = ownCopiesOf(post, world)
  const common = { project, case: about, post: id, from: 'list' } as const
  return [
    ...contacts.map(one => ({
      ...toMember(one, content),
      ...common,
      contact: one.id,
      contactVersion: one.version,
      inReplyTo: ownCopy(one),
    })),
    ...others.map(one => ({ ...toInsider(one, common, content), ...common, inReplyTo: ownCopy(one) })),
  ]
}

type Reader = { readonly address: EmailAddress; readonly fingerprint: Fingerprint }

/** The Message-ID under which a reader has what the post answers: that of their copy, or of their own mail. */
function ownCopiesOf({ parent }: Post, { posts, ownCopies }: Threads) {
  if (parent === undefined) return () => undefined
  const copies = new Map((ownCopies.get(parent) ?? []).map(one => [one.to.toLowerCase(), one.messageId]))
  const answered = parsePostId(parent)
  const written = answered === undefined ? undefined : posts.get(answered)
  return ({ address, fingerprint }: Reader): MessageId | undefined =>
    written?.by === fingerprint ? written.messageId : copies.get(address.toLowerCase())
}
