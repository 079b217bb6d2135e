// `help` and `sendkey`: what one may send, and our public key. Answered to anyone, once a day when unsigned.
import type { Content } from '../../model/order.ts'
import { plaintext } from '../../model/plaintext.ts'
import { rolesOf } from '../authority.ts'
import type { Command } from './command.ts'
import { defineCommand, effect, takeArguments } from './command.ts'

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
      const theirs = rolesOf(world.who, world.cases.values(), world.settings)
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
    const me = world.settings.admins.find(admin => admin.name === world.actor.name)
    if (me === undefined)
      return effect('ok', plaintext('The public key is the file mail.pub.asc, beside the secret one.'))
    const content: Content = { kind: 'key' }
    const order = { project: world.settings.projects[0]?.name, content }
    return effect('ok', plaintext('Our key is on its way in a mail of its own.'), {
      mails:
        order.project === undefined
          ? []
          : [
              {
                to: me.address,
                encryptTo: { kind: 'enrolled', fingerprint: me.fingerprint },
                project: order.project,
                case: undefined,
                notice: undefined,
                contact: undefined,
                inReplyTo: undefined,
                content,
              },
            ],
    })
  },
})
