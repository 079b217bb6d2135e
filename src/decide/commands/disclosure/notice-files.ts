// Files that go along with a notice: as they are, so that nobody on the way has reason to open, change or refuse them,
// and as the stage wants them.
import type { OperandFile } from '../../../model/decision.ts'
import type { Stage } from '../../../model/policy.ts'
import type { Result } from '../../../model/result.ts'
import { findFiles } from '../attached.ts'
import { type Refusal, refuse, type World } from '../command.ts'

/** Mail filters refuse them, or take them for harm; and a digest of one says nothing of what is in it. */
const PACKED =
  /\.(?:zip|jar|war|whl|tar|tgz|tbz2?|txz|gz|bz2|xz|zst|lz4?|lzma|7z|rar|cab|iso|deb|rpm|apk|exe|msi)$/i

/** First octets of archives, whatever their name is. */
const PACKED_AS: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x4d, 0x53, 0x43, 0x46],
]
/** Where a tar archive says what it is: `ustar`. */
const TAR = { at: 257, octets: [0x75, 0x73, 0x74, 0x61, 0x72] }

const isPatch = ({ fileName }: OperandFile): boolean => /\.(?:patch|diff)$/i.test(fileName.open())

const startsWith = (octets: Uint8Array, first: readonly number[], at = 0): boolean =>
  first.every((octet, i) => octets[at + i] === octet)

const isPacked = ({ fileName, octets }: OperandFile): boolean =>
  PACKED.test(fileName.open().trim()) ||
  PACKED_AS.some(first => startsWith(octets, first)) ||
  startsWith(octets, TAR.octets, TAR.at)

/** The files of these names, if each may go with the stage. */
export function noticeFiles(
  names: readonly string[],
  { name, patches }: Stage,
  world: World,
): Result<readonly OperandFile[], Refusal> {
  const files = findFiles([...new Set(names)], world)
  if (!files.ok) return files
  const packed = files.value.find(isPacked)
  if (packed !== undefined)
    return refuse(
      'E-POLICY',
      `${packed.fileName.open()} is an archive, which many mail servers refuse; attach the patches themselves, each as a .patch file.`,
    )
  if (patches === 'none' && files.value.length > 0)
    return refuse('E-POLICY', `${name} takes no files; send it again without att:.`)
  if (patches === 'needed' && !files.value.some(isPatch))
    return refuse(
      'E-POLICY',
      `${name} needs the patches; attach each as a .patch or .diff file inside the signed mail, and name it by att:.`,
    )
  return files
}
