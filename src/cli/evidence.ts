// `member evidence`: one file that shows, without this program, what the people of an organisation signed and when. Our
// record of it in clear, and each signed act in their own octets; the whole under the list's key.
import { writeFile } from 'node:fs/promises'
import { factOf, keysIn, type MemberEvent, signerOf } from '../decide/membership/history.ts'
import { quotedLines } from '../decide/quoted.ts'
import type { ChainHead } from '../model/chain.ts'
import type { SignatureVerdict } from '../model/mail.ts'
import { plaintext } from '../model/plaintext.ts'
import {
  type ContactId,
  type DistributorId,
  type Fingerprint,
  type InboundId,
  type Instant,
  instant,
} from '../model/scalars.ts'
import { projectNamed } from '../model/settings.ts'
import { formatInstant } from '../model/time.ts'
import { armored, armoredMessage } from '../openpgp/armor.ts'
import { clearSign } from '../openpgp/secret-keys.ts'
import { type JournaledMember, type MemberRecord, recordOf } from './member-record.ts'
import { type Opened, reading } from './reading.ts'
import { sandboxOf } from './sandboxed.ts'
import { EXIT, type Io } from './verb.ts'

/** Writes the file, which must not be there yet. */
export function writeEvidence(id: DistributorId | ContactId, file: string, io: Io): Promise<number> {
  return reading(io, async opened => {
    const record = recordOf(id, opened)
    if (record === undefined) {
      io.problem(`Nobody on the list has the id ${id}.`)
      return EXIT.failed
    }
    const now = instant(Temporal.Now.instant().epochMilliseconds)
    const evidence = await evidenceOf(record, opened, now)
    try {
      await writeFile(file, evidence, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      io.problem(isThere ? `${file} is there already; name another.` : `${file} cannot be written.`)
      return EXIT.failed
    }
    io.out(`${file}: what it is, and how gpg checks it, stands at its beginning. It holds what people wrote.`)
    return EXIT.done
  })
}

/** What one person signed in one mail, however many facts follow from it. */
type Act = {
  readonly number: number
  readonly inbound: InboundId
  readonly by: Fingerprint
  readonly who: string
  /** Undefined: why there is none. */
  readonly octets: Uint8Array | undefined
  readonly finding: string
  readonly certificate: Uint8Array | undefined
}

async function evidenceOf(record: MemberRecord, opened: Opened, now: Instant): Promise<string> {
  const acts = await actsOf(record, opened, now)
  const { settings } = opened.config
  const from = projectNamed(settings, record.distributor.project)?.distributors ?? settings.addresses.security
  const key = opened.keyring.signer(from)
  const text = [
    ...introduction(record, from, key.fingerprint, settings.instance, opened.store.audit.head(), now),
    ...facts(record, acts),
    ...terms(record),
    ...keys(acts),
    ...acts.flatMap(signedOctets),
  ].join('\n')
  return clearSign(`${text}\n`, key, now)
}

const introduction = (
  { id, distributor }: MemberRecord,
  from: string,
  fingerprint: Fingerprint,
  instance: string,
  head: ChainHead | undefined,
  now: Instant,
): readonly string[] => [
  `EVIDENCE about ${id}, on the distributors list of ${distributor.project}`,
  ...quotedLines(distributor.name),
  '',
  `Made ${formatInstant(now)} by ${instance}, signed with the key of ${from}:`,
  `    ${fingerprint}`,
  ...(head === undefined ? [] : [`Our audit chain then, row ${head.seq}:`, `    ${head.hash}`]),
  '',
  'First our record, in order of time. Then the keys of the people, as they were, and each mail that one of them',
  'signed, as "Act 1", "Act 2" and so on: their own octets under their own signature, which hold without us. What',
  'admins did and what time brought about is our record alone. A mail stands here whole and may say more than what it',
  'is here for: read it before you pass this file on.',
  '',
  'To check it with GnuPG alone, in an empty directory with this file as evidence.asc, and as list.asc the key above,',
  'from wherever you trust it:',
  '',
  '    gpg --homedir . --import list.asc && gpg --homedir . --output record.txt --decrypt evidence.asc',
  '    gpg --homedir . --import record.txt',
  '    awk \'/^-----BEGIN PGP MESSAGE-----/ { n++ } n { print > ("act-" n ".asc") }\' record.txt',
  '    for act in act-*.asc; do gpg --homedir . --decrypt "$act"; done',
  '',
  'Each must say "Good signature", and name the fingerprint that stands above the act. That a key has ended since, or',
  'that nobody certified it, is no fault.',
]

function facts({ history }: MemberRecord, acts: readonly Act[]): readonly string[] {
  const lines = history.flatMap(({ event, audit, inbound }) => {
    const fact = factOf(event)
    if (fact === undefined) return []
    const signer = signerOf(event)
    const act = acts.find(one => one.inbound === inbound && one.by === signer)
    const place =
      act === undefined
        ? `row ${audit} of the audit chain`
        : `act ${act.number}, row ${audit} of the audit chain`
    return [
      `${formatInstant(fact.at)}  ${fact.what}; by ${fact.who} (${place})`,
      ...(fact.words === undefined ? [] : quotedLines(fact.words)),
    ]
  })
  return ['', 'THE RECORD', '', ...lines]
}

/** The text that was accepted, where it is the one of today, so that anybody can compute its digest. */
const terms = ({ policy: { membership } }: MemberRecord): readonly string[] =>
  membership === undefined
    ? []
    : [
        '',
        `THE TERMS as they are now, version ${membership.terms.version}, SHA-256 ${membership.terms.sha256} (without "| ", each line ended by LF)`,
        '',
        ...quotedLines(plaintext(membership.terms.text.replace(/\n$/, ''))),
      ]

function keys(acts: readonly Act[]): readonly string[] {
  const octets = [
    ...new Map(
      acts.flatMap(({ certificate }) =>
        certificate === undefined ? [] : [[Buffer.from(certificate).toString('hex'), certificate] as const],
      ),
    ).values(),
  ]
  return octets.length === 0
    ? []
    : ['', 'THE KEYS', '', lines(armored(Buffer.concat(octets), 'PUBLIC KEY BLOCK'))]
}

const signedOctets = ({ number, inbound, by, who, octets, finding }: Act): readonly string[] => [
  '',
  `ACT ${number}: mail ${inbound}, by ${who}, ${finding}`,
  `    ${by}`,
  '',
  ...(octets === undefined
    ? []
    : [lines(Buffer.from(armoredMessage(octets, 'with-checksum')).toString('latin1'))]),
]

const lines = (armor: string): string => armor.replaceAll('\r\n', '\n').trimEnd()

/** Each mail once for whoever signed it, in order of time. */
async function actsOf(record: MemberRecord, opened: Opened, now: Instant): Promise<readonly Act[]> {
  const known = keysOf(record, opened)
  const acts: Act[] = []
  const sandbox = sandboxOf(opened, now)
  try {
    for (const { event, inbound } of record.history) {
      const by = signerOf(event)
      if (by === undefined || inbound === undefined) continue
      if (acts.some(one => one.inbound === inbound && one.by === by)) continue
      const certificate = keyAt(by, event.at, known)
      const found = certificate && (await octetsOf(inbound, certificate, opened, sandbox))
      acts.push({
        number: acts.length + 1,
        inbound,
        by,
        who: event.actor.name,
        certificate,
        octets: found?.octets,
        finding: found?.finding ?? 'whose key is not kept',
      })
    }
  } finally {
    await sandbox.close()
  }
  return acts
}

type Found = { readonly octets: Uint8Array | undefined; readonly finding: string }

async function octetsOf(
  inbound: InboundId,
  certificate: Uint8Array,
  { store, keyring }: Opened,
  sandbox: ReturnType<typeof sandboxOf>,
): Promise<Found> {
  const missing = (finding: string): Found => ({ octets: undefined, finding })
  const row = store.inbound.row(inbound)
  const raw = store.inbound.raw(inbound)
  if (row === undefined || raw === undefined) return missing('whose octets are gone')
  const mail = await keyring.decryptFromStorage(raw, row.receivedAt).catch(() => undefined)
  if (mail === undefined)
    return missing('whose octets were altered here; embargod inbound refetch may have them')
  const signed = await sandbox.signed(mail, certificate, row.receivedAt)
  if (!signed.ok) return missing(`in which no signature was found (${signed.error})`)
  return { octets: signed.value.message, finding: findingOf(signed.value.verdict, row.receivedAt) }
}

const findingOf = (verdict: SignatureVerdict, at: Instant): string =>
  verdict.kind === 'good'
    ? `signed ${formatInstant(verdict.signature.created)}, received ${formatInstant(at)}`
    : `received ${formatInstant(at)}; today we would not take its signature (${verdict.kind === 'refused' ? verdict.fault : 'none'})`

type KnownKey = { readonly at: Instant; readonly fingerprint: Fingerprint; readonly certificate: Uint8Array }

/** All that the journal tells of the keys of those who signed, members of other organisations among them. */
function keysOf({ history }: MemberRecord, { store }: Opened): readonly KnownKey[] {
  const signers = history.flatMap(({ event }) => (event.actor.kind === 'member' ? [event.actor.name] : []))
  const others = [...new Set(signers)].flatMap(id => store.journal.eventsOf(id)) as readonly JournaledMember[]
  const found: KnownKey[] = []
  const pinned = new Map<string, Fingerprint>()
  for (const { event } of [...history, ...others]) {
    for (const key of keysIn(event)) found.push({ at: event.at, ...key })
    found.push(...renewed(event, pinned))
  }
  return found.toSorted((a, b) => a.at - b.at)
}

/** A newer copy of a contact's pinned key; `pinned` follows which that is. */
function renewed(event: MemberEvent, pinned: Map<string, Fingerprint>): readonly KnownKey[] {
  if (!('contact' in event)) return []
  if (event.kind === 'contact-named' || event.kind === 'key-changed')
    pinned.set(event.contact, event.key.fingerprint)
  const fingerprint = pinned.get(event.contact)
  const isNewer = event.kind === 'key-merged' || event.kind === 'contact-key-revoked'
  return isNewer && fingerprint !== undefined
    ? [{ at: event.at, fingerprint, certificate: event.certificate }]
    : []
}

/** The key as it was then: the last copy of before, else the first there is. */
function keyAt(fingerprint: Fingerprint, at: Instant, known: readonly KnownKey[]): Uint8Array | undefined {
  const copies = known.filter(one => one.fingerprint === fingerprint)
  return (copies.findLast(one => one.at <= at) ?? copies[0])?.certificate
}
