// A small scripted life of cases under a policy, in chapters that each begin anew: what its keys bring about shows in
// the mails of at least one. It says nothing of what those must be; tests compare the same story under two policies.
import type { Policy } from '../../src/model/policy.ts'
import { type CaseId, type Instant, instant, later } from '../../src/model/scalars.ts'
import { DAY, formatInstant, HOUR } from '../../src/model/time.ts'
import { ALICE, BOB } from '../decide/given.ts'
import { CAROL, DAVE, Life, type Listed, listedUnder, noticeLine } from './life.ts'

/** A Friday afternoon. */
const FRIDAY = instant(Date.UTC(2026, 10, 27, 16, 30))
const REPORT = 'When I knock twice, the gate opens.'
const HIGH = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
const LOW = 'CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N'
/** Base scores 3.1, 4.3, 5.3, 7.5, 9.1, 9.8. */
const SCORES = [
  LOW,
  'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N',
  HIGH,
]

export type Setting = {
  readonly policy: Policy
  /** The policy that the story was written for: its people use its names, whatever the other says. */
  readonly written: Policy
  /** What stands at the key in question, which its people say, report, tag with and plan for. */
  readonly word: string
}

/** What a chapter prints. */
export type Chapter = (setting: Setting) => string

const OTHERS = { bob: BOB.fingerprint, carol: CAROL.fingerprint }

/** One step of a story: so many hours after the report, a command of Alice's, of Bob's, an admin too, or of Carol's, a maintainer. */
type Step = readonly [hours: number, line: string, by?: keyof typeof OTHERS]
type Script = (id: CaseId, setting: Setting, from: Instant) => readonly Step[]

const text = (line: string, words: string): string => `${line} <<\n${words}\n.`
const isDate = (word: string): boolean => /^\d{4}-\d\d-\d\d$/.test(word)
const isSlug = (word: string): boolean => /^[a-z][a-z0-9-]{0,39}$/.test(word)

/** When a story begins: at a date that is in question a little before it. */
const beginning = (word: string): Instant =>
  isDate(word) ? later(instant(Date.parse(`${word}T16:30Z`)), -DAY) : FRIDAY

/** A report, these steps, and then nobody acts until so many days after the report. `admins`: if not the usual two. */
const lived =
  (
    days: number,
    script: Script,
    report: (word: string) => string = () => REPORT,
    admins: Listed['admins'] = [ALICE, BOB],
  ): Chapter =>
  setting => {
    const from = beginning(setting.word)
    const life = new Life(setting.policy, from, { ...listedUnder(setting.policy), admins })
    const id = life.report(from, report(setting.word))
    for (const [hours, line, by] of script(id, setting, from))
      life.command(later(from, hours * HOUR), line, by && OTHERS[by])
    life.until(later(from, days * DAY))
    return life.print()
  }

/** Every tag that the policy asks for. */
const tagsOf = ({ clocks, priorities }: Policy): readonly string[] => [
  ...new Set([...clocks, ...priorities].flatMap(({ when }) => when?.tags ?? [])),
]

/** Accepted and described, so that all that depends on it holds, one command an hour. */
const prepared = (id: CaseId, { word, written }: Setting, vector: string): readonly Step[] => {
  const tags = [...tagsOf(written), ...(isSlug(word) ? [word] : [])]
  const lines = [
    `accept ${id}`,
    ...(tags.length === 0 ? [] : [`tag ${id} ${tags.join(' ')}`]),
    `severity ${id} cvss=${vector}`,
    text(`mitigate ${id} straightforward=yes`, 'Lock the gate.'),
  ]
  return lines.map((line, at) => [at + 1, line] as const)
}

/** All that is done about a case. */
const wholeWay: Script = (id, setting) => [
  ...prepared(id, setting, HIGH),
  [5, `take ${id}`],
  [6, `share ${id} with=maintainers`],
  [7, text(`reply ${id} clear=yes plan=yes`, 'We will look at the gate.')],
  [8, `assign ${id} fix=carol`],
  [9, text(`comms ${id}`, 'We tell users on Monday.')],
  [10, `cve ${id} request`],
  [11, `fix-ready ${id} tested="by hand" lgtm="bob"`],
  [12, text(`plan ${id} disclose=2026-12-09T16:00Z`, 'The fix is there then.')],
  ...setting.written.notices.stages.map(
    stage => [12, noticeLine(id, stage, '2026-12-02T16:00Z', 'The gate opens. A patch follows.')] as const,
  ),
  [13, `affects ${id} v1.2 v1.3`],
  [14, `fixed ${id} v1.4`],
  [15, `show ${id}`],
]

