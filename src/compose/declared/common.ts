// Variables that several kinds of mail have, each with one meaning.
import { flag, group, id, lines, list, required, sometimes, text } from '../variables.ts'

export const theCase = required(id('the number of the case'))
export const team = text('what the policy calls the team')
export const project = text('the name of the project')
export const security = text('the address for reports')
export const command = text('the address for commands')
export const fingerprint = lines('the fingerprint of our key, in two lines')
export const due = required(text('the instant by which it is due'))
export const what = required(text('what is done by then, in the words of the policy'))
const clock = { promise: flag('it is promised, and not only aimed at'), due, what }
export const clocks = list('one after the other', clock)
export const items = list('one after the other', { what: required(text('what it is')) })
export const nextClock = group('what the policy lets the reporter expect next', clock)
export const offers = sometimes(lines('commands, each as a link that opens a mail'))
export const discussion = sometimes(lines('how to write to the others who work on the case'))
export const state = text('the state of the case')
export const lead = sometimes(text('who leads the case'))
/** Of word that somebody does not keep an embargo. */
export const doubt = {
  due,
  publish: required(flag('when in doubt the policy breaks it and publishes')),
  continue: required(flag('when in doubt the policy lets it go on')),
}
/** Of a mail that is passed on. Whoever signed it, and how it came, is told by the program alone. */
export const facts = lines('who it says it is from, how it was protected and signed, and where answers go')
export const writers = {
  writer: sometimes(text('who of those who work on the case wrote it')),
  reporter: flag('the reporter wrote it'),
  team: flag('the team wrote it'),
}
