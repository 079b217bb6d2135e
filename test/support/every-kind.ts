// Makes a running embargod send every kind of mail it knows, in clear and encrypted, with marked words in all
// that people write to it; and reads what it sent the way each recipient does.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Content } from '../../src/model/order.ts'
import { DAY } from '../../src/model/time.ts'
import { askToJoin, askWhich, whileDown } from './every-joining.ts'
import { STRANGERS_WORDS, TEAMS_WORDS } from './every-words.ts'
import type { GnuPG } from './gpg.ts'
import { HostFaults } from './host-faults.ts'
import type { Installation } from './installation.ts'
import {
  encryptedReport,
  gpgMimeSigned,
  plainMail,
  thunderbirdEncryptedSigned,
  thunderbirdSigned,
} from './mail.ts'
import { secondAhead } from './notices.ts'
import { type ReadMail, readMail } from './outgoing.ts'
import { autocryptValue } from './pgp-mime.ts'
import type { Attempt } from './submission.ts'
import type { TestEnd } from './workspace.ts'

const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'
const LIST = 'distributors@acme.example'
const USERS = 'announce@users.example'

/**
 * Every kind of content that there is: to add one without a subject here does not compile. A past mail leaves as
 * the report that it is.
 */
export type Kind = Exclude<Content['kind'], 'report' | 'past-mail'> | ReportKind
type ReportKind = 'report' | Exclude<Extract<Content, { kind: 'report' }>['what'], 'new'>

const SUBJECTS: Readonly<Record<Kind, RegExp>> = {
  acknowledgement: /^Your report C-[0-9]{6} has arrived$/,
  application: /^A-[0-9]{6}: a request to join$/,
  'application-answer': /^Your request A-[0-9]{6}$/,
  'application-which': /^Which list do you want to join\?$/,
  'application-review': /^A-[0-9]{6}: (?:ready to be decided on|somebody objects|due soon|due now|overdue)$/,
  'applications-pending': /^Requests to join that wait for you$/,
  'application-circulated': /^A-[0-9]{6}: do you know them\?$/,
  'application-standing': /^Your request A-[0-9]{6} is still under review$/,
  'application-declined': /^Your request to join A-[0-9]{6}$/,
  'member-welcome': /^You are on the list$/,
  reacceptance:
    /^M-[0-9]{6}: (?:please accept the embargo policy|you have not accepted the embargo policy|you get no notices)$/,
  challenge: /^A-[0-9]{6}: prove your address and key$/,
  'acknowledgement-list': /^Your other reports have arrived$/,
  report: /^C-[0-9]{6}: new report$/,
  'follow-up': /^C-[0-9]{6}: new mail$/,
  earlier: /^C-[0-9]{6}: an earlier mail$/,
  welcome: /^C-[0-9]{6}: (?:your part in it|will you lead it\?)$/,
  request: /^A question about your report C-[0-9]{6}$/,
  'list-mail': /^(?:Mail at the distributors address|A request to join some list)$/,
  reply: /^Your report C-[0-9]{6}$/,
  'disclosure-date': /^C-[0-9]{6}: (?:to be public .* UTC|its date holds no more)$/,
  'date-tally': /^C-[0-9]{6}: (?:what the list says to its date|the list agrees to its date)$/,
  news: /^News of your report C-[0-9]{6}$/,
  transcript: /^What came of your commands$/,
  refusal: /^Your mail changed nothing$/,
  help: /^How to write to us$/,
  key: /^Our public key$/,
  alert: /^(?:(?:[CN]-[0-9]{6}: something|Something) needs you|N-[0-9]{6}: all can be reached)$/,
  reminder: /^C-[0-9]{6}: (?:due soon|due now|overdue|nobody leads it|decide on its embargo)$/,
  notice: /^N-[0-9]{6}: early disclosure$/,
  'users-notice': /^A security fix for Velero is planned$/,
  'users-notice-text': /^N-[0-9]{6}: a text for users$/,
  membership:
    /^M-[0-9]{6}: (?:please answer|the key|a further contact|on the list|off the list|no notices for now|notices again|who reads there\?)$/,
  change: /^What the team changed$/,
  'answer-wanted': /^N-[0-9]{6}: please answer$/,
  'roll-up': /^C-[0-9]{6}: (?:some have not|all have) answered$/,
  feedback: /^C-[0-9]{6}: feedback on the fix$/,
  'share-request': /^C-[0-9]{6}: may they be told\?$/,
  'share-outcome': /^C-[0-9]{6}: what you asked to share$/,
  contribution: /^C-[0-9]{6}: work that was done$/,
  post: /^C-[0-9]{6}: said on the list$/,
  'post-waiting': /^C-[0-9]{6}: P-[0-9]{6} waits for you$/,
  'post-answer': /^Your mail to the list$/,
  'embargo-broken': /^C-[0-9]{6}: the embargo is broken$/,
  'embargo-over': /^C-[0-9]{6}: the embargo is over$/,
  leak: /^L-[0-9]{6}: (?:a leak was told|more of a leak)$/,
  'leak-thanks': /^Thank you for telling us$/,
  strike: /^A strike against your organisation$/,
}

