// `assign`: asks somebody to lead a case, puts somebody on its fix team, or takes somebody off. Who is neither
// an admin nor a maintainer joins with an address and a key of their own.
import { awayUntil } from '../../../model/absence.ts'
import type { Case } from '../../../model/case.ts'
import type { Engineer, Person } from '../../../model/person.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type EmailAddress,
  type Fingerprint,
  parseEmailAddress,
  parseFingerprint,
  sameMailbox,
} from '../../../model/scalars.ts'
import { isOwnAddress, projectNamed, type Settings } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { rolesIn } from '../../authority.ts'
import { whoHears } from '../../consequences.ts'
import { attachedKey } from '../attached.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import { type CaseArguments, caseFact, findCase, findOpenCase, leads, takeCase } from './case-verbs.ts'

type Outsider = { readonly address: EmailAddress; readonly key: Fingerprint; readonly file: string }

type Wanted = CaseArguments & {
  readonly what: 'lead' | 'fix' | 'off'
  readonly name: string
  /** Undefined: somebody whom the configuration names. */
  readonly outsider: Outsider | undefined
}

/** Who did what is told by a name, and these are nobody's. */
const NOBODYS: readonly string[] = ['operator', 'reporter', 'outsider', 'scheduler']

const nameShape = /^[a-z][a-z0-9-]{0,39}$/

export const assign = defineCommand<Wanted>({
  verb: 'assign',
  usage: 'assign C-… lead=NAME|fix=NAME|off=NAME [address=… key=FINGERPRINT att:key.asc]',
  summary: 'ask somebody to lead a case, or change its fix team; a new one gets the thread so far',
  roles: ['admin', 'lead'],
  nature: 'reversible',
  opens: 'certificate',
  parse: parsed => {
    const named = ['lead', 'fix', 'off', 'address', 'key']
    const taken = takeCase(parsed, { named, block: 'none', attachments: 'allowed' })
    if (!taken.ok) return taken
    const given = (['lead', 'fix', 'off'] as const).filter(one => taken.value.named.has(one))
    const [what, second] = given
    if (what === undefined || second !== undefined) return err('it takes one of lead=, fix= and off=')
    const name = taken.value.named.get(what)?.toLowerCase() ?? ''
    if (!nameShape.test(name)) return err(`${what}= is a short name of letters, digits and hyphens`)
    const outsider = parseOutsider(taken.value)
    if (!outsider.ok) return outsider
    if (outsider.value !== undefined && what !== 'fix') return err(`${what}= takes a name alone`)
    return ok({ ...taken.value, what, name, outsider: outsider.value })
  },
  decide: (wanted, world) => {
    // Who has left must not read on in what has ended.
    const found = wanted.what === 'off' ? findCase(wanted, world) : findOpenCase(wanted, world)
    if (!found.ok) return found
    if (wanted.what === 'off') return takeOff(found.value, wanted.name, world)
    return wanted.what === 'lead'
      ? askToLead(found.value, wanted.name, world)
      : join(found.value, wanted, world)
  },
})

function parseOutsider({ named, attachments }: CaseArguments): Result<Outsider | undefined, string> {
  const [file, second] = attachments
  const [address, key] = [named.get('address'), named.get('key')]
  if (address === undefined && key === undefined && file === undefined) return ok(undefined)
  if (address === undefined || key === undefined || file === undefined || second !== undefined)
    return err('somebody from outside needs all of address=, key= and one att: file with that key')
  const parsed = parseEmailAddress(address)
  if (!parsed.ok) return err(`address= ${parsed.error}`)
  const fingerprint = parseFingerprint(key)
  if (fingerprint === undefined) return err('key= is the full fingerprint, 40 hex digits without blanks')
  return ok({ address: parsed.value, key: fingerprint, file })
}

/** Admins, and the maintainers of the case's project. */
const colleagues = (theCase: Case, settings: Settings): readonly Person[] => [
  ...settings.admins,
  ...(projectNamed(settings, theCase.project)?.maintainers ?? []),
]

const colleague = (theCase: Case, name: string, settings: Settings): Person | undefined =>
  colleagues(theCase, settings).find(one => one.name.toLowerCase() === name)

function askToLead(theCase: Case, name: string, world: World): Result<Effect, Refusal> {
  const { id } = theCase
  const person =
    colleague(theCase, name, world.settings) ?? theCase.fixTeam.find(one => one.name.toLowerCase() === name)
  if (person === undefined) return nobody(theCase, name, world)
  if (theCase.lead === person.name) return effect('noop', plaintext(`${person.name} leads ${id} already.`))
  if (theCase.leadOffered === person.name)
    return effect('noop', plaintext(`${person.name} was asked to lead ${id} already.`))
  const fact = caseFact(theCase, world)
  const told = theCase.state === 'new' ? whoHears(theCase, 'triaged') : ''
  const facts = { case: id, lead: person.name }
  if (person.name === world.actor.name)
    return effect('ok', plaintext(`${person.name} leads ${id} now.${told}`), {
      facts,
      events: leads(theCase, person.name, world),
    })
  // Nobody leads what they cannot read.
  const joins = rolesIn(theCase, person.fingerprint, world.settings).length === 0
  const also = joins ? ' and is on its fix team now, so as to read it' : ''
  const until = awayUntil(world.absences, person.name, world.now)
  const away = until === undefined ? '' : `\n${person.name} is away until ${formatInstant(until)}.`
  return effect('ok', plaintext(`${person.name} is asked to lead ${id}${also}.${away}${told}`), {
    facts,
    events: [
      ...(joins
        ? [
            {
              ...fact,
              kind: 'engineer-joined',
              engineer: { ...person, key: undefined, since: world.now },
            } as const,
          ]
        : []),
      { ...fact, kind: 'lead-offered', to: person.name },
    ],
  })
}

