// What users are told in clear while an embargo lasts: severity, date and what they can do until then, and nothing else
// of the case. In goes a case, out comes that, or why it must not go and what to send first.
import { ratingOf } from '../../cvss/cvss.ts'
import type { Case } from '../../model/case.ts'
import type { Forecast, Notice } from '../../model/notice.ts'
import type { Plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'

export type UsersText = { readonly text: Plaintext; readonly forecast: Forecast }

/** The error is a sentence with the command that mends it. */
export function usersText(theCase: Case): Result<UsersText, string> {
  const { id, severity, mitigations, embargo } = theCase
  const missing = [
    severity === undefined ? `severity ${id} cvss=…` : undefined,
    embargo.disclose === undefined ? `plan ${id} disclose=…` : undefined,
    mitigations === undefined ? `mitigate ${id} << …` : undefined,
  ].filter(command => command !== undefined)
  if (severity === undefined || mitigations === undefined || embargo.disclose === undefined)
    return err(
      `Users are told the severity, the date and what they can do until then; first send: ${missing.join('; ')}`,
    )
  const names = givenAway(theCase, mitigations)
  if (names !== undefined)
    return err(
      `The text on mitigations names ${names}, which must not be in public yet; first send it without: mitigate ${id} << …`,
    )
  const { score, version } = severity
  return ok({
    text: mitigations,
    forecast: { rating: ratingOf(score), score, version, disclose: embargo.disclose },
  })
}

/** Whether what was shown when it was scheduled is what the case says now. */
export function isAsShown({ text, forecast: shown }: Notice, theCase: Case): boolean {
  const now = usersText(theCase)
  if (!now.ok || shown === undefined || now.value.text.open() !== text.open()) return false
  const { rating, score, version, disclose } = now.value.forecast
  return (
    shown.rating === rating &&
    shown.score === score &&
    shown.version === version &&
    shown.disclose === disclose
  )
}

/** What of the case a text names that would let people find the vulnerability or who found it. */
function givenAway({ title, reporter, wishes, advisory }: Case, text: Plaintext): string | undefined {
  const said = folded(text.open())
  const holds = (words: string | undefined) =>
    words !== undefined && folded(words).length > 2 && said.includes(folded(words))
  const { credit } = wishes
  if (/\bcve-[0-9]{4}-[0-9]/.test(said)) return 'a CVE id'
  if (/\bghsa(?:-[0-9a-z]{4}){3}/.test(said) || holds(advisory)) return 'an advisory'
  if (/(?<![0-9a-z])[acdlmnps]-[0-9]{6}(?![0-9])/.test(said))
    return 'the number of a case, or another of ours'
  if (holds(title.open().trim())) return "the case's title"
  if (holds(reporter.address) || (credit !== undefined && credit !== 'none' && holds(credit.open())))
    return 'the reporter'
  return undefined
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
