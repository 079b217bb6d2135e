// Mail that tells of a leak, from anybody and to any of our addresses: never refused, whatever is wrong with its
// signature or its other commands, and answered alike whoever wrote it. A signature that counts makes it a command, used
// up by it; a leak is a brake, so that age alone takes nothing from it. All else is a report by an address.
import type { Decision, Fresh, Input, Snapshot } from '../../model/decision.ts'
import { type Actor, OUTSIDER } from '../../model/event.ts'
import type { AuthoredText, GoodSignature } from '../../model/mail.ts'
import type { MailOrder } from '../../model/order.ts'
import { plaintext } from '../../model/plaintext.ts'
import { limitReached } from '../acknowledging.ts'
import { actorIn, addressee, entitledSince, type Insider } from '../authority.ts'
import { commandMail } from '../command-mail.ts'
import { readAuthored } from '../command-run.ts'
import type { CommandMail } from '../commands/grammar.ts'
import { freshnessOf } from '../freshness.ts'
import { answerable, toInsider, toldOfReplay } from '../orders.ts'
import { silent } from '../outcomes.ts'
import { authorOf, insideOf } from '../report.ts'
import { memberOf, namesLeak, type Recorded, recordLeak, type Tale } from './leaks.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** A mail that begins with `leak`, alone or with what it is of. */
export function leakMail(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const reading = readAuthored(input.mail.authored)
  if (reading.kind !== 'leak' || !namesLeak(reading.of, snapshot.settings)) return undefined
  const signer = signerOf(input, snapshot)
  if (signer !== undefined && snapshot.signature === 'used')
    return { ...silent('refused', 'E-REPLAY'), mails: toldOfReplay(input, snapshot, signer.person) }
  return told(input, snapshot, fresh, reading.of, signer)
}

/** Command mail; a leak that it tells of is kept also where none of it runs. */
export function commandOrLeak(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const decision = commandMail(input, snapshot, fresh)
  // What was told under a signature is known from when it came first.
  if (decision !== undefined && (decision.outcome !== 'refused' || decision.reason === 'E-REPLAY'))
    return decision
  const leak = leakAmong(readAuthored(input.mail.authored), input.mail.authored)
  if (leak === undefined) return decision
  const kept = told(input, snapshot, fresh, leak.of, signerOf(input, snapshot))
  // Whoever signed commands hears what is wrong with the others, too.
  const answers = decision?.mails.flatMap(corrected) ?? []
  const oneShot = kept.oneShot ?? decision?.oneShot
  return { ...kept, mails: [...kept.mails, ...answers], oneShot, plan: decision?.plan }
}

/** What came of the other commands; that one was kept all the same. The line that strangers get says otherwise. */
function corrected(order: MailOrder): readonly MailOrder[] {
  const { content, encryptTo } = order
  if (encryptTo.kind === 'nobody') return []
  if (content.kind !== 'transcript') return [order]
  const results = content.results.map(one =>
    /^leak\b/.test(one.source) ? { ...one, status: 'ok' as const, code: undefined, text: KEPT } : one,
  )
  return [{ ...order, content: { ...content, results } }]
}

const KEPT = plaintext(
  'What you told is recorded all the same, and the team is alarmed: leave it out when you send the rest again.',
)

/** An answer to what we wrote to whoever told of a leak. */
export function leakFollowUp(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const { threadIncident, incidents } = snapshot
  const incident = threadIncident && incidents.get(threadIncident)
  if (incident === undefined) return undefined
  // Whoever knows our mail got it from us, or from whom we sent it to.
  const from = { address: authorOf(input.mail, snapshot.settings) }
  const tale = { ...taleOf(input, OUTSIDER, undefined, from, snapshot), joins: incident.id }
  const more = recordLeak(tale, snapshot, fresh.incidents)
  return more && { ...silent(classOf(input), 'leak-more'), events: more.events, mails: more.alarms }
}

type Signer = { readonly actor: Actor; readonly person: Insider; readonly signature: GoodSignature }

