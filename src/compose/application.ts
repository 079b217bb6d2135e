// Requests to join a list, worded: for the admins our facts and then the stranger's mail as it came, for the applicant
// what is known and what is missing, without a word of what anybody wrote.
import type { Application } from '../model/application.ts'
import { flagWords } from '../model/application-flag.ts'
import { type KeyFault, keyFaultText } from '../model/key-fault.ts'
import { type Missing, missingOf, missingWords } from '../model/missing.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Membership, Policy } from '../model/policy.ts'
import type { EmailAddress, ProjectName } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { LONGEST_LINK, mailtoLink, suggestionBlock } from './links.ts'
import type { Wording } from './mime.ts'
import { originalLeaves } from './original.ts'
import { grouped, when } from './phrases.ts'
import { facts, STRANGERS_FOLLOW } from './report.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { fill, termsText } from './text.ts'
import { block } from './variables.ts'
import { packedText } from './winmail.ts'

type Sources = {
  readonly templates: Templates
  readonly policy: Policy
  readonly settings: Settings
  readonly zone: string
}

type ToAdmins = Extract<Content, { kind: 'application' }>
type Answer = Extract<Content, { kind: 'application-answer' }>

const STATES: Readonly<Record<Application['state'], string>> = {
  open: 'open',
  approved: 'approved already',
  declined: 'declined',
  withdrawn: 'withdrawn',
  lapsed: 'ended without an answer',
  spam: 'closed as spam',
}

/** Ours first, then the stranger's texts, then files. */
export function applicationWording(
  content: ToAdmins,
  offers: readonly Suggestion[],
  { templates, policy, settings, zone }: Sources,
): Wording {
  const { application, what, mail, inbound, inside, unanswered, flags } = content
  const asReport = { kind: 'report', what: 'list-mail', theCase: undefined, mail, inbound, inside } as const
  const { subject, text } = render(templates, 'application', {
    application: application.id,
    project: policy.displayName,
    [what]: true,
    state: STATES[application.state],
    facts: {
      verbatim: [
        facts({ ...asReport, unanswered: undefined }, zone).verbatim,
        fill(`Applicant: ${application.address}`, '', '  '),
        fill(`Key: ${keyLine(application)}`, '', '  '),
      ].join('\n'),
    },
    flags: flags.length === 0 ? undefined : { items: flags.map(flag => ({ what: flagWords(flag) })) },
    open: application.state === 'open' ? openView(content, policy.membership) : undefined,
    ...(unanswered === undefined ? {} : { [unanswered]: true }),
    packed: block(packedText(mail)),
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
  })
  return {
    subject,
    leaves: [
      { kind: 'text', text: `${text}\n${STRANGERS_FOLLOW}\n` },
      ...originalLeaves(mail, 'The mail', { theCase: undefined, inbound }),
    ],
  }
}

const keyLine = ({ key, proven }: Application): string => {
  if (key === undefined) return 'none yet'
  return `${key.fingerprint}, ${proven === undefined ? 'not proven' : 'proven with the address'}`
}

function openView({ application, hints }: ToAdmins, membership: Membership | undefined) {
  if (membership === undefined) return undefined
  const missing = missingOf(application, membership)
  return {
    criteria: membership.criteria.map(({ text, by }, position) => {
      const isAnswered = application.answers.criteria[position] !== undefined
      const isOpen = by === 'answer' && !isAnswered
      return {
        number: `${position + 1}`,
        what: text,
        answered: isAnswered,
        hinted: isOpen && hints.includes(position),
        unanswered: isOpen && !hints.includes(position),
        later: by !== 'answer',
      }
    }),
    missing: missing.length === 0 ? undefined : missing.map(missingWords).join(', '),
  }
}

