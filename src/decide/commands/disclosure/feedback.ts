// `feedback`: what a member thinks of the fix, to those who work on the case and nobody else. A signed answer to a notice
// does the same: see ../../thread.ts.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { later } from '../../../model/scalars.ts'
import { adminWithKey } from '../../../model/settings.ts'
import { DAY } from '../../../model/time.ts'
import { insidersOf } from '../../authority.ts'
import { toInsider } from '../../orders.ts'
import { nameFor } from '../../sharing/sharing.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { ANSWERERS, findAsMember, memberFact, takeAbout } from './as-member.ts'

const TEXT_CHARACTERS = 20_000
/** Everybody who works on the case gets a mail for each. */
const MOST_A_DAY = 10

export const feedback = defineCommand({
  verb: 'feedback',
  usage: 'feedback C-… << what you found',
  summary: 'as a member: tell those who work on a case what you think of the fix; no other member reads it',
  roles: ANSWERERS,
  nature: 'reversible',
  parse: parsed => {
    const taken = takeAbout(parsed, { named: [], block: 'needed' })
    if (!taken.ok) return taken
    const text = taken.value.block ?? plaintext('')
    return text.length > TEXT_CHARACTERS
      ? err(`the text has at most ${TEXT_CHARACTERS} characters; send more as a signed answer to the notice`)
      : ok({ ...taken.value, text })
  },
  decide: (wanted, world) => {
    const found = findAsMember(wanted, world)
    if (!found.ok) return found
    const { theCase, contact } = found.value
    const { id, project } = theCase
    const { text } = wanted
    const theirs = theCase.feedback.filter(one => one.contributor === contact.id)
    if (theirs.at(-1)?.text?.open() === text.open())
      return effect('noop', plaintext(`You said just that of ${id} before.`), { facts: { case: id } })
    if (theirs.filter(one => one.at > later(world.now, -DAY)).length >= MOST_A_DAY)
      return refuse(
        'E-STATE',
        `You sent ${MOST_A_DAY} times feedback on ${id} in 24 hours; send the rest tomorrow, in one.`,
      )
    const event = {
      ...memberFact(found.value, world),
      kind: 'feedback-given',
      contributor: contact.id,
      of: contact.distributor,
      text,
    } as const
    const { settings } = world
    const mails = insidersOf(theCase, settings).map(insider => {
      const reader = adminWithKey(settings, insider.fingerprint) === undefined ? 'member' : 'admin'
      const contributor = nameFor(contact, reader, settings)
      return toInsider(insider, { project, case: id }, { kind: 'feedback', text, contributor })
    })
    return effect('ok', plaintext(`Thank you. Those who work on ${id} read it, and nobody else.`), {
      facts: { case: id },
      events: [event],
      mails,
      others: 'told',
    })
  },
})
