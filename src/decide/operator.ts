// What the operator asks for on the command line: commands like an admin's, and what only the host may do.
// Whoever can write to the data directory is the operator; every change is audited as theirs.
import { isMember } from '../model/contact.ts'
import type { Decision, Fresh, Input, Snapshot } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import { KEY_FAULT_WORDS, KEY_FAULTS } from '../model/key-fault.ts'
import { plaintext } from '../model/plaintext.ts'
import { sameMailbox } from '../model/scalars.ts'
import { isOwnAddress, policyOf, projectNamed } from '../model/settings.ts'
import { formatInstant } from '../model/time.ts'
import { tellOthers } from './changes.ts'
import { read, runRequest } from './command-run.ts'
import { operatorAnswer, refusedRequest } from './operator-answer.ts'
import { NOTHING, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'
import { putBack, queueRequest } from './queues.ts'
import { resume } from './resume.ts'
import { toldSender } from './run.ts'
import { problemTranscript } from './transcripts.ts'

type OperatorInput = Extract<Input, { kind: 'operator' }>
type MemberImport = Extract<OperatorInput['request'], { kind: 'member-import' }>

export function operatorRequest(input: OperatorInput, snapshot: Snapshot, fresh: Fresh): Decision {
  const { request } = input
  if (request.kind === 'member-import') return importMember(request, snapshot, fresh)
  if (request.kind === 'trust-clock') return trustClock(snapshot)
  if (request.kind === 'resume') return resume(request, snapshot)
  if (request.kind === 'put-back') return putBack(request.mails, input.inbound)
  if (request.kind === 'queue') return queueRequest(request.request, snapshot)

  const reading = read(request.text, 'fixed')
  const asked = {
    actor: OPERATOR,
    by: 'operator',
    inbound: input.inbound,
    operands: input.operands ?? new Map(),
    text: request.text,
    layout: 'fixed',
    files: [],
  } as const
  const run = runRequest(asked, reading, snapshot, fresh)
  if (run.kind === 'problems')
    return {
      ...silent('refused', run.code),
      actor: OPERATOR,
      answer: problemTranscript(run, reading),
    }
  const told = tellOthers(run, 'operator', 'operator', snapshot)
  return {
    outcome: run.outcome,
    reason: run.reason,
    actor: OPERATOR,
    events: run.events,
    mails: [...run.mails, ...told.mails],
    ...(told.change === undefined ? {} : { change: told.change }),
    answer: toldSender(run, 'operator'),
    oneShot: undefined,
    plan: run.plan,
    files: run.files,
  }
}

/** The operator vouches that the host's clock is right as it is; what waited for that goes. */
function trustClock({ now, settings }: Snapshot): Decision {
  const text = `The clock of the host is trusted again: it is ${formatInstant(now)}.`
  return {
    ...silent('command', 'clock-trusted'),
    actor: OPERATOR,
    mails: toAdmins(settings.admins, NOTHING, { kind: 'change', by: 'operator', lines: [plaintext(text)] }),
    answer: operatorAnswer('clock trust', text),
  }
}

/** The operator vouches that the organisation accepted the embargo policy; it is recorded so. */
function importMember(request: MemberImport, snapshot: Snapshot, fresh: Fresh): Decision {
  const { settings, contacts, distributors, now } = snapshot
  const { project, organisation, key } = request
  const fault = importFault(request, snapshot)
  if (fault !== undefined) return refusedRequest('member import', fault)
  const [contact] = fresh.contacts
  const known = distributors.find(
    one => one.project === project && one.state === 'active' && one.name.open() === organisation.open(),
  )
  const of = known?.id ?? fresh.distributors[0]
  if (contact === undefined || of === undefined) throw new Error('no unused ids')
  const fact = { at: now, actor: OPERATOR }
  const joining = {
    ...fact,
    kind: 'distributor-joined',
    distributor: of,
    project,
    name: organisation,
    class: undefined,
    joined: { how: 'import' },
    vouchedBy: [],
    approvedBy: [OPERATOR.name],
  } as const
  const terms = policyOf(settings, project).membership?.terms
  const before = contacts.filter(one => one.project === project && isMember(one)).length
  const text = `${contact} is a contact of ${project} now, for ${of}: ${request.address}, key ${key.fingerprint}.`
  return {
    outcome: 'command',
    reason: 'member-imported',
    actor: OPERATOR,
    events: [
      ...(known === undefined ? [joining] : []),
      {
        ...fact,
        kind: 'contact-named',
        contact,
        project,
        of,
        organisation,
        name: request.name,
        address: request.address,
        contactKind: 'person',
        manages: known === undefined ? 'all' : 'nothing',
        key,
        as: 'active',
        token: undefined,
        acceptance: terms && {
          version: terms.version,
          sha256: terms.sha256,
          at: now,
          how: 'operator-vouched',
          inbound: undefined,
        },
      },
    ],
    mails: toAdmins(
      settings.admins,
      { project: request.project, case: undefined },
      {
        kind: 'change',
        by: 'operator',
        lines: [plaintext(text)],
      },
    ),
    answer: operatorAnswer('member import', text, undefined, {
      contact,
      distributor: of,
      contacts: before + 1,
    }),
    oneShot: undefined,
    plan: undefined,
    files: [],
  }
}

function importFault(request: MemberImport, { settings, contacts, ownKeys }: Snapshot): string | undefined {
  const project = projectNamed(settings, request.project)
  if (project === undefined)
    return `There is no project ${request.project}; the configuration has ${settings.projects.map(p => p.name).join(', ')}.`
  if (project.distributors === undefined)
    return `${request.project} has no distributors address in the configuration.`
  if (isOwnAddress(settings, request.address)) return `${request.address} is one of our own addresses.`
  const { fingerprint } = request.key
  if (ownKeys.includes(fingerprint)) return `The key ${fingerprint} is one of our own.`
  const inProject = contacts.filter(
    ({ project: of, state }) => of === request.project && state !== 'left' && state !== 'removed',
  )
  if (inProject.some(contact => sameMailbox(contact.address, request.address)))
    return `${request.address} is a contact of ${request.project} already.`
  if (inProject.some(contact => contact.fingerprint === fingerprint))
    return `The key ${fingerprint} belongs to another contact of ${request.project}.`
  return undefined
}

/** A request with a key that cannot be used, or one that cannot be read: the operator alone hears of it. */
export function unusableRequest(why: string): Decision {
  const fault = KEY_FAULTS.find(one => one === why)
  const reason =
    fault === undefined ? `The request cannot be used (${why}).` : KEY_FAULT_WORDS[fault].sentence
  return refusedRequest('member import', `Nothing was changed. ${reason}`, 'E-KEY')
}
