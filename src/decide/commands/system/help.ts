// `help` and `sendkey`: what one may send, and our public key. Answered to anyone, once a day when unsigned.
import { plaintext } from '../../../model/plaintext.ts'
import { addressee, rolesOf } from '../../authority.ts'
import { NOTHING, toInsider } from '../../orders.ts'
import type { Command } from '../command.ts'
import { defineCommand, effect, takeArguments } from '../command.ts'

/** `commands` is the registry, handed in because it lists this command too. */
export function helpFor(commands: () => readonly Command[]): Command {
  return defineCommand({
    verb: 'help',
    usage: 'help',
    summary: 'the commands you may send',
    roles: ['anyone', 'admin'],
    nature: 'reversible',
    parse: parsed => takeArguments(parsed, { positional: [], named: [], block: 'none', attachments: 'none' }),
    decide: (_wanted, world) => {
      const theirs = rolesOf(world.who, world)
      const mine = commands().filter(command => command.roles.some(role => theirs.includes(role)))
      return effect(
        'ok',
        plaintext(mine.map(command => `${command.usage}\n    ${command.summary}`).join('\n')),
      )
    },
  })
}

export const sendkey = defineCommand({
  verb: 'sendkey',
  usage: 'sendkey',
  summary: 'our public key',
  roles: ['anyone', 'admin'],
  nature: 'reversible',
  parse: parsed => takeArguments(parsed, { positional: [], named: [], block: 'none', attachments: 'none' }),
  decide: (_wanted, world) => {
    const me = addressee(world.actor, world, [])
    if (me === undefined)
      return effect('ok', plaintext('The public key is the file mail.pub.asc, beside the secret one.'))
    return effect('ok', plaintext('Our key is on its way in a mail of its own.'), {
      mails: [toInsider(me, NOTHING, { kind: 'key' })],
    })
  },
})
