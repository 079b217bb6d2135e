// What an alert can say: a group for every occasion, by the name it has in the model. Codes and ids, no content.
import type { Alert, Limit, NoticeWait } from '../../model/alert.ts'
import type { CopyCause } from '../../model/copy-end.ts'
import type { Policy } from '../../model/policy.ts'
import { flag, group, lines, list, required, sometimes, text, type Variable } from '../variables.ts'
import { doubt } from './common.ts'

const inbound = required(text('the number of the mail that came in'))
const to = required(text('whom the mail is for'))
const mail = required(text('what kind of mail it is'))
const why = required(text('the reason, as a code'))
const theCase = required(text('the number of the case'))
const notice = required(text('the number of the notice'))
const admin = {
  name: required(text('the name')),
  address: required(text('the address')),
  fingerprint: required(text('the fingerprint of the key')),
}
const cases = text('the numbers of the cases that it is about')
const moreCases = flag('there are more cases than are named')
const one = flag('it is a single one')

const waits = {
  clock: required(flag('the clock of the host cannot be trusted')),
  fault: required(flag('its copies cannot be made')),
  mailbox: required(flag('the mailbox was not read since the start')),
  room: required(flag('the disk has no room')),
  'room-ahead': required(flag('it is due soon, and the disk has no room for its copies')),
} satisfies Readonly<Record<NoticeWait, Variable>>
const causes = {
  content: required(flag('its server refuses what the mail contains')),
  size: required(flag('it is too large for its server')),
  refused: required(flag('its server refuses the address or the mail')),
  'given-up': required(flag('it was tried for days')),
  reported: required(flag('it was accepted, and then reported as not delivered')),
  challenged: required(flag('a machine keeps it back')),
  key: required(flag('it cannot be encrypted to the key of the contact')),
  'terms-not-accepted': required(flag('the contact has not accepted the terms')),
  'contact-suspended': required(flag('the contact is suspended')),
  'contact-left': required(flag('the contact is off the list')),
  'not-meant': required(flag('the notice is not meant for the contact any more')),
  'case-held': required(flag('the case is held')),
  'embargo-over': required(flag('it waited until the embargo was over')),
  operator: required(flag('the operator stopped it')),
  other: required(flag('another reason, which the code names')),
} satisfies Readonly<Record<CopyCause, Variable>>
const effects = {
  'disclose-now': required(flag('the policy says: disclose at once')),
  'all-asap': required(flag('the policy says: as soon as possible')),
  none: required(flag('the policy changes no time')),
} satisfies Readonly<Record<Policy['public']['effect'], Variable>>
const limits = {
  address: required(flag('the limit for one sender')),
  domain: required(flag('the limit for one domain')),
  all: required(flag('the limit for everybody together')),
} satisfies Readonly<Record<Limit, Variable>>

