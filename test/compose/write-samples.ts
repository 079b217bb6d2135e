// Writes one mail of each kind into a folder, to be read aloud: node test/compose/write-samples.ts FOLDER
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import { contextWith } from './given.ts'
import { everyOrder } from './orders.ts'

const [, , folder] = process.argv
if (folder === undefined) throw new Error('which folder?')
mkdirSync(folder, { recursive: true })
for (const [name, order] of Object.entries(everyOrder)) {
  const protection = order.encryptTo.kind === 'nobody' ? 'clear' : 'encrypted'
  const payload = Buffer.from(payloadOf(compose(order, contextWith()), protection))
  writeFileSync(join(folder, `${name}.eml`), payload)
  const { text, attachments } = await simpleParser(payload)
  const files = attachments.map(file => `[${file.filename}, ${file.contentType}, ${file.size}]`)
  writeFileSync(join(folder, `${name}.txt`), `${text}\n${files.join('\n')}\n`)
}