export const KINDS = Object.keys(SUBJECTS) as readonly Kind[]
/** All but what goes in clear whatever key is known: the list of case numbers, what strangers and users are told alike. */
export const ENCRYPTED_KINDS = KINDS.filter(
  kind => !['acknowledgement-list', 'application-which', 'help', 'refusal', 'users-notice'].includes(kind),
)

/** Reports of one sender: five are acknowledged, and a day later the others in one mail. */
const ECHOES = 7

/** Longest wait for what is due, in milliseconds. */
const PATIENCE = 45_000

/** After that long whatever waits is overdue, for the policy gives two weeks. */
const LATER = 16 * DAY

/** Whose report one of the team received days ago and passes on. */
export const PASSED_ON = 'wanda@stranger.example'

export type SentMail = {
  readonly kind: Kind
  readonly to: string
  readonly attempt: Attempt
  readonly octets: Buffer
  readonly read: ReadMail
}

export type EveryKind = {
  readonly mails: readonly SentMail[]
  /** Everybody who has a key and may get mail. */
  readonly people: readonly GnuPG[]
  /** Who is on the list from the beginning. */
  readonly contacts: readonly GnuPG[]
  /** Who asks to join, and is shown to the members. */
  readonly applicant: GnuPG
  /** Message-IDs of each sender's mails, by address. */
  readonly messageIds: ReadonlyMap<string, readonly string[]>
  /** Of a program that is to find the last of them signed today: they are of a day to come. */
  readonly host: HostFaults
}

