// An order → octets that may leave: composed, signed, and encrypted to exactly the certificate the order
// names. What cannot be encrypted is held; nothing here ever turns it into clear text.
import { randomInt } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  canonicalLines,
  compose,
  type Draft,
  encryptedMailAround,
  payloadOf,
  payloadPieces,
  readdressed,
  signedMail,
} from '../compose/compose.ts'
import type { ComposeContext } from '../compose/context.ts'
import { readTemplates, type Templates } from '../compose/template.ts'
import type { Config } from '../config/config.ts'
import { copyFor } from '../decide/notices/release.ts'
import { callInClear } from '../decide/outcomes.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { AddressTokens } from '../instance/tokens.ts'
import type { Case } from '../model/case.ts'
import type { ChainHead } from '../model/chain.ts'
import type { Contact } from '../model/contact.ts'
import type { Notice } from '../model/notice.ts'
import type { MailOrder } from '../model/order.ts'
import { err, ok } from '../model/result.ts'
import type { Fingerprint, Instant, MessageId, PostId, Sha256 } from '../model/scalars.ts'
import type { Admin } from '../model/settings.ts'
import { encryptPieces } from '../openpgp/encrypt.ts'
import { micalg, signDetached, signPieces } from '../openpgp/secret-keys.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { OutgoingMail } from '../store/delivery.ts'
import type { Outbox } from '../store/outbox.ts'
import { contextOf, newBoundary, newMessageId } from './context.ts'
import { copySealing, type SealCopy } from './copy-sealing.ts'

/** What is held in memory, and then stored in one transaction: at most so many copies, or octets and one copy. */
const COPIES_AT_ONCE = 100
const OCTETS_AT_ONCE = 2_000_000
/** Octets beyond which a mail is written at once, and not held while the others are sealed. */
const LARGE = 1024 * 1024
/** The same where hundreds are sealed in one go. */
const LARGE_AMONG_MANY = 64 * 1024

/** What all copies have in common. */
type Shared = { readonly draft: Draft; readonly seal: SealCopy }

export class Sealer {
  readonly #config: Config
  readonly #templates: Templates
  readonly #keyring: Keyring
  readonly #sandbox: Sandbox
  readonly #tokens: AddressTokens
  readonly #file: (sha256: Sha256) => Uint8Array
  readonly #chainHead: () => ChainHead
  readonly #prepare: Outbox['prepare']

  constructor(
    config: Config,
    keyring: Keyring,
    sandbox: Sandbox,
    tokens: AddressTokens,
    file: (sha256: Sha256) => Uint8Array,
    chainHead: () => ChainHead,
    prepare: Outbox['prepare'],
  ) {
    this.#prepare = prepare
    this.#config = config
    this.#templates = readTemplates(config.templates.texts)
    this.#keyring = keyring
    this.#sandbox = sandbox
    this.#tokens = tokens
    this.#file = file
    this.#chainHead = chainHead
  }

  /**
   * All mails of a decision, ready or held. If there is one for every admin and all of these are held, those
   * whom `mayCall` names get a call in clear besides.
   */
  async sealAll(
    orders: readonly MailOrder[],
    now: Instant,
    mayCall: (admin: Admin) => boolean,
  ): Promise<readonly OutgoingMail[]> {
    const sealed: OutgoingMail[] = []
    const posts = new Map<PostId, Shared>()
    for (const order of orders)
      sealed.push(
        order.content.kind === 'post'
          ? await this.#sealPost(order, order.content.post, posts, now)
          : await this.seal(order, now),
      )
    const { admins } = this.#config.settings
    const isHeldFor = ({ fingerprint }: Admin) => {
      const theirs = sealed.filter(({ order }) => isFor(order, fingerprint))
      return theirs.length > 0 && theirs.every(({ body }) => body.kind === 'held')
    }
    if (admins.every(isHeldFor))
      for (const admin of admins.filter(mayCall)) sealed.push(await this.seal(callInClear(admin), now))
    return sealed
  }

