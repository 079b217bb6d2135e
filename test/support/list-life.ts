// The people of a distributors list and what they do there: what the chapters of its life (member-chapters.ts) are told
// with. It says nothing of what must come of it.
import type { Application } from '../../src/model/application.ts'
import type { Contact } from '../../src/model/contact.ts'
import type { OfferedCertificate } from '../../src/model/mail.ts'
import { listStages, type Membership } from '../../src/model/policy.ts'
import {
  type ApplicationId,
  type Fingerprint,
  type Instant,
  inboundId,
  instant,
  later,
  parseSha256,
} from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { ALICE, address, BOB, fingerprint, type Given, sure } from '../decide/given.ts'
import type { Chapter, Setting } from './chapters.ts'
import { Life, listedUnder, noticeLine } from './life.ts'

/** A Friday afternoon. */
export const FROM = instant(Date.UTC(2026, 10, 27, 16, 30))
export const at = (hours: number): Instant => later(FROM, hours * HOUR)

export type Person = { readonly key: Fingerprint; readonly address: string; readonly name: string }
export const ANN: Person = { key: fingerprint('5'), address: 'ann@new.example', name: 'Ann Newcomer' }
export const BEN: Person = { key: fingerprint('6'), address: 'ben@new.example', name: 'Ben Newcomer' }
/** Of terms that nobody has any more. */
export const OLD = sure(parseSha256('0d'.repeat(32)))
const CAT = { name: 'cat', address: address('cat@team.example'), fingerprint: fingerprint('C') }
export const ONE = fingerprint('1')
export const TWO = fingerprint('2')

export const text = (line: string, words: string): string => `${line} <<\n${words}\n.`

const keyOf = ({ key }: Person): OfferedCertificate => ({
  place: 'outer',
  octets: new Uint8Array([1]),
  fingerprint: key,
  keyIds: [key.slice(-16).toLowerCase()],
  encryptable: true,
})

/** Who is on the list to begin with: so many organisations, and their contacts other than usual. */
type Beginning = {
  readonly size?: number
  readonly change?: (contact: Contact) => Contact
  /** Days that the organisations have been on the list; for ever unless said. */
  readonly days?: number
}

/** One life of the list; nothing where the policy that the story was written for has none. */
class ListLife {
  readonly life: Life
  readonly written: Membership
  readonly word: string

  constructor(
    { policy, word }: Setting,
    written: Membership,
    { change = one => one, size = 2, days }: Beginning,
  ) {
    const { contacts, distributors } = listedUnder({ ...policy, membership: written }, size)
    const admins = [ALICE, BOB, CAT]
    const joinedAt = days === undefined ? instant(0) : later(FROM, -days * DAY)
    const there = distributors.map(one => ({ ...one, joinedAt }))
    const attested = { at: FROM, people: 3, inbound: inboundId(1) }
    const usual = contacts.map(one => ({ ...one, attested }))
    this.life = new Life(policy, FROM, { contacts: usual.map(change), distributors: there, admins })
    this.written = written
    this.word = word
  }

  /** Asks to join, in words of their own. */
  asks(hours: number, who: Person, words: string, to: NonNullable<Given['addressed']> = DISTRIBUTORS): void {
    this.life.stranger(at(hours), {
      text: words,
      from: who.address,
      addressed: to,
      offered: [keyOf(who)],
    })
  }

  /** Every criterion answered with its own signs. */
  get answers(): string {
    const criteria = this.written.criteria.map(({ signs }, i) => `${i + 1}. ${signs.join(', ')} ${this.word}`)
    return ['apply', 'Organisation: New Linux', 'Name: Ann Newcomer', ...criteria, ''].join('\n')
  }

  /** The newest of whoever has this key. */
  applicationOf(who: Person): Application | undefined {
    return [...this.life.known.applications.values()].findLast(({ address }) => address === who.address)
  }

