// Where the database may lie: on a file system whose locks hold. A path goes in, a fault or nothing out.
import { statfsSync } from 'node:fs'

export type StartFault = {
  readonly code:
    | 'no-directory'
    | 'network-file-system'
    | 'missing'
    | 'emptied'
    | 'damaged'
    | 'behind-its-mark'
    | 'newer-schema'
    | 'older-schema'
    | 'busy'
    | 'disk'
    | 'no-data-key'
    | 'data-key-does-not-open'
  /** One sentence for the operator: what is wrong and what to do. */
  readonly sentence: string
}

/** File system types of linux/magic.h and fs/…/*.h whose POSIX locks do not reliably hold across hosts. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
])

/** Name of a network file system by the type number that statfs(2) gives; undefined for all others. */
export const networkFileSystem = (type: number): string | undefined => NETWORK_FILE_SYSTEMS.get(type >>> 0)

/** Octets that an ordinary user can still write to the file system of a directory. */
export function roomIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

/** Why a data directory cannot be used at all. */
export function volumeFault(directory: string): StartFault | undefined {
  try {
    const name = networkFileSystem(statfsSync(directory).type)
    if (name === undefined) return undefined
    return {
      code: 'network-file-system',
      sentence: `The data directory is on a network file system (${name}), where locks do not hold: move it to a local disk.`,
    }
  } catch {
    return { code: 'no-directory', sentence: 'The data directory does not exist or cannot be entered.' }
  }
}
