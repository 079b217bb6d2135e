// Mails about a request to join. Numbers, addresses and fingerprints of ours stand first; what strangers and members
// wrote follows in a part of its own, behind bars (threats.md B07, E16).
import type { Application } from '../model/application.ts'
import { flagWords } from '../model/application-flag.ts'
import type { ApplicationStanding } from '../model/joining-mail.ts'
import { missingWords } from '../model/missing.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Criterion, Policy } from '../model/policy.ts'
import type { EmailAddress, Fingerprint, Instant } from '../model/scalars.ts'
import { policyOf, type Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import type { Leaf } from './mime.ts'
import { grouped, when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { fill, oneLine, paragraphs, quoted, termsText } from './text.ts'

type Of<K extends Content['kind']> = Extract<Content, { kind: K }>

/** Who reads it, and in which words. */
export type Reading = {
  readonly templates: Templates
  readonly offers: readonly Suggestion[]
  readonly policy: Policy
  readonly settings: Settings
  readonly zone: string
  readonly now: Instant
}

export type Worded = { readonly rendered: Rendered; readonly leaves: readonly Leaf[] }

/** Characters of one answer that are shown; the whole was kept with its mail. */
const MOST_SHOWN = 4_000

export function applicationReview({ occasion, standing }: Of<'application-review'>, to: Reading): Worded {
  const { templates, policy, settings, zone, now, offers } = to
  const { application, flags, lacks, vouches, due, objectionsUntil, way, choices } = standing
  const { id, address, key, proven, acceptance, objections, receivedAt } = application
  const how = [`embargod ${settings.instance}`, `${way} ${id}`]
  const rendered = render(templates, 'application-review', {
    application: id,
    project: policy.displayName,
    [occasion]: true,
    address,
    proven: proven !== undefined,
    flags: flags.map(flag => ({ flag: flagWords(flag) })),
    keyed: key && { key: grouped(key.fingerprint) },
    received: when(receivedAt, zone),
    by: due && when(due, zone),
    accepted: acceptance && `version ${acceptance.version}, on ${when(acceptance.at, zone)}`,
    lacks: lacks.map(missingWords).join(', '),
    vouches: vouches.map(({ vouch, fault }) => ({
      voucher: `${vouch.contact} of ${vouch.distributor}`,
      fault,
    })),
    objections: objections.map(({ by, at }) => ({ objector: by, when: when(at, zone) })),
    until: objectionsUntil && when(objectionsUntil, zone),
    founding: way === 'found',
    decide:
      lacks.length > 0
        ? undefined
        : {
            how: { verbatim: how.map(line => `    ${line}`).join('\n') },
            choices,
            later: objectionsUntil !== undefined && now < objectionsUntil,
          },
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
  })
  const others = paragraphs(
    ...vouches.map(({ vouch, organisation }) =>
      said(
        `${vouch.contact} of ${vouch.distributor} vouches`,
        `${organisation.open()}:\n${vouch.text.open()}`,
      ),
    ),
    ...objections.map(({ by, reason }) => said(`${by} objects`, reason.open())),
  )
  return {
    rendered,
    leaves: [text(strangersWords(application, policy)), ...(others.trim() === '' ? [] : [text(others)])],
  }
}

export function applicationsPending(
  { pending, occasion, others }: Of<'applications-pending'>,
  to: Reading,
): Worded {
  const { templates, settings, zone, now } = to
  const rendered = render(templates, 'applications-pending', {
    many: occasion === 'many',
    more: others === 'more',
    one: pending.length === 1,
    count: `${pending.length}`,
    requests: pending.map(standing => pendingView(standing, settings, zone, now)),
  })
  return { rendered, leaves: [] }
}

/** Columns of a name in a list. */
const NAME_COLUMNS = 70

function pendingView(
  { application, lacks, due }: ApplicationStanding,
  settings: Settings,
  zone: string,
  now: Instant,
) {
  const { id, project, address, receivedAt, circulatedAt, objections, answers } = application
  const name = oneLine(answers.organisation?.open() ?? '(no organisation named)', NAME_COLUMNS)
  return {
    application: id,
    to: policyOf(settings, project).displayName,
    address,
    received: when(receivedAt, zone),
    overdue: due !== undefined && due < now,
    by: due && when(due, zone),
    lacks: lacks.map(missingWords).join(', '),
    circulated: circulatedAt !== undefined,
    objections: objections.length === 0 ? undefined : `${objections.length}`,
    who: { verbatim: quoted(name, '  | ').text },
  }
}

/** @throws if it has no key: only who has proven one is shown to members. */
export function applicationCirculated(
  { application, objections, vouches }: Of<'application-circulated'>,
  to: Reading,
): Worded {
  const { templates, policy, settings, offers } = to
  const { id, address, key } = application
  if (key === undefined) throw new Error('an application without a key was circulated')
  const rendered = render(templates, 'application-circulated', {
    application: id,
    project: policy.displayName,
    address,
    key: grouped(key.fingerprint),
    vouch: vouches === 'none' ? undefined : { person: vouches === 'person' },
    object: objections !== undefined,
    until: typeof objections === 'object' ? when(objections.until, policy.calendar.zone) : undefined,
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    security: settings.addresses.security,
  })
  return { rendered, leaves: [text(strangersWords(application, policy))] }
}

export function applicationStanding(
  { application, lacks, next }: Of<'application-standing'>,
  { templates, policy }: Reading,
): Worded {
  const { zone } = policy.calendar
  const rendered = render(templates, 'application-standing', {
    application: application.id,
    project: policy.displayName,
    received: when(application.receivedAt, zone),
    lacks: lacks.map(missingWords).join(', '),
    next: when(next, zone),
    team: policy.team,
  })
  return { rendered, leaves: [] }
}

export function applicationDeclined(
  { application, reason, again }: Of<'application-declined'>,
  { templates, policy }: Reading,
): Worded {
  const rendered = render(templates, 'application-declined', {
    application: application.id,
    project: policy.displayName,
    reason: { verbatim: reason.open().trim() },
    again: again && when(again, policy.calendar.zone),
    team: policy.team,
  })
  return { rendered, leaves: [] }
}

/** Our key goes along as a file, put there by the caller. */
export function memberWelcome(
  { contact, notices }: Of<'member-welcome'>,
  list: EmailAddress,
  ourKey: Fingerprint,
  { templates, policy, settings, offers }: Reading,
): Worded {
  const { acceptance, kind } = contact
  const terms = policy.membership?.terms
  const { zone } = policy.calendar
  const rendered = render(templates, 'member-welcome', {
    project: policy.displayName,
    address: contact.address,
    key: grouped(contact.fingerprint),
    contact: contact.id,
    organisation: contact.distributor,
    manages: contact.manages === 'all',
    role: kind === 'role',
    attested: policy.membership?.attestation !== undefined,
    list,
    discusses: policy.discussion !== undefined,
    fingerprint: grouped(ourKey),
    accepted:
      acceptance === undefined || terms?.sha256 !== acceptance.sha256
        ? undefined
        : {
            version: acceptance.version,
            at: when(acceptance.at, zone),
            sha256: acceptance.sha256,
            terms: { verbatim: termsText(terms.text) },
          },
    follow: notices === 'follow',
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    security: settings.addresses.security,
    team: policy.team,
  })
  return { rendered, leaves: [] }
}

const text = (words: string): Leaf => ({ kind: 'text', text: words })

/** Not for a template to leave out. */
const NOT_OURS = fill(
  'What follows is not ours, and nobody has checked it. Each line begins with a bar; hidden characters are written as <U+…>.',
)

/** The answers, each behind bars under what was asked. */
function strangersWords({ answers }: Application, { membership }: Policy): string {
  const criteria: readonly Criterion[] = membership?.criteria ?? []
  return paragraphs(
    NOT_OURS,
    said('The organisation', answers.organisation?.open()),
    said('The name', answers.name?.open()),
    ...criteria.map(({ text: asked, by }, position) =>
      by === 'answer' ? said(asked, answers.criteria[position]?.open()) : undefined,
    ),
  )
}

function said(whose: string, words: string | undefined): string {
  const head = fill(`${whose.trim().replace(/[.:]$/, '')}:`)
  if (words === undefined) return `${head}\nNothing yet.`
  const more =
    words.length > MOST_SHOWN ? `\n(${words.length - MOST_SHOWN} more characters are not shown)` : ''
  return `${head}\n${quoted(words.slice(0, MOST_SHOWN).toWellFormed().trim()).text}${more}`
}
