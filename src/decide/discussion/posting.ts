// A signed mail to a list: passed on to those who may know what it is about, kept until an admin lets it through, or shown
// to the team alone; its writer is told unless it went out at once. What is not wholly signed by somebody with a part in
// the list is no post, and left to the next rule.
import type { Case } from '../../model/case.ts'
import { type Contact, isMember } from '../../model/contact.ts'
import type { Decision, Fresh, Input, Snapshot } from '../../model/decision.ts'
import type { PostAnswer } from '../../model/discussion.ts'
import type { Actor } from '../../model/event.ts'
import type { GoodSignature, OpenedMail } from '../../model/mail.ts'
import type { MailOrder } from '../../model/order.ts'
import { evolvePost, type Post, type Poster, type PostWait } from '../../model/post.ts'
import type { Instant, ProjectName } from '../../model/scalars.ts'
import { adminWithKey, policyOf, projectNamed, type Settings } from '../../model/settings.ts'
import { actorIn, entitledSince, type Insider, insidersOf } from '../authority.ts'
import { readAuthored } from '../command-run.ts'
import { freshnessOf } from '../freshness.ts'
import { toAdmins, toInsider, toldOfReplay } from '../orders.ts'
import { silent } from '../outcomes.ts'
import { shownToTeam } from '../report.ts'
import { isWhollyBy } from '../thread.ts'
import { type About, aboutOf, isOver } from './about.ts'
import { posterName, readersOf, relayed } from './readers.ts'
import { choices } from './waiting.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Of one key in 24 h; each may go to hundreds. More wait for an admin. */
const POSTS_PER_DAY = 20

/** Who wrote it, where an answer goes, and since when their signatures count. */
type Writer = {
  readonly poster: Poster
  readonly actor: Actor
  readonly person: Insider
  readonly since: Instant | undefined
  /** `suspended`: a contact who gets nothing for now, and says nothing to others either. */
  readonly standing: 'admin' | 'active' | 'suspended'
}

export function posting(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const { mail, sorted } = input
  const { addressed } = sorted
  if (addressed.kind !== 'distributors' || sorted.machine !== 'human' || mail.author === undefined)
    return undefined
  // A request to join is one at any address.
  if (readAuthored(mail.authored).kind === 'application') return undefined
  const { project } = addressed
  const about = aboutOf(mail, mail.author.primary, project, snapshot)
  const writer = writerOf(mail.author, project, about, snapshot)
  if (writer === undefined) return undefined
  if (snapshot.signature === 'used')
    return { ...silent('refused', 'E-REPLAY'), mails: toldOfReplay(input, snapshot, writer.person) }
  const { primary, hashValue } = mail.author
  const decided = { actor: writer.actor, oneShot: { primary, hashValue } }
  if (freshnessOf(mail.author, input.receivedAt, snapshot, writer.since) !== 'fresh')
    return {
      ...silent('refused', 'E-STALE'),
      ...decided,
      mails: toldOfReplay(input, snapshot, writer.person, 'stale'),
    }
  const theCase = about.kind === 'case' ? about.theCase : undefined
  const obstacle = obstacleTo(mail, mail.author, about, writer, project, snapshot)
  if (obstacle !== undefined) {
    const shown = shownToTeam(input, project, snapshot, 'post', `post-${obstacle}`)
    const told = answer(obstacle, theCase, input, writer, project)
    return { ...shown, ...decided, mails: [...shown.mails, ...told] }
  }
  const post = received(input, project, about, writer, snapshot, fresh)
  const readers = readersOf(theCase, project, primary, snapshot)
  const { waits } = post.state
  if (waits === undefined)
    return {
      ...silent('post', 'post-relayed'),
      ...decided,
      events: [post.event],
      mails: relayed(post.state, mail, readers, snapshot),
    }
  // What goes beyond a day's limit is told once.
  const isTold = waits !== 'limit' || snapshot.postsToday === POSTS_PER_DAY
  const content = {
    kind: 'post-waiting',
    post: post.state.id,
    about: theCase?.id,
    poster: posterName(writer.poster, 'admin', snapshot),
    why: waits,
    readers: readers.contacts.length + readers.others.length,
    mail,
  } as const
  const offers = choices(post.state.id, waits, snapshot.settings)
  return {
    ...silent('post', `post-waits-${waits}`),
    ...decided,
    events: [post.event],
    mails: [
      ...toAdmins(snapshot.settings.admins, { project, case: theCase?.id }, content).map(order => ({
        ...order,
        offers,
      })),
      ...(isTold ? answer(waits, theCase, input, writer, project) : []),
    ],
  }
}

