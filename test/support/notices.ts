// Schedules notices the way an admin does: a signed plan, its transcript, the confirmation it asks for.
import type { GnuPG } from './gpg.ts'
import type { Installation } from './installation.ts'
import { gpgMimeSigned } from './mail.ts'
import type { Attachment } from './mime.ts'

const COMMAND = 'security+cmd@acme.example'

export type Wanted = {
  readonly case: string
  /** Milliseconds since 1970, a whole second. */
  readonly sendAt: number
  readonly text: string
  readonly attachments?: readonly Attachment[]
}

/**
 * The next whole second that lies at least this many milliseconds ahead, and further on a busy machine: a plan and
 * its confirmation must be settled before, and take as long as some starts of the daemon.
 */
export const secondAhead = ({ slowestStart }: Installation, milliseconds: number): number =>
  Math.ceil((Date.now() + Math.max(milliseconds, 4 * slowestStart)) / 1_000) * 1_000

/** Sends the plan of a notice and waits for the transcript; `confirm` is the mail that carries it out. */
export async function planNotice(
  acme: Installation,
  admin: GnuPG,
  wanted: Wanted,
): Promise<{ readonly notice: string; readonly confirm: Buffer }> {
  const send = new Date(wanted.sendAt).toISOString().replace('.000Z', 'Z').replace(':00Z', 'Z')
  const { attachments = [] } = wanted
  const files = attachments.map(({ fileName }) => `att:${fileName} `).join('')
  const text = `embargod acme\nnotice ${wanted.case} stage=early-disclosure send=${send} ${files}<<\n${wanted.text}\n.\n`
  const read = acme.submission.mails.filter(({ to }) => to.includes(admin.address)).length
  await acme.deliver(await gpgMimeSigned(admin, { to: COMMAND, text, attachments }))
  for (let position = read + 1; ; position += 1) {
    const mail = await acme.mailTo(admin, position)
    const [confirm] = /confirm acme [a-z2-7]{16}/.exec(mail.text) ?? []
    const [notice] = /N-[0-9]{6}/.exec(mail.text) ?? []
    if (mail.innerSubject !== 'What came of your commands' || confirm === undefined || notice === undefined)
      continue
    return { notice, confirm: await gpgMimeSigned(admin, { to: COMMAND, text: `${confirm}\n` }) }
  }
}