/** Nothing here depends on who else is known: it is the same for members' addresses and others (threats.md C15). */
export function applicationAnswer(
  { occasion, application: asked, fault, endsAt }: Answer,
  offers: readonly Suggestion[],
  to: EmailAddress,
  { templates, policy, settings, zone }: Sources,
): Rendered {
  const { membership } = policy
  // Whoever begins again begins with nothing.
  const application = occasion === 'lapsed' ? { ...asked, ...NOTHING_SAID } : asked
  const { id, key, proven, project } = application
  const missing = membership === undefined ? [] : missingOf(application, membership)
  const vouches = missing.find(one => one.kind === 'vouches')
  const isAsked =
    (occasion === 'opened' || occasion === 'changed') && key !== undefined && proven === undefined
  const form = membership === undefined ? [] : formOf(missing, project, membership)
  return render(templates, 'application-answer', {
    application: id,
    project: policy.displayName,
    opened: occasion === 'opened',
    changed: occasion === 'changed',
    reminded: endsAt && { ends: when(endsAt, zone) },
    lapsed: occasion === 'lapsed',
    understood: understood(application),
    form: form.length === 0 ? undefined : { lines: { verbatim: form.join('\n') }, link: tapped(form, to) },
    key: key && grouped(key.fingerprint),
    fault: fault && { verbatim: faultText(fault) },
    proven: proven !== undefined,
    asked: isAsked,
    unread: occasion === 'unread',
    vouches: vouches && organisations(vouches.needed - vouches.given),
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    // Once is enough: whoever changes an answer has them already.
    terms: membership === undefined || occasion !== 'opened' || isAsked ? undefined : termsView(membership),
  })
}

const NOTHING_SAID = {
  answers: { organisation: undefined, name: undefined, criteria: {} },
  key: undefined,
  proven: undefined,
  vouches: [],
} satisfies Partial<Application>

const termsView = ({ terms, acceptance }: Membership) => ({
  implied: acceptance === 'implied',
  explicit: acceptance === 'explicit',
  version: terms.version,
  text: { verbatim: termsText(terms.text) },
})

const organisations = (count: number): string =>
  count === 1 ? 'an organisation that is on the list' : `${count} organisations that are on the list`

function understood({ answers }: Application): string | undefined {
  const numbers = Object.keys(answers.criteria).map(position => `${Number(position) + 1}`)
  const all = [
    ...(answers.organisation === undefined ? [] : ['the organisation']),
    ...(answers.name === undefined ? [] : ['your name']),
    ...(numbers.length === 0
      ? []
      : [`your ${numbers.length === 1 ? 'answer' : 'answers'} to ${numbers.join(', ')}`]),
  ]
  return all.length === 0 ? undefined : all.join(', ')
}

/** Not indented, for that would make a mail program's quotation of it another text; ends where answers end. */
function formOf(
  missing: readonly Missing[],
  project: ProjectName,
  { criteria }: Membership,
): readonly string[] {
  const asked = missing.flatMap(one => {
    switch (one.kind) {
      case 'organisation':
        return ['organisation:']
      case 'name':
        return ['name:']
      case 'criterion':
        return [fill(`${one.position + 1}. ${criteria[one.position]?.text ?? ''}`), '']
      default:
        return []
    }
  })
  return asked.length === 0 ? [] : [`apply ${project}`, ...asked, '----']
}

function faultText(fault: KeyFault): string {
  const [sentence = '', ...rest] = keyFaultText(fault).split('\n')
  return [fill(sentence), ...rest].join('\n')
}

/** Undefined where some mail program would cut it. */
function tapped(form: readonly string[], to: EmailAddress) {
  const link = mailtoLink(to, `${form.join('\n')}\n`)
  return link.length > LONGEST_LINK ? undefined : { verbatim: `<${link}>` }
}

export const applicationWhich = (
  { projects, of }: Extract<Content, { kind: 'application-which' }>,
  { templates, settings }: Pick<Sources, 'templates' | 'settings'>,
): Rendered =>
  render(templates, 'application-which', {
    several: projects.length > 0,
    of,
    security: settings.addresses.security,
    projects: projects.map(name => ({ name })),
  })
