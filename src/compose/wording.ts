// Order → subject and parts. The one table from kinds of content to their texts; it decides no address, no
// key and no header.
import { type DisclosureDate, dateOf } from '../model/disclosure-date.ts'
import type { Content, MailOrder, SimulatedMail } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { ApplicationId, CaseId, EmailAddress } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
import { acknowledgement, acknowledgementList } from './acknowledgement.ts'
import {
  applicationCirculated,
  applicationDeclined,
  applicationReview,
  applicationStanding,
  applicationsPending,
  memberWelcome,
  type Worded,
} from './admission.ts'
import { alert } from './alert.ts'
import { answerWanted, rollUp } from './answers.ts'
import { applicationAnswer, applicationWhich, applicationWording } from './application.ts'
import { calendarFile } from './calendar.ts'
import type { ComposeContext } from './context.ts'
import { dateWording } from './dates.ts'
import { discussionWording } from './discussion.ts'
import { endingWording } from './ending.ts'
import { news, reply, request } from './letters.ts'
import { discussionLine } from './links.ts'
import { membership } from './membership.ts'
import type { Leaf, Wording } from './mime.ts'
import { noticeWording } from './notice.ts'
import { caseOf } from './order-case.ts'
import { challenge, reacceptance } from './proof.ts'
import { reminder } from './reminder.ts'
import { reportWording } from './report.ts'
import { sharingWording } from './sharing.ts'
import { change, help, key, refusal } from './short.ts'
import { simulationText } from './simulation.ts'
import { type Rendered, render } from './template.ts'
import { transcriptWording } from './transcript.ts'
import { usersNotice, usersNoticeText } from './users-notice.ts'
import { welcome } from './welcome.ts'

