import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { findCanary } from './canary.ts'

const NEEDLE = 'canary größe 4711'
const seen = (octets: Uint8Array | string) => findCanary([NEEDLE], octets).map(({ as }) => as)
const around = (text: string | Buffer) => Buffer.concat([randomBytes(7), Buffer.from(text), randomBytes(5)])

test('a canary is found in every encoding that software puts words into', () => {
  const wire = Buffer.from(NEEDLE).toString('latin1')
  assert.deepEqual(seen(around(NEEDLE)).slice(0, 1), ['raw'])
  assert.ok(seen(around(Buffer.from(NEEDLE, 'utf16le'))).includes('raw utf-16le'))
  assert.ok(seen(around(Buffer.from(NEEDLE, 'utf16le').swap16())).includes('raw utf-16be'))
  assert.ok(seen(around(Buffer.from(NEEDLE).toString('hex'))).includes('raw hex'))
  for (const before of ['', 'x', 'xy', 'xyz'])
    for (const behind of ['', 'x', 'xy'])
      assert.ok(
        seen(around(Buffer.from(`${before}${NEEDLE}${behind}`).toString('base64'))).includes('raw base64'),
      )
  assert.ok(
    seen(Buffer.from(`xx${NEEDLE}`).toString('base64').replace(/.{9}/g, '$&\r\n')).includes('folded base64'),
  )
  assert.ok(seen(NEEDLE.replace(' ', '\r\n\t')).includes('wrapped'))
  const quoted = wire.replace(/[^ -<>-~]/g, c => `=${c.charCodeAt(0).toString(16)}`).replace('4', '=\r\n4')
  assert.ok(seen(quoted).includes('quoted-printable'))
  assert.ok(seen(encodeURIComponent(NEEDLE)).includes('percent'))
  assert.ok(seen(around(gzipSync(`before ${NEEDLE} behind`))).includes('gzip raw'))
})

test('nothing is found where there is nothing', () => {
  assert.deepEqual(findCanary([NEEDLE, 'another one'], randomBytes(200_000)), [])
  assert.deepEqual(findCanary([NEEDLE], gzipSync('harmless words').subarray(0, 20)), [])
})

test('a canary too short to be telling is refused', () => {
  assert.throws(() => findCanary(['short'], ''), /at least 8/)
})
