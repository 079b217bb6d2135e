// A small scripted life of a distributors list under a policy, in chapters that each begin anew, as chapters.ts has it
// for cases: somebody asks to join and is let in or not, members share, leak, change keys and terms.

import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { ALICE, BOB, fingerprint } from '../decide/given.ts'
import type { Chapter } from './chapters.ts'
import {
  ANN,
  at,
  BEN,
  FROM,
  GONE,
  lived,
  NEW,
  NEXT,
  OLD,
  ONE,
  OTHERS,
  TEAM,
  TWO,
  text,
  told,
  whole,
} from './list-life.ts'

export const MEMBER_CHAPTERS: Readonly<Record<string, Chapter>> = {
  'somebody asks what it takes': lived(3, list => {
    list.asks(0, ANN, 'We would like to join the distributors list as members.')
    list.asks(1, BEN, 'We would like to join the distributors list as members.', { kind: 'security' })
    list.says(2, ANN.key, `status ${list.idOf(ANN)}`)
  }),
  'somebody says it in their own words': lived(0, list => {
    list.asks(0, ANN, `We would like to join: ${list.word}.`)
    list.says(1, ALICE.fingerprint, 'applications')
  }),
  'somebody is let in': lived(12, list => {
    whole(list, ANN)
    list.says(3, ANN.key, `status ${list.idOf(ANN)}`)
    list.admits(4, 'approve', ANN)
    list.vouches(5, TWO, ANN)
    list.admits(6, 'approve', ANN)
    list.admits(24 * 8, 'approve', ANN)
    list.says(24 * 9, ANN.key, 'my')
  }),
  'somebody is let in although there are too few to vouch': lived(12, list => {
    list.asks(0, ANN, list.answers)
    list.asks(1, BEN, list.answers.replace('New Linux', 'Other Linux'))
    for (const who of [ANN, BEN]) list.proves(2, who)
    for (const who of [ANN, BEN]) list.admits(24 * 9, 'found', who)
  }),
  'one vouches often': lived(0, list => {
    const people = ['3', '4', '5', '6', '7'].map(digit => ({
      key: fingerprint(digit),
      address: `p${digit}@n${digit}.example`,
      name: `Person ${digit}`,
    }))
    for (const [i, who] of people.entries()) {
      list.asks(4 * i, who, list.answers.replace('New Linux', `Linux ${i}`))
      list.proves(4 * i + 1, who)
      list.vouches(4 * i + 2, ONE, who)
    }
  }),
  'one vouches who has just come': lived(
    12,
    list => {
      whole(list, ANN)
      list.vouches(24 * 11, TWO, ANN)
    },
    { days: 20 },
  ),
  'another person of the same organisation': lived(0, list => {
    whole(list, ANN)
    list.admits(4, 'approve', ANN)
    list.admits(24 * 8, 'approve', ANN)
    list.asks(24 * 8 + 1, BEN, list.answers)
    list.proves(24 * 8 + 2, BEN)
    list.says(24 * 8 + 3, BEN.key, `status ${list.idOf(BEN)}`)
    list.admits(24 * 8 + 4, 'approve', BEN)
  }),
  'nobody completes it': lived(120, list =>
    list.asks(0, ANN, 'We would like to join the distributors list as members.'),
  ),
  'nobody decides': lived(40, list => whole(list, ANN)),
  'somebody is declined and asks again': lived(120, list => {
    whole(list, ANN)
    list.says(4, ALICE.fingerprint, text(`decline ${list.idOf(ANN)}`, 'Not yet.'))
    list.asks(5, ANN, list.answers)
    list.asks(24 * 100, ANN, list.answers)
  }),
  'it is full': lived(
    0,
    list => {
      whole(list, ANN)
      list.admits(3, 'approve', ANN)
      list.admits(24 * 8, 'approve', ANN)
    },
    { size: 4 },
  ),
  'members ask to share': lived(
    12,
    list => {
      const id = told(list)
      list.says(GONE, ONE, text(`ask-share ${id} with="our partner"`, 'They build it.'))
      list.says(GONE + 1, TWO, `grant-share ${id} to=M-000001`)
      list.says(GONE + 2, ALICE.fingerprint, `grant-share ${id} to=M-000001`)
    },
    { size: 4 },
  ),
  'members ask to share, and nobody answers': lived(9, list => {
    const id = told(list)
    list.says(GONE, ONE, text(`ask-share ${id} with="our partner"`, 'They build it.'))
  }),
  'members speak to a date': lived(
    7,
    list => {
      const id = told(list)
      list.says(GONE, ALICE.fingerprint, text(`plan ${id} disclose=2026-12-08T16:00Z`, 'It is ready.'))
      for (const member of [ONE, TWO]) list.says(GONE + 1, member, `agree ${id}`)
    },
    { size: 3 },
  ),
  'members contribute': lived(7, list => {
    const id = told(list)
    const tasks = list.written.contributing?.tasks.map(({ name }) => name) ?? []
    for (const task of [...tasks, list.word])
      if (/^[a-z-]+$/.test(task))
        list.says(GONE, ONE, text(`contribute ${id} task=${task}`, 'Done; nothing found.'))
  }),
  'members write to each other': lived(7, list => {
    const id = told(list)
    list.life.posts(at(GONE), id, 'It holds for us, too.', ONE)
  }),
  'one of them has a key that ends before the notice': lived(
    7,
    list => {
      const id = told(list)
      list.says(3, ALICE.fingerprint, `preflight ${id}`)
    },
    { change: one => (one.fingerprint === TWO ? { ...one, encryptsUntil: later(FROM, DAY) } : one) },
  ),
  'something leaks, again and again': lived(20, list => {
    const id = told(list)
    list.life.stranger(at(GONE), {
      text: text(`leak ${id}`, 'I told my aunt on Friday.'),
      from: 'somebody@else.example',
      addressed: { kind: 'security' },
    })
    list.says(GONE + 1, ONE, text(`leak ${id}`, 'I told my aunt on Friday.'))
    for (let count = 0; count < 4; count += 1)
      list.says(GONE + 2 + count, ALICE.fingerprint, text('strike D-000001', 'They told their aunt.'))
    for (const incident of list.life.known.incidents.keys())
      list.says(GONE + 6, ALICE.fingerprint, `incident ${incident}`)
    list.says(GONE + 7, ALICE.fingerprint, 'show D-000001')
    list.says(GONE + 8, ALICE.fingerprint, text('remove D-000001', 'Again.'))
    const again = { ...ANN, key: ONE, address: 'oncall@one.example' }
    list.asks(GONE + 9, again, list.answers.replace('New Linux', 'one'))
    list.proves(GONE + 10, again)
    list.vouches(GONE + 11, TWO, again)
    list.admits(GONE + 12, 'approve', again)
    list.admits(GONE + 13 + 24 * 8, 'approve', again)
  }),
  'keys end': lived(90, () => undefined, {
    change: one => ({ ...one, encryptsUntil: later(FROM, 75 * DAY) }),
  }),
  'terms change, and one is silent': lived(
    80,
    list => {
      const { version, sha256 } =
        list.life.known.settings.projects[0]?.policy.membership?.terms ?? list.written.terms
      list.says(3, ONE, `accept-policy version=${JSON.stringify(version)} sha256=${sha256}`)
      list.says(4, ONE, 'my')
    },
    {
      change: one => ({
        ...one,
        acceptance: one.acceptance && { ...one.acceptance, version: '0', sha256: OLD },
      }),
    },
  ),
  'nobody says who reads along': lived(800, list => {
    list.says(3, ONE, 'attest people=3')
  }),
  'another contact comes, and a key follows another': lived(9, list => {
    list.says(
      0,
      ONE,
      `contact add name="New" address=new@one.example kind=person for=${NEW} att:key.asc`,
      NEW,
    )
    list.says(0, TWO, 'key add att:key.asc', NEXT)
    list.provesAs(1, NEW)
    list.provesAs(2, NEXT)
    for (const { id, state } of list.life.known.contacts)
      if (state !== 'active') list.says(3, ALICE.fingerprint, `approve ${id}`)
    list.says(24 * 4, NEW, 'my')
  }),
  'members name others': lived(9, list => {
    list.says(0, ONE, 'contact add name="First" address=first@one.example att:key.asc', NEXT)
    for (let count = 0; count < 6; count += 1) {
      const key = fingerprint(OTHERS[count] ?? '0')
      list.says(
        count,
        ONE,
        `contact add name="P ${count}" address=p${count}@one.example kind=person for=${key} att:key.asc`,
        key,
      )
    }
    list.says(
      7,
      ONE,
      `contact add name="Team" address=team@one.example kind=role for=${TEAM} att:key.asc`,
      TEAM,
    )
    list.says(8, ONE, 'my')
  }),
  'who is on the list': lived(0, list => {
    list.says(1, ONE, 'roster')
    list.says(2, ALICE.fingerprint, 'roster level=count')
    list.says(3, BOB.fingerprint, 'roster level=full')
  }),
  'somebody joins while an embargo holds': lived(14, list => {
    told(list)
    whole(list, ANN, GONE)
    list.admits(GONE + 5, 'approve', ANN)
    list.admits(GONE + 24 * 8, 'approve', ANN)
  }),
}
