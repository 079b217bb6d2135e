// A year of reports and of people who act on them in time, late or never: drawn from a seed, and lived through by the
// real rules and the real commands.
import type { Policy } from '../../src/model/policy.ts'
import { type CaseId, type Instant, instant, later } from '../../src/model/scalars.ts'
import { DAY, SECOND } from '../../src/model/time.ts'
import { BOB } from '../decide/given.ts'
import { CAROL, Life, type Listed, listedUnder } from './life.ts'
import { type Deed, listHabits } from './year-list.ts'

const NEW_YEAR = instant(Date.UTC(2026, 0, 1))
const YEAR = 365 * DAY
/** Time goes on after the year, beyond all that is still done about its last report. */
export const END = later(NEW_YEAR, YEAR + 75 * DAY)

/** Numbers from 0 to 1 that one seed always gives (Mulberry32). */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Act = {
  readonly at: Instant
  readonly number: number
  readonly act: (life: Life, id: CaseId) => readonly Deed[]
}

/** A life, and what people did about early disclosure in it. */
export type Year = { readonly life: Life; readonly deeds: readonly Deed[] }

const VECTORS = [
  'CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
]
const text = (line: string): string => `${line} <<\nAs agreed.\n.`

/** What is done about a case, how likely, and from when to when, in days after it was reported. */
const habits = (tags: readonly string[]) =>
  [
    [0.8, 0, 5, (id: string) => [`take ${id}`]],
    [0.85, 0, 6, (id: string) => [text(`reply ${id} clear=yes`)]],
    [0.85, 0.5, 9, (id: string) => [text(`reply ${id} clear=yes plan=yes`)]],
    [0.2, 1, 12, (id: string) => [text(`reject ${id}`)]],
    [0.7, 0.5, 9, (id: string) => [`accept ${id}`, `share ${id} with=maintainers`]],
    [0.6, 0.5, 12, (id: string, draw: () => number) => [`severity ${id} cvss=${drawn(VECTORS, draw)}`]],
    [0.5, 0.1, 10, (id: string, draw: () => number) => [`tag ${id} ${drawn(tags, draw)}`]],
    [0.5, 0.5, 5, (id: string) => [`assign ${id} fix=${CAROL.name}`, `access ${id} ${CAROL.name}`]],
    [0.5, 1, 14, (id: string) => [text(`mitigate ${id}`)]],
    [0.5, 2, 20, (id: string) => [text(`comms ${id}`)]],
    [0.4, 2, 30, (id: string) => [`cve ${id} request`]],
    [0.1, 3, 12, (id: string) => [`public ${id} url=https://example.org/post`]],
    [0.6, 4, 40, (id: string) => [`fix-ready ${id} tested="by hand" lgtm="bob"`]],
    [0.93, 25, 60, (id: string) => [`close ${id} as=internal`]],
  ] as const

const drawn = <T>(from: readonly T[], draw: () => number): T => {
  const found = from[Math.floor(draw() * from.length)]
  if (found === undefined) throw new Error('nothing to draw from')
  return found
}

/** Lives through a year of so many cases, and a little more. */
export function yearOf(policy: Policy, cases: number, seed: number): Year {
  const [draw, drawOfList] = [dice(seed), dice(seed + 1_000_000)]
  const tags = [
    ...new Set([...policy.clocks, ...policy.priorities].flatMap(({ when }) => when?.tags ?? [])),
    'other',
  ]
  const arrivals = Array.from({ length: cases }, () => onASecond(NEW_YEAR, draw() * YEAR)).sort(
    (a, b) => a - b,
  )
  const acts: Act[] = []
  for (const [number, arrival] of arrivals.entries()) {
    for (const [likely, from, to, lines] of habits(tags)) {
      const [happens, when, which] = [draw(), draw(), draw()]
      if (happens > likely) continue
      const at = onASecond(arrival, (from + when * (to - from)) * DAY + SECOND)
      const act = (life: Life, id: CaseId) => {
        for (const line of lines(id, () => which)) life.command(at, line, BOB.fingerprint)
        return []
      }
      acts.push({ at, number, act })
    }
    for (const [likely, from, to, doing] of listHabits(policy)) {
      const [happens, when, which] = [drawOfList(), drawOfList(), drawOfList()]
      if (happens > likely) continue
      const at = onASecond(arrival, (from + when * (to - from)) * DAY + SECOND)
      acts.push({ at, number, act: (life, id) => doing(life, id, at, dice(which * 2 ** 32)) })
    }
  }
  acts.sort((a, b) => a.at - b.at)
  const life = new Life(policy, NEW_YEAR, withOwnKeys(listedUnder(policy, 4)))
  const deeds: Deed[] = []
  const ids: CaseId[] = []
  const reportUntil = (end: number) => {
    for (let next = arrivals[ids.length]; next !== undefined && next <= end; next = arrivals[ids.length])
      ids.push(
        life.report(next, `When I knock ${ids.length} times, the gate opens.`, `r${ids.length}@post.example`),
      )
  }
  for (const { at, number, act } of acts) {
    reportUntil(at)
    const id = ids[number]
    if (id === undefined) throw new Error('acted on before it was reported')
    deeds.push(...act(life, id))
  }
  reportUntil(NEW_YEAR + YEAR)
  life.until(END)
  return { life, deeds }
}

/** Each with octets of a certificate that nobody else has. */
const withOwnKeys = ({ contacts, ...rest }: Listed): Listed => ({
  ...rest,
  contacts: contacts.map((one, number) => ({ ...one, certificate: Uint8Array.of(number) })),
})

const onASecond = (start: Instant, milliseconds: number): Instant =>
  instant(Math.floor((start + milliseconds) / SECOND) * SECOND)
