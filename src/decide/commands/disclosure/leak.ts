// `leak`: somebody tells that what is under embargo got out. Anybody may, of whatever they like: it is recorded, the
// team is alarmed, and whoever told it is asked for the rest.
import { plaintext } from '../../../model/plaintext.ts'
import { addressee } from '../../authority.ts'
import { memberOf, recordLeak } from '../../sharing/leaks.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'

export const leak = defineCommand({
  verb: 'leak',
  usage: 'leak [C-…|L-…|PROJECT] << what, to whom, when',
  summary: 'tell that something under embargo got out; anybody may, unsigned too, and is never refused',
  roles: ['anyone'],
  nature: 'brake',
  waits: 'never',
  parse: parsed =>
    takeArguments(parsed, {
      positional: parsed.arguments.length === 0 ? [] : ['what it is of'],
      named: [],
      block: parsed.block === undefined ? 'none' : 'needed',
      attachments: 'none',
    }),
  decide: ({ positional: [of], block }, world) => {
    const { actor, contacts, inbound, now, settings } = world
    const member = memberOf(actor, contacts)
    const address = addressee(actor, world, [])?.address
    const tale = {
      at: now,
      actor,
      inbound,
      words: block ?? plaintext(''),
      of,
      from: member === undefined ? { address } : { contact: member.id },
      addressed: undefined,
      mail: undefined,
    }
    const recorded = recordLeak(tale, world, world.fresh.incidents)
    if (recorded === undefined) return refuse('E-STATE', 'Too many leaks in one mail; send them one by one.')
    const { incident, events, alarms } = recorded
    return effect(
      'ok',
      plaintext(
        `Thank you: it is recorded as ${incident}, and the team is alarmed. Please tell us exactly what got out, to ` +
          `whom, and when, as far as you know and have not said it: leak ${incident} << … And keep it closed: tell ` +
          'nobody else of it.',
      ),
      {
        facts: { incident },
        events,
        mails: alarms,
        suggestions: [
          {
            label: 'Add what you know: what exactly, to whom, when',
            body: `embargod ${settings.instance}\nleak ${incident} <<\n\n.\n`,
          },
        ],
        others: 'told',
      },
    )
  },
})
