// What a reporter says of their wishes, in the form of the command that says it. Used wherever it is shown.
import type { Case, ReporterWishes, Saying } from './case.ts'
import { isOpen, isUnpublished } from './case.ts'
import { unreachable } from './result.ts'
import { formatInstant } from './time.ts'

/** The command without its case; it may hold a stranger's words, and a reason in lines of its own. */
export function sayingLines(saying: Saying): string {
  switch (saying.kind) {
    case 'credit':
      return `credit ${saying.name === 'none' ? 'none' : `name="${saying.name.open()}"`}`
    case 'consent':
    case 'private':
      return `${saying.kind} ${saying.answer}`
    case 'agree':
      return 'agree'
    case 'object':
      return saying.reason === undefined ? 'object' : `object\n${saying.reason.open()}`
    case 'propose':
      return `propose date=${formatInstant(saying.instant)}`
    default:
      return unreachable(saying)
  }
}

/** What it means, in our words alone: `agrees to the date`. */
export function sayingPhrase(saying: Saying): string {
  switch (saying.kind) {
    case 'credit':
      return saying.name === 'none' ? 'wishes no credit' : 'wishes to be thanked by name'
    case 'consent':
      return saying.answer === 'yes' ? 'consents to the publication' : 'does not consent to the publication'
    case 'private':
      return `${saying.answer === 'yes' ? 'agrees' : 'does not agree'} to have it handled in private`
    case 'agree':
      return 'agrees to the date'
    case 'object':
      return `objects to the date${saying.reason === undefined ? '' : ' and says why'}`
    case 'propose':
      return `proposes ${formatInstant(saying.instant)}`
    default:
      return unreachable(saying)
  }
}

/** Whether it still makes a difference: credit until the case ends, all else until it is published. */
export const counts = (saying: Saying, theCase: Case): boolean =>
  saying.kind === 'credit' ? isOpen(theCase) : isUnpublished(theCase)

/** Whether these wishes hold just that already. */
export function isWished(saying: Saying, wishes: ReporterWishes): boolean {
  switch (saying.kind) {
    case 'credit':
      return (
        wishes.credit !== undefined &&
        sayingLines(saying) === sayingLines({ kind: 'credit', name: wishes.credit })
      )
    case 'consent':
      return wishes.consent === saying.answer
    case 'private':
      return wishes.private === saying.answer
    case 'agree':
    case 'object':
    case 'propose':
      return wishes.position !== undefined && sayingLines(saying) === sayingLines(wishes.position)
    default:
      return unreachable(saying)
  }
}
