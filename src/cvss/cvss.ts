// A CVSS vector as somebody typed it → a severity with its base score, or one sentence on what is wrong. What
// the library is given was checked here, metric by metric; it only computes.
import calculator from 'ae-cvss-calculator'
import type { Severity } from '../model/case.ts'
import { err, ok, type Result } from '../model/result.ts'
import { METRICS_3, METRICS_4, type Metrics } from './metrics.ts'

/** Characters; the longest vector there is has fewer. */
const MAX_VECTOR = 300
const EXAMPLE = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

type Version = Severity['version']

const VERSIONS: Readonly<Record<Version, Metrics>> = { '3.0': METRICS_3, '3.1': METRICS_3, '4.0': METRICS_4 }

const isVersion = (text: string): text is Version => Object.hasOwn(VERSIONS, text)

/**
 * Every mandatory metric once, none twice, none unknown, in upper case. v4.0 §7 prescribes the order; v3.x §6
 * allows any, and the vector that comes back is in the one it lists. The error is half a sentence.
 */
export function parseSeverity(text: string): Result<Severity, string> {
  if (text.length > MAX_VECTOR) return err(`the vector has more than ${MAX_VECTOR} characters`)
  const [prefix = '', ...pairs] = text.split('/')
  const version = /^CVSS:(.{3})$/.exec(prefix)?.[1]
  if (version === undefined || !isVersion(version))
    return err(
      /^cvss:/i.test(text) && text !== text.toUpperCase() && isVersion(prefix.slice(5))
        ? `a vector is written in upper case, like ${EXAMPLE}`
        : `a vector begins with CVSS:3.0/, CVSS:3.1/ or CVSS:4.0/, like ${EXAMPLE}`,
    )
  const values = readPairs(pairs, version)
  if (!values.ok) return values
  const { mandatory, optional } = VERSIONS[version]
  const missing = mandatory.filter(({ name }) => !values.value.has(name)).map(({ name }) => name)
  if (missing.length > 0) return err(`the vector lacks ${missing.join(', ')}`)
  const vector = written(version, [...mandatory, ...optional], values.value)
  if (version === '4.0' && vector !== text)
    return err(`the metrics of CVSS 4.0 stand in a fixed order, here ${vector}`)
  return ok({ version, vector, score: baseScore(version, written(version, mandatory, values.value)) })
}

function readPairs(pairs: readonly string[], version: Version): Result<ReadonlyMap<string, string>, string> {
  const { mandatory, optional } = VERSIONS[version]
  const known = new Map([...mandatory, ...optional].map(({ name, values }) => [name, values]))
  const values = new Map<string, string>()
  for (const pair of pairs) {
    const [name = '', value = '', ...more] = pair.split(':')
    const allowed = known.get(name)
    if (allowed === undefined)
      return err(
        known.has(name.toUpperCase())
          ? `metrics are written in upper case: ${name.toUpperCase()}, not ${name}`
          : `CVSS ${version} has no metric "${name}"`,
      )
    if (more.length > 0 || !allowed.includes(value))
      return err(`${name} is one of ${allowed.join(', ')}, not "${[value, ...more].join(':')}"`)
    if (values.has(name)) return err(`${name} stands twice in the vector`)
    values.set(name, value)
  }
  return ok(values)
}

const written = (
  version: Version,
  metrics: Metrics['mandatory'],
  values: ReadonlyMap<string, string>,
): string =>
  [`CVSS:${version}`]
    .concat(metrics.filter(({ name }) => values.has(name)).map(({ name }) => `${name}:${values.get(name)}`))
    .join('/')

/** Of the mandatory metrics alone. */
function baseScore(version: Version, vector: string): number {
  switch (version) {
    case '3.0':
      return new calculator.Cvss3P0(vector).calculateScores().overall
    case '3.1':
      return new calculator.Cvss3P1(vector).calculateScores().overall
    case '4.0':
      return new calculator.Cvss4P0(vector).calculateScores().overall
  }
}

/** The word for a base score (v3.x §5, v4.0 §6). */
export function ratingOf(score: number): 'none' | 'low' | 'medium' | 'high' | 'critical' {
  if (score === 0) return 'none'
  if (score < 4) return 'low'
  if (score < 7) return 'medium'
  return score < 9 ? 'high' : 'critical'
}
