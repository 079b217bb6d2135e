// `member`: import, list, show and evidence. Import is how the operator puts a distributor contact on the list by
// hand, vouching that its organisation accepted the embargo policy.
import { readFile } from 'node:fs/promises'
import { describeContact, describeDistributor, type Shown } from '../decide/membership/description.ts'
import { factOf } from '../decide/membership/history.ts'
import { quotedLines } from '../decide/quoted.ts'
import { plaintext } from '../model/plaintext.ts'
import {
  type ContactId,
  type DistributorId,
  parseContactId,
  parseDistributorId,
  parseEmailAddress,
  parseProjectName,
} from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { writeEvidence } from './evidence.ts'
import { type JournaledMember, recordOf } from './member-record.ts'
import { reading } from './reading.ts'
import { ask } from './request.ts'
import { asJson, EXIT, type Io, misused, printable, readArgs, required, type Verb } from './verb.ts'

const LARGEST_KEY_FILE = 256 * 1024

export const member: Verb = {
  name: 'member',
  usage:
    'import --project NAME --organisation NAME --name NAME --address ADDRESS --key FILE | list [--reveal] [--json] | show D-…|M-… [--reveal] [--json] | evidence D-…|M-… --out FILE',
  summary:
    'put a distributor contact on the list, vouching for its acceptance; list the contacts; what is known of one and what happened; the same as a signed file that gpg alone can check',
  run: async (args, io) => {
    const [what, ...rest] = args
    if (what === 'import') return importContact(rest, io)
    if (what === 'list') return list(rest, io)
    if (what === 'show') return show(rest, io)
    if (what === 'evidence') return evidence(rest, io)
    return misused(member, 'import, list, show or evidence', io)
  },
}

const importOptions = {
  project: { type: 'string' },
  organisation: { type: 'string' },
  name: { type: 'string' },
  address: { type: 'string' },
  key: { type: 'string' },
} as const

async function importContact(args: readonly string[], io: Io): Promise<number> {
  const parsed = readArgs(args, importOptions)
  if (!parsed.ok) return misused(member, parsed.error, io)
  const { values, positionals } = parsed.value
  if (positionals.length > 0) return misused(member, `"${positionals[0]}" belongs to no option`, io)
  const given: Record<string, string> = {}
  for (const name of Object.keys(importOptions)) {
    const value = required(values, name)
    if (!value.ok) return misused(member, value.error, io)
    given[name] = value.value
  }
  const { project = '', organisation = '', name = '', address = '', key = '' } = given
  if (parseProjectName(project) === undefined)
    return misused(member, `--project ${project} is no project name`, io)
  const parsedAddress = parseEmailAddress(address)
  if (!parsedAddress.ok) return misused(member, `--address ${parsedAddress.error}`, io)
  const octets = await readFile(key).catch(() => undefined)
  if (octets === undefined || octets.length > LARGEST_KEY_FILE)
    return misused(member, `--key ${key} cannot be read or is larger than 256 KB`, io)
  const certificate = octets.toString('base64')
  return ask({ kind: 'member-import', project, organisation, name, address, certificate }, io)
}

async function list(args: readonly string[], io: Io): Promise<number> {
  const parsed = readArgs(args, { json: { type: 'boolean' }, reveal: { type: 'boolean' } })
  if (!parsed.ok) return misused(member, parsed.error, io)
  const { json, reveal } = parsed.value.values
  return reading(io, ({ store, config }) => {
    const rows = store.contacts(config.settings).map(contact => ({
      contact: contact.id,
      distributor: contact.distributor,
      project: contact.project,
      state: contact.state,
      fingerprint: contact.fingerprint,
      ...(reveal === true
        ? {
            address: contact.address,
            organisation: contact.organisation.open(),
            name: contact.name.open(),
          }
        : {}),
    }))
    if (json === true) io.out(asJson(rows))
    else for (const row of rows) io.out(printable(Object.values(row).join('  ')))
    return EXIT.done
  })
}

async function show(args: readonly string[], io: Io): Promise<number> {
  const parsed = readArgs(args, { json: { type: 'boolean' }, reveal: { type: 'boolean' } })
  if (!parsed.ok) return misused(member, parsed.error, io)
  const id = memberId(parsed.value.positionals)
  if (id === undefined) return misused(member, NEEDS_ID, io)
  const { json, reveal } = parsed.value.values
  return reading(io, opened => {
    const record = recordOf(id, opened)
    if (record === undefined) {
      io.problem(`Nobody on the list has the id ${id}.`)
      return EXIT.failed
    }
    const shown = reveal === true ? 'content' : 'facts'
    const [contact] = record.contacts
    const text =
      contact?.id === id ? describeContact(contact, record.policy, shown) : describeDistributor(record, shown)
    const history = record.history.flatMap(one => happened(one, shown))
    if (json === true) io.out(asJson({ id, record: text.split('\n'), history }))
    else {
      io.out(printable(`${text}\n\nwhat happened:`))
      for (const { at, what, by, words, mail } of history) {
        io.out(printable(`${at}  ${what}; by ${by}${mail === undefined ? '' : `, mail ${mail}`}`))
        if (words !== undefined) io.out(printable(quotedLines(plaintext(words)).join('\n')))
      }
    }
    return EXIT.done
  })
}

function happened({ event, audit, inbound }: JournaledMember, shown: Shown) {
  const fact = factOf(event)
  if (fact === undefined) return []
  const words = shown === 'content' ? fact.words?.open() : undefined
  return [{ at: formatInstant(fact.at), what: fact.what, by: fact.who, mail: inbound, audit, words }]
}

async function evidence(args: readonly string[], io: Io): Promise<number> {
  const parsed = readArgs(args, { out: { type: 'string' } })
  if (!parsed.ok) return misused(member, parsed.error, io)
  const id = memberId(parsed.value.positionals)
  if (id === undefined) return misused(member, NEEDS_ID, io)
  const out = required(parsed.value.values, 'out')
  return out.ok ? writeEvidence(id, out.value, io) : misused(member, out.error, io)
}

const NEEDS_ID = 'it takes one organisation or contact, like D-123456 or M-123456'

function memberId([text = '', ...rest]: readonly string[]): DistributorId | ContactId | undefined {
  return rest.length > 0 ? undefined : (parseDistributorId(text) ?? parseContactId(text))
}
