// Whatever members do and whatever becomes of them, in whatever order: an approval never passes with fewer organisations
// vouching, on the day it is decided, than the policy asks for. The oracle counts by itself, from what was done.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold, ownState } from '../../../src/decide/known.ts'
import type { Snapshot } from '../../../src/model/decision.ts'
import type { Event } from '../../../src/model/event.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Fingerprint, inboundId } from '../../../src/model/scalars.ts'
import { upTo } from '../../support/sweep.ts'
import { ALICE, fingerprint, NOW } from '../given.ts'
import { A, ANN, member, organisation, request, ruled, signed, world } from './joining.ts'

const SEQUENCES = upTo(300, 30_000)
const LONGEST = 16
/** Which organisation each member is of: 1 and 5 are colleagues. */
const MEMBERS: readonly (readonly [member: string, organisation: string])[] = [
  ['1', '1'],
  ['2', '2'],
  ['3', '3'],
  ['4', '4'],
  ['5', '1'],
]
const KEYS = [ANN, fingerprint('8')]

/** Numbers from 0 up to 1 that follow from a seed (mulberry32). */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Standing = 'active' | 'suspended' | 'left'

/** What was done, as somebody would note it who knows nothing of events. */
type Notes = {
  readonly standing: Map<string, Standing>
  /** Counts the keys and organisations that the applicant had: a word is for one of them. */
  epoch: number
  words: { readonly member: string; readonly epoch: number }[]
}

/** Organisations with an active member whose word is for what the applicant is now; colleagues count once. */
function counted({ standing, epoch, words }: Notes): number {
  const organisations = words
    .filter(word => word.epoch === epoch && standing.get(word.member) === 'active')
    .map(word => MEMBERS.find(([name]) => name === word.member)?.[1])
  return new Set(organisations).size
}

const folded = (given: Snapshot, events: readonly Event[]): Snapshot => ({
  ...given,
  ...fold(ownState(given), events),
})

const fact = { at: NOW, actor: { kind: 'operator', name: 'operator' } } as const

function key(of: Fingerprint): readonly Event[] {
  const { acceptance } = request()
  assert.ok(acceptance)
  return [
    {
      ...fact,
      kind: 'application-key-set',
      application: A,
      key: { fingerprint: of, certificate: new Uint8Array([1]), keyIds: [] },
    },
    { ...fact, kind: 'application-proven', application: A, inbound: inboundId(5) },
    { ...fact, kind: 'application-accepted-terms', application: A, acceptance },
  ]
}

function oneStep(given: Snapshot, notes: Notes, draw: () => number): Snapshot {
  const [name] = MEMBERS[Math.floor(draw() * MEMBERS.length)] ?? ['1']
  const contact = member(name).id
  const standing = notes.standing.get(name)
  const application = given.applications.get(A)
  const current = application?.key?.fingerprint ?? ANN
  const kind = draw()
  if (kind < 0.5) {
    // Now and then for the key that they had, or are yet to have.
    const named = draw() < 0.8 ? current : (KEYS.find(one => one !== current) ?? current)
    const decision = signed(`vouch ${A} for=${named} <<\nGood people.\n.`, fingerprint(name), given)
    if (named === current && standing === 'active') notes.words.push({ member: name, epoch: notes.epoch })
    return folded(given, decision.events)
  }
  if (kind < 0.6) {
    notes.words = notes.words.filter(word => word.member !== name)
    return folded(given, [
      { ...fact, kind: 'vouch-voided', application: A, voucher: contact, why: 'objected' },
    ])
  }
  if (kind < 0.75 && standing === 'active') {
    notes.standing.set(name, 'suspended')
    return folded(given, [{ ...fact, kind: 'contact-suspended', contact, why: 'admin', until: undefined }])
  }
  if (kind < 0.85 && standing === 'suspended') {
    notes.standing.set(name, 'active')
    return folded(given, [{ ...fact, kind: 'contact-resumed', contact }])
  }
  if (kind < 0.9 && standing !== 'left') {
    notes.standing.set(name, 'left')
    return folded(given, [{ ...fact, kind: 'contact-ended', contact, as: 'left' }])
  }
  if (kind < 0.95) {
    const other = KEYS.find(one => one !== current)
    assert.ok(other)
    notes.epoch += 1
    return folded(given, key(other))
  }
  const called = draw() < 0.5 ? 'Vendor' : 'Seller'
  if (called !== application?.answers.organisation?.open()) notes.epoch += 1
  return folded(given, [
    {
      ...fact,
      kind: 'application-followed-up',
      application: A,
      inbound: inboundId(6),
      answers: { ...request().answers, organisation: plaintext(called) },
    },
  ])
}

test('an approval passes with as many live and independent vouches as the policy asks for, or not at all', () => {
  const passed = { yes: 0, no: 0 }
  for (let seed = 1; seed <= SEQUENCES; seed += 1) {
    const draw = drawing(seed)
    const needed = 1 + Math.floor(draw() * 3)
    const notes: Notes = {
      standing: new Map(MEMBERS.map(([name]) => [name, 'active'])),
      epoch: 0,
      words: [],
    }
    let given = world({
      settings: ruled({ vouch: { count: needed } }),
      contacts: MEMBERS.map(([name, of]) => ({ ...member(name), distributor: organisation(of).id })),
      distributors: ['1', '2', '3', '4'].map(number => organisation(number)),
    })
    const length = 1 + Math.floor(draw() * LONGEST)
    for (let count = 0; count < length; count += 1) {
      given = oneStep(given, notes, draw)
      const { plan } = signed(`approve ${A}`, ALICE.fingerprint, given)
      if (plan !== undefined)
        assert.ok(counted(notes) >= needed, `seed ${seed}, step ${count}: ${counted(notes)} of ${needed}`)
      passed[plan === undefined ? 'no' : 'yes'] += 1
    }
  }
  // Neither is rare, else the sequences would show nothing.
  assert.ok(passed.yes > SEQUENCES / 3 && passed.no > SEQUENCES / 3, JSON.stringify(passed))
})
