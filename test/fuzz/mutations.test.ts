// Mails of every shape, broken at random: each is answered by the real child in time and ends in one class, with
// mails to admins that can be written (threats.md F12). EMBARGOD_MUTATIONS says how many, EMBARGOD_SEED from which
// seed on. One that fails is saved, for keys and so ciphertexts differ from run to run.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import { decide } from '../../src/decide/decide.ts'
import { OUTCOMES } from '../../src/model/decision.ts'
import { inboundId, parseApplicationId } from '../../src/model/scalars.ts'
import { sessionKeys } from '../../src/openpgp/secret-keys.ts'
import { arrivalOf } from '../../src/pipeline/arrival.ts'
import { SimilarCases } from '../../src/pipeline/similar.ts'
import { classify } from '../../src/receive/classify.ts'
import { Sandbox } from '../../src/sandbox/sandbox.ts'
import { contextWith } from '../compose/given.ts'
import { address, fresh, settings, snapshot } from '../decide/given.ts'
import { Dice } from '../forgery/dice.ts'
import { nothingConfigured, now, secretKeyOf } from '../receive/opening.ts'
import { BARE_APPLICATION } from '../support/bare-application.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { checkInvariants } from '../support/oracle.ts'
import { SWEEP } from '../support/sweep.ts'
import { until } from '../support/workspace.ts'
import { fixtures, IN_THREAD, missingCorpora } from './mails.ts'
import { mutated } from './mutate.ts'

const NUMBER = Number(
  process.env['EMBARGOD_MUTATIONS'] ?? (SWEEP === undefined ? 120 : Math.ceil(10_000 * SWEEP)),
)
const SEED = Number(process.env['EMBARGOD_SEED'] ?? randomInt(2 ** 31))
/** Through mailbox and daemon, where a mail costs a hundred times as much. */
const THROUGH_IMAP = Math.floor(NUMBER / 100)
/** Mails delivered at once. */
const BATCH = 20
/** Milliseconds for one mail. */
const LONGEST = 10_000

/** What a mail may be that cannot be opened; all else would be the child's end. */
const faults = ['too-deep', 'too-many-parts', 'header-too-large', 'too-large']

/** A list that takes requests, with one that waits. */
function withApplication() {
  const application = parseApplicationId('A-771234')
  assert.ok(application)
  const { projects } = settings()
  const open = projects.map(one => ({ ...one, policy: { ...one.policy, membership: BARE_MEMBERSHIP } }))
  const [project] = open
  assert.ok(project)
  const waiting = {
    ...BARE_APPLICATION,
    id: application,
    project: project.name,
    receivedAt: now,
    heardAt: now,
    address: address('sam@research.example'),
    key: undefined,
  }
  const applications = new Map([[application, waiting]])
  return { application, snapshot: snapshot({ now, settings: settings({ projects: open }), applications }) }
}

function saved(octets: Uint8Array, position: number): string {
  const file = join(tmpdir(), `embargod-mutation-${SEED}-${position}.eml`)
  writeFileSync(file, octets, { mode: 0o600 })
  return `mutation ${position} of seed ${SEED}, saved as ${file}`
}

test(`${NUMBER} broken mails from seed ${SEED} are opened or refused, each in time, and have a class`, {
  skip: missingGnuPG(),
}, async t => {
  const own = await until(t, GnuPG.create('Acme', 'security@acme.example'))
  const admin = await until(t, GnuPG.create('Alice Admin', 'alice@team.example'))
  const secret = await secretKeyOf(own)
  const sandbox = await until(
    t,
    new Sandbox(
      { sessionKeys: packets => sessionKeys(packets, [secret], now), certificates: () => [] },
      nothingConfigured,
    ),
  )
  const inspected = await sandbox.inspect(await admin.exportPublic(), now)
  assert.ok(inspected.ok)
  sandbox.enrol([inspected.value])
  if (missingCorpora() !== false) t.diagnostic(`without the corpora: ${missingCorpora()}`)
  const mails = await fixtures(t, await own.exportPublic(), own.fingerprint, admin)
  const none = new SimilarCases([], () => undefined)
  const { application, snapshot: known } = withApplication()
  const around = {
    caseOf: () => undefined,
    applicationOf: (to: string) => (to === IN_THREAD ? application : undefined),
    isReturnAddress: () => false,
  }

  /** Settings in which a mail comes about, as the pipeline would; the mails that follow are worded, too. */
  const outcomeOf = async (octets: Buffer): Promise<string> => {
    const opened = await sandbox.open(octets, now)
    if (!opened.ok) return opened.error
    const { mail, machine } = opened.value
    const sorted = classify(mail, machine, known.settings, ['Delivered-To'], around)
    const input = {
      kind: 'mail',
      inbound: inboundId(1),
      receivedAt: now,
      mail,
      sorted,
      operands: new Map(),
      reported: undefined,
      arrival: arrivalOf(
        mail,
        now,
        { settings: known.settings, intake: { lists: [], spamHeader: undefined } },
        none,
      ),
    } as const
    const { outcome, mails: orders } = decide(input, known, fresh)
    for (const order of orders.slice(0, 2))
      payloadOf(compose(order, contextWith({ settings: known.settings })), 'encrypted')
    return outcome
  }

  const dice = new Dice(SEED)
  const counts = new Map<string, number>()
  for (let i = 0; i < NUMBER; i += 1) {
    const octets = mutated(mails, dice)
    const start = performance.now()
    const outcome = await outcomeOf(octets).catch((error: unknown) => `${error}`)
    const isKnown = OUTCOMES.some(one => one === outcome) || faults.includes(outcome)
    if (!isKnown || performance.now() - start > LONGEST) assert.fail(`${outcome}: ${saved(octets, i)}`)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  t.diagnostic([...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', '))
})

/** Every day neither run nor counted as skipped: nothing is missing. */
const sweptTest = THROUGH_IMAP < 10 ? undefined : test
sweptTest?.(
  `${THROUGH_IMAP} broken mails from seed ${SEED} go through mailbox and daemon, and none is lost`,
  {
    skip: missingDovecot() || missingGnuPG(),
  },
  async t => {
    const acme = await Installation.make(t)
    const mails = await fixtures(
      t,
      await acme.publicKey('mail'),
      await acme.fingerprintOf('mail'),
      acme.alice,
    )
    await acme.start()
    const dice = new Dice(SEED)
    for (let i = 0; i < THROUGH_IMAP; i += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, THROUGH_IMAP - i) }, () => mutated(mails, dice))
      // IMAP knows no NUL (RFC 9051 §9): the server would store another octet in its place.
      for (const octets of batch) await acme.deliver(octets.map(octet => (octet === 0 ? 0x80 : octet)))
      for (let position = i; position < i + batch.length; position += 1)
        await acme
          .logged(/"event":"settled","inbound":/, position + 1)
          .catch(() => assert.fail(batch.map((octets, j) => saved(octets, i + j)).join('\n')))
    }
    await checkInvariants(acme, { canaries: ['no mail here holds this'] })
  },
)