/** Takes an installation that has not started yet, and leaves it running with nothing under way. */
export async function sendEveryKind(acme: Installation, t: TestEnd): Promise<EveryKind> {
  const { alice, bob } = acme
  const ourKey = await acme.fingerprintOf('mail')
  // She reads for those who have no key, and they are written to from the list, too.
  await alice.importKey(await acme.publicKey('list-velero'))
  // What is said on the list reaches those of the team from there.
  await bob.importKey(await acme.publicKey('list-velero'))
  const contacts = [
    await acme.person('Contact One', 'oncall@one.example'),
    await acme.person('Contact Two', 'oncall@two.example'),
    await acme.person('Contact Three', 'oncall@three.example'),
  ] as const
  let suspended = ''
  for (const contact of contacts) {
    const imported = await acme.importMember(contact, `Distro of ${contact.name}`)
    assert.equal(imported.code, 0, imported.problem)
    suspended = /M-[0-9]{6}/.exec(imported.out)?.[0] ?? ''
  }
  const riya = await acme.person('Riya Reporter', 'riya@research.example')
  const erin = await acme.person('Erin Engineer', 'erin@team.example')
  await erin.importKey(await acme.publicKey('list-velero'))
  const ann = await acme.person('Ann Applicant', 'ann@vendor.example')
  const dan = await acme.person('Dan Declined', 'dan@declined.example')
  const people = [alice, bob, riya, erin, ann, dan, ...contacts]
  const host = await HostFaults.make(t, join(acme.folder, 'data'))
  const messageIds = new Map<string, readonly string[]>()
  let settled = 0
  const deliver = async (...mails: readonly Buffer[]) => {
    for (const octets of mails) {
      await acme.deliver(octets)
      keepId(octets)
    }
    settled += mails.length
    await acme.logged(/"event":"settled","inbound"/, settled)
  }
  const keepId = (octets: Buffer) => {
    const [, from = ''] = /^From: .*?([^\s<>]+@[^\s<>]+)>?\r$/m.exec(octets.toString('latin1')) ?? []
    const [, id = ''] = /^Message-ID: (.*)\r$/m.exec(octets.toString('latin1')) ?? []
    messageIds.set(from, [...(messageIds.get(from) ?? []), id])
  }
  const outsider = (name: string, to: string, text: string) =>
    plainMail({
      from: `${STRANGERS_WORDS.displayName} <${name}@stranger.example>`,
      to,
      subject: STRANGERS_WORDS.subject,
      text,
      headers: [['References', `<${STRANGERS_WORDS.reference}@stranger.example>`]],
    })

  await adaptPolicy(acme)
  await acme.start(host.environment)
  const replayed = await gpgMimeSigned(alice, { to: COMMAND, text: 'embargod acme\nsendkey\n' })
  await deliver(
    await encryptedReport(riya, [ourKey], {
      from: `${STRANGERS_WORDS.displayName} <${riya.address}>`,
      to: SECURITY,
      subject: STRANGERS_WORDS.innerSubject,
      text: `It runs anything: ${STRANGERS_WORDS.body}\n`,
      html: `<p>It runs anything: ${STRANGERS_WORDS.html}</p>`,
      attachments: [
        { fileName: `${STRANGERS_WORDS.fileName}.sh`, content: `# ${STRANGERS_WORDS.fileContent}\n` },
      ],
      headers: [['References', `<${STRANGERS_WORDS.reference}@research.example>`]],
      autocrypt: 'header',
    }),
    outsider('quinn', SECURITY, `It crashes: ${STRANGERS_WORDS.body}\n`),
    outsider('helpless', COMMAND, 'help\n'),
    outsider('keyless', COMMAND, 'sendkey\n'),
    outsider('eve', COMMAND, `embargod acme\nshow ${STRANGERS_WORDS.command}\n`),
    await gpgMimeSigned(contacts[0], {
      to: COMMAND,
      text: `embargod acme\nshow ${STRANGERS_WORDS.command}\n`,
    }),
    await gpgMimeSigned(contacts[1], { to: COMMAND, text: 'help\n' }),
    // Of a case that there is not, so that the team alone gets it.
    await thunderbirdSigned(contacts[1], {
      to: LIST,
      subject: 'C-999999',
      text: `${STRANGERS_WORDS.post}\n`,
    }),
    plainMail({
      from: `${STRANGERS_WORDS.displayName} <${riya.address}>`,
      to: LIST,
      subject: STRANGERS_WORDS.subject,
      text: `1. ${STRANGERS_WORDS.post}\n`,
      headers: [['Autocrypt', await autocryptValue(riya)]],
    }),
    replayed,
    Buffer.from(replayed.toString('latin1').replace(/^Subject: .*\r$/m, 'Subject: again\r'), 'latin1'),
  )
  const caseOf = async (address: string) => {
    const mail = await acme.submission.waitFor(({ to }) => to.includes(address))
    const { text } = await readMail(mail.octets, address === riya.address ? riya : alice)
    return /C-[0-9]{6}/.exec(text)?.[0] ?? ''
  }
  const [encrypted, clear] = [await caseOf(riya.address), await caseOf('quinn@stranger.example')]
  const sendAt = new Date(secondAhead(acme, 6_000)).toISOString().replace('.000Z', 'Z')
  // What was promised when it came is due by now.
  const forwarded = outsider('wanda', 'alice@team.example', `It hangs: ${STRANGERS_WORDS.body}\n`)
  keepId(forwarded)
  const received = new Date(Date.now() - 10 * DAY).toISOString().slice(0, 16)
  await deliver(
    await gpgMimeSigned(alice, {
      to: COMMAND,
      text: `embargod acme\nopen from=${PASSED_ON} att:report.eml received=${received}Z\n`,
      attachments: [
        { fileName: 'report.eml', mediaType: 'message/rfc822', content: forwarded.toString('latin1') },
      ],
    }),
    await gpgMimeSigned(alice, {
      to: COMMAND,
      text:
        `embargod acme\ntake ${encrypted}\naccept ${encrypted}\naccept ${clear}\n` +
        `note ${encrypted} <<\n${TEAMS_WORDS.note}\n.\nask-private ${encrypted}\n` +
        `assign ${encrypted} fix=erin address=${erin.address} key=${erin.fingerprint} att:erin.asc\n` +
        `reply ${encrypted} <<\n${TEAMS_WORDS.reply}\n.\nreply ${clear} clear=yes <<\nWe look into it.\n.\nask-key ${clear}\n` +
        `plan ${clear} disclose=${sendAt} <<\n${TEAMS_WORDS.why}\n.\n`,
      attachments: [{ fileName: 'erin.asc', content: await erin.exportArmored() }],
    }),
    await thunderbirdEncryptedSigned(riya, [ourKey], {
      to: SECURITY,
      text: `More: ${STRANGERS_WORDS.followUp}\n`,
      headers: [['In-Reply-To', await messageIdTo(acme, riya.address)]],
    }),
    await thunderbirdEncryptedSigned(bob, [ourKey], {
      to: COMMAND,
      text: `embargod acme\nnotice ${encrypted} stage=early-disclosure send=${sendAt} att:${TEAMS_WORDS.patchName}.patch <<\n${TEAMS_WORDS.notice}\n.\n`,
      attachments: [{ fileName: `${TEAMS_WORDS.patchName}.patch`, content: `+${TEAMS_WORDS.patch}\n` }],
    }),
  )
  await allSent(acme, contacts.length * 2)
  const texts = (await acme.inboxOf(bob)).map(({ text }) => /confirm acme [a-z2-7]{16}/.exec(text)?.[0])
  await deliver(await gpgMimeSigned(bob, { to: COMMAND, text: `${texts.findLast(found => found)}\n` }))
  // Told to both admins when the contacts were imported; a copy of the notice for each contact.
  await allSent(acme, contacts.length * 2 + contacts.length)
  const settledMails = () => allSent(acme, contacts.length * 2 + contacts.length)
  await tellUsers(acme, encrypted, deliver, settledMails)
  const told = contacts[0]
  const signed = (person: GnuPG, to: string, text: string) => gpgMimeSigned(person, { to, text })
  await deliver(
    await gpgMimeSigned(told, { to: LIST, subject: `Re: ${encrypted}`, text: `${STRANGERS_WORDS.post}\n` }),
  )
  await allSent(acme, contacts.length * 2 + contacts.length)
  const offered = (await acme.inboxOf(alice)).map(({ text }) => /relay P-[0-9]{6}/.exec(text)?.[0])
  await deliver(await signed(alice, COMMAND, `embargod acme\n${offered.find(found => found)}\n`))
  await deliver(
    await signed(
      told,
      COMMAND,
      `embargod acme\nask-share ${encrypted} with="${STRANGERS_WORDS.share}" <<\n${STRANGERS_WORDS.why}\n.\n` +
        `contribute ${encrypted} task=test <<\n${STRANGERS_WORDS.work}\n.\n`,
    ),
    await signed(told, LIST, `leak ${encrypted}\n\n${STRANGERS_WORDS.leak}\n`),
    outsider('lea', SECURITY, `leak ${encrypted}\n\n${STRANGERS_WORDS.leak}\n`),
  )
  // Still to come when time has passed, for nobody is asked for an answer to what is to be public by then.
  const ahead = new Date(Date.now() + LATER + 2 * DAY).toISOString().slice(0, 13)
  const plan = `embargod acme\nplan ${encrypted} disclose=${ahead}:00Z <<\n${TEAMS_WORDS.why}\n.\n`
  await deliver(await signed(alice, COMMAND, plan))
  await deliver(
    await signed(told, COMMAND, `embargod acme\nobject ${encrypted} <<\n${STRANGERS_WORDS.why}\n.\n`),
  )
  const { contact, distributor } = memberOf(acme, told.address)
  await deliver(
    await signed(
      alice,
      COMMAND,
      `embargod acme\ngrant-share ${encrypted} to=${contact}\nstrike ${distributor} <<\n${TEAMS_WORDS.strike}\n.\n`,
    ),
  )
  const feedback = `embargod acme\nfeedback ${encrypted} <<\n${STRANGERS_WORDS.work}\n.\n`
  await deliver(await signed(contacts[2], COMMAND, feedback))
  await deliver(
    await gpgMimeSigned(alice, {
      to: COMMAND,
      text: `embargod acme\nsuspend ${suspended} <<\nFor now.\n.\n`,
    }),
  )
  await askToJoin(acme, { ann, dan, riya }, told, { deliver, sent: settledMails })
  const echoes = Array.from({ length: ECHOES }, () => outsider('echo', SECURITY, `${STRANGERS_WORDS.body}\n`))
  await deliver(...echoes)
  await settledMails()
  await acme.stop()
  await whileDown(acme)
  forgetClock(acme)
  await host.wallClockOff(LATER)
  await acme.start(host.environment)
  const listed = SUBJECTS['acknowledgement-list']
  await acme.submission.waitFor(({ octets }) =>
    listed.test(/^Subject: (.*)\r$/m.exec(octets.toString('latin1'))?.[1] ?? ''),
  )
  await deliver(askWhich())
  await acme.submission.waitFor(() => everythingIsOut(acme, LAST_OF_TIME), PATIENCE)
  const broken = await acme.cli('cmd', `break ${encrypted} <<`, TEAMS_WORDS.why, '.')
  assert.equal(broken.code, 0, broken.problem)
  await acme.submission.waitFor(() => everythingIsOut(acme, ['embargo-broken', 'embargo-over']), PATIENCE)
  return { mails: await readAll(acme, people), people, contacts, applicant: ann, messageIds, host }
}

