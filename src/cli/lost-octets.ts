// Which stored mails have lost their octets: gone, or not opening with the storage key as what they were. It
// opens them one by one, keeps none, and changes nothing.
import { sha256Of } from '../digest.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { CaseId, InboundId, Instant } from '../model/scalars.ts'
import type { InboundRow } from '../store/inbound-rows.ts'
import type { Store } from '../store/store.ts'

export type Lost = {
  readonly row: InboundRow
  readonly how: 'missing' | 'altered'
  /** Cases that the mail opened or joined. */
  readonly cases: readonly CaseId[]
}

/** `most`: how many of the newest are opened; all that are missing are found. */
export async function lostOctets(
  { store, keyring }: { readonly store: Store; readonly keyring: Keyring },
  now: Instant,
  most = Number.MAX_SAFE_INTEGER,
): Promise<readonly Lost[]> {
  const missing = store.octets.missing()
  const altered: InboundId[] = []
  for (const id of store.octets.present(most)) if (!(await isSound(id, store, keyring, now))) altered.push(id)
  const cases = store.octets.casesOf([...missing, ...altered])
  const lost = (how: Lost['how']) => (id: InboundId) => {
    const row = store.inbound.row(id)
    return row === undefined ? [] : [{ row, how, cases: cases.get(id) ?? [] }]
  }
  return [...missing.flatMap(lost('missing')), ...altered.reverse().flatMap(lost('altered'))]
}

async function isSound(id: InboundId, { inbound }: Store, keyring: Keyring, now: Instant): Promise<boolean> {
  const raw = inbound.raw(id)
  const octets = raw && (await keyring.decryptFromStorage(raw, now).catch(() => undefined))
  return octets !== undefined && sha256Of(octets) === inbound.row(id)?.sha256
}

/** `3 mails (C-482107, C-482108; 1 of no case)`. */
export function wordsFor(lost: readonly Pick<Lost, 'cases'>[]): string {
  const cases = [...new Set(lost.flatMap(one => one.cases))].sort()
  const shown = cases.length > MOST_NAMED ? [...cases.slice(0, MOST_NAMED), '…'] : cases
  const others = lost.filter(one => one.cases.length === 0).length
  const about = [shown.join(', '), others === 0 ? '' : `${others} of no case`].filter(text => text !== '')
  return `${lost.length === 1 ? '1 mail' : `${lost.length} mails`} (${about.join('; ')})`
}

const MOST_NAMED = 10
