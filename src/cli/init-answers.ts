// Between the options of `init` and the configuration made from them: answers on the way in, problems on the
// way back. It reads and writes no file.
import { dirname, isAbsolute, join, relative } from 'node:path'
import type { Answers, KeyAnswers, ServerAnswers } from '../config/render.ts'
import { type ConfigProblem, formatProblem } from '../config/source.ts'
import type { Fingerprint } from '../model/scalars.ts'
import type { InitRequest, ProjectRequest } from './init-request.ts'

/** Absolute paths, all beside the configuration but perhaps the data. */
export type Places = {
  readonly configFile: string
  readonly data: string
  readonly keys: string
  readonly revocation: string
  readonly admins: string
}

/** `file`: name of the copy of the admin's certificate in the directory of these. */
export type AdminCopy = {
  readonly name: string
  readonly address: string
  readonly fingerprint: Fingerprint
  readonly file: string
}

/** A project may be called `mail` or `storage`. */
export const listKeyName = (project: ProjectRequest): string => `list-${project.name}`

/** The answers to render the configuration from. What lies below its directory is named relative to it. */
export function answersOf(request: InitRequest, places: Places, admins: readonly AdminCopy[]): Answers {
  const directory = dirname(places.configFile)
  const shown = (path: string): string => {
    const inside = relative(directory, path)
    if (inside === '') return '.'
    return inside === '..' || inside.startsWith('../') || isAbsolute(inside) ? path : inside
  }
  const passphraseFile = shown(request.passphraseFile ?? join(places.keys, 'passphrase'))
  const key = (name: string): KeyAnswers => ({ file: `keys/${name}.asc`, passphraseFile })
  const server = <S extends ServerAnswers>(answers: S): S => ({
    ...answers,
    ...(answers.passwordFile === undefined ? {} : { passwordFile: shown(answers.passwordFile) }),
    ...(answers.certificateAuthority === undefined
      ? {}
      : { certificateAuthority: shown(answers.certificateAuthority) }),
  })
  const { instance, security, separator, command, zone, profiles, defaultProfile, projects } = request
  return {
    instance,
    dataDirectory: shown(places.data),
    ...(zone === undefined ? {} : { zone }),
    addresses: {
      security,
      ...(separator === undefined ? {} : { separator }),
      ...(command === undefined ? {} : { command }),
    },
    imap: server(request.imap),
    smtp: server(request.smtp),
    keys: { mail: key('mail'), storage: key('storage') },
    admins: admins.map(admin => ({
      name: admin.name,
      address: admin.address,
      fingerprint: admin.fingerprint,
      key: `admins/${admin.file}`,
    })),
    ...(profiles === undefined ? {} : { profiles: shown(profiles) }),
    defaultProfile,
    projects: projects.map(project => ({
      name: project.name,
      profile: project.profile,
      ...(project.distributors === undefined
        ? {}
        : { distributors: project.distributors, listKey: key(listKeyName(project)) }),
    })),
  }
}

const optionOfSection: ReadonlyMap<string, string> = new Map([
  ['dataDirectory', 'data'],
  ['addresses.security', 'security'],
  ['addresses.separator', 'separator'],
  ['addresses.command', 'command'],
  ['defaultProfile', 'project'],
])

/** A problem of the new configuration in words of the options that it was made from. */
export function inOptions(problem: ConfigProblem, request: InitRequest, { configFile }: Places): string {
  const { file, key, text } = problem
  if (file !== configFile) return formatProblem(problem)
  const [, list, index, inner] = /^(admins|projects)\[([0-9]+)\]\.(.*)$/.exec(key) ?? []
  if (list === 'admins') return `--admin ${request.admins[Number(index)]?.name}: ${inner}: ${text}`
  if (list === 'projects') return `--project ${request.projects[Number(index)]?.name}: ${inner}: ${text}`
  if (key.startsWith('keys.')) return `--passphrase-file: ${text}`
  const kebab = key.replace('.', '-').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return `--${optionOfSection.get(key) ?? kebab}: ${text}`
}
