// Mail about posts: ours first, and then, where they are passed on, the words of who wrote them behind bars, with their
// files. Nothing of their header but the subject, no key of theirs, and no second form of the same words.
import type { DiscussionContent, PosterName } from '../model/discussion.ts'
import type { OpenedMail, Part } from '../model/mail.ts'
import type { MailOrder } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { policyOf } from '../model/settings.ts'
import type { ComposeContext } from './context.ts'
import { suggestionBlock } from './links.ts'
import type { Wording } from './mime.ts'
import { originalLeaves } from './original.ts'
import { STRANGERS_FOLLOW } from './report.ts'
import { render } from './template.ts'
import { oneLine, quoted } from './text.ts'

const NAME_COLUMNS = 100

export function discussionWording(
  { project, offers = [] }: MailOrder,
  content: DiscussionContent,
  { settings, templates }: ComposeContext,
): Wording {
  const policy = policyOf(settings, project)
  const common = { project: policy.displayName, case: content.about }
  const { security } = settings.addresses
  switch (content.kind) {
    case 'post': {
      const { poster, mail } = content
      const view = { ...common, ...nameView(poster, policy), security, gone: mail === undefined }
      const { subject, text } = render(templates, 'post', view)
      if (mail === undefined) return { subject, leaves: [{ kind: 'text', text }] }
      return passedOn(subject, text, mail, poster, policy)
    }
    case 'post-waiting': {
      const { post, poster, mail, why, readers } = content
      const { subject, text } = render(templates, 'post-waiting', {
        ...common,
        ...nameView(poster, policy),
        post,
        readers: `${readers}`,
        offers: suggestionBlock(offers, settings),
        moderated: why === 'moderated',
        held: why === 'held',
        doubted: why === 'doubted',
        unnamed: why === 'unnamed',
        limit: why === 'limit',
      })
      return passedOn(subject, text, mail, poster, policy)
    }
    case 'post-answer': {
      const { why, reason } = content
      const waits =
        why === 'moderated' || why === 'held' || why === 'doubted' || why === 'unnamed' || why === 'limit'
      const { subject, text } = render(templates, 'post-answer', {
        ...common,
        security,
        team: policy.team,
        [why]: true,
        waits,
        reason: reason && { verbatim: quoted(reason.open()).text },
      })
      return { subject, leaves: [{ kind: 'text', text }] }
    }
    default:
      return unreachable(content)
  }
}

function passedOn(
  subject: string,
  text: string,
  mail: OpenedMail,
  poster: PosterName,
  policy: Policy,
): Wording {
  const writer = poster === 'reporter' ? 'the reporter' : nameView(poster, policy).writer
  // Whose key it is the list keeps to itself: its fingerprint would tell who they are.
  const source = { theCase: undefined, reader: 'insider', signedBy: writer } as const
  return {
    subject,
    leaves: [
      { kind: 'text', text: `${text}\n${STRANGERS_FOLLOW}\n` },
      ...originalLeaves(ownWords(mail), `The mail of ${writer}`, source),
    ],
  }
}

function nameView(
  poster: PosterName,
  { team }: Policy,
): { readonly writer: string; readonly organisation: string | undefined } {
  if (poster === 'team') return { writer: team, organisation: undefined }
  if (poster === 'reporter') return { writer: 'The reporter', organisation: undefined }
  const { contact, organisation } = poster
  return { writer: contact, organisation: organisation && oneLine(organisation.open(), NAME_COLUMNS) }
}

/** With the one subject that counts, and the texts and files alone. */
function ownWords(mail: OpenedMail): OpenedMail {
  const { header, protectedSubject, parts } = mail
  const hasText = parts.some(part => part.mediaType === 'text/plain' && part.disposition === 'inline')
  const isLeftOut = ({ mediaType, disposition }: Part) =>
    mediaType === 'application/pgp-keys' ||
    mediaType === 'text/rfc822-headers' ||
    (mediaType === 'text/html' && disposition === 'inline' && hasText)
  return {
    ...mail,
    header: { ...header, subject: protectedSubject ?? header.subject },
    protectedSubject: undefined,
    parts: parts.filter(part => !isLeftOut(part)),
  }
}
