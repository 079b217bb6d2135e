// Early disclosure to distributors: how to handle it, the team's text, patches and their digests. The same
// octets for every member, so nothing of any member is in it.
import type { Attachment, Handling, Notice } from '../model/notice.ts'
import type { Suggestion } from '../model/order.ts'
import { LEAVES, type Policy } from '../model/policy.ts'
import type { Sha256 } from '../model/scalars.ts'
import { projectNamed, type Settings } from '../model/settings.ts'
import { formatInstant } from '../model/time.ts'
import { safeFileName } from './file-name.ts'
import { suggestionBlock } from './links.ts'
import { jsonFile, type Leaf, type Wording } from './mime.ts'
import { when } from './phrases.ts'
import { render, type Templates } from './template.ts'
import { block } from './variables.ts'

export type NoticeSources = {
  readonly handling: Handling
  readonly policy: Policy
  readonly settings: Settings
  readonly offers: readonly Suggestion[]
  readonly file: (sha256: Sha256) => Uint8Array
  readonly templates: Templates
}

type Named = Attachment & { readonly safeName: string }

/** Subject, and handling block, text and digests in one text; then the files; then `notice.json`. */
export function noticeWording(notice: Notice, sources: NoticeSources): Wording {
  const { policy, settings, handling, offers, templates } = sources
  const { agreed } = handling
  const names = new Set(['notice.json'])
  const files = notice.attachments.map(attachment => ({
    ...attachment,
    safeName: safeFileName(attachment.fileName.open(), 'attachment', names),
  }))
  const until = handling.until && when(handling.until.at, policy.calendar.zone)
  const { subject, text } = render(templates, 'notice', {
    notice: notice.id,
    case: notice.case,
    project: policy.displayName,
    stage: stageText(notice, policy),
    ...(until !== undefined && handling.until?.as === 'planned'
      ? { planned: { date: until, agreed: agreed && `${agreed.agreed} of ${agreed.of}` } }
      : { latest: until }),
    rebuild: notice.may.includes('rebuild'),
    'deploy-hosted': notice.may.includes('deploy-hosted'),
    'tell-customers': notice.may.includes('tell-customers'),
    terms: policy.membership?.terms.version,
    security: settings.addresses.security,
    list: policy.discussion && projectNamed(settings, notice.project)?.distributors,
    text: { verbatim: notice.text.open().trim() },
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
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

/** What the policy says that a stage is for. */
export const stageText = ({ stage }: Notice, { notices }: Policy): string =>
  notices.stages.find(({ name }) => name === stage)?.text ?? stage

const digests = (files: readonly Named[]): string =>
  files.map(({ safeName, size, sha256 }) => `${safeName}, ${size} octets\n  ${sha256}`).join('\n')

function fileLeaf({ safeName }: Named, octets: Uint8Array): Leaf {
  const mediaType = /\.(?:patch|diff)$/i.test(safeName) ? 'text/x-patch' : 'application/octet-stream'
  return { kind: 'file', mediaType, fileName: safeName, octets }
}

function facts(notice: Notice, files: readonly Named[], { policy, settings, handling }: NoticeSources) {
  const { until, agreed } = handling
  const at = until && formatInstant(until.at)
  return {
    kind: 'notice',
    notice: notice.id,
    case: notice.case,
    project: notice.project,
    stage: notice.stage,
    embargo: {
      until: 'public-disclosure',
      ...(until?.as === 'planned' ? { planned: at, agreedBy: agreed === undefined ? 'team' : 'list' } : {}),
      ...(until?.as === 'latest' ? { plannedLatest: at } : {}),
      ...agreed,
    },
    may: Object.fromEntries(LEAVES.map(leave => [leave, notice.may.includes(leave)])),
    sharing: 'need-to-know',
    terms: policy.membership?.terms.version,
    ask: settings.addresses.security,
    files: files.map(({ safeName, size, sha256 }) => ({ name: safeName, size, sha256 })),
  }
}
