// `case list` and `case show`: what the store holds of cases. Content only with --reveal.

import { answerLines, answersOf, type OrganisationAnswers, silentOf } from '../decide/sharing/answers.ts'
import type { Case } from '../model/case.ts'
import { instant, parseCaseId } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { NO_QUERY } from '../pipeline/query.ts'
import { reading } from './reading.ts'
import { asJson, EXIT, misused, printable, readArgs, type Verb } from './verb.ts'

export const caseVerb: Verb = {
  name: 'case',
  usage: 'list [--json] | show C-… [--reveal] [--json]',
  summary: 'cases and what is known of them; titles and notes only with --reveal',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' }, reveal: { type: 'boolean' } })
    if (!parsed.ok) return misused(caseVerb, parsed.error, io)
    const [what, reference, ...rest] = parsed.value.positionals
    const { json, reveal } = parsed.value.values
    const shown = reveal === true ? 'content' : 'facts'
    if (what === 'list' && reference === undefined)
      return reading(io, ({ store }) => {
        const cases = store.allCases({ limit: 1_000 })
        if (json === true) io.out(asJson(cases.map(one => factsOf(one, shown))))
        else for (const one of cases) io.out(line(one))
        return EXIT.done
      })
    const id = parseCaseId(reference ?? '')
    if (what !== 'show' || id === undefined || rest.length > 0)
      return misused(caseVerb, 'list, or show and a case like C-482107', io)
    return reading(io, ({ store, config: { settings } }) => {
      const now = instant(Temporal.Now.instant().epochMilliseconds)
      const known = store.readSnapshot({ ...NO_QUERY, cases: [id], now, settings, ownKeys: [] })
      const found = known.cases.get(id)
      if (found === undefined) {
        io.problem(`There is no case ${id}.`)
        return EXIT.failed
      }
      const facts = { ...factsOf(found, shown), ...answersIn(answersOf(found, known), shown) }
      if (json === true) io.out(asJson(facts))
      else for (const [name, value] of Object.entries(facts)) io.out(`${name}: ${printable(String(value))}`)
      return EXIT.done
    })
  },
}

const line = (one: Case): string =>
  `${one.id}  ${one.project}  ${one.state}  ${formatInstant(one.receivedAt)}  ${one.protection}  lead ${one.lead ?? 'nobody'}`

function factsOf(one: Case, shown: 'facts' | 'content'): Readonly<Record<string, string | number>> {
  const facts = {
    case: one.id,
    project: one.project,
    state: one.state,
    revision: one.revision,
    received: formatInstant(one.receivedAt),
    protection: one.protection,
    lead: one.lead ?? 'nobody',
    reporterKey: one.reporter.key?.fingerprint ?? 'unknown',
    mails: one.thread.length,
    replies: one.replies.length,
    notes: one.notes.length,
  }
  if (shown === 'facts') return facts
  const notes = one.notes.map(note => `${note.by}, ${formatInstant(note.at)}: ${note.text.open()}`).join('\n')
  return { ...facts, reporter: one.reporter.address ?? 'unknown', title: one.title.open(), noted: notes }
}

/** What the organisations that were told said of it; nothing where none was. */
function answersIn(all: readonly OrganisationAnswers[], shown: 'facts' | 'content') {
  if (all.length === 0) return {}
  const counts = { organisations: all.length, silent: silentOf(all).length }
  return shown === 'facts' ? counts : { ...counts, answers: answerLines(all, 'admin').join('\n') }
}
