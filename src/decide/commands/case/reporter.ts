// `reporter`: who the reporter of a case is to us from now on: the address that we write to, the key that we
// encrypt to and that speaks for them.
import type { Case, Reporter } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { parseEmailAddress, parseFingerprint, sameMailbox } from '../../../model/scalars.ts'
import { isOwnAddress } from '../../../model/settings.ts'
import { attachedKey } from '../attached.ts'
import { defineCommand, effect, type Refusal, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { caseFact, findCase, takeCase, unchanged } from './case-verbs.ts'

export const reporter = defineCommand({
  verb: 'reporter',
  usage: 'reporter C-… [address=…] [key=FINGERPRINT att:key.asc]',
  summary: 'set the address or the key of the reporter',
  roles: ['admin'],
  nature: 'reversible',
  opens: 'certificate',
  parse: takeReporter,
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const { id, reporter: before, otherAuthors } = found.value
    if (wanted.address !== undefined && isOwnAddress(world.settings, wanted.address))
      return refuse('E-STATE', `${wanted.address} is one of our own addresses; name the reporter's.`)
    const key = keyOf(wanted, found.value, world)
    if (!key.ok) return key
    const sameAddress =
      wanted.address === undefined ||
      (before.address !== undefined &&
        sameMailbox(before.address, wanted.address) &&
        otherAuthors.length === 0)
    if (sameAddress && (key.value === undefined || key.value === before.key)) return unchanged(found.value)
    const now: Reporter = { address: wanted.address ?? before.address, key: key.value ?? before.key }
    return effect(
      'ok',
      plaintext(`We write to the reporter of ${id} at ${described(now)}. Before: ${described(before)}.`),
      {
        facts: { case: id, address: now.address ?? 'none', key: now.key?.fingerprint ?? 'none' },
        events: [
          { ...caseFact(found.value, world), kind: 'reporter-set', address: wanted.address, key: key.value },
        ],
      },
    )
  },
})

function takeReporter(parsed: ParsedCommand) {
  const taken = takeCase(parsed, { named: ['address', 'key'], block: 'none', attachments: 'allowed' })
  if (!taken.ok) return taken
  const { named, attachments } = taken.value
  const [text, hex] = [named.get('address'), named.get('key')]
  if (text === undefined && hex === undefined) return err('address= or key= is missing')
  const address = text === undefined ? ok(undefined) : parseEmailAddress(text)
  if (!address.ok) return err(`address= ${address.error}`)
  const fingerprint = hex === undefined ? undefined : parseFingerprint(hex)
  if (hex !== undefined && fingerprint === undefined) return err('key= is a fingerprint of 40 hex digits')
  if (attachments.length > 1 || (attachments.length === 1 && hex === undefined))
    return err('one file is attached, and only with key=')
  return ok({ ...taken.value, address: address.value, fingerprint, fileName: attachments[0] })
}

type Wanted = Extract<ReturnType<typeof takeReporter>, { ok: true }>['value']

/** Without a file it is the key of the case, or one that came in its thread. */
function keyOf(
  { fingerprint, fileName }: Wanted,
  theCase: Case,
  world: World,
): Result<Reporter['key'], Refusal> {
  if (fingerprint === undefined) return ok(undefined)
  const { reporter: before, offers } = theCase
  if (fileName !== undefined) return attachedKey(fileName, fingerprint, theCase, world)
  const offered = offers.find(({ key }) => key.fingerprint === fingerprint)?.key
  const known = before.key?.fingerprint === fingerprint ? before.key : offered
  if (known !== undefined) return ok(known)
  return refuse('E-KEY', `The key ${fingerprint} is not here; attach it, and name the file: att:key.asc`)
}

const described = ({ address, key }: Reporter): string =>
  `${address ?? 'no address'}, ${key === undefined ? 'without a key' : `key ${key.fingerprint}`}`
