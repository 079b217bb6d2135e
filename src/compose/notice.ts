// Early disclosure to distributors: how to handle it, the team's text, patches and their digests. The same
// octets for every member, so nothing of any member is in it.
import { dueAt } from '../model/calendar.ts'
import type { Attachment, Notice } from '../model/notice.ts'
import type { Policy } from '../model/policy.ts'
import type { EmailAddress, Instant, Sha256 } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { safeFileName } from './file-name.ts'
import { MARKER } from './links.ts'
import { jsonFile, type Leaf } from './mime.ts'
import { when } from './phrases.ts'
import { fill, paragraphs } from './text.ts'

export type NoticeSources = {
  readonly policy: Policy
  readonly security: EmailAddress
  readonly file: (sha256: Sha256) => Uint8Array
  /** When the case's report arrived; undefined leaves out the latest date. */
  readonly receivedAt: Instant | undefined
}

type Named = Attachment & { readonly safeName: string }

/** Handling block, text and digests in one text; then the files; then `notice.json`. */
export function noticeLeaves(notice: Notice, sources: NoticeSources): readonly Leaf[] {
  const names = new Set(['notice.json'])
  const files = notice.attachments.map(attachment => ({
    ...attachment,
    safeName: safeFileName(attachment.fileName.open(), 'attachment', names),
  }))
  const text = paragraphs(
    MARKER,
    handling(notice, sources),
    notice.text.open().trim(),
    files.length === 0 ? undefined : digests(files),
  )
  return [
    { kind: 'text', text },
    ...files.map(file => fileLeaf(file, sources.file(file.sha256))),
    jsonFile('notice.json', facts(notice, files, sources)),
  ]
}

function handling(notice: Notice, { policy, security, receivedAt }: NoticeSources): string {
  const stage = policy.notices.stages.find(one => one.name === notice.stage)
  const latest = latestDisclosure(notice, policy, receivedAt)
  return paragraphs(
    fill(`EMBARGOED. ${policy.displayName}: ${stage?.text ?? notice.stage}.`),
    [
      `Notice: ${notice.id}, case ${notice.case}`,
      'Embargo until: public disclosure, which the team announces to you',
      ...(latest === undefined
        ? []
        : [
            `Planned at the latest: ${when(latest, policy.calendar.zone)}. The embargo does not end by itself: wait for our word.`,
          ]),
      'May be shared: only within your team, with those who need it for the fix and agreed to the same terms',
      'May be published or hinted at: no',
      `Questions, feedback and leaks: ${security}, or answer this mail`,
    ]
      .map(line => fill(line, '', '  '))
      .join('\n'),
  ).trimEnd()
}

/** By the policy; undefined once it has passed, for then the policy no longer tells. */
function latestDisclosure(
  { sendAt }: Notice,
  policy: Policy,
  receivedAt: Instant | undefined,
): Instant | undefined {
  if (receivedAt === undefined) return undefined
  const latest = dueAt(receivedAt, policy.embargo.maximum, policy.calendar)
  return latest > sendAt ? latest : undefined
}

const digests = (files: readonly Named[]): string =>
  [
    'Files, with their size and SHA-256:',
    ...files.map(({ safeName, size, sha256 }) => `${safeName}, ${size} octets\n  ${sha256}`),
  ].join('\n')

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