/** The policy of the installation, what members may do in return, and posts that wait; nobody has to wait for objections. */
async function adaptPolicy(acme: Installation): Promise<void> {
  const folder = join(acme.folder, 'profiles')
  await mkdir(folder)
  const policy = await readFile(new URL('../../config/profiles/velero.yaml', import.meta.url), 'utf8')
  const contributing = '  contributing: { tasks: [{ name: test, text: Test the patches }], told: list }\n'
  await writeFile(
    join(folder, 'velero.yaml'),
    policy
      .replace(/^membership:\n/m, `$&${contributing}`)
      .replace('posts: relayed', 'posts: moderated')
      .replace(/^notices:\n/m, '$&  answers: { within: 3d }\n')
      .replace(/^ {4}objection: 7d\n/m, '')
      .replace(/^ {4}bootstrap: .*\n/m, ''),
  )
  await acme.edit(text =>
    text
      .replace('#profiles: profiles', 'profiles: profiles')
      .replace(/^ {4}distributors: .*\n/m, `$&    users: [${USERS}]\n`),
  )
}

/** Word to users of a case, which goes out in clear. */
async function tellUsers(
  acme: Installation,
  id: string,
  deliver: (...mails: readonly Buffer[]) => Promise<void>,
  sent: () => Promise<void>,
): Promise<void> {
  const { alice } = acme
  const disclose = new Date(secondAhead(acme, 14 * DAY)).toISOString().replace('.000Z', 'Z')
  const commands =
    `severity ${id} cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N\n` +
    `mitigate ${id} <<\nRestore only what you made yourself.\n.\nplan ${id} disclose=${disclose} <<\nThen.\n.\n`
  await deliver(await gpgMimeSigned(alice, { to: COMMAND, text: `embargod acme\n${commands}` }))
  const sendAt = new Date(secondAhead(acme, 15_000)).toISOString().replace('.000Z', 'Z')
  const notice = `embargod acme\nnotice ${id} stage=users send=${sendAt}\n`
  await deliver(await gpgMimeSigned(alice, { to: COMMAND, text: notice }))
  const waiting = async () =>
    (await acme.inboxOf(alice)).findLast(({ text }) => text.includes('stage=users'))?.text ?? ''
  await sent()
  const [confirm = ''] = /confirm acme [a-z2-7]{16}/.exec(await waiting()) ?? []
  await deliver(await gpgMimeSigned(alice, { to: COMMAND, text: `${confirm}\n` }))
  await acme.submission.waitFor(({ to }) => to.includes(USERS))
}

