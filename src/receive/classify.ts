// An opened mail → which of our addresses it came to. Who wrote it, and whether it is a command, is decided
// later; nothing here is trusted for authority.
import type { Addressed, Sorted } from '../model/decision.ts'
import type { OpenedMail } from '../model/mail.ts'
import {
  type ApplicationId,
  type CaseId,
  type EmailAddress,
  parseEmailAddress,
  sameMailbox,
} from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'

export type AddressReader = {
  readonly caseOf: (address: EmailAddress) => CaseId | undefined
  readonly applicationOf: (address: EmailAddress) => ApplicationId | undefined
  readonly isReturnAddress: (address: EmailAddress) => boolean
}

/**
 * A delivery header (`Delivered-To`, …) counts only if the configuration names it, topmost one first, for
 * anyone can write a header; then To and Cc.
 */
export function classify(
  mail: OpenedMail,
  machine: Sorted['machine'],
  settings: Settings,
  deliveryHeaders: readonly string[],
  read: AddressReader,
): Sorted {
  const delivered = deliveredTo(mail, deliveryHeaders)
  const candidates = delivered === undefined ? mail.header.recipients : [delivered, ...mail.header.recipients]
  return { machine, addressed: addressedOf(candidates, settings, read) }
}

function deliveredTo(mail: OpenedMail, names: readonly string[]): EmailAddress | undefined {
  const trusted = names.map(name => name.toLowerCase())
  const field = mail.header.fields.find(one => trusted.includes(one.name.toLowerCase()))
  if (field === undefined) return undefined
  const address = parseEmailAddress(field.value.trim().replace(/^<([^<>]*)>$/, '$1'))
  return address.ok ? address.value : undefined
}

/** The order of the tests is the order of `Addressed`: a return address first, the open door last. */
function addressedOf(
  candidates: readonly EmailAddress[],
  settings: Settings,
  read: AddressReader,
): Addressed {
  const returned = candidates.find(address => read.isReturnAddress(address))
  if (returned !== undefined) return { kind: 'return', address: returned }
  const { command, security } = settings.addresses
  if (!sameMailbox(command, security) && candidates.some(address => sameMailbox(address, command)))
    return { kind: 'command' }
  for (const address of candidates) {
    const theCase = read.caseOf(address)
    if (theCase !== undefined) return { kind: 'case', case: theCase }
    const application = read.applicationOf(address)
    if (application !== undefined) return { kind: 'application', application }
  }
  for (const { name, distributors } of settings.projects)
    if (distributors !== undefined && candidates.some(address => sameMailbox(address, distributors)))
      return { kind: 'distributors', project: name }
  return { kind: 'security' }
}
