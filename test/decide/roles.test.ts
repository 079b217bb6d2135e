// Every verb of the registry and everybody who may sign one, both ways: whoever may send it is heard, whoever may
// not gets E-ROLE, and where they have no part in the case the very answer of a case that does not exist.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ROLES, type Role } from '../../src/decide/authority.ts'
import { COMMANDS } from '../../src/decide/commands/registry.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Application } from '../../src/model/application.ts'
import type { Case } from '../../src/model/case.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Engineer } from '../../src/model/person.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import {
  type Fingerprint,
  inboundId,
  instant,
  parseApplicationId,
  parseStatementId,
} from '../../src/model/scalars.ts'
import { BARE_APPLICATION } from '../support/bare-application.ts'
import {
  ALICE,
  aCase,
  address,
  aNotice,
  caseId,
  contact,
  fingerprint,
  fresh,
  mail,
  NOW,
  noticeId,
  settings,
  signedText,
  snapshot,
  sure,
} from './given.ts'

const CASE = 'C-482107'
const NO_CASE = 'C-999999'
const OTHER = caseId('555555')
const VECTOR = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

type Sample = {
  readonly line: string
  readonly by: readonly Role[]
  /** The code with which it ends here for whoever may send it, where it needs more than this case. */
  readonly ends?: string
  /** It counts also where no key of its signer opens anything, as any report does. */
  readonly fromAnyone?: 'report'
}

