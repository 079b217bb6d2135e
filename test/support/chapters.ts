// A small scripted life of cases under a policy, in chapters that each begin anew: what its keys bring about shows in
// the mails of at least one. It says nothing of what those must be; tests compare the same story under two policies.
import type { Policy } from '../../src/model/policy.ts'
import { type CaseId, type Instant, instant, later } from '../../src/model/scalars.ts'
import { DAY, formatInstant, HOUR } from '../../src/model/time.ts'
import { ALICE } from '../decide/given.ts'
import { CAROL, Life } from './life.ts'

/** A Friday afternoon. */
const FRIDAY = instant(Date.UTC(2026, 10, 27, 16, 30))
const REPORT = 'When I knock twice, the gate opens.'
const HIGH = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
/** Base scores 3.1, 4.3, 5.3, 7.5, 9.8. */
const SCORES = [
  'CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
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

const text = (line: string, words: string): string => `${line} <<\n${words}\n.`
const isDate = (word: string): boolean => /^\d{4}-\d\d-\d\d$/.test(word)

/** When a story begins: at a date that is in question a little before it. */
const beginning = (word: string): Instant =>
  isDate(word) ? later(instant(Date.parse(`${word}T16:30Z`)), -DAY) : FRIDAY

/** A case, an hour later these commands an hour apart, and then nobody acts for some days. */
const lived =
  (
    idle: number,
    commands: (id: CaseId, setting: Setting) => readonly string[],
    report: (word: string) => string = () => REPORT,
  ): Chapter =>
  setting => {
    const from = beginning(setting.word)
    const life = new Life(setting.policy, from)
    const id = life.report(from, report(setting.word))
    let at = from
    for (const line of commands(id, setting)) {
      at = later(at, HOUR)
      life.command(at, line)
    }
    life.until(later(from, idle * DAY))
    return life.print()
  }

/** Further and further on its way, and left there. */
const onItsWay = (id: CaseId, { word, written }: Setting): readonly string[] => [
  `take ${id}`,
  `accept ${id}`,
  `share ${id} with=maintainers`,
  ...(/^[a-z][a-z0-9-]*$/.test(word) ? [`tag ${id} ${word}`] : []),
  text(`reply ${id} clear=yes`, 'Thank you. Which version was it?'),
  text(`reply ${id} clear=yes plan=yes`, 'We will look at the gate.'),
  `severity ${id} cvss=${HIGH}`,
  `assign ${id} fix=carol`,
  text(`mitigate ${id}`, 'Lock the gate.'),
  text(`mitigate ${id} mitigation=straightforward`, 'Lock the gate.'),
  text(`comms ${id}`, 'We tell users on Monday.'),
  `cve ${id} request`,
  `fix-ready ${id} tested="by hand" lgtm="bob"`,
  ...written.notices.stages.map(({ name }) =>
    text(`notice ${id} stage=${name} send=2026-12-02T16:00Z`, 'The gate opens. A patch follows.'),
  ),
  `show ${id}`,
]

const wayMarks = [2, 3, 6, 8, 11, 13, 20]

export const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'its words are reported': lived(
    0,
    () => [],
    word => word,
  ),
  'nobody acts': lived(9, () => []),
  ...Object.fromEntries(
    wayMarks.map(steps => [
      `${steps} steps on its way`,
      lived(30, (id, setting) => onItsWay(id, setting).slice(0, steps)),
    ]),
  ),
  'a word is tagged, a date proposed': lived(
    25,
    (id, { word }) => [`accept ${id}`, ...(isDate(word) ? [] : [`tag ${id} ${word}`]), `show ${id}`],
    () => 'Please disclose it on March 1, 2028.',
  ),
  'of every severity': setting =>
    SCORES.map(vector =>
      lived(12, id => [
        `accept ${id}`,
        `severity ${id} cvss=${vector}`,
        text(`slow ${id}`, 'Holidays.'),
        `show ${id}`,
      ])(setting),
    ).join('\n'),
  'by each version of CVSS': lived(0, id => [
    `severity ${id} cvss=CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N`,
    `severity ${id} cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N`,
    `severity ${id} cvss=CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N`,
  ]),
  'led by a maintainer': setting => {
    const life = new Life(setting.policy, FRIDAY)
    const id = life.report(FRIDAY, REPORT)
    const after = (hours: number) => later(FRIDAY, hours * HOUR)
    life.command(after(1), `accept ${id}`)
    life.command(after(2), `share ${id} with=maintainers`)
    life.until(after(3 * 24))
    life.command(after(73), `assign ${id} lead=carol`)
    life.until(after(6 * 24))
    life.command(after(145), `take ${id}`, CAROL.fingerprint)
    life.command(after(146), `severity ${id} cvss=${HIGH}`, CAROL.fingerprint)
    life.command(after(147), `severity ${id} cvss=${SCORES[0]}`, ALICE.fingerprint)
    life.command(after(148), `assign ${id} fix=dave`, CAROL.fingerprint)
    life.until(after(9 * 24))
    life.command(after(217), `access ${id} dave granted`, ALICE.fingerprint)
    life.command(after(218), `terms ${id} dave`, ALICE.fingerprint)
    life.until(after(20 * 24))
    return life.print()
  },
  'upstream is later': lived(40, id => [
    `accept ${id}`,
    `severity ${id} cvss=${SCORES[0]}`,
    `upstream ${id} name="Gatekeeper" date=2026-12-30T12:00Z`,
    `show ${id}`,
  ]),
  'it is public': lived(25, id => [
    `accept ${id}`,
    `severity ${id} cvss=${HIGH}`,
    `public ${id} url=https://example.org/post`,
    `show ${id}`,
  ]),
  'it is rejected': lived(10, id => [text(`reject ${id}`, 'Knocking twice is how one asks to be let in.')]),
  'it is to be published then': setting => {
    const from = beginning(setting.word)
    const life = new Life(setting.policy, from)
    const id = life.report(from, REPORT)
    life.command(later(from, HOUR), `accept ${id}`)
    const day = isDate(setting.word) ? setting.word : '2026-12-09'
    const stage = setting.written.notices.stages[0]?.name ?? 'none'
    for (let hour = 0; hour < 24; hour += 1) {
      const instantOf = `${day}T${String(hour).padStart(2, '0')}:00Z`
      life.command(later(from, 2 * HOUR), `plan ${id} disclose=${instantOf}`)
      life.command(later(from, 2 * HOUR), text(`notice ${id} stage=${stage} send=${instantOf}`, 'It opens.'))
    }
    for (let days = 1; days <= 7; days += 1)
      life.command(later(from, 3 * HOUR), `plan ${id} disclose=2026-12-0${days}T15:00Z`)
    return life.print()
  },
  'it takes longer': setting => {
    const life = new Life(setting.policy, FRIDAY)
    const id = life.report(FRIDAY, REPORT)
    life.command(later(FRIDAY, HOUR), `accept ${id}`)
    for (const [at, days] of [15, 25, 95, 120, 395].entries()) {
      const until = formatInstant(later(FRIDAY, days * DAY))
      const reason = setting.written.embargo.reasons[at]?.name ?? setting.word
      life.command(later(FRIDAY, (2 + at) * HOUR), `plan ${id} disclose=${until}`)
      life.command(
        later(FRIDAY, (2 + at) * HOUR),
        text(`extend ${id} until=${until}`, `${reason}: more time`),
      )
      life.command(
        later(FRIDAY, (2 + at) * HOUR),
        text(`extend ${id} until=${until} reason=${reason}`, 'More time.'),
      )
    }
    life.until(later(FRIDAY, 130 * DAY))
    return life.print()
  },
  'nobody publishes it': lived(130, id => [`take ${id}`, `accept ${id}`]),
}