/** Who may post there; undefined: nobody whom this list or case knows as such. */
function writerOf(
  { primary: fingerprint }: GoodSignature,
  project: ProjectName,
  about: About,
  snapshot: Snapshot,
): Writer | undefined {
  const { settings, contacts } = snapshot
  const admin = adminWithKey(settings, fingerprint)
  const theCase = about.kind === 'case' ? about.theCase : undefined
  const insider =
    theCase === undefined
      ? admin && { ...admin, certificate: undefined }
      : insidersOf(theCase, settings).find(one => one.fingerprint === fingerprint)
  if (insider !== undefined) {
    const named = theCase === undefined ? [] : [theCase.id]
    const actor = actorIn(snapshot, fingerprint, named)
    return (
      actor && {
        poster: { kind: 'team', name: insider.name },
        actor,
        person: insider,
        since: entitledSince(actor, snapshot, named),
        standing: admin === undefined ? 'active' : 'admin',
      }
    )
  }
  const contact = contacts.find(
    one =>
      one.project === project &&
      one.fingerprint === fingerprint &&
      isMember(one) &&
      one.revokedAt === undefined,
  )
  if (contact !== undefined) return asMember(contact)
  if (theCase?.reporter.key?.fingerprint !== fingerprint) return undefined
  const { address, key } = theCase.reporter
  if (address === undefined) return undefined
  return {
    poster: { kind: 'reporter' },
    actor: { kind: 'reporter', name: 'reporter', fingerprint },
    person: { name: 'reporter', address, fingerprint, certificate: key.certificate },
    since: theCase.reporterDiscusses,
    standing: 'active',
  }
}

const asMember = ({ id, address, fingerprint, since, state }: Contact): Writer => ({
  poster: { kind: 'member', contact: id },
  actor: { kind: 'member', name: id, fingerprint },
  person: { name: id, address, fingerprint, certificate: undefined },
  since,
  standing: state === 'suspended' ? 'suspended' : 'active',
})

/** Why only the team gets it. */
function obstacleTo(
  mail: OpenedMail,
  author: GoodSignature,
  about: About,
  { standing }: Writer,
  project: ProjectName,
  { settings }: Snapshot,
): PostAnswer | undefined {
  const { authored, refusedKeys } = mail
  if (refusedKeys?.includes('secret-key') === true) return 'secret-key'
  if (policyOf(settings, project).discussion === undefined) return 'no-discussion'
  if (standing === 'suspended') return 'suspended'
  const isShaped = authored.kind === 'signed' && authored.signature.kind === 'good'
  if (!isShaped || !isWhollyBy(author, mail)) return 'shape'
  if (!isForList(mail, project, settings)) return 'other-key'
  if (about.kind === 'unknown') return 'unknown-case'
  if (about.kind === 'several') return 'several-cases'
  return about.kind === 'case' && isOver(about.theCase) ? 'over' : undefined
}

/** Else whoever gets hold of what a member wrote to the team alone could have us read it out to the list (threats.md B01). */
function isForList({ lists }: OpenedMail, project: ProjectName, settings: Settings): boolean {
  const list = projectNamed(settings, project)?.distributors
  return lists === undefined || (list !== undefined && lists.includes(list))
}

function received(
  { inbound, receivedAt, mail }: MailInput,
  project: ProjectName,
  about: About,
  writer: Writer,
  snapshot: Snapshot,
  { posts: [id] }: Fresh,
) {
  if (id === undefined) throw new Error('no id was drawn for a post')
  const theCase = about.kind === 'case' ? about.theCase : undefined
  const { poster, actor, person } = writer
  const event = {
    kind: 'post-received',
    post: id,
    at: receivedAt,
    actor,
    project,
    about: theCase?.id,
    inbound,
    poster,
    by: person.fingerprint,
    messageId: mail.header.messageId,
    parent: snapshot.threadParent,
    waits: waitOf(about, theCase, writer, project, snapshot),
  } as const
  return { event, state: evolvePost(undefined, event) satisfies Post }
}

/** Why an admin has to let it through. What an admin wrote waits only while the case is held. */
function waitOf(
  about: About,
  theCase: Case | undefined,
  { standing, person }: Writer,
  project: ProjectName,
  snapshot: Snapshot,
): PostWait | undefined {
  if (theCase?.held !== undefined) return 'held'
  if (standing === 'admin') return undefined
  if (theCase?.embargo.doubted !== undefined) return 'doubted'
  if (policyOf(snapshot.settings, project).discussion?.posts === 'moderated') return 'moderated'
  if (about.kind === 'list' && about.answers === 'nothing' && knowsMore(person, project, snapshot))
    return 'unnamed'
  return snapshot.postsToday >= POSTS_PER_DAY ? 'limit' : undefined
}

/**
 * Whether they were told of a case under embargo of which somebody on the list was not: a number is forgotten easily, and
 * a relay can take the thread away.
 */
function knowsMore(
  { fingerprint }: Insider,
  project: ProjectName,
  { cases, contacts, told }: Snapshot,
): boolean {
  const active = contacts.filter(one => one.project === project && one.state === 'active')
  return [...cases.values()].some(one => {
    const knowing = told.get(one.id)
    if (one.project !== project || isOver(one) || knowing?.includes(fingerprint) !== true) return false
    return active.some(contact => !knowing.includes(contact.fingerprint))
  })
}

/** To the writer's registered address, from the list. */
const answer = (
  why: PostAnswer,
  theCase: Case | undefined,
  { mail }: MailInput,
  { person }: Writer,
  project: ProjectName,
): readonly MailOrder[] => {
  const about = { project, case: theCase?.id }
  const content = { kind: 'post-answer', why, about: theCase?.id, reason: undefined } as const
  return [{ ...toInsider(person, about, content), from: 'list', inReplyTo: mail.header.messageId }]
}