/** Ids of a contact on the list and of their organisation. */
function memberOf(acme: Installation, address: string): Readonly<Record<string, unknown>> {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'), { readOnly: true })
  try {
    const found = database
      .prepare('SELECT id AS contact, distributor FROM contacts WHERE address = ?')
      .get(address)
    assert.ok(found)
    return found
  } finally {
    database.close()
  }
}

/** What time brings about, the last of it. */
const LAST_OF_TIME = [
  'application-standing',
  'applications-pending',
  'reacceptance',
  'application-which',
  'roll-up',
] as const

/** Mails of these kinds are there, and all are sent. */
function everythingIsOut(acme: Installation, last: readonly Kind[]): boolean {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'), { readOnly: true })
  try {
    const rows = database.prepare("SELECT kind FROM outbox WHERE state IN ('ready', 'sending', 'sent')").all()
    const kinds = new Set(rows.map(({ kind }) => kind))
    return last.every(kind => kinds.has(kind)) && acme.submission.mails.length >= rows.length
  } finally {
    database.close()
  }
}

/** As after a start of the host: its clock is believed as it is. No daemon may run. */
function forgetClock(acme: Installation): void {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'))
  try {
    database.exec("DELETE FROM meta WHERE name = 'clock-agreement'")
  } finally {
    database.close()
  }
}