  /** One mail, ready or held. */
  async seal(order: MailOrder, now: Instant): Promise<OutgoingMail> {
    const context = this.#context(now)
    const draft = compose(order, context)
    const key = this.#keyring.signer(draft.from)
    const addressed = {
      order,
      messageId: context.messageId,
      envelopeFrom: this.#tokens.returnAddress(),
      notBefore: now,
    }
    if (order.encryptTo.kind === 'nobody') {
      const payload = payloadOf(draft, 'clear')
      const octets = signedMail(draft, payload, await signDetached(payload, key, now), micalg)
      return { ...addressed, body: { kind: 'clear', octets } }
    }
    const pieces = await signPieces(payloadPieces(draft, 'encrypted'), key, now)
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const sealed = await this.#encryptAlone(pieces, order, now)
    if (!sealed.ok) return { ...addressed, body: { kind: 'held', why: sealed.error } }
    const { armored, subkey } = sealed.value
    const mail = encryptedMailAround(draft, armored)
    return size <= LARGE
      ? { ...addressed, body: { kind: 'encrypted', octets: Buffer.concat([...mail]), subkey } }
      : { ...addressed, body: { kind: 'prepared', payload: this.#prepare(mail), subkey } }
  }

  /**
   * Copies of a notice for these contacts, a batch at a time and in random order: worded and signed once, each
   * encrypted to its contact alone, with a key that still holds at the send instant.
   */
  async *sealCopies(
    notice: Notice,
    contacts: readonly Contact[],
    now: Instant,
    theCase: Case | undefined,
  ): AsyncGenerator<readonly OutgoingMail[]> {
    const { settings } = this.#config
    const [first, ...others] = shuffled(contacts).map(contact => copyFor(notice, contact, theCase, settings))
    if (first === undefined) return
    const draft = compose(first, this.#context(now))
    const seal = await copySealing(draft, this.#keyring.signer(draft.from), now, this.#prepare)
    // One that is made anew after the instant may go under a younger key than that.
    const leaves = now > notice.sendAt ? now : notice.sendAt
    let copies: OutgoingMail[] = []
    let octets = 0
    for (const order of [first, ...others]) {
      const address = readdressed(draft, order, this.#newMessageId(), newBoundary())
      const copy = await this.#sealCopy(order, address, seal, leaves)
      copies.push(copy)
      octets += 'octets' in copy.body ? copy.body.octets.length : 0
      // Connections that are being opened, and mail that comes, get their turn.
      await nextTurn()
      if (copies.length < COPIES_AT_ONCE && octets < OCTETS_AT_ONCE) continue
      yield copies
      copies = []
      octets = 0
    }
    if (copies.length > 0) yield copies
  }

  /**
   * A post to one of its readers: worded and signed once, for all of them. Who has no enrolled key gets it signed anew.
   */
  async #sealPost(
    order: MailOrder,
    post: PostId,
    known: Map<PostId, Shared>,
    now: Instant,
  ): Promise<OutgoingMail> {
    if (order.encryptTo.kind !== 'enrolled') return this.seal(order, now)
    let shared = known.get(post)
    if (shared === undefined) {
      const draft = compose(order, this.#context(now))
      const seal = await copySealing(draft, this.#keyring.signer(draft.from), now, this.#prepare)
      shared = { draft, seal }
      known.set(post, shared)
    }
    const address = readdressed(shared.draft, order, this.#newMessageId(), newBoundary())
    const copy = await this.#sealCopy(order, address, shared.seal, now)
    const { body } = copy
    if (body.kind !== 'encrypted' || body.octets.length <= LARGE_AMONG_MANY) return copy
    return {
      ...copy,
      body: { kind: 'prepared', payload: this.#prepare([body.octets]), subkey: body.subkey },
    }
  }

  async #sealCopy(order: MailOrder, draft: Draft, seal: SealCopy, leaves: Instant): Promise<OutgoingMail> {
    const { messageId } = draft
    const addressed = { order, messageId, envelopeFrom: this.#tokens.returnAddress(), notBefore: leaves }
    const to = order.encryptTo
    const certificate = to.kind === 'enrolled' ? this.#keyring.certificate(to.fingerprint) : undefined
    if (certificate === undefined) return { ...addressed, body: { kind: 'held', why: 'no-certificate' } }
    return { ...addressed, ...(await seal(draft, certificate, leaves)) }
  }

  /** Of pieces that are for one, and given away. */
  async #encryptAlone(pieces: readonly Uint8Array[], { encryptTo: to }: MailOrder, at: Instant) {
    if (to.kind === 'offered') {
      const sealed = await this.#sandbox.encrypt(Buffer.concat(pieces), to.certificate, at)
      if (!sealed.ok) return sealed
      return ok({ ...sealed.value, armored: [canonicalLines(sealed.value.armored)] })
    }
    const certificate = to.kind === 'enrolled' ? this.#keyring.certificate(to.fingerprint) : undefined
    if (certificate === undefined) return err('no-certificate')
    // Whatever the library throws is a copy held, never a copy in clear (threats.md C13).
    return encryptPieces(pieces, certificate, at).catch(() => err('encryption-failed'))
  }

  #newMessageId(): MessageId {
    return newMessageId(this.#config.settings.addresses.security)
  }

  #context(now: Instant): ComposeContext {
    const [config, templates, keyring, tokens] = [this.#config, this.#templates, this.#keyring, this.#tokens]
    const parts = { config, templates, keyring, tokens, file: this.#file, chainHead: this.#chainHead }
    return contextOf(parts, now)
  }
}

const isFor = ({ encryptTo }: MailOrder, admin: Fingerprint): boolean =>
  encryptTo.kind === 'enrolled' && encryptTo.fingerprint === admin

/** Copies go in the order in which they are made: nobody is always last (threats.md H10). */
function shuffled<T>(all: readonly T[]): readonly T[] {
  const drawn = all.map(one => ({ one, rank: randomInt(2 ** 32) }))
  return drawn.toSorted((a, b) => a.rank - b.rank).map(({ one }) => one)
}
