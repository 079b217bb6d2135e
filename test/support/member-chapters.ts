// A small scripted life of a distributors list under a policy, in chapters that each begin anew, as chapters.ts has it
// for cases: somebody asks to join and is let in or not, members share, leak, change keys and terms.
import type { Application } from '../../src/model/application.ts'
import type { Contact } from '../../src/model/contact.ts'
import type { OfferedCertificate } from '../../src/model/mail.ts'
import type { Membership } from '../../src/model/policy.ts'
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
import { Life, listedUnder } from './life.ts'

/** A Friday afternoon. */
const FROM = instant(Date.UTC(2026, 10, 27, 16, 30))
const at = (hours: number): Instant => later(FROM, hours * HOUR)

type Person = { readonly key: Fingerprint; readonly address: string; readonly name: string }
const ANN: Person = { key: fingerprint('5'), address: 'ann@new.example', name: 'Ann Newcomer' }
const BEN: Person = { key: fingerprint('6'), address: 'ben@new.example', name: 'Ben Newcomer' }
/** Of terms that nobody has any more. */
const OLD = sure(parseSha256('0d'.repeat(32)))
const CAT = { name: 'cat', address: address('cat@team.example'), fingerprint: fingerprint('C') }
const ONE = fingerprint('1')
const TWO = fingerprint('2')

const text = (line: string, words: string): string => `${line} <<\n${words}\n.`

const keyOf = ({ key }: Person): OfferedCertificate => ({
  place: 'outer',
  octets: new Uint8Array([1]),
  fingerprint: key,
  keyIds: [key.slice(-16).toLowerCase()],
  encryptable: true,
})

/** Who is on the list to begin with: so many organisations, and their contacts other than usual. */
type Beginning = { readonly size?: number; readonly change?: (contact: Contact) => Contact }

/** One life of the list; nothing where the policy that the story was written for has none. */
class ListLife {
  readonly life: Life
  readonly written: Membership
  readonly word: string

