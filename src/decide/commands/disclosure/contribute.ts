// `contribute`: what a member did for a case, by one of the tasks of the policy. The team hears of it, and the list
// where the policy wants that.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { later } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { DAY } from '../../../model/time.ts'
import { toAdmin, toReader } from '../../orders.ts'
import { nameFor, toldAs, toldContacts } from '../../sharing/sharing.ts'
import { caseFact, findCase, takeCase } from '../case/case-verbs.ts'
import { defineCommand, effect, refuse } from '../command.ts'

const TEXT_CHARACTERS = 20_000
/** Everybody who was told may get a mail for each. */
const MOST_A_DAY = 10

export const contribute = defineCommand({
  verb: 'contribute',
  usage: 'contribute C-… task=NAME << what was done',
  summary: 'as a member: say what you did for a case, also if you found nothing',
  roles: ['member'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['task'], block: 'needed' })
    if (!taken.ok) return taken
    const task = taken.value.named.get('task')?.toLowerCase()
    const text = taken.value.block ?? plaintext('')
    if (task === undefined) return err('task= is missing')
    if (text.length > TEXT_CHARACTERS) return err(`the text has at most ${TEXT_CHARACTERS} characters`)
    return ok({ ...taken.value, task, text })
  },
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const { id, project } = found.value
    const { settings, who } = world
    const contributing = policyOf(settings, project).membership?.contributing
    if (contributing === undefined)
      return refuse('E-POLICY', 'The policy asks members for no contributions; write to the team instead.')
    const { tasks, told } = contributing
    if (!tasks.some(({ name }) => name === wanted.task))
      return refuse('E-POLICY', `task= is one of ${tasks.map(({ name }) => name).join(', ')}.`)
    const contact = toldAs(found.value, who, world)
    if (contact === undefined) return refuse('E-ROLE', `In ${id} that is not yours to send; ask the team.`)
    const { task, text } = wanted
    const today = found.value.contributions.filter(
      one => one.contributor === contact.id && one.at > later(world.now, -DAY),
    )
    if (today.length >= MOST_A_DAY)
      return refuse(
        'E-STATE',
        `You told of ${MOST_A_DAY} contributions to ${id} in 24 hours; send the rest tomorrow, in one.`,
      )
    const said = { contributor: contact.id, of: contact.distributor, task, text }
    const contribution = { ...said, at: world.now }
    const others =
      told === 'list' ? toldContacts(found.value, world).filter(one => one.id !== contact.id) : []
    const about = { project, case: id }
    const content = (reader: 'admin' | 'member') =>
      ({ kind: 'contribution', contribution, contributor: nameFor(contact, reader, settings) }) as const
    const heard = others.length === 0 ? 'The team is told' : 'The team and the others on the list are told'
    return effect('ok', plaintext(`Thank you. ${heard}.`), {
      facts: { case: id, task },
      events: [{ ...caseFact(found.value, world), kind: 'contributed', ...said }],
      mails: [
        ...settings.admins.map(admin => toAdmin(admin, about, content('admin'))),
        ...others.map(one => toReader(one, id, content('member'))),
      ],
      others: 'told',
    })
  },
})
