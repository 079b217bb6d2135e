// A mail in the thread of a case: whose words it is, and who of the case's insiders hears of it. Nothing in a
// thread reaches the reporter; only `reply` does.
import { type Case, isSaidPublic, type Writer } from '../model/case.ts'
import type { CaseEvent } from '../model/case-event.ts'
import { evolveCase } from '../model/case-evolution.ts'
import type { Contact } from '../model/contact.ts'
import type { Decision, Fresh, Input, Snapshot } from '../model/decision.ts'
import { OUTSIDER } from '../model/event.ts'
import type { GoodSignature, OfferedCertificate, OpenedMail } from '../model/mail.ts'
import type { Content, MailOrder } from '../model/order.ts'
import type { CaseKey } from '../model/person.ts'
import { type CaseId, instant, sameMailbox } from '../model/scalars.ts'
import { adminWithKey } from '../model/settings.ts'
import { actorIn, entitledSince, type Insider, insidersOf } from './authority.ts'
import { freshnessOf } from './freshness.ts'
import { toInsider, toldOfReplay } from './orders.ts'
import { silent } from './outcomes.ts'
import { aboutCase, authorOf, insideOf } from './report.ts'
import { nameFor, toldAs } from './sharing/sharing.ts'
import { statementsMade } from './statements.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** A mail that a case reply address or a thread of ours places in a case. */
export function followUp(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const theCase = threadOf(input, snapshot)
  if (theCase === undefined) return undefined
  const { mail } = input
  const writer = writerOf(input, theCase, snapshot)
  const owner = writer.insider ?? (writer.member && asOwner(writer.member))
  if (owner !== undefined && snapshot.signature === 'used')
    return { ...silent('refused', 'E-REPLAY'), mails: toldOfReplay(input, snapshot, owner) }
  const { from, insider } = writer
  const keys = keyEvents(input, theCase, writer, snapshot)
  // What a signature brought about, it brings about once.
  const isNewKey = keys.some(({ kind }) => kind === 'reporter-set')
  const counted = writer.signature ?? (isNewKey ? mail.author : undefined)
  // To whoever plans something in the case a mail of a member's is a mail like any other.
  const actor = (writer.member === undefined && counted && actorHere(theCase, counted, snapshot)) || OUTSIDER
  const fact = { at: input.receivedAt, actor, case: theCase.id }
  const claims =
    input.arrival.extract.claimsPublic === 'yes' && !isSaidPublic(theCase)
      ? { claims: 'public' as const }
      : {}
  const events: readonly CaseEvent[] = [
    { ...fact, kind: 'case-followed-up', inbound: input.inbound, from, ...claims },
    ...keys.map(key => ({ ...fact, ...key })),
    ...statementsMade(input, theCase, from, snapshot, fresh),
    ...(writer.member === undefined ? [] : [feedbackOf(writer.member, fact)]),
  ]
  const content = {
    kind: 'report',
    what: 'follow-up',
    theCase: events.reduce<Case>(evolveCase, theCase),
    mail,
    inside: insideOf(mail, snapshot, theCase),
    unanswered: undefined,
    ...(insider === undefined ? {} : { writer: insider.name }),
  } as const
  return {
    outcome: 'follow-up',
    reason: `follow-up-${from}`,
    actor,
    events,
    mails: relayed(input, theCase, writer, content, snapshot),
    answer: undefined,
    oneShot: counted && { primary: counted.primary, hashValue: counted.hashValue },
    plan: undefined,
    files: [],
  }
}

/** The case in whose thread a mail stands, or whose advisory it tells of. */
export function threadOf(
  { sorted }: MailInput,
  { cases, threadCase, advisoryCase }: Snapshot,
): Case | undefined {
  const id = sorted.addressed.kind === 'case' ? sorted.addressed.case : (threadCase ?? advisoryCase)
  return id === undefined ? undefined : receiverOf(id, cases)
}

/** The case that gets the mail of this one: itself, or the one that it was merged into in the end. */
function receiverOf(id: CaseId, cases: Snapshot['cases']): Case | undefined {
  let theCase = cases.get(id)
  for (let steps = 0; theCase?.mergedInto !== undefined && steps < cases.size; steps += 1)
    theCase = cases.get(theCase.mergedInto) ?? theCase
  return theCase
}

/** Whose words they are; `insider` and `signature`: where they are the team's, and by which signature. */
type Wrote = {
  readonly from: Writer
  readonly insider: Insider | undefined
  readonly signature: GoodSignature | undefined
  /** The contact who was told of the case. */
  readonly member?: Contact
}

/** What a member writes into the thread is what they think of the fix. */
const feedbackOf = (
  { id, distributor, fingerprint }: Contact,
  fact: Pick<CaseEvent, 'at' | 'actor' | 'case'>,
): CaseEvent => ({
  ...fact,
  actor: { kind: 'member', name: id, fingerprint },
  kind: 'feedback-given',
  contributor: id,
  of: distributor,
  text: undefined,
})

const asOwner = ({ id, address, fingerprint }: Contact): Insider => ({
  name: id,
  address,
  fingerprint,
  certificate: undefined,
})

/**
 * With a known key only that key speaks for the reporter (product.md §3). An insider's words count as theirs if
 * a fresh signature of theirs covers all of the mail: whoever has an old one can put it into any case.
 */
