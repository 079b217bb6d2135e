// Early disclosure to distributors: how to handle it, the team's text, patches and their digests. The same
// octets for every member, so nothing of any member is in it.
import type { Attachment, Notice } from '../model/notice.ts'
import type { Policy } from '../model/policy.ts'
import type { EmailAddress, Instant, Sha256 } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { safeFileName } from './file-name.ts'
import { jsonFile, type Leaf, type Wording } from './mime.ts'
import { latestAtOnce, when } from './phrases.ts'
import { render, type Templates } from './template.ts'
import { block } from './variables.ts'

export type NoticeSources = {
  readonly policy: Policy
  readonly security: EmailAddress
  readonly file: (sha256: Sha256) => Uint8Array
  readonly templates: Templates
  /** When the case's report arrived; undefined leaves out the latest date. */
  readonly receivedAt: Instant | undefined
}

type Named = Attachment & { readonly safeName: string }

/** Subject, and handling block, text and digests in one text; then the files; then `notice.json`. */
export function noticeWording(notice: Notice, sources: NoticeSources): Wording {
  const { policy, security, receivedAt, templates } = sources
  const names = new Set(['notice.json'])
  const files = notice.attachments.map(attachment => ({
    ...attachment,
    safeName: safeFileName(attachment.fileName.open(), 'attachment', names),
  }))
  const stage = policy.notices.stages.find(one => one.name === notice.stage)
  const latest = latestDisclosure(notice, policy, receivedAt)
  const { subject, text } = render(templates, 'notice', {
    notice: notice.id,
    case: notice.case,
    project: policy.displayName,
    stage: stage?.text ?? notice.stage,
    latest: latest && when(latest, policy.calendar.zone),
    security,
    text: { verbatim: notice.text.open().trim() },
    digests: block(digests(files)),
  })
  return {
    subject,
    leaves: [
      { kind: 'text', text },
      ...files.map(file => fileLeaf(file, sources.file(file.sha256))),
      jsonFile('notice.json', facts(notice, files, sources)),
    ],
  }
}

/** By the policy; undefined once it has passed, for then the policy no longer tells. */
function latestDisclosure(
  { sendAt }: Notice,
  policy: Policy,
  receivedAt: Instant | undefined,
): Instant | undefined {
  if (receivedAt === undefined) return undefined
  const latest = latestAtOnce(policy, receivedAt)
  return latest !== undefined && latest > sendAt ? latest : undefined
}

const digests = (files: readonly Named[]): string =>
  files.map(({ safeName, size, sha256 }) => `${safeName}, ${size} octets\n  ${sha256}`).join('\n')

function fileLeaf({ safeName }: Named, octets: Uint8Array): Leaf {
  const mediaType = /\.(?:patch|diff)$/i.test(safeName) ? 'text/x-patch' : 'application/octet-stream'
  return { kind: 'file', mediaType, fileName: safeName, octets }
}

function facts(notice: Notice, files: readonly Named[], { policy, security, receivedAt }: NoticeSources) {
  const latest = latestDisclosure(notice, policy, receivedAt)
  return {
    kind: 'notice',
    notice: notice.id,
    case: notice.case,
    project: notice.project,
    stage: notice.stage,
    embargo: {
      until: 'public-disclosure',
      ...(latest === undefined ? {} : { plannedLatest: formatInstant(latest) }),
    },
    sharing: 'need-to-know',
    ask: security,
    files: files.map(({ safeName, size, sha256 }) => ({ name: safeName, size, sha256 })),
  }
}