/** `later` words a mail that would go out. @throws when an order to a reporter names no case: a fault of ours. */
export function wordingOf(
  order: MailOrder,
  from: EmailAddress,
  context: ComposeContext,
  later: (mail: SimulatedMail) => Wording,
): Wording {
  const { content, project, offers = [] } = order
  const { settings, templates, zone } = context
  const policy = policyOf(settings, project)
  const discussion = (id: CaseId | undefined) =>
    id === undefined ? undefined : discussionLine(id, context.replyAddress, settings)
  const ourKey = context.key(from)
  const keyFile: Leaf = {
    kind: 'file',
    mediaType: 'application/pgp-keys',
    fileName: `openpgp-${ourKey.fingerprint.toLowerCase()}.asc`,
    octets: Buffer.from(ourKey.armored),
  }
  const { fingerprint } = ourKey
  const secrecy = order.encryptTo.kind === 'nobody' ? 'clear' : 'encrypted'
  const calendar = (theCase: CaseId, date: DisclosureDate | undefined): readonly Leaf[] => {
    const { displayName } = policy
    const file = date && calendarFile(theCase, date, { settings, displayName, now: context.now })
    return file === undefined ? [] : [file]
  }
  const reading = { templates, offers, policy, settings, zone, now: context.now }
  switch (content.kind) {
    case 'acknowledgement':
      return mailOf(
        acknowledgement(
          templates,
          policy,
          caseOf(order),
          content.receivedAt,
          context.now,
          fingerprint,
          secrecy,
        ),
        keyFile,
      )
    case 'acknowledgement-list':
      return mailOf(
        acknowledgementList(templates, policy, content, content.cases[0] ?? caseOf(order), fingerprint),
        keyFile,
      )
    case 'report':
      return reportWording(content, {
        templates,
        now: context.now,
        offers,
        project,
        policy,
        settings,
        zone,
        discussion: discussion(content.theCase?.id),
      })
    case 'application':
      return applicationWording(content, offers, { templates, policy, settings, zone })
    case 'application-answer': {
      const to = context.replyAddress(applicationOf(order))
      return mailOf(applicationAnswer(content, offers, to, { templates, policy, settings, zone }), keyFile)
    }
    case 'application-which':
      return mailOf(applicationWhich(content, { templates, settings }))
    case 'past-mail': {
      const { theCase, inbound } = content
      return mailOf(render(templates, 'past-mail', { case: theCase.id, inbound: `${inbound}` }))
    }
    case 'welcome':
      return mailOf(
        welcome(templates, content, offers, policy, settings, zone, discussion(content.theCase.id)),
      )
    case 'request':
      return mailOf(request(templates, content.about, caseOf(order), policy))
    case 'reply':
      return mailOf(reply(templates, content.text, caseOf(order), policy))
    case 'news': {
      const theCase = caseOf(order)
      const bare = secrecy === 'clear'
      const told = bare ? ({ openness: 'bare' } as const) : ({ ...content, openness: 'full' } as const)
      // In clear it says no date.
      const file = bare ? [] : calendar(theCase, content.date)
      return mailOf(news(templates, told, theCase, policy, content.next), ...file)
    }
    case 'transcript':
      return transcriptWording(
        templates,
        content,
        offers,
        settings,
        // Its row counts all that comes in, which is nothing for a reporter or a member to see grow.
        order.encryptTo.kind === 'enrolled' && order.from !== 'list' ? context.chainHead : undefined,
        discussion(content.discuss),
        mails => simulationText(mails, later, zone),
      )
    case 'refusal':
      return mailOf(refusal(templates, content.sentence, settings))
    case 'help':
      return mailOf(help(templates, content.role, settings, context.verbs))
    case 'key':
      return mailOf(key(templates, from, fingerprint), keyFile)
    case 'alert':
      return mailOf(alert(templates, content.alert, secrecy, offers, settings, zone))
    case 'membership':
      return mailOf(membership(templates, content, offers, policy, settings, zone))
    case 'notice':
      return noticeWording(content.notice, {
        templates,
        handling: content.handling,
        policy,
        settings,
        offers,
        file: context.file,
      })
    case 'users-notice':
      return mailOf(usersNotice(content, { templates, policy, security: settings.addresses.security }))
    case 'users-notice-text':
      return mailOf(usersNoticeText(content, { templates, policy, security: settings.addresses.security }))
    case 'challenge':
      return challenge(templates, content, offers, policy.displayName, settings, policy.calendar.zone)
    case 'reacceptance':
      return reacceptance(templates, content, offers, policy.displayName, settings, policy.calendar.zone)
    case 'reminder':
      return mailOf(
        reminder(templates, content, offers, policy, settings, zone, discussion(content.theCase.id)),
        ...calendar(content.theCase.id, liftedBy(content)),
      )
    case 'answer-wanted':
      return mailOf(answerWanted(content, caseOf(order), reading))
    case 'roll-up':
      return mailOf(rollUp(content, caseOf(order), reading, discussion(order.case)))
    case 'feedback':
    case 'share-request':
    case 'share-outcome':
    case 'contribution':
    case 'leak':
    case 'leak-thanks':
    case 'strike':
      return sharingWording(order, content, context, keyFile)
    case 'post':
    case 'post-waiting':
    case 'post-answer':
      return discussionWording(order, content, context)
    case 'disclosure-date':
    case 'date-tally':
      return dateWording(order, content, context)
    case 'embargo-broken':
    case 'embargo-over': {
      const { subject, leaves } = endingWording(order, content, context)
      return { subject, leaves: [...leaves, ...calendar(caseOf(order), content.date)] }
    }
    case 'application-review':
      return withWords(applicationReview(content, reading))
    case 'applications-pending':
      return withWords(applicationsPending(content, reading))
    case 'application-circulated':
      return withWords(applicationCirculated(content, reading))
    case 'application-standing':
      return withWords(applicationStanding(content, reading))
    case 'application-declined':
      return withWords(applicationDeclined(content, reading))
    case 'member-welcome':
      return withWords(memberWelcome(content, from, fingerprint, reading), keyFile)
    case 'change':
      return mailOf(change(templates, content, offers, settings, discussion(order.case)))
    default:
      return unreachable(content)
  }
}

/** Ours first, then what others wrote. */
const withWords = ({ rendered, leaves }: Worded, ...files: readonly Leaf[]): Wording =>
  mailOf(rendered, ...leaves, ...files)

const mailOf = ({ subject, text }: Rendered, ...files: readonly Leaf[]): Wording => ({
  subject,
  leaves: [{ kind: 'text', text }, ...files],
})

/** The reminder that tells first of a lifted embargo takes its date out of calendars. */
function liftedBy({ theCase, at }: Extract<Content, { kind: 'reminder' }>): DisclosureDate | undefined {
  const { state, set } = theCase.embargo
  return state === 'lifted' && set?.at === at ? dateOf(theCase) : undefined
}

/** The application in whose thread an order stands. @throws if there is none. */
export function applicationOf(order: MailOrder): ApplicationId {
  if (order.application === undefined) throw new Error(`${order.content.kind} without an application`)
  return order.application
}
