// `member import` and `member list`. Import is how the operator puts a distributor contact on the list by
// hand, vouching that its organisation accepted the embargo policy.
import { readFile } from 'node:fs/promises'
import { parseEmailAddress, parseProjectName } from '../model/scalars.ts'
import { reading } from './reading.ts'
import { ask } from './request.ts'
import { asJson, EXIT, type Io, misused, printable, readArgs, required, type Verb } from './verb.ts'

const LARGEST_KEY_FILE = 256 * 1024

export const member: Verb = {
  name: 'member',
  usage:
    'import --project NAME --organisation NAME --name NAME --address ADDRESS --key FILE | list [--reveal] [--json]',
  summary: 'put a distributor contact on the list, vouching for its acceptance; list the contacts',
  run: async (args, io) => {
    const [what, ...rest] = args
    if (what === 'import') return importContact(rest, io)
    if (what === 'list') return list(rest, io)
    return misused(member, 'import or list', io)
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
      project: contact.project,
      state: contact.state,
      fingerprint: contact.fingerprint,
      ...(reveal === true
        ? { address: contact.address, organisation: contact.organisation.open(), name: contact.name.open() }
        : {}),
    }))
    if (json === true) io.out(asJson(rows))
    else for (const row of rows) io.out(printable(Object.values(row).join('  ')))
    return EXIT.done
  })
}