/** For each verb one that is right, and who may send it, as product.md §4 has it. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  help: { line: 'help', by: ROLES },
  sendkey: {
    line: 'sendkey',
    by: ROLES,
  },
  list: { line: 'list', by: ['fix-team', 'maintainer', 'lead', 'admin'] },
  simulate: { line: 'simulate until=2026-12-09T16:00Z', by: ['admin'] },
  show: { line: `show ${CASE}`, by: ['fix-team', 'maintainer', 'lead', 'admin'] },
  applications: { line: 'applications', by: ['admin'] },
  open: { line: 'open from=zoe@plain.example att:mail.eml', by: ['admin'], ends: 'E-UNKNOWN' },
  route: { line: `route ${CASE} widget`, by: ['admin'] },
  assign: { line: `assign ${CASE} lead=bob`, by: ['lead', 'admin'] },
  'accept-lead': {
    line: `accept-lead ${CASE}`,
    by: ['fix-team', 'maintainer', 'lead', 'admin'],
    ends: 'E-STATE',
  },
  policy: { line: 'policy show', by: ['admin'] },
  'accept-terms': {
    line: `accept-terms ${CASE}`,
    by: ['invited', 'fix-team', 'maintainer', 'lead', 'admin'],
    ends: 'E-STATE',
  },
  access: { line: `access ${CASE} erin granted`, by: ['lead', 'admin'] },
  away: { line: 'away until=2026-12-09T16:00Z', by: ['maintainer', 'lead', 'admin'] },
  share: { line: `share ${CASE} with=maintainers`, by: ['admin'] },
  'need-info': { line: `need-info ${CASE} <<\nWhich version?\n.`, by: ['admin'] },
  'ask-private': { line: `ask-private ${CASE}`, by: ['admin'] },
  public: { line: `public ${CASE} url=https://example.org/x`, by: ['admin'] },
  spam: { line: `spam ${CASE}`, by: ['admin'] },
  ham: { line: `ham ${CASE}`, by: ['admin'], ends: 'E-STATE' },
  merge: { line: `merge ${CASE} into=C-555555`, by: ['admin'], ends: 'E-UNKNOWN' },
  reclassify: { line: `reclassify ${CASE} as=not-security`, by: ['admin'] },
  hold: { line: `hold ${CASE} <<\nWait.\n.`, by: ['lead', 'admin'] },
  release: { line: `release ${CASE} <<\nGo on.\n.`, by: ['lead', 'admin'] },
  close: { line: `close ${CASE}`, by: ['admin'], ends: 'E-STATE' },
  purge: { line: `purge ${CASE}`, by: ['admin'], ends: 'E-STATE' },
  take: { line: `take ${CASE}`, by: ['admin'] },
  accept: { line: `accept ${CASE}`, by: ['admin'] },
  reject: { line: `reject ${CASE} <<\nNo.\n.`, by: ['admin'] },
  title: { line: `title ${CASE} Heap overflow`, by: ['admin'] },
  tag: { line: `tag ${CASE} remote`, by: ['admin'] },
  severity: { line: `severity ${CASE} cvss=${VECTOR}`, by: ['admin'] },
  'propose-severity': {
    line: `propose-severity ${CASE} cvss=${VECTOR}`,
    by: ['fix-team', 'lead', 'admin'],
  },
  cve: { line: `cve ${CASE} request`, by: ['admin'] },
  affects: { line: `affects ${CASE} 1.0`, by: ['admin'] },
  fixed: { line: `fixed ${CASE} 1.1`, by: ['admin'] },
  mitigate: { line: `mitigate ${CASE} <<\nTurn it off.\n.`, by: ['admin'] },
  comms: { line: `comms ${CASE} <<\nTell all.\n.`, by: ['admin'] },
  upstream: { line: `upstream ${CASE} name=zlib`, by: ['admin'] },
  break: { line: `break ${CASE} <<\nIt is out.\n.`, by: ['admin'] },
  continue: { line: `continue ${CASE} <<\nIt is not out.\n.`, by: ['admin'] },
  ack: { line: `ack ${CASE}`, by: ['member', 'suspended'], ends: 'E-STATE' },
  affected: { line: `affected ${CASE} yes`, by: ['member', 'suspended'], ends: 'E-STATE' },
  ready: { line: `ready ${CASE} version=1.2`, by: ['member', 'suspended'], ends: 'E-STATE' },
  feedback: { line: `feedback ${CASE} <<\nIt works.\n.`, by: ['member', 'suspended'], ends: 'E-STATE' },
  'ask-share': {
    line: `ask-share ${CASE} with="Buildfarm" <<\nThey build it.\n.`,
    by: ['member'],
    ends: 'E-POLICY',
  },
  'grant-share': {
    line: `grant-share ${CASE} to=M-000001`,
    by: ['member', 'admin'],
    ends: 'E-POLICY',
  },
  'deny-share': {
    line: `deny-share ${CASE} to=M-000001 <<\nNo.\n.`,
    by: ['member', 'admin'],
    ends: 'E-POLICY',
  },
  contribute: { line: `contribute ${CASE} task=test <<\nAll pass.\n.`, by: ['member'], ends: 'E-POLICY' },
  leak: { line: `leak ${CASE} <<\nIt is on a pastebin.\n.`, by: ROLES, fromAnyone: 'report' },
  incident: { line: 'incident L-500009', by: ['admin'], ends: 'E-UNKNOWN' },
  relay: { line: 'relay P-800009', by: ['admin'], ends: 'E-UNKNOWN' },
  withhold: { line: 'withhold P-800009 <<\nIt names a customer.\n.', by: ['admin'], ends: 'E-UNKNOWN' },
  strike: { line: 'strike D-800009 <<\nIt was you.\n.', by: ['admin'], ends: 'E-UNKNOWN' },
  'fix-ready': { line: `fix-ready ${CASE} tested=ci lgtm=carol`, by: ['fix-team', 'lead', 'admin'] },
  slow: { line: `slow ${CASE} <<\nHolidays.\n.`, by: ['fix-team', 'lead', 'admin'] },
  plan: { line: `plan ${CASE} disclose=2026-12-09T16:00Z <<\nThen.\n.`, by: ['admin'] },
  extend: { line: `extend ${CASE} until=2026-12-09T16:00Z <<\nHolidays.\n.`, by: ['admin'], ends: 'E-STATE' },
  note: { line: `note ${CASE} <<\nA word.\n.`, by: ['fix-team', 'maintainer', 'lead', 'admin'] },
  reply: { line: `reply ${CASE} <<\nThank you.\n.`, by: ['admin'] },
  'ask-key': { line: `ask-key ${CASE}`, by: ['admin'] },
  reporter: { line: `reporter ${CASE} address=riya@home.example`, by: ['admin'] },
  adopt: { line: 'adopt S-400001', by: ['admin'] },
  preflight: { line: `preflight ${CASE}`, by: ['admin'] },
  notice: {
    line: `notice ${CASE} stage=early-disclosure send=2026-12-09T16:00Z <<\nAll of it.\n.`,
    by: ['admin'],
  },
  notify: { line: `notify ${CASE} yes <<\nThey need time.\n.`, by: ['lead', 'admin'] },
  audience: { line: 'audience N-300009 include=M-000001', by: ['admin'] },
  cancel: { line: 'cancel N-300009', by: ['admin'] },
  reschedule: { line: 'reschedule N-300009 send=2026-12-09T16:00Z', by: ['admin'], ends: 'E-UNKNOWN' },
  resend: { line: 'resend N-300009', by: ['admin'], ends: 'E-UNKNOWN' },
  suspend: { line: 'suspend M-000001 <<\nFor now.\n.', by: ['admin'] },
  resume: { line: 'resume M-000002', by: ['admin'] },
  remove: { line: 'remove M-000001 <<\nGone.\n.', by: ['admin'] },
  rekey: { line: 'rekey M-000001 att:key.asc verified="by a call"', by: ['admin'], ends: 'E-UNKNOWN' },
  veto: { line: 'veto M-000009', by: ['member', 'suspended', 'admin'], ends: 'E-UNKNOWN' },
  key: { line: 'key list', by: ['member', 'suspended'] },
  contact: { line: 'contact list', by: ['member'] },
  attest: { line: 'attest people=3', by: ['member', 'suspended'] },
  my: { line: 'my', by: ['member', 'suspended'] },
  leave: { line: 'leave organisation=yes', by: ['member', 'suspended'] },
  stats: { line: 'stats', by: ['admin'] },
  // Hidden from members, unless the policy says otherwise.
  roster: { line: 'roster', by: ['member', 'admin'], ends: 'E-POLICY' },
  status: { line: `status ${CASE}`, by: ['applicant', 'reporter'], ends: 'E-UNKNOWN' },
  withdraw: { line: 'withdraw A-771234', by: ['applicant'] },
  agree: { line: `agree ${CASE}`, by: ['reporter', 'member'], ends: 'E-STATE' },
  object: { line: `object ${CASE}`, by: ['reporter', 'member'], ends: 'E-STATE' },
  propose: { line: `propose ${CASE} date=2026-12-09T16:00Z`, by: ['reporter', 'member'] },
  credit: { line: `credit ${CASE} name="Riya Ross"`, by: ['reporter'] },
  consent: { line: `consent ${CASE} yes`, by: ['reporter'] },
  prove: { line: 'prove A-771234 abcdefghij234567', by: ['applicant'], ends: 'E-UNKNOWN' },
  'accept-policy': {
    line: `accept-policy version=1 sha256=${'ab'.repeat(32)}`,
    by: ['applicant', 'member', 'suspended'],
    ends: 'E-STATE',
  },
  private: { line: `private ${CASE} no`, by: ['reporter'] },
  vouch: {
    line: `vouch A-771234 for=${'6'.repeat(40)} <<\nI know them.\n.`,
    by: ['member'],
    ends: 'E-UNKNOWN',
  },
  circulate: { line: 'circulate A-771234', by: ['admin'], ends: 'E-POLICY' },
  approve: { line: 'approve A-771234', by: ['admin'], ends: 'E-POLICY' },
  decline: { line: 'decline A-771234 clear=yes <<\nNo.\n.', by: ['admin'] },
  found: { line: 'found A-771234', by: ['admin'], ends: 'E-POLICY' },
}
/** It stands alone in its mail, and needs a plan that waits (test/decide/confirmation.test.ts). */
const NOT_A_COMMAND_LINE = ['confirm']

