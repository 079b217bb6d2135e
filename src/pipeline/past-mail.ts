// An order for an earlier mail of a thread, or for a post that waited → the order for that mail as it would be passed on
// today. In: the order. Out: the same with what the stored octets say; unchanged where they cannot be had.
import type { Config } from '../config/config.ts'
import { insideOf } from '../decide/report.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { OpenedMail } from '../model/mail.ts'
import type { Content, MailOrder } from '../model/order.ts'
import type { InboundId } from '../model/scalars.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Store } from '../store/store.ts'
import { openStored } from './open-stored.ts'
import { asTransported } from './operands.ts'

type Parts = {
  readonly config: Pick<Config, 'settings'>
  readonly store: Store
  readonly keyring: Keyring
  readonly sandbox: Sandbox
  readonly clock: Clock
}

export async function withPastMail(
  orders: readonly MailOrder[],
  parts: Parts,
): Promise<readonly MailOrder[]> {
  const expanded: MailOrder[] = []
  // Everybody who is new at once gets the same mails, and everybody the same post: each is opened once.
  const known = new Map<InboundId, OpenedMail | undefined>()
  const once = async (inbound: InboundId, open: () => Promise<OpenedMail | undefined>) => {
    if (!known.has(inbound)) known.set(inbound, await open())
    return known.get(inbound)
  }
  for (const order of orders) {
    const { content } = order
    if (content.kind === 'past-mail') {
      const mail = await once(content.inbound, () => openPast(content, parts))
      expanded.push(mail === undefined ? order : { ...order, content: earlier(content, mail, parts) })
    } else if (content.kind === 'post' && content.mail === undefined) {
      const mail = await once(content.inbound, () => openWhole(content.inbound, parts))
      expanded.push({ ...order, content: { ...content, mail } })
    } else expanded.push(order)
  }
  return expanded
}

async function openWhole(inbound: InboundId, parts: Parts): Promise<OpenedMail | undefined> {
  const opened = await openStored(inbound, parts)
  return opened.ok ? opened.value.mail : undefined
}

type PastMail = Extract<Content, { kind: 'past-mail' }>

/** Of a mail by which somebody forwarded the report, the report. */
async function openPast({ inbound, theCase }: PastMail, parts: Parts): Promise<OpenedMail | undefined> {
  const { sandbox, clock } = parts
  const opened = await openStored(inbound, parts)
  const attached = theCase.thread.find(entry => entry.inbound === inbound)?.attached
  if (!opened.ok || attached === undefined) return opened.ok ? opened.value.mail : undefined
  const { authored } = opened.value.mail
  const files = authored.kind === 'signed' ? authored.attachments : []
  const file = files.find(one => one.sha256 === attached.sha256 && one.leftOut === undefined)
  const report = file && (await sandbox.open(asTransported(file.octets), clock.now()))
  return report?.ok ? report.value.mail : undefined
}

function earlier(
  { inbound, theCase }: PastMail,
  mail: OpenedMail,
  { config: { settings }, store }: Parts,
): Content {
  // As the case stood when it came, so that its writer is told rightly.
  const at = theCase.thread.findIndex(entry => entry.inbound === inbound)
  return {
    kind: 'report',
    what: 'earlier',
    theCase: { ...theCase, thread: theCase.thread.slice(0, at + 1) },
    mail,
    inside: insideOf(mail, { settings, contacts: store.contacts(settings) }, theCase),
    unanswered: undefined,
    reader: 'insider',
  }
}