  /** `att:key.asc` is a key with this fingerprint. */
  says(hours: number, by: Fingerprint, line: string, attached?: Fingerprint): void {
    this.life.command(at(hours), line, by, attached)
  }

  /** All that an applicant can do: key, address and terms. */
  proves(hours: number, who: Person): void {
    const { version, sha256 } = this.written.terms
    const terms = ` version=${JSON.stringify(version)} sha256=${sha256}`
    const found = this.applicationOf(who)
    if (found === undefined) return
    const { id, challenge } = found
    const isImplied = this.written.acceptance === 'implied'
    this.says(hours, who.key, `prove ${id} ${challenge?.token ?? 'none'}${isImplied ? terms : ''}`)
    this.says(hours, who.key, `accept-policy ${id}${terms}`)
  }

  /** The owner of a key that a contact has, or is to have. */
  provesAs(hours: number, key: Fingerprint): void {
    const { version, sha256 } = this.written.terms
    const terms = ` version=${JSON.stringify(version)} sha256=${sha256}`
    const found = this.life.known.contacts.find(
      ({ fingerprint, nextKey }) => fingerprint === key || nextKey?.key.fingerprint === key,
    )
    const token = found?.nextKey?.token ?? found?.challenge?.token ?? 'none'
    this.says(hours, key, `accept-policy ${found?.id}${terms}`)
    this.says(hours, key, `prove ${found?.id} ${token}`)
  }

  /** Somebody's word for them. */
  vouches(hours: number, by: Fingerprint, who: Person): void {
    const id = this.idOf(who)
    this.says(hours, by, text(`vouch ${id} for=${who.key}`, 'I know them.'))
  }

  /** Lets them in, or tries to; of a policy with classes into the first, or into the one in question. */
  admits(hours: number, how: 'approve' | 'found', who: Person): void {
    const names = this.written.classes.map(({ name }) => name)
    const named = names.includes(this.word) ? this.word : names[0]
    this.says(
      hours,
      ALICE.fingerprint,
      `${how} ${this.idOf(who)}${named === undefined ? '' : ` class=${named}`}`,
    )
  }

  idOf(who: Person): ApplicationId | 'A-999999' {
    return this.applicationOf(who)?.id ?? 'A-999999'
  }
}

const DISTRIBUTORS = { kind: 'distributors', project: 'widget' } as NonNullable<Given['addressed']>

type Story = (list: ListLife) => void

export const lived =
  (days: number, story: Story, beginning: Beginning = {}): Chapter =>
  setting => {
    const written = setting.written.membership
    if (written === undefined) return ''
    const list = new ListLife(setting, written, beginning)
    story(list)
    list.life.until(later(FROM, days * DAY))
    return list.life.print()
  }

/** Whoever asks, proves and is vouched for. */
export const whole = (list: ListLife, who: Person, from = 0): void => {
  list.asks(from, who, list.answers)
  list.proves(from + 1, who)
  list.vouches(from + 2, ONE, who)
}

/** A case of which the list was told, and its id. */
export function told(list: ListLife): string {
  const { life } = list
  const id = life.report(at(0), 'When I knock twice, the gate opens.')
  list.says(1, ALICE.fingerprint, `accept ${id}`)
  const policy = life.known.settings.projects[0]?.policy
  const [stage] = policy === undefined ? [] : listStages(policy)
  if (stage === undefined) return id
  const line = noticeLine(id, stage, '2026-12-02T16:00Z', 'It opens.')
  list.says(2, ALICE.fingerprint, line.replace(' <<', ' anyway=yes <<'))
  return id
}

/** First digits of keys that nobody else has. */
export const OTHERS = ['7', '8', '9', 'D', 'E', 'F']
export const NEW = fingerprint('8')
export const NEXT = fingerprint('9')
export const TEAM = fingerprint('0').replace(/0$/, '1') as Fingerprint

/** Hours after which the notice has gone. */
export const GONE = 130
