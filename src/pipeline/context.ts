// What composing needs of an instance: its keys, its addresses, its audit chain.
import { randomBytes } from 'node:crypto'
import type { ComposeContext } from '../compose/context.ts'
import type { Templates } from '../compose/template.ts'
import type { Config } from '../config/config.ts'
import { COMMANDS } from '../decide/commands/registry.ts'
import type { Keyring } from '../instance/keyring.ts'
import { type AddressTokens, base32 } from '../instance/tokens.ts'
import type { ChainHead } from '../model/chain.ts'
import {
  type EmailAddress,
  type Instant,
  type MessageId,
  parseMessageId,
  type Sha256,
} from '../model/scalars.ts'

/** The parts of an instance that a composed mail shows. */
export type ContextParts = {
  readonly config: Pick<Config, 'settings' | 'zone'>
  readonly templates: Templates
  readonly keyring: Pick<Keyring, 'shown'>
  readonly tokens: Pick<AddressTokens, 'replyAddress'>
  readonly file: (sha256: Sha256) => Uint8Array
  readonly chainHead: () => ChainHead
}

/** The context of one mail, with a Message-ID of its own. */
export const contextOf = (
  { config, templates, keyring, tokens, file, chainHead }: ContextParts,
  now: Instant,
): ComposeContext => ({
  settings: config.settings,
  templates,
  zone: config.zone,
  now,
  messageId: newMessageId(config.settings.addresses.security),
  boundaries: newBoundary,
  replyAddress: thread => tokens.replyAddress(thread),
  key: from => keyring.shown(from),
  file,
  chainHead: chainHead(),
  verbs: COMMANDS,
})

/** A random token for a MIME boundary. */
export const newBoundary = (): string => base32(randomBytes(15))

/** Random, and in our domain: nothing of order or time shows (threats.md C05). */
export function newMessageId(security: EmailAddress): MessageId {
  const id = parseMessageId(`<${base32(randomBytes(20))}${security.slice(security.lastIndexOf('@'))}>`)
  if (id === undefined) throw new Error('the security address gives no domain for message ids')
  return id
}
