// The command line as its operator uses it, with admins whose keys are made by GnuPG.
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GnuPG } from '../support/gpg.ts'
import type { KeyOptions } from '../support/gpg-parameters.ts'
import { run } from '../support/program.ts'
import { cli } from '../support/verbs.ts'
import { type TestEnd, tempDir, until } from '../support/workspace.ts'

const LAUNCHER = fileURLToPath(new URL('../../src/launch.js', import.meta.url))

/** As `Dovecot.password`. */
const IMAP_PASSWORD = 'pw'
export const SMTP_PASSWORD = 'smtp-Geheimnis-1'

export type Ended = { readonly code: number; readonly lines: readonly string[]; readonly problems: string }

/** Runs `embargod` to its end. */
export async function embargod(...args: readonly string[]): Promise<Ended> {
  const { code, out, problem } = await cli(...args)
  return { code, lines: out.split('\n').slice(0, -1), problems: problem }
}

/** The same as a process of its own. */
export async function embargodProcess(...args: readonly string[]): Promise<Ended> {
  const { code, stdout, stderr } = await run(process.execPath, [LAUNCHER, ...args])
  return { code, lines: stdout.toString('utf8').split('\n').slice(0, -1), problems: stderr }
}

/** Where an operator works: password files and the admins' key files, none of them in the instance. */
export class Desk {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  static async open(test: TestEnd): Promise<Desk> {
    const desk = new Desk(await tempDir(test))
    await desk.write('imap.password', `${IMAP_PASSWORD}\n`)
    await desk.write('smtp.password', `${SMTP_PASSWORD}\n`)
    return desk
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  get configFile(): string {
    return this.path('acme/embargod.yaml')
  }

  async write(name: string, content: string | Uint8Array, mode: number = 0o600): Promise<void> {
    await writeFile(this.path(name), content, { mode })
  }

  /** Options of a complete `init` with one admin; later options win over earlier ones. */
  options(...more: readonly string[]): readonly string[] {
    return [
      ...['--instance', 'acme', '--security', 'security@example.org'],
      ...['--imap-host', '127.0.0.1', '--imap-tls', 'none', '--imap-port', '9'],
      ...['--imap-user', 'security', '--imap-password-file', this.path('imap.password')],
      ...['--smtp-host', '127.0.0.1', '--smtp-tls', 'none', '--smtp-port', '9'],
      ...['--project', 'velero=distributors@example.org', ...more],
    ]
  }

  init(...more: readonly string[]): Promise<Ended> {
    return embargod('--config', this.configFile, 'init', ...this.options(...more))
  }

  check(...args: readonly string[]): Promise<Ended> {
    return embargod('--config', this.configFile, 'check', ...args)
  }

  /** `--admin` and its value. */
  admin(name: string, file: string): readonly string[] {
    return ['--admin', `${name} <${name}@example.net> ${this.path(file)}`]
  }

  /** Changes the configuration that `init` made. */
  async edit(from: string | RegExp, to: string): Promise<void> {
    const text = await readFile(this.configFile, 'utf8')
    const changed = text.replace(from, to)
    assert.notEqual(changed, text, 'the edit changes nothing')
    await writeFile(this.configFile, changed)
  }

  /** Mode and content of everything below, by its name; a directory's content is empty. */
  async everything(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const entry of await readdir(this.directory, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const mode = ((await stat(path)).mode & 0o777).toString(8)
      const content = entry.isDirectory() ? '' : await readFile(path, 'latin1')
      found.set(relative(this.directory, path), `${mode} ${content}`)
    }
    return found
  }

  async directoryFor(name: string): Promise<void> {
    await mkdir(this.path(name), { recursive: true, mode: 0o700 })
  }
}

/** Somebody whose certificate an admin's key file holds. */
export const person = (test: TestEnd, name: string, options: KeyOptions = {}): Promise<GnuPG> =>
  until(test, GnuPG.create(name, `${name}@example.net`, options))
