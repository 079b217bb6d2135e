// The story that the demo tells: who is in it, and what happens in which order. A claim that does not hold
// ends it by throwing.
import { account, answers, disclosure, members } from './disclosure-chapters.ts'
import { Person } from './mail-program.ts'
import { acceptance, forgery, powerCut, reading, reply, reports } from './report-chapters.ts'
import { type Cast, Scene, type Stage } from './scene.ts'

/** Tells it from the beginning to the end; the answer is who was in it. @throws on the first claim that does not hold. */
export async function tellStory(stage: Stage): Promise<Cast> {
  const { teller } = stage
  const scene = await setUp(stage)
  teller.chapter('A report comes in')
  await scene.start()
  teller.tell('embargod, made by `init`, runs as a process of its own')
  await reports(scene)
  teller.chapter('The team reads it')
  await reading(scene)
  teller.chapter('The team answers by mail')
  await forgery(scene)
  await acceptance(scene)
  await reply(scene)
  teller.chapter('The power fails')
  await powerCut(scene)
  teller.chapter('Early disclosure, at an exact instant')
  await members(scene)
  const copies = await disclosure(scene)
  teller.chapter('Answers come back')
  await answers(scene, copies)
  teller.chapter('The account')
  await account(scene)
  return scene.cast
}

/** People with new keys, and a new installation whose admins are two of them. */
async function setUp(stage: Stage): Promise<Scene> {
  const { embargod, names, servers } = stage
  const [riya, quinn, noor, alice, bob, ...distributors] = await Promise.all([
    Person.make('Riya', 'riya@research.example'),
    Person.make('Quinn', 'quinn@plain.example'),
    Person.make('Noor', 'noor@plain.example'),
    Person.make('Alice', 'alice@team.example'),
    Person.make('Bob', 'bob@team.example'),
    Person.make('Arbor', 'security@arbor.example'),
    Person.make('Borealis', 'psirt@borealis.example'),
    Person.make('Cedar', 'oncall@cedar.example'),
  ])
  await embargod.initialise(names, [alice, bob], servers)
  const ours = await embargod.certificate('mail')
  const list = await embargod.certificate(`list-${names.project}`)
  return new Scene(stage, { riya, quinn, noor, alice, bob, distributors }, ours, list)
}
