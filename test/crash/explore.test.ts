// The scenarios in `scenarios/`, with a process that dies at their steps: some of both, drawn by a seed, and in a
// sweep every scenario at all steps, or at a share that the seed chooses. EMBARGOD_SEED draws the same again.
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

for (const { scenario } of SWEEP === undefined ? someOf(scenarios) : scenarios)
  test(`${scenario.name}, whenever the process dies`, async t => {
    const exploration = await Exploration.begin(stage, scenario)
    t.diagnostic(`seed ${seed}`)
    if (SWEEP === undefined) await someSteps(exploration, draw(scenario.name))
    else await everyStep(exploration, Math.max(1, Math.round(1 / SWEEP)), scenario.name)
    t.diagnostic(
      `${exploration.steps.length} steps, ${exploration.deaths} deaths, ${exploration.lives} lives`,
    )
  })

/**
 * Once after every step. Before one, where it differs from after the last by what goes on meanwhile; and twice, after
 * each step that changed something and then after any: of these a share, `1 / stride`, chosen by the seed.
 */
async function everyStep(exploration: Exploration, stride: number, name: string): Promise<void> {
  for (const [position, { changed }] of exploration.steps.entries()) {
    const step = position + 1
    if (step === 1 || step % stride === drawn(name, 0) % stride)
      await exploration.die({ step, side: 'before' })
    await exploration.die({ step, side: 'after' })
    if (!changed) continue
    const first: Blow = { step, side: 'after' }
    for (let second = 1 + (drawn(name, step) % stride); ; second += stride)
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
    const step = steps[drawn(name, count) % steps.length]
    assert.ok(step !== undefined)
    return step
  }
}

/** Three, others in each run. */
function someOf<T extends { readonly scenario: Scenario }>(all: readonly T[]): readonly T[] {
  const first = drawn('scenarios', 0) % all.length
  return [0, 1, 2].flatMap(i => all[(first + i * 3) % all.length] ?? [])
}

/** The n-th number below 2^32 for a scenario. */
function drawn(name: string, count: number): number {
  return createHash('sha256').update(`${seed} ${name} ${count}`).digest().readUInt32BE()
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
