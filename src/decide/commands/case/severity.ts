// `severity` and `propose-severity`: a CVSS vector, strictly validated, with its base score.
import { parseSeverity, ratingOf } from '../../../cvss/cvss.ts'
import type { Case, Severity } from '../../../model/case.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { decidesSeverity } from '../../authority.ts'
import { changedClocks, priorityOf } from '../../time/promises.ts'
import { type Command, defineCommand, effect, type Refusal, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { type CaseArguments, caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { toAllOthers, whyNotSlow } from './pace.ts'

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

/** A vector of a version that the policy takes, from whoever has the word; else why not, and what to send. */
function whyNot(
  theCase: Case,
  { version }: Severity,
  verb: string,
  { settings }: World,
): Refusal | undefined {
  const { displayName, severity: rule } = policyOf(settings, theCase.project)
  const { versions } = rule
  if (versions.includes(version)) return undefined
  const text = `The policy of ${displayName} takes CVSS ${versions.join(' or ')}, not ${version}; score it anew and send: ${verb} ${theCase.id} cvss=CVSS:${versions.at(-1)}/…`
  return { code: 'E-POLICY', text: plaintext(text) }
}

/** Why the last word on it is somebody else's, and how to propose it to them. */
function whyNotTheirs(theCase: Case, { settings, who, actor }: World): Refusal | undefined {
  const { id, lead, project } = theCase
  const { displayName, severity: rule } = policyOf(settings, project)
  if (decidesSeverity(theCase, who, actor.name, settings)) return undefined
  const instead = `to propose it, send: propose-severity ${id} cvss=…`
  if (rule.decidedBy === 'team' || lead === undefined)
    return { code: 'E-ROLE', text: plaintext(`An admin decides; ${instead}`) }
  const text = `By the policy of ${displayName} the lead decides, who is ${lead}; ${instead}`
  return { code: 'E-POLICY', text: plaintext(text) }
}

/** Who decides, as the transcript of a proposal says. */
const decider = ({ lead, project }: Case, { settings }: World): string =>
  policyOf(settings, project).severity.decidedBy === 'lead' && lead !== undefined ? lead : 'An admin'

export const severity: Command = defineCommand<Wanted>({
  verb: 'severity',
  usage: 'severity C-… cvss=CVSS:3.1/…',
  summary: 'the final severity, as a CVSS 3.0, 3.1 or 4.0 vector',
  roles: ['lead', 'admin'],
  nature: 'reversible',
  parse: takeVector,
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, severity: before } = found.value
    const refusal =
      whyNotTheirs(found.value, world) ?? whyNot(found.value, wanted.severity, 'severity', world)
    if (refusal !== undefined) return err(refusal)
    if (before?.vector === wanted.severity.vector)
      return effect('noop', plaintext(`${id} is rated so already: ${told(before)}.`))
    const was = before === undefined ? '' : ` It was ${told(before)}.`
    const fact = caseFact(found.value, world)
    const rated = { ...fact, kind: 'severity-set', severity: wanted.severity } as const
    const policy = policyOf(world.settings, found.value.project)
    const isTooHigh =
      found.value.slowed !== undefined && whyNotSlow(evolveCase(found.value, rated), policy) !== undefined
    const events = isTooHigh ? [rated, { ...fact, kind: 'slow-ended' } as const] : [rated]
    const after = events.reduce<Case>(evolveCase, found.value)
    const first = priorityOf(after, policy)
    const priority = first === undefined ? '' : ` Priority: ${first.priority.text}.`
    const hurry = isTooHigh ? ' By the policy it is slowed down no more.' : ''
    // A score decides for which cases a clock holds.
    const clocks = changedClocks(found.value, after, policy)
    const changed = clocks.length === 0 ? '' : `\nClocks: ${clocks.join('; ')}.`
    const text = plaintext(`${id} is rated ${told(wanted.severity)}.${was}${priority}${hurry}${changed}`)
    return effect('ok', text, {
      facts: { case: id, vector: wanted.severity.vector, score: wanted.severity.score },
      events,
      // Who heard that there is time hears that there is none.
      ...(isTooHigh ? { mails: toAllOthers(found.value, world, [text]), others: 'told' } : {}),
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
    const refusal = whyNot(found.value, wanted.severity, 'propose-severity', world)
    if (refusal !== undefined) return err(refusal)
    if (before?.vector === wanted.severity.vector)
      return effect('noop', plaintext(`That is proposed for ${id} already: ${told(before)}.`))
    return effect(
      'ok',
      plaintext(`Proposed for ${id}: ${told(wanted.severity)}. ${decider(found.value, world)} decides.`),
      {
        facts: { case: id, vector: wanted.severity.vector, score: wanted.severity.score },
        events: [{ ...caseFact(found.value, world), kind: 'severity-proposed', severity: wanted.severity }],
      },
    )
  },
})
