// One report under a profile, with people who do not exist and who never act: what whoever writes a profile reads to
// see what it promises and who is reminded of it when. Needs no instance and no database.

import type { ComposeContext } from '../compose/context.ts'
import { readTemplates, type Templates } from '../compose/template.ts'
import { listProfiles, PACKAGED_PROFILES, readProfile } from '../config/profile.ts'
import { defaultLimits } from '../config/schema.ts'
import { formatProblem } from '../config/source.ts'
import { packagedTexts } from '../config/templates.ts'
import type { Foreseen } from '../decide/time/foreseen.ts'
import { foresee } from '../decide/time/simulation.ts'
import { configServices } from '../instance/config-services.ts'
import { NOBODY_AWAY } from '../model/absence.ts'
import { dueAt } from '../model/calendar.ts'
import { evolveCase } from '../model/case-evolution.ts'
import { OUTSIDER } from '../model/event.ts'
import type { MailOrder } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { Policy, Span } from '../model/policy.ts'
import { err, ok, type Result } from '../model/result.ts'
import {
  type Instant,
  inboundId,
  later,
  parseCaseId,
  parseEmailAddress,
  parseFingerprint,
  parseInstanceName,
  parseMessageId,
  parseProjectName,
  parseSha256,
} from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { DAY } from '../model/time.ts'

/** Instants at which something happens under one profile. */
const MOST_INSTANTS = 20_000

/** What it foresees beyond the longest embargo, unless an end is given. */
const BEYOND = 2 * DAY
/** Where the policy names no longest embargo. */
const AWHILE: Span = { count: 30, unit: 'day' }

/** What is foreseen, and what wording it needs. */
export type Story = { readonly foreseen: Foreseen; readonly context: ComposeContext }

/** A report that comes at `from` under the profile of this name or in this file; the error is a line a problem. */
export async function reportUnder(
  profile: string,
  from: Instant,
  until: Instant | undefined,
): Promise<Result<Story, readonly string[]>> {
  const packaged = await listProfiles(PACKAGED_PROFILES)
  const file = profile.endsWith('.yaml') ? profile : packaged.get(profile)
  if (file === undefined) {
    const names = [...packaged.keys()].join(', ')
    return err([`There is no profile ${profile}; name one of ${names}, or a file that ends in .yaml.`])
  }
  const policy = await readProfile(file, 'profile')
  if (!policy.ok) return err(policy.error.map(formatProblem))
  const templates = readTemplates(await packagedTexts(configServices.templates))
  return ok(storyOf(policy.value, templates, from, until))
}

/** The acknowledgement, and all that time alone brings about; until a little after the longest embargo. */
function storyOf(policy: Policy, templates: Templates, from: Instant, until: Instant | undefined): Story {
  const settings = settingsWith(policy)
  const id = sure(parseCaseId('C-100001'))
  const address = addressOf('reporter@example.org')
  const project = sure(settings.projects[0]).name
  const theCase = evolveCase(undefined, {
    kind: 'case-opened',
    at: from,
    actor: OUTSIDER,
    case: id,
    project,
    channel: 'direct',
    advisory: undefined,
    receivedAt: from,
    inbound: inboundId(1),
    reporter: { address, key: undefined },
    protection: 'clear',
    title: plaintext('A report'),
    messageId: undefined,
    extract: undefined,
  })
  const longest = policy.embargo.maximum ?? AWHILE
  const end = until ?? later(dueAt(from, longest, policy.calendar), BEYOND)
  const foreseen = foresee(
    {
      now: from,
      settings,
      cases: new Map([[id, theCase]]),
      notices: new Map(),
      copies: [],
      contacts: [],
      distributors: [],
      applications: new Map(),
      incidents: new Map(),
      posts: new Map(),
      absences: NOBODY_AWAY,
      told: new Map(),
    },
    end,
    MOST_INSTANTS,
  )
  const acknowledgement: MailOrder = {
    to: address,
    encryptTo: { kind: 'nobody' },
    project,
    case: id,
    notice: undefined,
    contact: undefined,
    inReplyTo: undefined,
    content: { kind: 'acknowledgement', receivedAt: from },
  }
  return {
    foreseen: { ...foreseen, mails: [{ at: from, order: acknowledgement }, ...foreseen.mails] },
    context: contextWith(settings, templates, from),
  }
}

function settingsWith(policy: Policy): Settings {
  const people = ['alice', 'bob', 'carol'].map((name, at) => ({
    name,
    address: addressOf(`${name}@example.org`),
    fingerprint: sure(parseFingerprint(String(at + 1).repeat(40))),
  }))
  const name = sure(parseProjectName('project'))
  return {
    instance: sure(parseInstanceName('example')),
    defaultPolicy: policy,
    addresses: {
      security: addressOf('security@example.org'),
      command: addressOf('security+cmd@example.org'),
      separator: '+',
    },
    admins: people.slice(0, 2),
    projects: [
      { name, policy, distributors: addressOf('distributors@example.org'), maintainers: people.slice(2) },
    ],
    quorum: 0,
    limits: defaultLimits(),
    mailProviders: [],
  }
}

const contextWith = (settings: Settings, templates: Templates, now: Instant): ComposeContext => ({
  settings,
  templates,
  zone: settings.defaultPolicy.calendar.zone,
  now,
  messageId: sure(parseMessageId('<example@example.org>')),
  boundaries: () => 'examplesonlyexamplesonly',
  replyAddress: () => settings.addresses.security,
  key: () => ({ fingerprint: sure(parseFingerprint('0'.repeat(40))), armored: '', autocrypt: '' }),
  file: () => new Uint8Array(),
  chainHead: { seq: 0, hash: sure(parseSha256('0'.repeat(64))) },
  verbs: [],
})

function addressOf(text: string) {
  const address = parseEmailAddress(text)
  if (!address.ok) throw new Error(address.error)
  return address.value
}

function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an example does not parse')
  return value
}