/** Whoever signed all that was read, if their signature counts, however old it is. */
function signerOf(input: MailInput, snapshot: Snapshot): Signer | undefined {
  const { authored } = input.mail
  if (authored.kind !== 'signed' || authored.signature.kind !== 'good') return undefined
  const { signature } = authored.signature
  const actor = actorIn(snapshot, signature.primary)
  const person = actor && addressee(actor, snapshot, [])
  if (actor === undefined || person === undefined) return undefined
  const age = freshnessOf(signature, input.receivedAt, snapshot, entitledSince(actor, snapshot))
  return age === 'fresh' || age === 'old' ? { actor, person, signature } : undefined
}

function told(
  input: MailInput,
  snapshot: Snapshot,
  fresh: Fresh,
  of: string | undefined,
  signer: Signer | undefined,
): Decision {
  const actor = signer?.actor ?? OUTSIDER
  const member = memberOf(actor, snapshot.contacts)
  const address = signer?.person.address ?? authorOf(input.mail, snapshot.settings)
  const from = member === undefined ? { address } : { contact: member.id }
  const recorded = recordLeak(taleOf(input, actor, of, from, snapshot), snapshot, fresh.incidents)
  if (recorded === undefined) throw new Error('no id was drawn for an incident')
  const { what, events, alarms } = recorded
  return {
    ...silent(signer === undefined ? classOf(input) : 'command', `leak-${what}`),
    actor,
    events,
    mails: [...alarms, ...thanks(input, snapshot, signer, recorded)],
    oneShot: signer && { primary: signer.signature.primary, hashValue: signer.signature.hashValue },
  }
}

const classOf = ({ sorted }: MailInput) => (sorted.machine === 'human' ? 'report' : 'report-noack')

const taleOf = (
  { mail, inbound, receivedAt, sorted: { addressed } }: MailInput,
  actor: Actor,
  of: string | undefined,
  from: Tale['from'],
  snapshot: Snapshot,
): Tale => ({
  at: receivedAt,
  actor,
  inbound,
  words: mail.authored.text ?? plaintext(''),
  of,
  from,
  addressed: addressed.kind === 'distributors' ? addressed.project : undefined,
  mail: { mail, inside: insideOf(mail, snapshot) },
})

/** Nobody proved the addresses of reports and of requests to join: they are answered as strangers are. */
const UNPROVEN: ReadonlySet<Actor['kind']> = new Set(['reporter', 'applicant'])

/** Under the signer's own key, else in clear to whom an acknowledgement would go, and within the same limits. */
function thanks(
  input: MailInput,
  snapshot: Snapshot,
  signer: Signer | undefined,
  { incident, project }: Recorded,
): readonly MailOrder[] {
  const content = { kind: 'leak-thanks', incident } as const
  const about = { project, case: undefined }
  if (signer !== undefined && !UNPROVEN.has(signer.actor.kind))
    return [{ ...toInsider(signer.person, about, content), incident }]
  const author = answerable(input, snapshot)
  if (!author.ok || limitReached(author.value, snapshot.acknowledged, snapshot.settings) !== undefined)
    return []
  return [
    {
      to: author.value,
      encryptTo: { kind: 'nobody' },
      ...about,
      notice: undefined,
      contact: undefined,
      inReplyTo: input.mail.header.messageId,
      incident,
      content,
    },
  ]
}

/** `leak` among the commands of a mail, whether or not all of it can be read as commands. */
function leakAmong(
  reading: CommandMail,
  { text }: AuthoredText,
): { readonly of: string | undefined } | undefined {
  if (reading.kind === 'commands') {
    const command = reading.commands.find(({ verb }) => verb === 'leak')
    const [first] = command?.arguments ?? []
    return command && { of: first !== undefined && 'text' in first ? first.text : undefined }
  }
  if (reading.kind !== 'invalid') return undefined
  const found = /^[ \t]*leak(?:[ \t]+([^\s<]{1,64}))?(?=\s|$)/im.exec(
    text?.open().slice(0, MAX_LOOKED_AT) ?? '',
  )
  return found === null ? undefined : { of: found[1]?.toUpperCase() }
}

const MAX_LOOKED_AT = 100_000