function writerOf({ mail, receivedAt }: MailInput, theCase: Case, snapshot: Snapshot): Wrote {
  const { settings } = snapshot
  const { author } = mail
  const insider = insidersOf(theCase, settings).find(one => one.fingerprint === author?.primary)
  if (author !== undefined && insider !== undefined) {
    const actor = actorHere(theCase, author, snapshot)
    const since = actor && entitledSince(actor, onlyHere(theCase, snapshot))
    const isTheirs = freshnessOf(author, receivedAt, snapshot, since) === 'fresh' && isWhollyBy(author, mail)
    return isTheirs ? { from: 'team', insider, signature: author } : OTHER
  }
  const { key, address } = theCase.reporter
  const sender = authorOf(mail, settings)
  const isReporters =
    key === undefined
      ? sender !== undefined && address !== undefined && sameMailbox(sender, address)
      : author?.primary === key.fingerprint
  if (isReporters) return REPORTER
  const member = author && toldAs(theCase, author.primary, snapshot)
  if (author === undefined || member === undefined) return OTHER
  const isTheirs =
    freshnessOf(author, receivedAt, snapshot, member.since) === 'fresh' && isWhollyBy(author, mail)
  return isTheirs ? { from: 'member', insider: undefined, signature: author, member } : OTHER
}

/** As if there were no other case. */
const onlyHere = (theCase: Case, snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  cases: new Map([[theCase.id, theCase]]),
})

const actorHere = (theCase: Case, { primary }: GoodSignature, snapshot: Snapshot) =>
  actorIn(onlyHere(theCase, snapshot), primary, [theCase.id])

const OTHER: Wrote = { from: 'other', insider: undefined, signature: undefined }
const REPORTER: Wrote = { from: 'reporter', insider: undefined, signature: undefined }

/** The very signature that was looked up as used or not, over every part: a file beside it is nobody's. */
const isWhollyBy = (author: GoodSignature, { parts }: OpenedMail): boolean =>
  parts.every(
    ({ signature }) => signature.kind === 'good' && signature.signature.hashValue === author.hashValue,
  )

/**
 * Every insider, under their own key; not the one who wrote it, nor one whose own machine did: an absent
 * person's answer to our mail, mailed to them, would be answered again without end (threats.md D07).
 */
function relayed(
  { mail, sorted }: MailInput,
  theCase: Case,
  { insider, member }: Wrote,
  content: Extract<Content, { kind: 'report' }>,
  { settings }: Snapshot,
): readonly MailOrder[] {
  const author = authorOf(mail, settings)
  const wrote = (one: Insider) =>
    one.fingerprint === insider?.fingerprint ||
    (sorted.machine !== 'human' && author !== undefined && sameMailbox(one.address, author))
  return insidersOf(theCase, settings)
    .filter(one => !wrote(one))
    .map(one => {
      const reader = adminWithKey(settings, one.fingerprint) === undefined ? 'insider' : 'admin'
      const knows = reader === 'admin' ? 'admin' : 'member'
      const named = member === undefined ? {} : { member: nameFor(member, knows, settings) }
      return toInsider(one, aboutCase(theCase), { ...content, ...named, reader })
    })
}

type KeyFact =
  | { readonly kind: 'reporter-set'; readonly address: undefined; readonly key: CaseKey }
  | { readonly kind: 'key-offered'; readonly inbound: MailInput['inbound']; readonly key: CaseKey }

/** Certificates that came with it: the reporter's next key if the present one signed it, else mere offers. */
function keyEvents(
  { mail, inbound, receivedAt }: MailInput,
  theCase: Case,
  { from }: Wrote,
  snapshot: Snapshot,
): readonly KeyFact[] {
  if (from === 'team' || from === 'member') return []
  const insiders = insidersOf(theCase, snapshot.settings)
  const { key } = theCase.reporter
  const isKnown = (known: CaseKey | undefined, offer: OfferedCertificate) =>
    known?.fingerprint === offer.fingerprint && isSame(known.certificate, offer.octets)
  const offers = mail.offered.filter(
    (offer, index) =>
      offer.encryptable &&
      !theCase.revokedKeys?.includes(offer.fingerprint) &&
      !snapshot.ownKeys.includes(offer.fingerprint) &&
      !insiders.some(one => one.fingerprint === offer.fingerprint) &&
      !isKnown(key, offer) &&
      mail.offered.findIndex(other => other.fingerprint === offer.fingerprint) === index,
  )
  const isVouched = (offer: OfferedCertificate) => key !== undefined && offer.signedBy === key.fingerprint
  const countsNow =
    mail.author !== undefined &&
    snapshot.signature === 'unused' &&
    freshnessOf(mail.author, receivedAt, snapshot, instant(0)) === 'fresh'
  const next = from === 'reporter' && countsNow ? offers.find(isVouched) : undefined
  if (next !== undefined) return [{ kind: 'reporter-set', address: undefined, key: caseKeyOf(next) }]
  return offers
    .filter(offer => !theCase.offers.some(one => isKnown(one.key, offer)))
    .map(offer => ({ kind: 'key-offered', inbound, key: caseKeyOf(offer) }))
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((octet, at) => octet === other[at])

const caseKeyOf = ({ fingerprint, octets, keyIds }: OfferedCertificate): CaseKey => ({
  fingerprint,
  certificate: octets,
  keyIds,
})
