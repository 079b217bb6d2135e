// The evidence file of a member is checked by the very lines that stand in it, in an empty directory, by gpg alone: each
// shape in which somebody signs proves itself, and one changed octet does not.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Event } from '../../src/model/event.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type InboundId, inboundId, parseIncidentId, parseSha256 } from '../../src/model/scalars.ts'
import { sure } from '../decide/given.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { resolve } from '../support/mime.ts'
import { mail, multipartEncrypted, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { run } from '../support/program.ts'
import { cli } from '../support/verbs.ts'

const skip = missingGnuPG()

type Act = (who: GnuPG, ours: string, words: string) => Promise<string>

/** Every shape in which a command may be signed (product.md §3). */
const SHAPES: Readonly<Record<string, Act>> = {
  'signed in clear': (who, _, words) => multipartSigned(who, textEntity(words)),
  'signed as text': (who, _, words) =>
    multipartSigned(who, textEntity(words), { signing: { textMode: 'text' } }),
  'with the signature inside the encryption': async (who, ours, words) =>
    multipartEncrypted(await who.encryptSign([ours], textEntity(words))),
  'encrypted around a signed mail': async (who, ours, words) =>
    multipartEncrypted(
      await who.encryptSign([ours], await multipartSigned(who, textEntity(words)), { signed: 'unsigned' }),
    ),
  'as nothing but a message': async (who, ours, words) => textEntity(await who.encryptSign([ours], words)),
}

test('gpg alone checks the evidence by the lines that it holds, and finds a changed octet', {
  skip,
}, async t => {
  const line = await Line.make(t)
  const { store, config } = line.instance
  const [member] = store.contacts(config.settings)
  assert.ok(member)
  const ours = await line.fingerprintOf('list-velero')
  const words = (shape: string) => `I say: ${shape}\n- and a dash\n`
  for (const [at, [shape, write]] of Object.entries(SHAPES).entries()) {
    const envelope = resolve({ to: 'distributors@acme.example', subject: 'attest' }, line.mallory.mailbox)
    const octets = mail(envelope, await write(line.mallory, ours, words(shape)))
    await settled(line, octets, (inbound, now) => ({
      kind: 'contact-attested',
      at: now,
      actor: { kind: 'member', name: member.id, fingerprint: member.fingerprint },
      contact: member.id,
      people: at + 1,
      inbound,
    }))
  }
  await settled(line, Buffer.from('From: x\n\nunsigned\n'), (inbound, now) => ({
    kind: 'incident-opened',
    at: now,
    actor: { kind: 'outsider', name: 'outsider' },
    incident: sure(parseIncidentId('L-500001')),
    project: member.project,
    from: { contact: member.id },
    about: undefined,
    inbound,
    text: plaintext('I told my aunt.\n-----BEGIN PGP MESSAGE-----'),
  }))

  const folder = join(line.folder, 'check')
  await mkdir(folder, { mode: 0o700 })
  const file = join(folder, 'evidence.asc')
  const verb = ['--config', join(line.folder, 'embargod.yaml'), 'member', 'evidence', member.distributor]
  assert.equal((await cli(...verb, '--out', file)).code, 0)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const again = await cli(...verb, '--out', file)
  assert.match(again.problem, /is there already; name another/)
  await writeFile(join(folder, 'list.asc'), await line.publicKey('list-velero'))

  const text = await readFile(file, 'utf8')
  assert.match(text, /L-500001: incident opened/)
  assert.match(text, /\| I told my aunt\.\n\| -----BEGIN PGP MESSAGE-----/)
  const lines = text.split('\n').filter(one => /^ {4}(?:gpg|awk|for) /.test(one))
  assert.equal(lines.length, 4)
  const checked = await run('sh', ['-c', `cd '${folder}'\n${lines.join('\n')}`])
  const good = [...checked.stderr.matchAll(/Good signature from "([^"]+)"/g)].map(([, who]) => who)
  assert.equal(good.length, 1 + Object.keys(SHAPES).length, checked.stderr)
  assert.match(good[0] ?? '', /distributors@acme\.example/)
  assert.deepEqual(new Set(good.slice(1)), new Set([line.mallory.mailbox]))
  for (const shape of Object.keys(SHAPES))
    assert.ok(checked.stdout.toString().includes(`I say: ${shape}`), shape)
  assert.doesNotMatch(checked.stderr, /BAD signature/)

  const record = await readFile(join(folder, 'record.txt'), 'utf8')
  assert.match(record, new RegExp(`ACT 1: mail [0-9]+, by ${member.id}, signed `))
  const act = await readFile(join(folder, 'act-1.asc'))
  const bad = await run('gpg', ['--homedir', folder, '--batch', '--verify'], {
    stdin: spoilt(act.toString('latin1')),
  })
  assert.notEqual(bad.code, 0)
  assert.doesNotMatch(bad.stderr, /Good signature/)
  const changed = await run('gpg', ['--homedir', folder, '--batch', '--verify'], {
    stdin: text.replace('my aunt', 'my dog'),
  })
  assert.match(changed.stderr, /BAD signature/)
})

/** Stores a mail as it would be, and journals what it led to. */
async function settled(
  line: Line,
  octets: Uint8Array,
  eventOf: (inbound: InboundId, now: Event['at']) => Event,
): Promise<void> {
  const { store, keyring, clock } = line.instance
  const now = clock.now()
  const raw = await keyring.encryptForStorage(octets, now)
  const sha256 = sure(parseSha256(createHash('sha256').update(octets).digest('hex')))
  const uid = 1 + Number(line.rows('SELECT count(*) AS n FROM inbound')[0]?.['n'])
  const place = { source: 'imap', mailbox: 'Other', uidValidity: 1, uid } as const
  const id = store.inbound.receive({ ...place, sha256, size: octets.length, raw, receivedAt: now })
  assert.ok(id !== 'known')
  const event = eventOf(inboundId(id), now)
  const stream = 'contact' in event ? event.contact : undefined
  store.settle({
    inbound: id,
    now,
    decision: {
      outcome: event.actor.kind === 'member' ? 'command' : 'follow-up',
      reason: 'test',
      actor: event.actor,
      events: [event],
      mails: [],
      answer: undefined,
      oneShot:
        event.actor.kind === 'member' ? { primary: event.actor.fingerprint, hashValue: sha256 } : undefined,
      plan: undefined,
      files: [],
    },
    messageId: undefined,
    contentSha256: undefined,
    duplicateOf: undefined,
    tells: undefined,
    outgoing: [],
    answer: undefined,
    expected: new Map(stream === undefined ? [] : [[stream, store.journal.revision(stream)]]),
  })
}

/** One character of the armor is another. */
function spoilt(armor: string): string {
  const at = armor.indexOf('\n\n') + 100
  return armor.slice(0, at) + (armor[at] === 'A' ? 'B' : 'A') + armor.slice(at + 1)
}
