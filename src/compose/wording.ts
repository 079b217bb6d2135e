// Order → subject and parts. The one table from kinds of content to their texts; it decides no address, no
// key and no header.
import { type Case, claimsPublicNow } from '../model/case.ts'
import type { MailOrder, SimulatedMail } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { CaseId, EmailAddress } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
import { acknowledgementListText, acknowledgementText } from './acknowledgement.ts'
import { alertText } from './alert.ts'
import type { ComposeContext } from './compose.ts'
import { newsText, replyText, requestText } from './letters.ts'
import { discussionLine, MARKER } from './links.ts'
import type { Leaf } from './mime.ts'
import { noticeLeaves } from './notice.ts'
import { dueSentence } from './phrases.ts'
import { reminderSubject, reminderText } from './reminder.ts'
import { reportLeaves } from './report.ts'
import { changeText, helpText, keyText, refusalText } from './short.ts'
import { simulationText } from './simulation.ts'
import { transcriptLeaves } from './transcript.ts'
import { welcomeSubject, welcomeText } from './welcome.ts'

export type Wording = { readonly subject: string; readonly leaves: readonly Leaf[] }

/** `later` words a mail that would go out. @throws when an order to a reporter names no case: a fault of ours. */
export function wordingOf(
  order: MailOrder,
  from: EmailAddress,
  context: ComposeContext,
  later: (mail: SimulatedMail) => Wording,
): Wording {
  const { content, project, offers = [] } = order
  const { settings } = context
  const policy = policyOf(settings, project)
  const discussion = (id: CaseId | undefined) =>
    id === undefined ? undefined : discussionLine(id, context.replyAddress, settings)
  const key = context.key(from)
  const keyFile: Leaf = {
    kind: 'file',
    mediaType: 'application/pgp-keys',
    fileName: `openpgp-${key.fingerprint.toLowerCase()}.asc`,
    octets: Buffer.from(key.armored),
  }
  switch (content.kind) {
    case 'acknowledgement': {
      const theCase = caseOf(order)
      const text = acknowledgementText(
        policy,
        theCase,
        content.receivedAt,
        key.fingerprint,
        order.encryptTo.kind === 'nobody' ? 'clear' : 'encrypted',
      )
      return { subject: `Your report ${theCase} has arrived`, leaves: [{ kind: 'text', text }, keyFile] }
    }
    case 'acknowledgement-list': {
      const text = acknowledgementListText(policy, content, key.fingerprint)
      return { subject: 'Your other reports have arrived', leaves: [{ kind: 'text', text }, keyFile] }
    }
    case 'report':
      return {
        subject: reportSubject[content.what](content.theCase),
        leaves: reportLeaves(
          content,
          offers,
          project,
          policy,
          settings,
          context.zone,
          discussion(content.theCase?.id),
        ),
      }
    case 'past-mail':
      return plain(
        `${content.theCase.id}: an earlier mail`,
        `${MARKER}\n\nAn earlier mail of ${content.theCase.id} (inbound ${content.inbound}) cannot be shown. Please ask the team for it.\n`,
      )
    case 'welcome':
      return plain(
        welcomeSubject(content),
        welcomeText(content, offers, policy, settings, context.zone, discussion(content.theCase.id)),
      )
    case 'request':
      return plain(
        `A question about your report ${caseOf(order)}`,
        requestText(content.about, caseOf(order), policy),
      )
    case 'reply': {
      const theCase = caseOf(order)
      return plain(`Your report ${theCase}`, replyText(content.text, theCase, policy))
    }
    case 'news': {
      const theCase = caseOf(order)
      const bare = order.encryptTo.kind === 'nobody' && content.reason === undefined
      const { zone } = policy.calendar
      const next = content.next && dueSentence(content.next.clock, content.next.due, zone)
      const news = bare ? ({ openness: 'bare' } as const) : ({ ...content, openness: 'full' } as const)
      return plain(`News of your report ${theCase}`, newsText(news, theCase, policy, next))
    }
    case 'transcript':
      return {
        subject: 'What came of your commands',
        // Its row counts all that comes in, which is nothing for a reporter to see grow.
        leaves: transcriptLeaves(
          content,
          offers,
          settings,
          order.encryptTo.kind === 'enrolled' ? context.chainHead : undefined,
          discussion(content.discuss),
          mails => simulationText(mails, later, context.zone),
        ),
      }
    case 'refusal':
      return plain('Your mail changed nothing', refusalText(content.sentence, settings))
    case 'help':
      return plain('How to write to us', helpText(content.role, settings, context.verbs))
    case 'key':
      return {
        subject: 'Our public key',
        leaves: [{ kind: 'text', text: keyText(from, key.fingerprint) }, keyFile],
      }
    case 'alert':
      return plain(
        'Something needs you',
        alertText(content.alert, order.encryptTo.kind === 'nobody' ? 'clear' : 'encrypted', settings),
      )
    case 'notice': {
      const { notice } = content
      const sources = {
        policy,
        security: settings.addresses.security,
        file: context.file,
        receivedAt: context.receivedAt(notice.case),
      }
      return { subject: `${notice.id}: early disclosure`, leaves: noticeLeaves(notice, sources) }
    }
    case 'reminder':
      return plain(
        reminderSubject(content),
        reminderText(content, offers, policy, settings, context.zone, discussion(content.theCase.id)),
      )
    case 'change':
      return plain('What the team changed', changeText(content, offers, settings, discussion(order.case)))
    default:
      return unreachable(content)
  }
}

const alarm = (theCase: Case | undefined): string =>
  theCase !== undefined && claimsPublicNow(theCase) ? ', said to be PUBLIC' : ''

/** Subjects stay inside the encryption. An alarm is heard where the list of mails is read. */
const reportSubject = {
  new: (theCase: Case | undefined) => `${theCase?.id ?? 'Unknown case'}: new report${alarm(theCase)}`,
  earlier: (theCase: Case | undefined) => `${theCase?.id ?? 'Unknown case'}: an earlier mail`,
  'follow-up': (theCase: Case | undefined) => `${theCase?.id ?? 'Unknown case'}: new mail${alarm(theCase)}`,
  'list-mail': () => 'Mail at the distributors address',
} as const

const plain = (subject: string, text: string): Wording => ({ subject, leaves: [{ kind: 'text', text }] })

/** The case an order to a reporter is about. @throws if there is none. */
export function caseOf(order: MailOrder): CaseId {
  if (order.case === undefined) throw new Error(`${order.content.kind} without a case`)
  return order.case
}