const CAROL = { name: 'carol', address: address('carol@acme.example'), fingerprint: fingerprint('C') }
const LEA = { name: 'lea', address: address('lea@acme.example'), fingerprint: fingerprint('D') }
const certificate = (key: Fingerprint) => ({ fingerprint: key, certificate: new Uint8Array([1]), keyIds: [] })
const ERIN: Engineer = {
  name: 'erin',
  address: address('erin@vendor.example'),
  fingerprint: fingerprint('E'),
  key: certificate(fingerprint('E')),
  since: instant(0),
  terms: instant(0),
}
/** Asked to the fix team, and has not agreed to its terms. */
const FRED: Engineer = {
  name: 'fred',
  address: address('fred@vendor.example'),
  fingerprint: fingerprint('F'),
  key: certificate(fingerprint('F')),
  since: instant(0),
}
const RIYA = fingerprint('7')
const APPLICANT = fingerprint('6')

/** Who is what in the case: by the key that signs. */
const SIGNERS: Readonly<Record<Role, Fingerprint>> = {
  anyone: fingerprint('9'),
  reporter: RIYA,
  applicant: APPLICANT,
  member: contact('one', '1').fingerprint,
  suspended: contact('two', '2').fingerprint,
  invited: FRED.fingerprint,
  'fix-team': ERIN.fingerprint,
  maintainer: CAROL.fingerprint,
  lead: LEA.fingerprint,
  admin: ALICE.fingerprint,
}

