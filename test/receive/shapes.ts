// Who signs and who reads in the tests of the shapes of signed mail, and how they put such mails together.
import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { AuthoredText } from '../../src/model/mail.ts'
import { GnuPG } from '../support/gpg.ts'
import { entity, multipart, resolve } from '../support/mime.ts'
import { mail, multipartSigned } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { type Desk, desk } from './opening.ts'

export const CMD = 'embargod volcano\naccept C-482113\n'
export const command = CMD.trimEnd()
export const to = 'security@project.org'

export type Shapes = Awaited<ReturnType<typeof shapesOf>>

/** Our own key, an admin's and a member's, and what is done with them. */
export async function shapesOf() {
  const [own, admin, member] = await Promise.all(
    ['Project', 'Admin', 'Member'].map(name =>
      until({ after }, GnuPG.create(name, `${name.toLowerCase()}@example.org`)),
    ),
  )
  assert.ok(own && admin && member)
  const at = await desk(own, [admin, member])
  const sent = (content: string): Buffer =>
    mail(resolve({ to, subject: 's' }, 'Admin <admin@example.org>'), content)

  const signed = (content: string): Promise<string> =>
    multipartSigned(admin, content, { limit: 'signed-limit' })

  async function authored(octets: Uint8Array, where: Desk = at): Promise<AuthoredText> {
    return (await where.mail(octets)).authored
  }

  /** What a mail would command, if anything: text that a good signature of the admin covers. */
  const commanded = async (octets: Uint8Array): Promise<string | undefined> => {
    const text = await authored(octets)
    if (text.kind !== 'signed' || text.signature.kind !== 'good') return undefined
    return text.signature.signature.primary === admin.fingerprint ? text.text.open().trimEnd() : undefined
  }

  async function assertMisshapen(octets: Uint8Array, fault: string): Promise<void> {
    const text = await authored(octets)
    assert.equal(text.kind, 'misshapen')
    assert.equal(text.kind === 'misshapen' && text.fault, fault)
  }

  return { own, admin, member, at, sent, signed, authored, commanded, assertMisshapen }
}

export const textPart = (text: string, more: readonly (readonly [string, string])[] = []): string =>
  entity('text/plain; charset=utf-8', text.replace(/\n/g, '\r\n'), more)

export const container = (subtype: string, ...parts: readonly string[]): string =>
  entity(`multipart/${subtype}; boundary="limit-${subtype}"`, multipart(`limit-${subtype}`, parts))
