// What `init` is asked for: options in, typed answers out, or every problem with the option it stands in. It
// reads no file; what two options, or an option and a file, must agree on is judged with the configuration.
import { resolve } from 'node:path'
import type { ServerAnswers } from '../config/render.ts'
import { TLS_ALLOWED } from '../config/schema.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type EmailAddress, type ProjectName, parseEmailAddress, parseProjectName } from '../model/scalars.ts'
import { readArgs, required } from './verb.ts'

/** Every file and directory is absolute. */
export type InitRequest = {
  readonly instance: string
  readonly security: EmailAddress
  readonly command: string | undefined
  readonly separator: '+' | '-' | 'none' | undefined
  readonly zone: string | undefined
  /** Undefined: `data` beside the configuration. */
  readonly data: string | undefined
  readonly profiles: string | undefined
  /** Undefined: one is made. */
  readonly passphraseFile: string | undefined
  readonly imap: ServerAnswers & { readonly user: string }
  readonly smtp: ServerAnswers & { readonly user?: string }
  readonly admins: readonly AdminRequest[]
  readonly projects: readonly ProjectRequest[]
  /** That of the first project. */
  readonly defaultProfile: string
}

export type AdminRequest = { readonly name: string; readonly address: string; readonly keyFile: string }
export type ProjectRequest = {
  readonly name: ProjectName
  readonly profile: string
  readonly distributors: EmailAddress | undefined
}

export const INIT_USAGE = [
  '--instance NAME --security ADDRESS',
  '--imap-host HOST --imap-user USER --imap-password-file FILE [--imap-tls implicit|starttls|none]',
  '[--imap-port N] [--imap-certificate-authority FILE]',
  '--smtp-host HOST [--smtp-user USER --smtp-password-file FILE] [--smtp-tls …] [--smtp-port N]',
  '[--smtp-certificate-authority FILE]',
  '--admin "NAME <ADDRESS> KEYFILE" … --project NAME[:PROFILE][=DISTRIBUTORS-ADDRESS] …',
  '[--data DIRECTORY] [--separator +|-|none] [--command ADDRESS] [--zone ZONE] [--profiles DIRECTORY]',
  '[--passphrase-file FILE]',
].join(' ')

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const OPTIONS = {
  instance: text,
  security: text,
  command: text,
  separator: text,
  zone: text,
  data: text,
  profiles: text,
  'passphrase-file': text,
  'imap-host': text,
  'imap-user': text,
  'imap-password-file': text,
  'imap-tls': text,
  'imap-port': text,
  'imap-certificate-authority': text,
  'smtp-host': text,
  'smtp-user': text,
  'smtp-password-file': text,
  'smtp-tls': text,
  'smtp-port': text,
  'smtp-certificate-authority': text,
  admin: list,
  project: list,
} as const

type Values = { readonly [K in keyof typeof OPTIONS]?: string | string[] | undefined }
type Report = (problem: string) => void

/** Relative paths are relative to the working directory; the error lists all problems, a line each. */
export function readInitRequest(args: readonly string[]): Result<InitRequest, readonly string[]> {
  const parsed = readArgs(args, OPTIONS)
  if (!parsed.ok) return err([parsed.error])
  const { values, positionals } = parsed.value
  const problems: string[] = positionals.map(word => `${word} belongs to no option: quote values with blanks`)
  const report: Report = problem => void problems.push(problem)
  const projects = readProjects(values.project ?? [], report)
  const request = {
    instance: needed(values, 'instance', report),
    security: readAddress('--security', needed(values, 'security', report), report),
    command: values.command,
    separator: oneOf(values, 'separator', ['+', '-', 'none'], 'must be +, - or none', report),
    zone: values.zone,
    data: path(values.data),
    profiles: path(values.profiles),
    passphraseFile: path(values['passphrase-file']),
    imap: {
      ...readServer(values, 'imap', report),
      user: needed(values, 'imap-user', report),
      passwordFile: resolve(needed(values, 'imap-password-file', report)),
    },
    smtp: {
      ...readServer(values, 'smtp', report),
      ...(values['smtp-user'] === undefined ? {} : { user: values['smtp-user'] }),
      ...(values['smtp-password-file'] === undefined
        ? {}
        : { passwordFile: resolve(values['smtp-password-file']) }),
    },
    admins: readAdmins(values.admin ?? [], report),
    projects,
    defaultProfile: projects[0]?.profile ?? '',
  }
  const { security } = request
  return problems.length === 0 && security !== undefined ? ok({ ...request, security }) : err(problems)
}

