// Forged mail in any number (EMBARGOD_FORGERIES, from EMBARGOD_SEED on), none of which may have any effect but a
// stranger's; and between them every honest shape, each of which must be carried out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SHAPES } from '../interop/shapes.ts'
import { readAudit } from '../support/audit.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line, type Taken } from '../support/line.ts'
import { gpgMimeSigned } from '../support/mail.ts'
import { forgeContent, WAY_NAMES } from './contents.ts'
import { CONTROLS } from './controls.ts'
import { Dice } from './dice.ts'
import { disguise, LAYOUT_NAMES } from './guises.ts'
import { makeMaterial } from './material.ts'
import { makeMembers, stateOfList, verbsOfMembers } from './members.ts'

const NUMBER = Number(process.env['EMBARGOD_FORGERIES'] ?? 20)
const SEED = Number(process.env['EMBARGOD_SEED'] ?? 20261121)

const COMMAND = 'security+cmd@acme.example'

/** After so many all signatures are made anew. */
const RENEWAL = 50

/** The ways that are gone without forging: every fourth by day, else each several times. */
const UNFORGED = Array.from({ length: Math.ceil(NUMBER / 400) }, () => WAY_NAMES)
  .flat()
  .filter((_, i) => NUMBER >= 400 || i % 4 === 0)

/** Why a forgery is refused that got as far as somebody's authority. */
const REASONS = [
  ...['E-REPLAY', 'E-STALE', 'E-ROLE', 'E-SYNTAX', 'bad', 'unsigned', 'partly-signed'],
  ...['signed-outside', 'second-text', 'several', 'malformed', 'cleartext-signed', 'smime'],
]

/** What anyone may bring about. */
const STRANGERS = [
  ...['refused', 'report', 'report-noack', 'follow-up', 'application', 'post', 'bounce'],
  ...['duplicate', 'own', 'shunt'],
]

test(`of ${NUMBER} forgeries from seed ${SEED} none is accepted, and every honest shape is`, {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const { alice, bob, mallory } = line
  const members = await makeMembers(t, line)
  let material = await makeMaterial(t, line, members)
  const { id } = material
  const answered = await line.lastMailTo(alice)
  const ourKey = await line.fingerprintOf('mail')
  const dice = new Dice(SEED)
  const counts = new Map<string, number>()
  const every = Math.max(1, Math.floor(NUMBER / SHAPES.length))
  let honest = 0
  let state = line.state([id])
  const list = stateOfList(line)

  const accepted: string[] = []
  const strangers: string[] = []
  const before = readAudit(`${line.folder}/data/embargod.db`).length
  const made = new Set<string>()
  for (let i = 0; i < NUMBER; i += 1) {
    // A signature that was refused once is refused ever after: only new ones tell of ages and keys.
    if (i % RENEWAL === RENEWAL - 1) material = await material.renewed()
    const content = await forgeContent(material, dice)
    const { name, layout, mail } = disguise(content.entity, dice)
    made.add(content.name).add(layout)
    const sent = line.sent.length
    const taken: Taken = await line.take(mail)
    const [, from = ''] = /^from:(.*)$/im.exec(mail.toString('latin1')) ?? []
    const known = [alice.address, bob.address, mallory.address, members.applicant.address]
    // Eve is the reporter of the cases that her own mail opened, and is answered as such.
    for (const { to } of line.sent.slice(sent))
      if (!known.includes(to) && !from.includes(to) && to !== 'eve@evil.example') strangers.push(to)
    const kind = `${taken.outcome} ${taken.reason}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    if (!STRANGERS.includes(taken.outcome) || line.state([id]) !== state || stateOfList(line) !== list)
      accepted.push(`${i} of seed ${SEED}: ${content.name}; ${name}: ${kind}\n${mail.toString('base64')}`)

    const shape = i % every === every - 1 ? SHAPES[honest] : undefined
    if (shape === undefined) continue
    honest += 1
    const commands = `embargod acme\nnote ${id} <<\nhonest ${honest}\n.\n`
    const octets = await shape.write(commands, { admin: alice, ourKey, answered })
    const { outcome, reason } = await line.take(octets)
    assert.deepEqual({ outcome, reason }, { outcome: 'command', reason: 'carried-out' }, shape.name)
    state = line.state([id])
  }

  const untouched: string[] = []
  for (const name of UNFORGED) {
    const guise = disguise(await CONTROLS[name](material), dice, 'harmless')
    const { outcome, reason } = await line.take(guise.mail)
    if (outcome !== 'command')
      untouched.push(`${name}; ${guise.name}: ${outcome} ${reason}\n${guise.mail.toString('base64')}`)
  }

  await t.test('each of them without what is forged in it was', () => assert.deepEqual(untouched, []))

  // Fewer cannot meet them all.
  if (NUMBER >= 1_000)
    await t.test('every way, every layout and every reason had its turn', () => {
      assert.deepEqual(
        [...WAY_NAMES, ...LAYOUT_NAMES].filter(name => !made.has(name)),
        [],
      )
      const seen = REASONS.filter(reason => (counts.get(`refused ${reason}`) ?? 0) < NUMBER / 200)
      assert.deepEqual(seen, [], 'reasons that are hardly ever met')
    })

  await t.test('no forgery was accepted', () => assert.deepEqual(accepted, []))

  await t.test('the honest shapes were, each once', () => {
    assert.equal(honest, Math.min(SHAPES.length, NUMBER))
    const notes = line.theCase(id).notes.map(({ text }) => text.open())
    for (let i = 1; i <= honest; i += 1)
      assert.equal(notes.filter(text => text === `honest ${i}`).length, 1, `honest ${i}`)
  })

  await t.test('every change of state stands to the name of who may make it', () => {
    for (const { ids, events, seq } of readAudit(`${line.folder}/data/embargod.db`).slice(before)) {
      if (events === 0) continue
      const letter = ['report', 'report-noack', 'follow-up', 'application'].includes(String(ids['outcome']))
      assert.equal(ids['actor'], letter ? 'outsider' : 'admin', `audit row ${seq}`)
      if (!letter) assert.equal(ids['fingerprint'], alice.fingerprint)
    }
  })

  await t.test('a member who is one vouches, and shares no more than they were told', async () => {
    const [vouch = '', , , , share = ''] = verbsOfMembers(members, id)
    for (const [verb, expected] of [
      [vouch, 'carried-out'],
      [share, 'E-UNKNOWN'],
    ]) {
      const text = `embargod acme\n${verb}\n`
      const { reason } = await line.take(await gpgMimeSigned(mallory, { to: COMMAND, text }))
      assert.equal(reason, expected)
    }
    assert.notEqual(stateOfList(line), list)
  })

  await t.test('only the team and whoever stood in From was written to', () =>
    assert.deepEqual(strangers, []),
  )

  t.diagnostic(
    [...counts]
      .map(([kind, count]) => `${kind}: ${count}`)
      .toSorted()
      .join(', '),
  )
})