const people = settings({
  projects: settings().projects.map(project => ({
    ...project,
    policy: { ...project.policy, fixTeam: { needs: ['terms'], terms: 'Tell nobody.' } },
    maintainers: [CAROL, LEA],
  })),
})
const statement = parseStatementId('S-400001')
assert.ok(statement)

const ours = (changes: Partial<Case> = {}): Case =>
  aCase({
    state: 'fixing',
    lead: 'lea',
    sharedWith: 'maintainers',
    fixTeam: [ERIN, FRED],
    reporter: { address: address('riya@research.example'), key: certificate(RIYA) },
    statements: [
      {
        id: statement,
        at: NOW,
        inbound: inboundId(1),
        by: 'key',
        saying: { kind: 'agree' },
        adoptedBy: undefined,
      },
    ],
    ...changes,
  })

/** Of another project's people: none of those above but the admins has a part in it. */
const theirs = aCase({ state: 'fixing' })

const application: Application = {
  ...BARE_APPLICATION,
  id: sure(parseApplicationId('A-771234')),
  project: theirs.project,
  receivedAt: NOW,
  heardAt: NOW,
  address: address('ann@new.example'),
  key: certificate(APPLICANT),
}

function signed(line: string, signer: Fingerprint, cases: readonly Case[]): Decision {
  const cancelled = aNotice({ id: noticeId('300009'), case: OTHER })
  const world = {
    settings: people,
    cases: new Map(cases.map(one => [one.id, one])),
    notices: new Map([[cancelled.id, cancelled]]),
    contacts: [contact('one', '1'), { ...contact('two', '2'), state: 'suspended' as const }],
    applications: new Map([[application.id, application]]),
    told: new Map(
      cases
        .filter(one => one.sharedWith === 'maintainers')
        .map(one => [one.id, [contact('one', '1').fingerprint, contact('two', '2').fingerprint]]),
    ),
    entitled: new Map([ALICE, CAROL, LEA].map(one => [one.fingerprint, instant(0)])),
  }
  return decide(mail({ authored: signedText(`embargod acme\n${line}\n`, signer) }), snapshot(world), fresh)
}

/** What the signer's answer says of the one command, or the constant line that they get instead. */
function answerOf(
  { mails }: Decision,
  signer: Fingerprint,
): readonly [code: string | undefined, text: string] {
  for (const { content, encryptTo } of mails) {
    if (content.kind === 'transcript' && isTo(encryptTo, signer)) {
      const [result] = content.results
      return [result?.code, result?.text.open() ?? '']
    }
    if (content.kind === 'refusal') return ['refusal', content.sentence]
  }
  return assert.fail('no answer')
}

const isTo = (encryptTo: Decision['mails'][number]['encryptTo'], signer: Fingerprint): boolean =>
  encryptTo.kind === 'enrolled' ? encryptTo.fingerprint === signer : encryptTo.kind === 'offered'