function needed(values: Values, name: keyof Values, report: Report): string {
  const value = required(values, name)
  if (value.ok) return value.value
  report(value.error)
  return ''
}

const path = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : resolve(file)

/** Undefined also where it was missing, which has been reported. */
function readAddress(where: string, written: string, report: Report): EmailAddress | undefined {
  const address = parseEmailAddress(written)
  if (address.ok) return address.value
  if (written !== '') report(`${where}: must be a plain address: ${written} ${address.error}`)
  return undefined
}

function oneOf<const A extends readonly string[]>(
  values: Values,
  name: keyof Values,
  allowed: A,
  otherwise: string,
  report: Report,
): A[number] | undefined {
  const value = values[name]
  const found = allowed.find(one => one === value)
  if (value !== undefined && found === undefined) report(`--${name}: ${otherwise}`)
  return found
}

function readServer(values: Values, name: 'imap' | 'smtp', report: Report): ServerAnswers {
  const tls = oneOf(values, `${name}-tls`, ['implicit', 'starttls', 'none'], TLS_ALLOWED, report)
  const port = values[`${name}-port`]
  if (port !== undefined && !/^[0-9]{1,5}$/.test(String(port)))
    report(`--${name}-port: must be a whole number from 1 to 65535`)
  const certificateAuthority = values[`${name}-certificate-authority`]
  return {
    host: needed(values, `${name}-host`, report),
    ...(tls === undefined ? {} : { tls }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(certificateAuthority === undefined
      ? {}
      : { certificateAuthority: resolve(String(certificateAuthority)) }),
  }
}

const adminShape = /^([A-Za-z][A-Za-z0-9._-]{0,39}) <([^<>\s]{1,254})> (\S.*)$/
const projectShape = /^([^:=]+)(?::([^:=]+))?(?:=(.+))?$/

function readAdmins(written: readonly string[], report: Report): readonly AdminRequest[] {
  if (written.length === 0)
    report('--admin is missing: at least one, as --admin "alice <alice@example.net> alice.asc"')
  const admins: AdminRequest[] = []
  for (const one of written) {
    const [, name, address, file] = adminShape.exec(one) ?? []
    if (name === undefined || address === undefined || file === undefined)
      report(
        `--admin ${one}: must be "NAME <ADDRESS> KEYFILE"; a name has letters, digits, . _ and -, at most 40`,
      )
    else if (admins.some(other => other.name.toLowerCase() === name.toLowerCase()))
      report(`--admin ${name}: must have another name than the other admins`)
    else admins.push({ name, address, keyFile: resolve(file) })
  }
  return admins
}

function readProjects(written: readonly string[], report: Report): readonly ProjectRequest[] {
  if (written.length === 0)
    report('--project is missing: at least one, as --project NAME=distributors@example.org')
  const projects: ProjectRequest[] = []
  for (const one of written) {
    const [, written = '', profile = written, list] = projectShape.exec(one) ?? []
    const name = parseProjectName(written)
    const distributors = list === undefined ? undefined : readAddress(`--project ${one}`, list, report)
    if (name === undefined || parseProjectName(profile) === undefined)
      report(
        `--project ${one}: must be NAME[:PROFILE][=ADDRESS]; names have lower-case letters, digits and -, and are not unrouted`,
      )
    else if (projects.some(other => other.name === name))
      report(`--project ${name}: must have another name than the other projects`)
    else projects.push({ name, profile, distributors })
  }
  return projects
}