export const ALERTS = {
  'acceptance-overdue': group('members did not accept the embargo policy by the date', {
    version: required(text('the version that they did not accept')),
    members: list('one after the other', { member: required(text('number and address of a contact')) }),
    more: required(sometimes(text('how many more there are'))),
    suspended: required(flag('they get nothing until they do')),
    kept: required(flag('they stay on the list all the same')),
  }),
  'member-command': group('a contact on the list signed a command of the team', {
    contact: required(text('the number of the contact')),
    inbound,
  }),
  'case-public': group('a case is public', {
    case: theCase,
    ...effects,
    doubt: group('a date was named, or members know of it: the team decides what follows', doubt),
  }),
  'key-revoked': group('somebody has revoked their key', {
    key: required(text('the fingerprint of the key')),
    engineer: required(sometimes(text('whose it was on the fix team; else it was the reporter’s'))),
    cases,
    'more-cases': moreCases,
  }),
  'incidents-open': group('nobody has touched leaks for a day or more', {
    incidents: required(text('the numbers of the incidents')),
    others: sometimes(text('how many more there are')),
    since: required(text('since when')),
  }),
  'posts-waiting': group('nobody has decided on mail to the list for a day or more', {
    posts: lines('each with its number and what it is about'),
    more: required(sometimes(text('how many more there are'))),
    since: required(text('since when')),
    one,
  }),
  shunted: group('a mail could not be handled', {
    oversize: required(flag('it is larger than is read')),
    why: text('the reason, as a code'),
    inbound,
  }),
  'delivery-failed': group('a mail did not arrive', { mail, to }),
  'delivery-late': group('a mail is late', {
    mail,
    to,
    others: sometimes(text('how many more are late')),
  }),
  'delivery-held': group('a mail cannot be encrypted, and waits', { mail, to, why }),
  'copies-missing': group('contacts have not got what they were to hear early', {
    case: theCase,
    date: required(sometimes(text('when the case is to be public'))),
    copies: lines('who has none, why, and the command that sends it again'),
    more: required(sometimes(text('how many more there are'))),
  }),
  'notice-ahead': group('the instant of a notice comes near', {
    notice,
    case: theCase,
    at: required(text('when it goes')),
    reached: required(text('how many contacts it would reach')),
    of: text('how many it is meant for'),
    well: required(flag('it reaches them all')),
    lacking: list('one after the other', { member: required(text('a contact it would not reach, and why')) }),
    terms: required(flag('some have accepted an older embargo policy alone')),
    outdated: list('one after the other', {
      member: required(text('a contact who has accepted an older embargo policy alone')),
    }),
    more: required(sometimes(text('how many more there are'))),
    fault: required(sometimes(text('why the server would refuse it'))),
    held: required(flag('the case is held')),
    over: required(flag('the embargo of the case is over')),
  }),
  'notice-held': group('a notice was not sent at its instant, and waits for a decision', { notice, why }),
  'notice-waits': group('a notice is due, or soon, and goes by itself, once it can', {
    notice,
    ...waits,
  }),
  'disk-failed': group('the disk could not be written for a time', {
    since: required(text('from when on')),
  }),
  'team-keys': group('keys of admins end, or have ended', {
    ends: required(
      list('one after the other', {
        name: required(text('whose key it is')),
        fingerprint: required(text('the fingerprint of the key')),
        days: required(sometimes(text('within how long it ends, where it has not ended'))),
      }),
    ),
    usable: required(text('how many admins have a key that can be used')),
    of: text('how many admins there are'),
    few: required(flag('those are too few to confirm what the policies want confirmed')),
    needed: text('how many must sign the most that is to be confirmed'),
  }),
  'admins-unreachable': group('no key of the team can be encrypted to', {}),
  'mailbox-refused': group('the mailbox cannot be read', {
    'auth-failed': required(flag('the login is refused')),
    unusable: required(flag('there is no such mailbox, or it cannot be used')),
  }),
  'team-changed': group('the configuration names another team than before', {
    joined: list('those who joined', admin),
    left: list('those who left', admin),
    changed: list('those whose address or key is another now', admin),
  }),
  'filing-refused': group('mail cannot be filed away on the server', {}),
  'mail-vanished': group('mail was gone before it was read', {
    one,
    mails: text('how many mails'),
  }),
  'octets-missing': group('stored mail is gone', {
    one,
    mails: text('how many mails'),
    cases: sometimes(cases),
    'more-cases': moreCases,
  }),
  'acknowledgements-postponed': group('a limit of acknowledgements is reached', {
    case: theCase,
    ...limits,
  }),
  'copies-ended': group('copies of a notice did not arrive, or wait', {
    notice,
    lasts: required(flag('early word may still go; else nothing early goes any more')),
    copies: required(
      list('one after the other', {
        member: required(text('number and address of a contact')),
        code: sometimes(text('what the server said, or our reason, as a code')),
        doubtful: flag('it may have arrived all the same'),
        ...causes,
      }),
    ),
    more: required(sometimes(text('how many more there are'))),
    contents: required(flag('one was refused for what it contains, or for its size')),
    again: required(flag('one of them can be sent once more')),
  }),
  'mailbox-renumbered': group('the server numbers the mails anew', {}),
} as const satisfies Readonly<Record<Alert['kind'], Variable>>