/** The first so many steps of it. */
const onItsWay =
  (steps: number): Script =>
  (...about) =>
    wholeWay(...about).slice(0, steps)

export const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'its words are reported': lived(
    0,
    () => [],
    word => word,
  ),
  'nobody acts': lived(9, () => []),
  'it is described': lived(0, (id, setting) => [
    ...prepared(id, setting, HIGH),
    [5, `show ${id}`],
    [6, 'list'],
  ]),
  'it has one priority after the other': lived(0, (id, { written }) =>
    written.priorities.flatMap(({ when }, at) => {
      const others = tagsOf(written).filter(tag => !when.tags.includes(tag))
      const tags = [...when.tags, ...others.map(tag => `-${tag}`)]
      return [
        ...(tags.length === 0 ? [] : [[3 * at + 1, `tag ${id} ${tags.join(' ')}`] as const]),
        [3 * at + 2, `severity ${id} cvss=${when.severity?.below === undefined ? HIGH : LOW}`],
        [3 * at + 3, 'list'],
        [3 * at + 3, `show ${id}`],
      ]
    }),
  ),
  'a word is tagged, a late date asked for': lived(
    2,
    (id, { word }) => [
      [1, `accept ${id}`],
      ...(isSlug(word) ? [[2, `tag ${id} ${word}`] as const] : []),
      [3, `show ${id}`],
      [4, 'list'],
    ],
    () => 'Please disclose it on March 1, 2028.',
  ),
  'by each version of CVSS': lived(0, id => [
    [1, `severity ${id} cvss=CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N`],
    [2, `severity ${id} cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N`],
    [3, `severity ${id} cvss=CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N`],
  ]),
  'whose turn it is, and whose word': lived(12, id => [
    [72, `accept ${id}`],
    [73, `share ${id} with=maintainers`],
    [74, `assign ${id} lead=carol`],
    [75, `accept-lead ${id}`, 'carol'],
    [121, `severity ${id} cvss=${HIGH}`, 'carol'],
    [122, `severity ${id} cvss=${LOW}`],
    [123, `assign ${id} fix=dave`, 'carol'],
    [124, `assign ${id} fix=carol`],
    [150, `accept-terms ${id}`, 'carol'],
    [200, `access ${id} carol granted`],
    [201, `access ${id} dave granted`],
    [202, `show ${id}`],
  ]),
  'whether distributors hear of it early, and by whose word': lived(0, (id, setting) => {
    const { stages } = setting.written.notices
    const early = stages.map(stage => noticeLine(id, stage, '2026-12-10T16:00Z', 'It opens.'))
    return [
      ...prepared(id, setting, HIGH),
      [5, `share ${id} with=maintainers`],
      [6, text(`plan ${id} disclose=2026-12-16T16:00Z`, 'The fix is there then.')],
      ...early.map(line => [7, line] as const),
      [8, `assign ${id} lead=carol`],
      [9, `accept-lead ${id}`, 'carol'],
      ...early.map(line => [10, line] as const),
      [11, text(`notify ${id} no`, 'Only admins are hit.')],
      [12, text(`notify ${id} yes`, 'It is worse.'), 'carol'],
      ...early.map(line => [13, line] as const),
    ]
  }),
  'another admin leads it': lived(0, (id, setting) => {
    const { stages } = setting.written.notices
    const send = '2026-12-10T16:00Z'
    return [
      ...prepared(id, setting, HIGH),
      [5, `take ${id}`],
      [6, text(`plan ${id} disclose=2026-12-16T16:00Z`, 'The fix is there then.')],
      ...stages.map(stage => [7, noticeLine(id, stage, send, 'It opens.'), 'bob'] as const),
      ...stages.map(({ name }) => [8, text(`notice ${id} stage=${name} send=${send}`, 'It opens.')] as const),
    ]
  }),
  'it is for other cases': lived(0, (id, { written }) => [
    [1, `accept ${id}`],
    ...written.notices.stages.map(
      stage => [2, noticeLine(id, stage, '2026-12-02T16:00Z', 'It opens.')] as const,
    ),
  ]),
  'it is rejected': lived(2, id => [
    [1, text(`reject ${id}`, 'Knocking twice is how one asks to be let in.')],
  ]),
  'on which days and at which hours': setting =>
    lived(0, id => {
      const day = isDate(setting.word) ? setting.word : '2026-12-09'
      const [stage] = setting.written.notices.stages
      const atHours = Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}:00Z`)
      const onDays = Array.from({ length: 9 }, (_, at) => `2026-12-0${at + 1}T15:00Z`)
      const plans = [...atHours, ...onDays].map(
        at => [2, text(`plan ${id} disclose=${at}`, 'Agreed.')] as const,
      )
      const notices = atHours.flatMap(at =>
        stage === undefined ? [] : [[3, noticeLine(id, stage, at, 'It opens.')] as const],
      )
      return [[1, `accept ${id}`], ...plans, ...notices]
    })(setting),
  'it takes longer': lived(35, (id, { written, word }, from) => {
    const names = [...written.embargo.reasons.map(({ name }) => name), isSlug(word) ? word : 'because']
    const dates = [15, 25, 95, 120, 395].map(days => formatInstant(later(from, days * DAY)))
    return [
      [1, `accept ${id}`],
      ...dates.map(at => [2, text(`plan ${id} disclose=${at}`, 'They need it.')] as const),
      ...dates.map(at => [3, text(`extend ${id} until=${at}`, 'They need it.')] as const),
      ...names.map(
        name => [4, text(`extend ${id} until=${dates[1]} reason=${name}`, 'They need it.')] as const,
      ),
    ]
  }),
  'upstream is later': lived(40, (id, setting) => [
    ...prepared(id, setting, LOW),
    [5, `upstream ${id} name="Gatekeeper" date=2026-12-30T12:00Z`],
    [6, `show ${id}`],
  ]),
  'it is public': lived(25, (id, setting) => [
    ...prepared(id, setting, HIGH),
    [100, `public ${id} url=https://example.org/post`],
    [101, `show ${id}`],
  ]),
  'it is slowed down, however severe': setting =>
    SCORES.map(vector =>
      lived(3, id => [
        [1, `severity ${id} cvss=${vector}`],
        [2, text(`slow ${id}`, 'Holidays.')],
        [3, `show ${id}`],
      ])(setting),
    ).join('\n'),
  'it is mitigated, however severe': setting =>
    SCORES.map(vector => lived(0, id => [...prepared(id, setting, vector), [5, `show ${id}`]])(setting)).join(
      '\n',
    ),
  'it is slowed down for long': lived(30, (id, setting) => [
    ...prepared(id, setting, LOW),
    [5, `fix-ready ${id} tested="by hand" lgtm="bob"`],
    [6, text(`slow ${id}`, 'Holidays.')],
  ]),
  'it is slowed down before it is fixed': lived(30, (id, setting) => [
    ...prepared(id, setting, LOW),
    [6, text(`slow ${id}`, 'Holidays.')],
  ]),
  'it comes far on its way': lived(30, wholeWay),
  'three admins confirm': lived(
    1,
    (id, setting) => [
      ...prepared(id, setting, HIGH),
      [5, `take ${id}`],
      [6, text(`plan ${id} disclose=2026-12-09T16:00Z`, 'The fix is there then.')],
      ...setting.written.notices.stages.map(
        stage => [7, noticeLine(id, stage, '2026-12-02T16:00Z', 'It opens.')] as const,
      ),
    ],
    undefined,
    [ALICE, BOB, DAVE],
  ),
  'it stays where it is': lived(30, onItsWay(4)),
  'it is fixed and stays': lived(30, onItsWay(11)),
  'nobody publishes it': lived(130, onItsWay(1)),
}
