// Which list somebody asks to join: the address says it, or the word behind `apply`, or there is only one. Where that is
// not clear they are asked, and no request is opened.
import type { Decision, Input, Snapshot } from '../../model/decision.ts'
import { type EmailAddress, type ProjectName, UNROUTED } from '../../model/scalars.ts'
import { canBeJoined, type Settings } from '../../model/settings.ts'
import { limitReached } from '../acknowledging.ts'
import { read } from '../command-run.ts'
import { NOTHING, toAdmins } from '../orders.ts'
import { silent } from '../outcomes.ts'
import { insideOf } from '../report.ts'
import { ownWords } from './answers.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

type Wanted =
  | { readonly project: ProjectName }
  /** The projects that have a list, where none is named; empty: there is none, or none of the project meant. */
  | { readonly which: readonly ProjectName[]; readonly of: string | undefined }

/** The project whose list somebody asks to join; undefined: it is no request. */
export function projectWanted({ sorted, mail }: MailInput, settings: Settings): Wanted | undefined {
  const { addressed } = sorted
  const open = settings.projects.filter(canBeJoined)
  if (addressed.kind === 'distributors' && open.some(({ name }) => name === addressed.project))
    return { project: addressed.project }
  const words = ownWords(mail)
  const reading = words && read(words.text, words.layout)
  if (reading?.kind !== 'application') return undefined
  const meant = reading.project ?? (addressed.kind === 'distributors' ? addressed.project : undefined)
  if (meant !== undefined) {
    const project = settings.projects.find(
      ({ name, policy }) => name === meant || policy.displayName.toLowerCase() === meant,
    )
    // A report may begin with `apply` and a word, too.
    if (project === undefined) return undefined
    const { name, policy } = project
    return open.includes(project) ? { project: name } : { which: [], of: policy.displayName }
  }
  const [only, second] = open
  return only !== undefined && second === undefined
    ? { project: only.name }
    : { which: open.map(({ name }) => name), of: undefined }
}

/** Several lists could be meant, and no application is opened before we know which. */
export function unclear(
  input: MailInput,
  author: EmailAddress,
  { which, of }: Extract<Wanted, { which: unknown }>,
  snapshot: Snapshot,
): Decision {
  const { settings } = snapshot
  const { mail, inbound } = input
  const limit = limitReached(author, snapshot.acknowledged, settings)
  const asking = {
    to: author,
    encryptTo: { kind: 'nobody' },
    ...NOTHING,
    notice: undefined,
    contact: undefined,
    inReplyTo: mail.header.messageId,
    content: { kind: 'application-which', projects: which, of },
  } as const
  return {
    ...silent('application', 'application-which'),
    mails: [
      ...(limit === undefined ? [asking] : []),
      ...toAdmins(
        settings.admins,
        { project: UNROUTED, case: undefined },
        {
          kind: 'report',
          what: 'list-mail',
          theCase: undefined,
          mail,
          inbound,
          inside: insideOf(mail, snapshot),
          unanswered: limit === undefined ? undefined : 'capped',
        },
      ),
    ],
  }
}
