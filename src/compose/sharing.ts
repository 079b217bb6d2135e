// Mail about telling others of a case, what members do for one, and leaks: ours first; what anybody else wrote follows in
// a part of its own, each line behind a bar.
import type { MailOrder } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { policyOf } from '../model/settings.ts'
import type { ShareRequest, SharingContent } from '../model/sharing.ts'
import type { ComposeContext } from './context.ts'
import { discussionLine, suggestionBlock } from './links.ts'
import type { Leaf, Wording } from './mime.ts'
import { caseOf } from './order-case.ts'
import { originalLeaves } from './original.ts'
import { doubtView, grouped, nameView, when } from './phrases.ts'
import { facts } from './report.ts'
import { type Rendered, render } from './template.ts'
import { fill, paragraphs, quoted, termsText } from './text.ts'
import { block } from './variables.ts'

/** Not for a template to leave out. */
const OTHERS_FOLLOW = fill(
  'What follows is not ours. Each line begins with a bar; hidden characters are written as <U+…>.',
)

/** @throws when the order names no case though it is about one: a fault of ours. */
export function sharingWording(
  order: MailOrder,
  content: SharingContent,
  context: ComposeContext,
  keyFile: Leaf,
): Wording {
  const { settings, templates, zone } = context
  const policy = policyOf(settings, order.project)
  const common = {
    offers: suggestionBlock(order.offers ?? [], settings),
    command: settings.addresses.command,
  }
  const { team } = policy
  switch (content.kind) {
    case 'share-request': {
      const { request, asker, decides, reader, needed, occasion } = content
      const list = { needed: `${needed}` }
      return withWords(
        render(templates, 'share-request', {
          ...common,
          ...nameView(asker),
          case: caseOf(order),
          again: occasion === 'reminded',
          due: when(request.due, reader === 'admin' ? zone : policy.calendar.zone),
          team: decides === 'team',
          list: decides === 'list' && reader === 'admin' ? list : undefined,
          member: decides === 'list' && reader === 'member' ? list : undefined,
        }),
        asked(request),
      )
    }
    case 'share-outcome': {
      const { request, as, by, reason } = content
      const byMember = reason !== undefined && by === 'list'
      const words = byMember
        ? [...asked(request), said('The reason of who said no:', reason.open())]
        : asked(request)
      return withWords(
        render(templates, 'share-outcome', {
          case: caseOf(order),
          granted: as === 'granted' ? { terms: termsOf(policy) } : undefined,
          denied: as === 'denied',
          lapsed: as === 'lapsed',
          reason: byMember ? undefined : reason && block(quoted(reason.open()).text),
          member: byMember,
          team,
          command: common.command,
        }),
        words,
      )
    }
    case 'contribution': {
      const { contribution, contributor } = content
      const task = policy.membership?.contributing?.tasks.find(({ name }) => name === contribution.task)
      return withWords(
        render(templates, 'contribution', {
          ...nameView(contributor),
          case: caseOf(order),
          task: task?.text ?? contribution.task,
        }),
        [said(`What ${contribution.contributor} wrote:`, contribution.text.open())],
      )
    }
    case 'feedback': {
      const { contributor, text } = content
      const { replyAddress } = context
      const theCase = caseOf(order)
      const discussion = discussionLine(theCase, replyAddress, settings)
      return withWords(
        render(templates, 'feedback', { ...nameView(contributor), case: theCase, discussion }),
        [said(`What ${contributor.contact} wrote:`, text.open())],
      )
    }
    case 'leak':
      return leakWording(content, common, context)
    case 'leak-thanks': {
      const { fingerprint } = context.key(settings.addresses.security)
      const { subject, text } = render(templates, 'leak-thanks', {
        incident: content.incident,
        fingerprint: grouped(fingerprint),
        team,
      })
      return { subject, leaves: [{ kind: 'text', text }, keyFile] }
    }
    case 'strike': {
      const { reason, incident, count, limit, removal } = content
      const view = {
        project: policy.displayName,
        count: `${count}`,
        limit: `${limit}`,
        incident,
        reason: { verbatim: quoted(reason.open()).text },
        reached: count >= limit,
        permanent: removal === 'permanent',
        security: settings.addresses.security,
        command: common.command,
        team,
      }
      return withWords(render(templates, 'strike', view), [])
    }
    default:
      return unreachable(content)
  }
}

function leakWording(
  { incident, occasion, member, passedOn, doubt, who }: Extract<SharingContent, { kind: 'leak' }>,
  common: { readonly offers: ReturnType<typeof suggestionBlock>; readonly command: string },
  { templates, zone }: ComposeContext,
): Wording {
  const newest = incident.told.at(-1)
  const inbound = newest?.inbound
  const original = passedOn && {
    kind: 'report' as const,
    what: 'list-mail' as const,
    theCase: undefined,
    ...passedOn,
    unanswered: undefined,
    ...(inbound === undefined ? {} : { inbound }),
  }
  const rendered = render(templates, 'leak', {
    ...common,
    incident: incident.id,
    more: occasion === 'more',
    ...(member === undefined ? {} : nameView(member)),
    about: incident.about,
    doubt: doubt && doubtView(doubt, zone),
    facts: original && facts(original, zone),
  })
  const told: readonly Leaf[] =
    original === undefined
      ? [{ kind: 'text', text: said('What was told:', (newest?.text ?? plaintext('')).open()) }]
      : originalLeaves(original.mail, 'The mail', original)
  return withLeaves(
    rendered,
    who === undefined
      ? told
      : [...told, { kind: 'text', text: said('Who had what, and since when:', who.open()) }],
  )
}

const asked = (request: ShareRequest): readonly string[] => [
  said(`Whom ${request.asker} asks to tell:`, request.with.open()),
  said('Why:', request.why.open()),
]

const termsOf = ({ membership }: Policy) =>
  membership === undefined ? undefined : block(termsText(membership.terms.text))

/** Somebody's words under a heading of ours. */
export const said = (heading: string, words: string): string => paragraphs(fill(heading), quoted(words).text)

/** Ours, and in a part of its own what somebody else said, if they did. */
export const withWords = (rendered: Rendered, words: readonly string[]): Wording =>
  words.length === 0
    ? { subject: rendered.subject, leaves: [{ kind: 'text', text: rendered.text }] }
    : withLeaves(rendered, [{ kind: 'text', text: words.join('\n') }])

const withLeaves = ({ subject, text }: Rendered, leaves: readonly Leaf[]): Wording => ({
  subject,
  leaves: [{ kind: 'text', text: `${text}\n${OTHERS_FOLLOW}\n` }, ...leaves],
})
