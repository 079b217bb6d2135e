// Recognises GitHub's notification mails about one security advisory of a repository. In: an opened mail. Out: the
// advisory's id. Anyone can write such a mail: it says which advisory is meant, and never that anything is so.
import type { OpenedMail } from '../model/mail.ts'
import { fieldValue } from './structure.ts'

declare const ghsa: unique symbol
/** Id of a GitHub advisory in its own spelling: `GHSA` and three groups of four lower-case letters and digits. */
export type GhsaId = string & { readonly [ghsa]: true }

/** Characters of one text that are looked through. */
const MAX_TEXT = 200_000

/** GitHub leaves out vowels and what looks alike (github/advisory-database, README). */
const idShape = /GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}(?![0-9a-z-])/i
/** `notifications@github.com`, or of an enterprise with data residency (docs.github.com, "Email notification headers"). */
const sender = /^(?:notifications|noreply)@(?:github\.com|[a-z0-9-]{1,60}\.ghe\.com)$/
/** In Message-ID and In-Reply-To: `OWNER/REPOSITORY/repository-advisories/4821/comments/1`. */
const thread =
  /^<([\w.-]{1,100}\/[\w.-]{1,100})\/(?:repository|security)-advisories\/[^<>@]{1,200}@(?:github\.com|[a-z0-9-]{1,60}\.ghe\.com)>$/i
/** Mail about something else, which may link to an advisory. */
const elsewhere =
  /^<[\w.-]{1,100}\/[\w.-]{1,100}\/(?:issues?|pull|commit|push|discussions?|releases?|tags?|check-suites|actions|runs|alerts|milestones|wiki|invitations)\//i
const page =
  /https:\/\/(?:github\.com|[a-z0-9-]{1,60}\.ghe\.com)\/([\w.-]{1,100}\/[\w.-]{1,100})\/security\/advisories\/(GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})(?![0-9a-z-])/gi

/** One id, whatever its capitals; undefined for all else. */
export function parseGhsaId(text: string): GhsaId | undefined {
  const [id] = idShape.exec(text) ?? []
  return id === text ? spelled(text) : undefined
}

/**
 * The advisory that a mail of GitHub is about: of the pages it links to, the first of the repository that its
 * Message-ID, In-Reply-To or List-ID names, else the id in its subject. Undefined for every other mail, such as a
 * person's who writes of an advisory, or GitHub's about a dependency.
 */
export function advisoryOf(mail: OpenedMail): GhsaId | undefined {
  const { header } = mail
  const [author, second] = header.authors
  if (author === undefined || second !== undefined || !sender.test(author.toLowerCase())) return undefined
  const threads = [header.messageId, ...header.replyTo].flatMap(id => thread.exec(id ?? '')?.[1] ?? [])
  if (threads.length === 0 && elsewhere.test(header.messageId ?? '')) return undefined
  const list = /^([\w.-]{1,100}\/[\w.-]{1,100})[ \t]*</.exec(fieldValue(header.fields, 'list-id') ?? '')?.[1]
  const repositories = [...threads, ...(list === undefined ? [] : [list])].map(name => name.toLowerCase())
  const linked = mail.parts.flatMap(part =>
    part.disposition === 'inline' ? [...(part.text?.open().slice(0, MAX_TEXT).matchAll(page) ?? [])] : [],
  )
  const own = linked.find(([, repository = '']) => repositories.includes(repository.toLowerCase()))?.[2]
  if (own !== undefined) return spelled(own)
  const [named] = idShape.exec(header.subject.open()) ?? []
  return named !== undefined && threads.length > 0 ? spelled(named) : undefined
}

const spelled = (id: string): GhsaId => `GHSA${id.slice(4).toLowerCase()}` as GhsaId
