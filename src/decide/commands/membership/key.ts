// `key`: another key for who is on a list, asked for by the present one, or the same with a later end. The new one must
// sign what is mailed to the registered address, and then counts only when others had time to stop it (threats.md E05).
import type { Contact } from '../../../model/contact.ts'
import { keyFaultText } from '../../../model/key-fault.ts'
import type { CaseKey } from '../../../model/person.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { formatInstant } from '../../../model/time.ts'
import { cooledOffAt, ownContacts } from '../../membership/contacts.ts'
import { extensionOf } from '../../membership/extensions.ts'
import { keyOfOperand } from '../../membership/keys.ts'
import { findFile } from '../attached.ts'
import {
  defineCommand,
  type Effect,
  effect,
  type Refusal,
  refuse,
  takeArguments,
  type World,
} from '../command.ts'

export const key = defineCommand({
  verb: 'key',
  usage: 'key add att:new.asc | key list',
  summary: 'have notices go under another key, or let yours last longer; list shows yours',
  roles: ['member', 'suspended'],
  nature: 'reversible',
  opens: 'certificate',
  parse: parsed => {
    const expected = {
      positional: ['add or list'],
      named: [],
      block: 'none',
      attachments: 'allowed',
    } as const
    const taken = takeArguments(parsed, expected)
    if (!taken.ok) return taken
    const { positional, attachments } = taken.value
    const [what] = positional
    if (what === 'list' && attachments.length === 0) return ok(undefined)
    const [file, second] = attachments
    if (what !== 'add') return err('it is key add or key list')
    return file === undefined || second !== undefined ? err('attach the one new key') : ok(file)
  },
  decide: (file, world) => {
    const own = ownContacts(world)
    if (own.length === 0) return refuse('E-STATE', 'Your key is on no list, so that none can follow it.')
    return file === undefined
      ? effect('noop', plaintext(own.map(one => keysOf(one)).join('\n\n')))
      : follow(file, own, world)
  },
})

function keysOf({ id, project, fingerprint, keySince, encryptsUntil, nextKey, formerKeys }: Contact): string {
  const end = encryptsUntil === undefined ? 'never' : formatInstant(encryptsUntil)
  return [
    `${id} (${project}): ${fingerprint}, since ${formatInstant(keySince)}; it ends: ${end}.`,
    ...(nextKey === undefined ? [] : [`To follow: ${nextKeyText(nextKey)}`]),
    ...formerKeys.map(one => `Before: ${one.fingerprint}, until ${formatInstant(one.until)}.`),
  ].join('\n')
}

/** Where a key that is to follow stands. */
export function nextKeyText({ key: next, effectiveAt }: NonNullable<Contact['nextKey']>): string {
  const stand =
    effectiveAt === undefined
      ? 'not proven yet: answer the mail that came under it'
      : `it counts from ${formatInstant(effectiveAt)}`
  return `${next.fingerprint}; ${stand}.`
}

function follow(file: string, own: readonly Contact[], world: World): Result<Effect, Refusal> {
  const found = keyIn(file, world)
  if (!found.ok) return found
  const next = found.value
  const [first] = own
  if (first?.fingerprint === next.fingerprint) return renew(next, own, world)
  for (const contact of own) {
    const fault = followFault(contact, next)
    if (fault !== undefined) return fault
  }
  const asked = own.filter(({ nextKey }) => nextKey?.provenAt === undefined)
  if (asked.length === 0) return effect('noop', plaintext(own.map(one => keysOf(one)).join('\n\n')))
  const lines = asked.map(one => {
    const then = formatInstant(cooledOffAt(one, world.now, world.settings))
    return `${one.id}: to prove ${next.fingerprint}, answer the mail that went to ${one.address} under it. Proven now, it counts from ${then}; until then notices go under the present key.`
  })
  return effect('ok', plaintext(lines.join('\n')), {
    facts: { key: next.fingerprint },
    others: 'told',
    events: asked.flatMap((one, index) => {
      const token = world.fresh.challenges[index]
      if (token === undefined) throw new Error('no unused challenge')
      const asking = {
        key: next,
        by: 'change',
        askedAt: world.now,
        provenAt: undefined,
        effectiveAt: undefined,
      } as const
      return {
        at: world.now,
        actor: world.actor,
        contact: one.id,
        kind: 'key-asked',
        next: asking,
        token,
      } as const
    }),
  })
}

/** The key in an attached file, if a member may use it. */
export function keyIn(file: string, world: World): Result<CaseKey, Refusal> {
  const attached = findFile(file, world)
  if (!attached.ok) return attached
  const found = keyOfOperand(world.operands.get(attached.value.sha256), world.ownKeys)
  return found.ok ? found : refuse('E-KEY', keyFaultText(found.error))
}

/**
 * Why this key cannot follow the contact's; undefined: it can. Whether it is another member's is told to whoever proves
 * it alone: else a member could ask so who is on the list.
 */
export function followFault(
  { id, formerKeys, nextKey }: Contact,
  next: CaseKey,
): Result<never, Refusal> | undefined {
  if (formerKeys.some(({ fingerprint }) => fingerprint === next.fingerprint))
    return refuse(
      'E-KEY',
      `${next.fingerprint} was a key of ${id} before, and does not come back; make a new one.`,
    )
  if (nextKey === undefined || nextKey.key.fingerprint === next.fingerprint) return undefined
  return refuse(
    'E-STATE',
    `${nextKey.key.fingerprint} is to follow already; to have another, first send: veto ${id}`,
  )
}

/** Whatever came with the mail was looked at before its commands: here it mostly is taken already. */
function renew(same: CaseKey, own: readonly Contact[], world: World): Result<Effect, Refusal> {
  const events = own.flatMap(one => extensionOf(one, same, world.now) ?? [])
  const end = same.encryptsUntil === undefined ? 'for ever' : `until ${formatInstant(same.encryptsUntil)}`
  const text = `We have your key as you sent it; notices can go under it ${end}.`
  return effect(events.length === 0 ? 'noop' : 'ok', plaintext(text), { events })
}
