// What forgers of the verbs of members are after: an application that waits for one vouch, made by somebody who proved
// their key; and a member whose key is another by now.
import assert from 'node:assert/strict'
import { SCHEDULER } from '../../src/model/event.ts'
import { parseFingerprint } from '../../src/model/scalars.ts'
import { decision, settle } from '../store/support.ts'
import { tapped } from '../support/applying.ts'
import { GnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { type TestEnd, until } from '../support/workspace.ts'

const COMMAND = 'security+cmd@acme.example'

export type Members = {
  /** Waits for a vouch. */
  readonly application: string
  readonly applicant: GnuPG
  /** Held the key of a member until it was changed. */
  readonly former: GnuPG
}

/** `line.mallory` becomes a contact with another key, after a time with that of `former`. */
export async function makeMembers(t: TestEnd, line: Line): Promise<Members> {
  const { store, clock, config } = line.instance
  const applicant = await until(t, GnuPG.create('Ann Applicant', 'ann@vendor.example'))
  const former = await until(t, GnuPG.create('Mallory Member', 'mallory@member.example'))
  await line.knows(applicant)
  const [contact] = store.contacts(config.settings)
  assert.ok(contact)
  for (const person of [former, line.mallory]) {
    const now = clock.now()
    const fingerprint = parseFingerprint(person.fingerprint)
    assert.ok(fingerprint)
    const keyIds = [fingerprint.slice(-16).toLowerCase()]
    const key = { fingerprint, certificate: await person.exportPublic(), keyIds }
    const event = { kind: 'key-changed', at: now, actor: SCHEDULER, contact: contact.id, key } as const
    settle(store, [event], { now, decision: { ...decision([event]), actor: SCHEDULER } })
  }
  await line.take(
    plainMail({
      from: applicant.address,
      to: 'distributors@acme.example',
      subject: 'Join',
      text: 'apply\n\norganisation: Vendor\nname: Ann\n1. Yes.\n2. Many.\n3. Ours.\n4. No.\n5. Yes.\n',
      attachments: [{ fileName: 'ann.asc', content: await applicant.exportArmored() }],
    }),
  )
  const proof = tapped((await line.lastMailTo(applicant)).text)
  const { reason } = await line.take(await gpgMimeSigned(applicant, { to: COMMAND, text: proof }))
  assert.equal(reason, 'carried-out')
  const [application] = store.openApplications()
  assert.ok(application)
  return { application: application.id, applicant, former }
}

/** Verbs of members: none is for an applicant, for whoever held a key once, or without a signature. */
export const verbsOfMembers = (
  { application, applicant: { fingerprint } }: Members,
  id: string,
): readonly string[] => [
  `vouch ${application} for=${fingerprint} <<\nWe build with them.\n.`,
  'key add att:key.asc',
  'contact add name="Eve" address=eve@evil.example kind=person att:key.asc',
  'leave',
  `ask-share ${id} with="our partner" <<\nThey build it.\n.`,
  `prove ${application} token=abcdefghijklmnopqrstuvwxyz`,
]

/** What only people with authority may change of the list. */
export function stateOfList({ instance: { store } }: Line): string {
  const { thread, heardAt, revision, ...decided } =
    store.openApplications().find(one => one.proven !== undefined) ?? assert.fail('it is gone')
  return JSON.stringify(decided)
}