function join(theCase: Case, { name, outsider }: Wanted, world: World): Result<Effect, Refusal> {
  const known = colleague(theCase, name, world.settings)
  if (outsider === undefined && known === undefined) return nobody(theCase, name, world)
  if (outsider !== undefined && known !== undefined)
    return refuse('E-STATE', `${name} is known here; send: assign ${theCase.id} fix=${name}`)
  const engineer = known === undefined ? outsiderOf(theCase, name, outsider, world) : ok(known)
  if (!engineer.ok) return engineer
  const there = theCase.fixTeam.find(one => one.fingerprint === engineer.value.fingerprint)
  if (there !== undefined && there.name === engineer.value.name && there.address === engineer.value.address)
    return effect('noop', plaintext(`${there.name} is on the fix team of ${theCase.id} already.`))
  const fixing = theCase.state === 'accepted' ? whoHears(theCase, 'fixing') : ''
  const text = `${engineer.value.name} <${engineer.value.address}> is on the fix team of ${theCase.id} now.${fixing}`
  return effect('ok', plaintext(text), {
    facts: { case: theCase.id, engineer: engineer.value.name, key: engineer.value.fingerprint },
    events: [
      {
        ...caseFact(theCase, world),
        kind: 'engineer-joined',
        engineer: { key: undefined, since: world.now, ...engineer.value },
      },
    ],
  })
}

function outsiderOf(
  theCase: Case,
  name: string,
  outsider: Outsider | undefined,
  world: World,
): Result<Engineer, Refusal> {
  if (outsider === undefined) return nobody(theCase, name, world)
  const { address, key } = outsider
  const certificate = attachedKey(outsider.file, key, theCase, world)
  if (!certificate.ok) return certificate
  const others = [...colleagues(theCase, world.settings), ...theCase.fixTeam]
  const taken = others.find(
    one => one.name.toLowerCase() === name || one.fingerprint === key || sameMailbox(one.address, address),
  )
  const isSame = taken?.fingerprint === key && taken.address === address && taken.name === name
  if (taken !== undefined && !isSame)
    return refuse(
      'E-STATE',
      `Name, address or key is that of ${taken.name}; take them off first, or choose another name.`,
    )
  const elsewhere = world.settings.projects.flatMap(({ maintainers }) => maintainers)
  if (
    NOBODYS.includes(name) ||
    (taken === undefined && elsewhere.some(one => one.name.toLowerCase() === name))
  )
    return refuse('E-STATE', `${name} would be taken for somebody else; choose another name.`)
  const { reporter } = theCase
  const isReporter =
    reporter.key?.fingerprint === key ||
    (reporter.address !== undefined && sameMailbox(reporter.address, address))
  if (isReporter || isOwnAddress(world.settings, address))
    return refuse('E-STATE', `${address} or its key is the reporter's or our own; name somebody else.`)
  return ok({ name, address, fingerprint: key, key: certificate.value, since: world.now })
}

function takeOff(theCase: Case, name: string, world: World): Result<Effect, Refusal> {
  const { id, fixTeam, lead, leadOffered } = theCase
  const engineer = fixTeam.find(one => one.name.toLowerCase() === name)
  const leads = [lead, leadOffered].find(one => one?.toLowerCase() === name)
  if (engineer === undefined && leads === undefined)
    return effect('noop', plaintext(`${name} neither leads ${id} nor is on its fix team.`))
  const fact = caseFact(theCase, world)
  const whole = engineer?.name ?? leads ?? name
  const still = colleague(theCase, name, world.settings) !== undefined && remains(theCase, name, world)
  return effect(
    'ok',
    plaintext(`${whole} is off ${id}${still ? ', but reads it still, as an admin or maintainer' : ''}.`),
    {
      facts: { case: id, off: whole },
      events: [
        ...(engineer === undefined ? [] : [{ ...fact, kind: 'engineer-left', name: engineer.name } as const]),
        ...(leads === undefined ? [] : [{ ...fact, kind: 'lead-left', name: leads } as const]),
      ],
    },
  )
}

/** Whether they have a part in the case beyond its fix team. */
function remains(theCase: Case, name: string, { settings }: World): boolean {
  const person = colleague(theCase, name, settings)
  const without = { ...theCase, fixTeam: [] }
  return person !== undefined && rolesIn(without, person.fingerprint, settings).length > 0
}

function nobody(theCase: Case, name: string, { settings }: World): Result<never, Refusal> {
  const names = colleagues(theCase, settings).map(one => one.name)
  return refuse(
    'E-UNKNOWN',
    `There is no ${name}; known are ${[...new Set(names)].join(', ')}. ` +
      `Somebody from outside needs: assign ${theCase.id} fix=${name} address=… key=FINGERPRINT att:key.asc`,
  )
}
