// `inbound show ID --reveal`: what is in one stored mail, a line a part, or with --part the octets of one, which a
// report may have left out for their size. It opens the mail in a child of its own and changes nothing.
import type { Part } from '../model/mail.ts'
import { type InboundId, instant } from '../model/scalars.ts'
import { type Opened, reading } from './reading.ts'
import { sandboxOf } from './sandboxed.ts'
import { EXIT, type Io, printable } from './verb.ts'

/** A beginning of a digest that is long enough to name a part. */
const digestBeginning = /^[0-9a-f]{8,64}$/

/** `wanted`: a file name, or the beginning of a SHA-256; undefined for a list. */
export function showParts(id: InboundId, wanted: string | undefined, io: Io): Promise<number> {
  return reading(io, async opened => {
    const parts = await partsOf(id, opened)
    if (typeof parts === 'string') {
      io.problem(parts)
      return EXIT.failed
    }
    if (wanted === undefined) {
      for (const part of parts) io.out(lineOf(part))
      return EXIT.done
    }
    const [found, another] = new Map(
      parts.filter(part => isNamed(part, wanted)).map(part => [part.sha256, part]),
    ).values()
    if (found === undefined || another !== undefined) {
      const how = found === undefined ? 'No part of it is' : 'Several parts of it are'
      io.problem(`${how} named so: name one by the SHA-256 that the list without --part shows.`)
      return EXIT.failed
    }
    io.octets(found.octets)
    return EXIT.done
  })
}

/** The parts, or a sentence that says why there are none. */
async function partsOf(id: InboundId, opened: Opened): Promise<readonly Part[] | string> {
  const now = instant(Temporal.Now.instant().epochMilliseconds)
  const { store, keyring } = opened
  const raw = store.inbound.raw(id)
  if (raw === undefined) return `No stored mail has the id ${id}, or its octets are gone.`
  const octets = await keyring.decryptFromStorage(raw, now).catch(() => undefined)
  if (octets === undefined) return 'Its octets were altered; fetch them again with: embargod inbound refetch'
  const sandbox = sandboxOf(opened, now)
  try {
    const mail = await sandbox.open(octets, now)
    return mail.ok ? mail.value.mail.parts : `It cannot be opened: ${mail.error}.`
  } finally {
    await sandbox.close()
  }
}

const isNamed = ({ fileName, sha256 }: Part, wanted: string): boolean =>
  fileName?.open() === wanted || (digestBeginning.test(wanted) && sha256.startsWith(wanted))

const lineOf = ({ sha256, octets, mediaType, fileName }: Part): string =>
  printable(`${sha256}  ${octets.length} octets  ${mediaType}  ${fileName?.open() ?? '-'}`)