test('every verb has its row here', () => {
  const verbs = COMMANDS.map(({ verb }) => verb).filter(verb => !NOT_A_COMMAND_LINE.includes(verb))
  assert.deepEqual(Object.keys(SAMPLES).sort(), verbs.toSorted())
})

for (const [verb, { line, by, ends, fromAnyone }] of Object.entries(SAMPLES))
  suite(`${verb} is heard from ${by.join(', ')} alone`, () => {
    for (const role of ROLES) {
      const signer = SIGNERS[role]
      // No registered key of theirs opens anything: what they send alone is help or sendkey, unsigned.
      const constant = role === 'anyone'
      test(`signed by ${role}`, () => {
        const decision = signed(line, signer, [ours()])
        if (constant && fromAnyone !== undefined) {
          assert.equal(decision.outcome, fromAnyone)
          return
        }
        const [code, text] = answerOf(decision, signer)
        if (constant) {
          assert.equal(decision.outcome, 'refused')
          assert.deepEqual([code, text], ['refusal', 'not-authorised'])
        } else if (by.includes(role)) {
          if (code !== undefined) assert.equal(code, ends, text)
          assert.equal(decision.outcome, code === undefined ? 'command' : 'refused')
        } else {
          assert.equal(code, 'E-ROLE', text)
          assert.equal(decision.outcome, 'refused')
        }
        if (constant || !by.includes(role))
          assert.deepEqual([decision.events, decision.plan], [[], undefined])
      })
    }

    if (line.includes(CASE) && !by.includes('anyone'))
      test('where they have no part in the case it is answered as one that does not exist', () => {
        for (const role of ROLES) {
          const signer = SIGNERS[role]
          if (role === 'admin') continue
          // They have a part in another case, so that the verb is theirs in general.
          const elsewhere = ours({ id: OTHER, statements: [] })
          const hidden = signed(line, signer, [theirs, elsewhere])
          const absent = signed(line.replaceAll(CASE, NO_CASE), signer, [elsewhere])
          const [code, text] = answerOf(hidden, signer)
          if (by.includes(role)) assert.equal(code, 'E-UNKNOWN', text)
          assert.deepEqual([code, text.replaceAll(CASE, NO_CASE)], answerOf(absent, signer))
          assert.deepEqual(
            hidden.mails.map(({ to, content }) => [to, content.kind]),
            absent.mails.map(({ to, content }) => [to, content.kind]),
          )
          assert.deepEqual(hidden.events, [])
          assert.equal(hidden.reason, absent.reason)
        }
      })
  })

test('the operator of the host is an admin and never a reporter', () => {
  for (const [verb, { line, by, ends }] of Object.entries(SAMPLES)) {
    const input = {
      kind: 'operator',
      inbound: inboundId(1),
      receivedAt: NOW,
      request: { kind: 'command', text: plaintext(`embargod acme\n${line}\n`) },
    } as const
    const notice = aNotice({ id: noticeId('300009'), case: OTHER })
    const world = {
      settings: people,
      cases: new Map([[caseId('482107'), ours()]]),
      notices: new Map([[notice.id, notice]]),
      applications: new Map([[application.id, application]]),
    }
    const { answer } = decide(input, snapshot(world), fresh)
    const code = answer?.results[0]?.code
    // Nobody is away as the operator.
    const theirs = verb !== 'away' && (by.includes('admin') || by.includes('anyone'))
    if (theirs) assert.ok(code === undefined || code === ends, verb)
    else assert.equal(code, 'E-ROLE', verb)
  }
})

test('an admin who reported with their own key is the reporter of that case, too', () => {
  const own = ours({ reporter: { address: ALICE.address, key: certificate(ALICE.fingerprint) } })
  const decision = signed(`consent ${CASE} yes\ntake ${CASE}`, ALICE.fingerprint, [own])
  assert.deepEqual(
    decision.events.map(({ kind, actor }) => [kind, actor.kind]),
    [
      ['reporter-said', 'reporter'],
      ['case-taken', 'admin'],
    ],
  )
})
