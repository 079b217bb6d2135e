// Lives through a scenario once undisturbed, then again and again, dying at one step after the other, once or
// twice, and compares what came of it.
import assert from 'node:assert/strict'
import type { Instant } from '../../src/model/scalars.ts'
import { SECOND } from '../../src/model/time.ts'
import { type Account, accountOf, assertNobodySlippedIn, assertNothingLostOrDoubled } from './account.ts'
import { type Blow, Fate, type Step } from './fate.ts'
import { live, type Moment } from './life.ts'
import type { Stage } from './stage.ts'
import type { World } from './world.ts'

export type Scenario = {
  /** What happens, in the domain's words. */
  readonly name: string
  /** Plays what came before on the stage, and gives what is to come. */
  readonly prepare: (stage: Stage) => Promise<readonly Moment[]>
  /** Kind and recipient of the mails that must come of it, at least. */
  readonly mails: readonly string[]
  /** What can come then, and what of it must stand in the journal, whenever the process died before. */
  readonly afterwards?: {
    readonly moment: (stage: Stage, world: World) => Promise<Moment>
    readonly event: string
  }
}

export class Exploration {
  readonly #stage: Stage
  readonly #moments: readonly Moment[]
  /** All lives begin then, however long the exploring takes: a scenario may count the hours of a day. */
  readonly #beginsAt: Instant
  readonly #undisturbed: Account
  readonly #afterwards: Scenario['afterwards']
  /** Of the undisturbed life. */
  readonly steps: readonly Step[]
  deaths = 0
  lives = 0

  private constructor(
    stage: Stage,
    moments: readonly Moment[],
    beginsAt: Instant,
    undisturbed: Account,
    afterwards: Scenario['afterwards'],
    steps: readonly Step[],
  ) {
    this.#stage = stage
    this.#moments = moments
    this.#beginsAt = beginsAt
    this.#undisturbed = undisturbed
    this.#afterwards = afterwards
    this.steps = steps
  }

  static async begin(empty: Stage, { prepare, mails, afterwards }: Scenario): Promise<Exploration> {
    const stage = await empty.copy()
    const moments = await prepare(stage)
    const before = new Set(stage.world.taken)
    const beginsAt = stage.world.now()
    const world = await stage.world.copy(beginsAt)
    const fate = new Fate(undefined, () => world.size)
    await livesOf(stage, world, moments, [fate])
    const account = accountOf(world)
    assertNothingLostOrDoubled(world)
    assertNobodySlippedIn(world)
    const news = world.taken.filter(mail => !before.has(mail)).map(({ to }) => to)
    for (const mail of mails) {
      assert.ok(account.mails.includes(mail), `no ${mail} among ${account.mails}`)
      assert.ok(
        news.some(to => mail.endsWith(` ${to}`)),
        `no news for ${mail}`,
      )
    }
    await goOn(stage, world, afterwards)
    await world.remove()
    return new Exploration(stage, moments, beginsAt, account, afterwards, fate.steps)
  }

  /** Dies at each blow in turn; `lived`: it was through before the last. */
  async die(...blows: readonly Blow[]): Promise<'died' | 'lived'> {
    const world = await this.#stage.world.copy(this.#beginsAt)
    const fates = [...blows, undefined].map(blow => new Fate(blow, () => world.size))
    try {
      this.lives += await livesOf(this.#stage, world, this.#moments, fates)
      assert.deepEqual(accountOf(world), this.#undisturbed)
      assertNothingLostOrDoubled(world)
      assertNobodySlippedIn(world)
      await goOn(this.#stage, world, this.#afterwards)
    } catch (error) {
      const deaths = blows.map(
        ({ step, side }, i) => `${side} step ${step} (${fates[i]?.steps[step - 1]?.name})`,
      )
      throw new Error(`died ${deaths.join(', then ')}`, { cause: error })
    }
    await world.remove()
    this.deaths += fates.filter(fate => fate.isDead).length
    return fates[blows.length - 1]?.isDead === true ? 'died' : 'lived'
  }
}

/** What was mailed before still means what it did: an answer to it counts. */
async function goOn(stage: Stage, world: World, afterwards: Scenario['afterwards']): Promise<void> {
  if (afterwards === undefined) return
  const moment = await afterwards.moment(stage, world)
  await live(stage.machine, world, new Fate(undefined, () => 0), [moment])
  const { streams } = accountOf(world)
  assert.ok(
    streams.some(kinds => kinds.split(' ').includes(afterwards.event)),
    `no ${afterwards.event} afterwards`,
  )
}

/** A life after the other, each with its fate, until all has passed and nothing is to be sent any more. */
async function livesOf(
  { machine }: Stage,
  world: World,
  moments: readonly Moment[],
  fates: readonly Fate[],
): Promise<number> {
  const toCome = [...moments]
  let deaths = 0
  for (let lives = 1; ; lives += 1) {
    const fate = fates[deaths]
    assert.ok(fate !== undefined)
    const { end, dueAt } = await live(machine, world, fate, toCome)
    if (end === 'death') deaths += 1
    else if (dueAt === undefined) return lives
    // What is in doubt waits; who dies is soon started again.
    world.advance(end === 'death' ? SECOND : Math.max(0, (dueAt ?? 0) - world.now()))
  }
}
