// Every scenario in `scenarios/`, with a process that dies at its steps: a few of them, drawn by a seed, and in a
// sweep all. EMBARGOD_SEED draws the same again.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SWEEP } from '../support/sweep.ts'
import { assertNothingLostOrDoubled } from './account.ts'
import { Exploration, type Scenario } from './explorer.ts'
import type { Blow } from './fate.ts'
import { Stage } from './stage.ts'

const FOLDER = join(import.meta.dirname, 'scenarios')
const scenarios: { readonly scenario: Scenario }[] = await Promise.all(
  readdirSync(FOLDER).map(file => import(join(FOLDER, file))),
)
const stage = await Stage.make({ after })
const seed = process.env['EMBARGOD_SEED'] ?? randomBytes(4).toString('hex')

for (const { scenario } of scenarios)
  test(`${scenario.name}, whenever the process dies`, async t => {
    const exploration = await Exploration.begin(stage, scenario)
    if (SWEEP === undefined) {
      t.diagnostic(`seed ${seed}`)
      await someSteps(exploration, draw(scenario.name))
    } else await everyStep(exploration, SWEEP)
    t.diagnostic(
      `${exploration.steps.length} steps, ${exploration.deaths} deaths, ${exploration.lives} lives`,
    )
  })

/**
 * Once at every step, before and after it. Twice: after each step that changed something, or a share of those,
 * and then after any.
 */
async function everyStep(exploration: Exploration, share: number): Promise<void> {
  let due = 0
  for (const [position, { changed }] of exploration.steps.entries()) {
    const step = position + 1
    for (const side of ['before', 'after'] as const) await exploration.die({ step, side })
    const first: Blow = { step, side: 'after' }
    if (changed) due += Math.min(1, share)
    if (due < 1) continue
    due -= 1
    for (let second = 1; ; second += 1)
      if ((await exploration.die(first, { step: second, side: 'after' })) === 'lived') break
  }
  assert.ok(exploration.deaths >= exploration.steps.length)
}

/** A few, others in each run: before any, and after one that changed something, once and once more. */
async function someSteps(exploration: Exploration, anyOf: Draw): Promise<void> {
  const all = exploration.steps.map((_, position) => position + 1)
  const changing = all.filter(step => exploration.steps[step - 1]?.changed)
  await exploration.die({ step: anyOf(all), side: 'before' })
  await exploration.die({ step: anyOf(changing), side: 'after' }, { step: anyOf(all), side: 'after' })
}

type Draw = (steps: readonly number[]) => number

function draw(name: string): Draw {
  let count = 0
  return steps => {
    count += 1
    const drawn = createHash('sha256').update(`${seed} ${name} ${count}`).digest().readUInt32BE()
    const step = steps[drawn % steps.length]
    assert.ok(step !== undefined)
    return step
  }
}

test('a mail that is lost, doubled or changed is found', async () => {
  const ours = await stage.copy()
  await ours.reported()
  const { world } = ours
  assertNothingLostOrDoubled(world)
  const [first, ...others] = world.taken
  assert.ok(first !== undefined)
  const other = { ...first, octets: Buffer.concat([first.octets, Buffer.from('x')]) }
  for (const taken of [others, [first, first, ...others], [first, other, ...others]]) {
    world.taken.splice(0, Infinity, ...taken)
    assert.throws(() => assertNothingLostOrDoubled(world), assert.AssertionError)
  }
})