  constructor({ policy, word }: Setting, written: Membership, { change = one => one, size = 2 }: Beginning) {
    const { contacts, distributors } = listedUnder({ ...policy, membership: written }, size)
    const admins = [ALICE, BOB, CAT]
    const attested = { at: FROM, people: 3, inbound: inboundId(1) }
    const usual = contacts.map(one => ({ ...one, attested }))
    this.life = new Life(policy, FROM, { contacts: usual.map(change), distributors, admins })
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

const lived =
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
const whole = (list: ListLife, who: Person, from = 0): void => {
  list.asks(from, who, list.answers)
  list.proves(from + 1, who)
  list.vouches(from + 2, ONE, who)
}

/** A case of which the list was told, and its id. */
function told(list: ListLife): string {
  const { life } = list
  const id = life.report(at(0), 'When I knock twice, the gate opens.')
  list.says(1, ALICE.fingerprint, `accept ${id}`)
  const stage = life.known.settings.projects[0]?.policy.notices.stages[0]?.name ?? 'none'
  list.says(2, ALICE.fingerprint, text(`notice ${id} stage=${stage} send=2026-12-02T16:00Z`, 'It opens.'))
  return id
}

/** First digits of keys that nobody else has. */
const OTHERS = ['7', '8', '9', 'D', 'E', 'F']
const NEW = fingerprint('8')
const NEXT = fingerprint('9')
const TEAM = fingerprint('0').replace(/0$/, '1') as Fingerprint

/** Hours after which the notice has gone. */
const GONE = 130

export const MEMBER_CHAPTERS: Readonly<Record<string, Chapter>> = {
  'somebody asks what it takes': lived(3, list => {
    list.asks(0, ANN, 'We would like to join the distributors list as members.')
    list.asks(1, BEN, 'We would like to join the distributors list as members.', { kind: 'security' })
    list.says(2, ANN.key, `status ${list.idOf(ANN)}`)
  }),
  'somebody says it in their own words': lived(0, list => {
    list.asks(0, ANN, `We would like to join: ${list.word}.`)
    list.says(1, ALICE.fingerprint, 'applications')
  }),
  'somebody is let in': lived(12, list => {
    whole(list, ANN)
    list.says(3, ANN.key, `status ${list.idOf(ANN)}`)
    list.admits(4, 'approve', ANN)
    list.vouches(5, TWO, ANN)
    list.admits(6, 'approve', ANN)
    list.admits(24 * 8, 'approve', ANN)
    list.says(24 * 9, ANN.key, 'my')
  }),
  'somebody is let in although there are too few to vouch': lived(12, list => {
    list.asks(0, ANN, list.answers)
    list.asks(1, BEN, list.answers.replace('New Linux', 'Other Linux'))
    for (const who of [ANN, BEN]) list.proves(2, who)
    for (const who of [ANN, BEN]) list.admits(24 * 9, 'found', who)
  }),
  'one vouches often': lived(0, list => {
    const people = ['3', '4', '5', '6', '7'].map(digit => ({
      key: fingerprint(digit),
      address: `p${digit}@n${digit}.example`,
      name: `Person ${digit}`,
    }))
    for (const [i, who] of people.entries()) {
      list.asks(4 * i, who, list.answers.replace('New Linux', `Linux ${i}`))
      list.proves(4 * i + 1, who)
      list.vouches(4 * i + 2, ONE, who)
    }
  }),
  'another person of the same organisation': lived(0, list => {
    whole(list, ANN)
    list.admits(4, 'approve', ANN)
    list.admits(24 * 8, 'approve', ANN)
    list.asks(24 * 8 + 1, BEN, list.answers)
    list.proves(24 * 8 + 2, BEN)
    list.says(24 * 8 + 3, BEN.key, `status ${list.idOf(BEN)}`)
    list.admits(24 * 8 + 4, 'approve', BEN)
  }),
  'nobody completes it': lived(120, list =>
    list.asks(0, ANN, 'We would like to join the distributors list as members.'),
  ),
  'nobody decides': lived(40, list => whole(list, ANN)),
  'somebody is declined and asks again': lived(120, list => {
    whole(list, ANN)
    list.says(4, ALICE.fingerprint, text(`decline ${list.idOf(ANN)}`, 'Not yet.'))
    list.asks(5, ANN, list.answers)
    list.asks(24 * 100, ANN, list.answers)
  }),
  'it is full': lived(
    0,
    list => {
      whole(list, ANN)
      list.admits(3, 'approve', ANN)
      list.admits(24 * 8, 'approve', ANN)
    },
    { size: 4 },
  ),
  'members ask to share': lived(
    12,
    list => {
      const id = told(list)
      list.says(GONE, ONE, text(`ask-share ${id} with="our partner"`, 'They build it.'))
      list.says(GONE + 1, TWO, `grant-share ${id} to=M-000001`)
      list.says(GONE + 2, ALICE.fingerprint, `grant-share ${id} to=M-000001`)
    },
    { size: 4 },
  ),
  'members ask to share, and nobody answers': lived(9, list => {
    const id = told(list)
    list.says(GONE, ONE, text(`ask-share ${id} with="our partner"`, 'They build it.'))
  }),
  'members contribute': lived(7, list => {
    const id = told(list)
    const tasks = list.written.contributing?.tasks.map(({ name }) => name) ?? []
    for (const task of [...tasks, list.word])
      if (/^[a-z-]+$/.test(task))
        list.says(GONE, ONE, text(`contribute ${id} task=${task}`, 'Done; nothing found.'))
  }),
  'something leaks, again and again': lived(40, list => {
    const id = told(list)
    list.life.stranger(at(GONE), {
      text: text(`leak ${id}`, 'I told my aunt on Friday.'),
      from: 'somebody@else.example',
      addressed: { kind: 'security' },
    })
    list.says(GONE + 1, ONE, text(`leak ${id}`, 'I told my aunt on Friday.'))
    for (let count = 0; count < 4; count += 1)
      list.says(GONE + 2 + count, ALICE.fingerprint, text('strike D-000001', 'They told their aunt.'))
    for (const incident of list.life.known.incidents.keys())
      list.says(GONE + 6, ALICE.fingerprint, `incident ${incident}`)
    list.says(GONE + 7, ALICE.fingerprint, 'show D-000001')
    list.says(GONE + 8, ALICE.fingerprint, text('remove D-000001', 'Again.'))
    const again = { ...ANN, key: ONE, address: 'oncall@one.example' }
    list.asks(GONE + 9, again, list.answers.replace('New Linux', 'one'))
    list.proves(GONE + 10, again)
    list.vouches(GONE + 11, TWO, again)
    list.admits(GONE + 12, 'approve', again)
    list.admits(GONE + 13 + 24 * 8, 'approve', again)
  }),
  'keys end': lived(90, () => undefined, {
    change: one => ({ ...one, encryptsUntil: later(FROM, 75 * DAY) }),
  }),
  'terms change, and one is silent': lived(
    80,
    list => {
      const { version, sha256 } =
        list.life.known.settings.projects[0]?.policy.membership?.terms ?? list.written.terms
      list.says(3, ONE, `accept-policy version=${JSON.stringify(version)} sha256=${sha256}`)
      list.says(4, ONE, 'my')
    },
    {
      change: one => ({
        ...one,
        acceptance: one.acceptance && { ...one.acceptance, version: '0', sha256: OLD },
      }),
    },
  ),
  'nobody says who reads along': lived(800, list => {
    list.says(3, ONE, 'attest people=3')
  }),
  'another contact comes, and a key follows another': lived(9, list => {
    list.says(0, ONE, 'contact add name="New" address=new@one.example kind=person att:key.asc', NEW)
    list.says(0, TWO, 'key add att:key.asc', NEXT)
    list.provesAs(1, NEW)
    list.provesAs(2, NEXT)
    for (const { id, state } of list.life.known.contacts)
      if (state !== 'active') list.says(3, ALICE.fingerprint, `approve ${id}`)
    list.says(24 * 4, NEW, 'my')
  }),
  'members name others': lived(9, list => {
    for (let count = 0; count < 6; count += 1)
      list.says(
        count,
        ONE,
        `contact add name="P ${count}" address=p${count}@one.example kind=person att:key.asc`,
        fingerprint(OTHERS[count] ?? '0'),
      )
    list.says(7, ONE, 'contact add name="Team" address=team@one.example kind=role att:key.asc', TEAM)
    list.says(8, ONE, 'my')
  }),
  'who is on the list': lived(0, list => {
    list.says(1, ONE, 'roster')
    list.says(2, ALICE.fingerprint, 'roster level=count')
    list.says(3, BOB.fingerprint, 'roster level=full')
  }),
  'somebody joins while an embargo holds': lived(14, list => {
    told(list)
    whole(list, ANN, GONE)
    list.admits(GONE + 5, 'approve', ANN)
    list.admits(GONE + 24 * 8, 'approve', ANN)
  }),
}
