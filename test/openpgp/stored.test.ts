// What is opened for storage piece by piece, with real keys: all of it, or an error before anyone could act on it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import { encryptForStorage, encryptForStorageInPlace } from '../../src/openpgp/encrypt.ts'
import { generateSecretKey, loadSecretKey, type SecretKey } from '../../src/openpgp/secret-keys.ts'
import { openStored } from '../../src/openpgp/stored.ts'

const now = instant(Date.now())

const cut = (octets: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(octets.length / size) }, (_, i) =>
    Uint8Array.from(octets.subarray(i * size, (i + 1) * size)),
  )

describe('stored octets in pieces', () => {
  let key: SecretKey
  before(async () => {
    const owner = {
      userName: 'Storage',
      address: 'storage@acme.example' as never,
      passphrase: undefined,
      now,
    }
    const loaded = await loadSecretKey(Buffer.from((await generateSecretKey(owner)).armored), undefined)
    assert.ok(loaded.ok)
    key = loaded.value
  })
  const open = async (pieces: readonly Uint8Array[]): Promise<Buffer> => {
    const opened: Buffer[] = []
    for await (const piece of openStored(pieces.values(), key, now)) opened.push(Buffer.from(piece))
    return Buffer.concat(opened)
  }

  for (const size of [0, 1, 10, 21, 22, 23, 1_000, 70_000])
    test(`${size} octets come out as they went in, however they are cut`, async () => {
      const mail = randomBytes(size)
      const whole = await encryptForStorage(mail, key.certificate, now)
      const inPlace = await encryptForStorageInPlace(Uint8Array.from(mail), key.certificate, now)
      const head = inPlace[0]?.length ?? 0
      for (const pieces of [[whole], cut(whole, head), cut(whole, head + 1), cut(whole, 65_536), inPlace])
        assert.ok((await open(pieces.map(piece => Uint8Array.from(piece)))).equals(mail))
    })

  test('an octet altered anywhere, or a piece gone, is an error', async () => {
    const whole = await encryptForStorage(randomBytes(5_000), key.certificate, now)
    for (const at of [200, 2_500, whole.length - 30, whole.length - 21, whole.length - 1]) {
      const altered = Uint8Array.from(whole)
      altered[at] = (altered[at] ?? 0) ^ 1
      await assert.rejects(open(cut(altered, 1_024)), `${at}`)
    }
    for (const length of [whole.length - 1, whole.length - 22, 2_048, 150, 10])
      await assert.rejects(open(cut(whole.subarray(0, length), 1_024)), `${length}`)
    await assert.rejects(open([...cut(whole, 1_024), new Uint8Array(1)]))
    await assert.rejects(open([]))
  })
})
