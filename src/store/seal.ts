// Seals what people wrote before it is stored: AES-256-GCM under the data key, bound to its place, so that
// a cell moved or changed does not open. Values go in, cells come out; the key itself never reaches a row
// unless wrapped to the storage key.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { decode, encode } from './codec.ts'

/** Where a cell stands. `row` is its id, with the revision where a row has one. */
export type Place = { readonly table: string; readonly column: string; readonly row: string | number }

/** A cell that does not open: changed, cut, moved from elsewhere, or of another data key. */
export class BrokenSeal extends Error {
  override readonly name = 'BrokenSeal'
  readonly place: Place

  constructor(place: Place) {
    super(`the seal of ${place.table}.${place.column} in row ${place.row} is broken`)
    this.place = place
  }
}

const KEY_OCTETS = 32
const NONCE_OCTETS = 12
const TAG_OCTETS = 16
const CIPHER = 'aes-256-gcm'

/** The data key of one instance: 32 random octets, from which every key in use is derived. */
export class DataKey {
  readonly #root: Uint8Array
  readonly #cells: Uint8Array

  constructor(root: Uint8Array) {
    if (root.length !== KEY_OCTETS) throw new RangeError('a data key has 32 octets')
    this.#root = Uint8Array.from(root)
    this.#cells = this.derive('cells')
  }

  static random(): DataKey {
    return new DataKey(randomBytes(KEY_OCTETS))
  }

  /** The key encrypted by `wrap` to the storage key, fit for storing. */
  wrapped(wrap: (octets: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
    return wrap(Uint8Array.from(this.#root))
  }

  /** A key of 32 octets for one purpose (HKDF with SHA-256, RFC 5869); the same each time. */
  derive(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#root, '', `embargod ${purpose}`, KEY_OCTETS))
  }

  /** @throws TypeError on a value that is not plain data of the model. */
  seal(place: Place, value: unknown): Uint8Array {
    return this.sealOctets(place, Buffer.from(encode(value), 'utf8'))
  }

  /** @throws BrokenSeal */
  open(place: Place, cell: Uint8Array): unknown {
    return decode(Buffer.from(this.openOctets(place, cell)).toString('utf8'))
  }

  /** Nonce, ciphertext and tag: 28 octets more than came in. */
  sealOctets(place: Place, octets: Uint8Array): Uint8Array {
    const nonce = randomBytes(NONCE_OCTETS)
    const cipher = createCipheriv(CIPHER, this.#cells, nonce).setAAD(associated(place))
    return Buffer.concat([nonce, cipher.update(octets), cipher.final(), cipher.getAuthTag()])
  }

  /** @throws BrokenSeal */
  openOctets(place: Place, cell: Uint8Array): Uint8Array {
    if (cell.length < NONCE_OCTETS + TAG_OCTETS) throw new BrokenSeal(place)
    const tagAt = cell.length - TAG_OCTETS
    const decipher = createDecipheriv(CIPHER, this.#cells, cell.subarray(0, NONCE_OCTETS))
      .setAAD(associated(place))
      .setAuthTag(cell.subarray(tagAt))
    const opened = decipher.update(cell.subarray(NONCE_OCTETS, tagAt))
    try {
      decipher.final()
    } catch {
      throw new BrokenSeal(place)
    }
    return new Uint8Array(opened.buffer, opened.byteOffset, opened.byteLength)
  }
}

const associated = ({ table, column, row }: Place): Uint8Array =>
  Buffer.from(JSON.stringify([table, column, String(row)]), 'utf8')
