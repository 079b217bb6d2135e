// Finds mails again that were sent to ourselves, and looks at what was filed last. In go tokens that stand in
// subjects, out come header fields; nothing is moved, marked or kept.
import { setTimeout as pause } from 'node:timers/promises'
import type { HeaderField } from '../model/mail.ts'
import { type Filed, MAX_HEADER, MailboxConnection, type MailboxServer } from './imap.ts'
import { splitEntity } from './structure.ts'

const LOOK_EVERY = 500

/**
 * Header fields of each mail whose subject holds one of the tokens, in the mailbox or filed by a daemon
 * beside us; those that do not arrive within `patience` milliseconds are left out. @throws on a lost connection.
 */
export async function seekMails(
  server: MailboxServer,
  tokens: readonly string[],
  patience: number,
): Promise<ReadonlyMap<string, readonly HeaderField[]>> {
  const found = new Map<string, readonly HeaderField[]>()
  const connection = new MailboxConnection(server, MAX_HEADER, () => undefined)
  const until = performance.now() + patience
  try {
    await connection.open()
    for (;;) {
      // The mailbox first: what leaves it meanwhile is met where it is filed.
      for (const place of ['mailbox', 'filed'] as const) {
        if ((await connection.examine(place)) === 'missing') continue
        for (const token of tokens.filter(one => !found.has(one))) {
          const fields = await fieldsOf(connection, token)
          if (fields !== undefined) found.set(token, fields)
        }
      }
      if (tokens.every(token => found.has(token)) || performance.now() > until) return found
      await pause(LOOK_EVERY)
    }
  } finally {
    connection.close()
  }
}

async function fieldsOf(connection: MailboxConnection, token: string) {
  const uid = (await connection.uidsWithSubject(token)).at(-1)
  const header = uid === undefined ? undefined : await connection.header(uid)
  const entity = header === undefined ? undefined : splitEntity(header)
  return entity?.ok ? entity.value.fields : undefined
}

/** The octets of the mails filed last, at most `most` of them; larger ones than `largest` are passed over. */
export async function filedLast(
  server: MailboxServer,
  { most, largest }: { readonly most: number; readonly largest: number },
): Promise<readonly Filed[]> {
  const connection = new MailboxConnection(server, largest, () => undefined)
  try {
    await connection.open()
    return (await connection.examine('filed')) === 'missing' ? [] : await connection.newest(most, largest)
  } finally {
    connection.close()
  }
}
