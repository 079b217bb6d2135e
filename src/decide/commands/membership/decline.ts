// A request to join is declined: whoever made it reads the reason, and when they may ask again.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { formatInstant } from '../../../model/time.ts'
import { againFrom } from '../../membership/again.ts'
import { toApplicant } from '../../membership/application-orders.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import {
  type ApplicationArguments,
  applicationFact,
  noApplication,
  nothingNew,
  takeApplication,
} from './application-verbs.ts'

const REASON_CHARACTERS = 10_000

type Wanted = ApplicationArguments & { readonly clear: 'yes' | 'no' }

export const decline = defineCommand<Wanted>({
  verb: 'decline',
  usage: 'decline A-… [clear=yes] << reason',
  summary: 'decline a request to join, with the reason; in clear only with clear=yes',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeApplication(parsed, { named: ['clear'], block: 'needed' })
    if (!taken.ok) return taken
    const clear = taken.value.named.get('clear') ?? 'no'
    if (clear !== 'yes' && clear !== 'no') return err('clear= is yes or no')
    if ((taken.value.block?.length ?? 0) > REASON_CHARACTERS)
      return err(`a reason has at most ${REASON_CHARACTERS} characters`)
    return ok({ ...taken.value, clear })
  },
  decide: (wanted, world) => {
    const application = world.applications.get(wanted.application)
    if (application === undefined) return noApplication(wanted.application)
    const { id, project, state, address, proven } = application
    if (state === 'declined') return nothingNew(`${id} is declined already.`)
    if (state !== 'open') return refuse('E-STATE', `${id} ended as ${state}; there is nothing to decline.`)
    if (proven === undefined && wanted.clear === 'no')
      return refuse(
        'E-KEY',
        `The key of ${id} is not proven, so that anyone can read the reason on its way; if it may be read, send: decline ${id} clear=yes <<`,
      )
    const reason = plaintext(wanted.block?.open().trim() ?? '')
    const again = againFrom(project, world.now, world.settings)
    const when = again === undefined ? 'at any time' : `from ${formatInstant(again)}`
    const sentence = `${id} is declined; ${address} reads the reason, and that they may ask again ${when}.`
    return effect('ok', plaintext(sentence), {
      facts: { application: id },
      events: [applicationFact(application, world, { kind: 'application-ended', as: 'declined', reason })],
      mails: [toApplicant(application, { kind: 'application-declined', application, reason, again })],
    })
  },
})
