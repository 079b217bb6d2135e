// Every command there is, in the order `help` lists them. A new one is its file and one line here.
import { accept } from './accept.ts'
import { acceptLead } from './accept-lead.ts'
import { acceptPolicy } from './accept-policy.ts'
import { acceptTerms } from './accept-terms.ts'
import { access } from './access.ts'
import { adopt } from './adopt.ts'
import { denyShare, grantShare } from './answer-share.ts'
import { applications } from './applications.ts'
import { approve, found } from './approve.ts'
import { askKey } from './ask-key.ts'
import { askPrivate } from './ask-private.ts'
import { askShare } from './ask-share.ts'
import { assign } from './assign.ts'
import { attest } from './attest.ts'
import { away } from './away.ts'
import { cancel } from './cancel.ts'
import { circulate } from './circulate.ts'
import { close } from './close.ts'
import type { Command } from './command.ts'
import { confirm } from './confirm.ts'
import { contact } from './contact.ts'
import { contribute } from './contribute.ts'
import { cve } from './cve.ts'
import { decline } from './decline.ts'
import { extend, plan } from './embargo.ts'
import { fixReady } from './fix-ready.ts'
import { ham } from './ham.ts'
import { helpFor, sendkey } from './help.ts'
import { hold, release } from './hold.ts'
import { incident } from './incident.ts'
import { comms, mitigate } from './kept-text.ts'
import { key } from './key.ts'
import { leak } from './leak.ts'
import { leave } from './leave.ts'
import { list } from './list.ts'
import { merge } from './merge.ts'
import { my } from './my.ts'
import { needInfo } from './need-info.ts'
import { note } from './note.ts'
import { notice } from './notice.ts'
import { objecting } from './object.ts'
import { open } from './open.ts'
import { slow } from './pace.ts'
import { policy } from './policy.ts'
import { prove } from './prove.ts'
import { isPublic } from './public.ts'
import { purge } from './purge.ts'
import { reclassify } from './reclassify.ts'
import { reject } from './reject.ts'
import { rekey } from './rekey.ts'
import { remove } from './remove.ts'
import { reply } from './reply.ts'
import { reporter } from './reporter.ts'
import { REPORTER_SAYS } from './reporter-says.ts'
import { roster } from './roster.ts'
import { route } from './route.ts'
import { proposeSeverity, severity } from './severity.ts'
import { share } from './share.ts'
import { show } from './show.ts'
import { simulate } from './simulate.ts'
import { spam } from './spam.ts'
import { stats } from './stats.ts'
import { status } from './status.ts'
import { strike } from './strike.ts'
import { resume, suspend } from './suspend.ts'
import { tag } from './tag.ts'
import { take } from './take.ts'
import { title } from './title.ts'
import { upstream } from './upstream.ts'
import { affects, fixed } from './versions.ts'
import { veto } from './veto.ts'
import { vouch } from './vouch.ts'
import { withdraw } from './withdraw.ts'

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
  notice,
  cancel,
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
