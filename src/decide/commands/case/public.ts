// `public`: a case is public knowledge since now. Every admin is alarmed, once; the clocks that run then are
// those of the policy.
import { evolveCase } from '../../../model/case-evolution.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { toAdmins } from '../../orders.ts'
import { changedClocks } from '../../time/promises.ts'
import { defineCommand, effect } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'

/** Characters of an address on the web. */
const MAX_URL = 500

const urlShape = /^https?:\/\/[!-~]+$/i

export const isPublic = defineCommand({
  verb: 'public',
  usage: 'public C-… url=…',
  summary: 'say that and where a case is public; every admin is alarmed once',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['url'], block: 'none' })
    if (!taken.ok) return taken
    const url = taken.value.named.get('url')
    if (url === undefined || url.length > MAX_URL || !urlShape.test(url))
      return err(`url= is where it is public, like https://example.org/post, up to ${MAX_URL} characters`)
    return ok({ ...taken.value, url })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, project, public: known } = found.value
    if (known?.url.open() === wanted.url) return effect('noop', plaintext(`${id} is public there already.`))
    const event = {
      ...caseFact(found.value, world),
      kind: 'made-public',
      url: plaintext(wanted.url),
    } as const
    const policy = policyOf(world.settings, project)
    const changed = changedClocks(found.value, evolveCase(found.value, event), policy)
    const clocks = changed.length === 0 ? 'By the policy no clock changes.' : `Clocks: ${changed.join('; ')}.`
    const alarm = {
      kind: 'alert',
      alert: { kind: 'case-public', case: id, effect: policy.public.effect },
    } as const
    return effect('ok', plaintext(`${id} is public, at ${wanted.url}\n${clocks}`), {
      facts: { case: id, url: wanted.url },
      events: [event],
      mails: known === undefined ? toAdmins(world.settings.admins, { project, case: id }, alarm) : [],
    })
  },
})