/** Waits for all mail that the daemon says it settled, and for `more` that was made otherwise. */
async function allSent(acme: Installation, more: number): Promise<void> {
  const counts = acme.log.map(line => /"event":"settled".*"mails":([0-9]+)/.exec(line)?.[1] ?? '0')
  await acme.submission.waitForCount(more + counts.reduce((sum, count) => sum + Number(count), 0), 45_000)
}

/** All mails sent so far, as their recipients read them; one in clear is read with our key alone. */
export const readAll = (acme: Installation, people: readonly GnuPG[]): Promise<readonly SentMail[]> =>
  Promise.all(
    acme.submission.mails.map(async attempt => {
      const [to = ''] = attempt.to
      const octets = Buffer.from(attempt.octets)
      const read = await readMail(octets, people.find(({ address }) => address === to) ?? acme.alice)
      return { kind: kindOf(read), to, attempt, octets, read }
    }),
  )

function kindOf({ innerSubject = '' }: ReadMail): Kind {
  const found = KINDS.find(kind => SUBJECTS[kind].test(innerSubject))
  assert.ok(found, `a mail of no known kind: ${innerSubject}`)
  return found
}

async function messageIdTo(acme: Installation, address: string): Promise<string> {
  const mail = await acme.submission.waitFor(({ to }) => to.includes(address))
  return /^Message-ID: (.*)\r$/m.exec(mail.octets.toString('latin1'))?.[1] ?? ''
}
