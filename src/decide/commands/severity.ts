// `severity` and `propose-severity`: a CVSS vector, strictly validated, with its base score.
import { parseSeverity, ratingOf } from '../../cvss/cvss.ts'
import type { Severity } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { err, ok } from '../../model/result.ts'
import { type CaseArguments, caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { type Command, defineCommand, effect } from './command.ts'
import type { ParsedCommand } from './grammar.ts'

function takeVector(parsed: ParsedCommand) {
  const taken = takeCase(parsed, { named: ['cvss'], block: 'none' })
  if (!taken.ok) return taken
  const vector = taken.value.named.get('cvss')
  if (vector === undefined) return err('cvss= is missing')
  const severity = parseSeverity(vector)
  return severity.ok ? ok({ ...taken.value, severity: severity.value }) : severity
}

const told = ({ version, score }: Severity): string =>
  `${score.toFixed(1)}, ${ratingOf(score)} (CVSS ${version} base score)`

type Wanted = CaseArguments & { readonly severity: Severity }

export const severity: Command = defineCommand<Wanted>({
  verb: 'severity',
  usage: 'severity C-… cvss=CVSS:3.1/…',
  summary: 'the final severity, as a CVSS 3.0, 3.1 or 4.0 vector',
  roles: ['admin'],
  nature: 'reversible',
  parse: takeVector,
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, severity: before } = found.value
    if (before?.vector === wanted.severity.vector)
      return effect('noop', plaintext(`${id} is rated so already: ${told(before)}.`))
    const was = before === undefined ? '' : ` It was ${told(before)}.`
    return effect('ok', plaintext(`${id} is rated ${told(wanted.severity)}.${was}`), {
      facts: { case: id, vector: wanted.severity.vector, score: wanted.severity.score },
      events: [{ ...caseFact(found.value, world), kind: 'severity-set', severity: wanted.severity }],
    })
  },
})

export const proposeSeverity: Command = defineCommand<Wanted>({
  verb: 'propose-severity',
  usage: 'propose-severity C-… cvss=CVSS:3.1/…',
  summary: 'propose a severity to the team, which decides',
  roles: ['fix-team', 'lead', 'admin'],
  nature: 'reversible',
  parse: takeVector,
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, severityProposed: before } = found.value
    if (before?.vector === wanted.severity.vector)
      return effect('noop', plaintext(`That is proposed for ${id} already: ${told(before)}.`))
    return effect('ok', plaintext(`Proposed for ${id}: ${told(wanted.severity)}. An admin decides.`), {
      facts: { case: id, vector: wanted.severity.vector, score: wanted.severity.score },
      events: [{ ...caseFact(found.value, world), kind: 'severity-proposed', severity: wanted.severity }],
    })
  },
})
