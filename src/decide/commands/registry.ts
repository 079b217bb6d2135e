// Every command there is, in the order `help` lists them. A new one is its file in one of
// the rooms beside this (case, disclosure, membership, system) and one line here.
import { accept } from './case/accept.ts'
import { acceptLead } from './case/accept-lead.ts'
import { acceptTerms } from './case/accept-terms.ts'
import { access } from './case/access.ts'
import { adopt } from './case/adopt.ts'
import { askKey } from './case/ask-key.ts'
import { askPrivate } from './case/ask-private.ts'
import { assign } from './case/assign.ts'
import { close } from './case/close.ts'
import { cve } from './case/cve.ts'
import { fixReady } from './case/fix-ready.ts'
import { ham } from './case/ham.ts'
import { hold, release } from './case/hold.ts'
import { comms, mitigate } from './case/kept-text.ts'
import { merge } from './case/merge.ts'
import { needInfo } from './case/need-info.ts'
import { note } from './case/note.ts'
import { objecting } from './case/object.ts'
import { open } from './case/open.ts'
import { slow } from './case/pace.ts'
import { isPublic } from './case/public.ts'
import { purge } from './case/purge.ts'
import { reclassify } from './case/reclassify.ts'
import { reject } from './case/reject.ts'
import { reply } from './case/reply.ts'
import { reporter } from './case/reporter.ts'
import { REPORTER_SAYS } from './case/reporter-says.ts'
import { route } from './case/route.ts'
import { proposeSeverity, severity } from './case/severity.ts'
import { share } from './case/share.ts'
import { show } from './case/show.ts'
import { spam } from './case/spam.ts'
import { status } from './case/status.ts'
import { tag } from './case/tag.ts'
import { take } from './case/take.ts'
import { title } from './case/title.ts'
import { upstream } from './case/upstream.ts'
import { affects, fixed } from './case/versions.ts'
import type { Command } from './command.ts'
import { denyShare, grantShare } from './disclosure/answer-share.ts'
import { askShare } from './disclosure/ask-share.ts'
import { audience } from './disclosure/audience.ts'
import { breakEmbargo } from './disclosure/break.ts'
import { cancel } from './disclosure/cancel.ts'
import { continueEmbargo } from './disclosure/continue.ts'
import { contribute } from './disclosure/contribute.ts'
import { extend, plan } from './disclosure/embargo.ts'
import { feedback } from './disclosure/feedback.ts'
import { incident } from './disclosure/incident.ts'
import { leak } from './disclosure/leak.ts'
import { MEMBER_ANSWERS } from './disclosure/member-answers.ts'
import { notice } from './disclosure/notice.ts'
import { notify } from './disclosure/notify.ts'
import { strike } from './disclosure/strike.ts'
import { acceptPolicy } from './membership/accept-policy.ts'
import { applications } from './membership/applications.ts'
import { approve, found } from './membership/approve.ts'
import { attest } from './membership/attest.ts'
import { circulate } from './membership/circulate.ts'
import { contact } from './membership/contact.ts'
import { decline } from './membership/decline.ts'
import { key } from './membership/key.ts'
import { leave } from './membership/leave.ts'
import { my } from './membership/my.ts'
import { prove } from './membership/prove.ts'
import { rekey } from './membership/rekey.ts'
import { remove } from './membership/remove.ts'
import { roster } from './membership/roster.ts'
import { resume, suspend } from './membership/suspend.ts'
import { veto } from './membership/veto.ts'
import { vouch } from './membership/vouch.ts'
import { withdraw } from './membership/withdraw.ts'
import { away } from './system/away.ts'
import { confirm } from './system/confirm.ts'
import { helpFor, sendkey } from './system/help.ts'
import { list } from './system/list.ts'
import { policy } from './system/policy.ts'
import { simulate } from './system/simulate.ts'
import { stats } from './system/stats.ts'

export const COMMANDS: readonly Command[] = [
  helpFor(() => COMMANDS),
  sendkey,
  list,
  show,
  applications,
  open,
  route,
  take,
  assign,
  acceptLead,
  acceptTerms,
  access,
  away,
  share,
  accept,
  reject,
  title,
  tag,
  severity,
  proposeSeverity,
  cve,
  affects,
  fixed,
  mitigate,
  comms,
  upstream,
  fixReady,
  slow,
  plan,
  extend,
  needInfo,
  askPrivate,
  isPublic,
  spam,
  ham,
  merge,
  reclassify,
  hold,
  release,
  close,
  purge,
  note,
  reply,
  askKey,
  reporter,
  adopt,
  notify,
  notice,
  audience,
  cancel,
  breakEmbargo,
  continueEmbargo,
  ...MEMBER_ANSWERS,
  feedback,
  askShare,
  grantShare,
  denyShare,
  contribute,
  leak,
  incident,
  strike,
  roster,
  simulate,
  policy,
  suspend,
  resume,
  remove,
  rekey,
  veto,
  key,
  contact,
  attest,
  my,
  leave,
  confirm,
  stats,
  status,
  withdraw,
  ...REPORTER_SAYS.map(one => (one.verb === 'object' ? objecting(one) : one)),
  vouch,
  circulate,
  approve,
  decline,
  found,
  prove,
  acceptPolicy,
]

export const VERBS: readonly string[] = COMMANDS.map(command => command.verb)

export const commandNamed = (verb: string): Command | undefined =>
  COMMANDS.find(command => command.verb === verb)
