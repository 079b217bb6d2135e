// `simulate`: what would be mailed until an instant if nobody acted, from the database as it is, or for a new report
// under a profile. It opens the database read-only, beside the daemon too; what a mail says only with --reveal.

import { worded } from '../compose/compose.ts'
import type { ComposeContext } from '../compose/context.ts'
import { foreseenMails, mailText } from '../compose/simulation.ts'
import { readTemplates } from '../compose/template.ts'
import { type Foreseen, overview } from '../decide/time/foreseen.ts'
import { foresee } from '../decide/time/simulation.ts'
import { AddressTokens } from '../instance/tokens.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type CaseId, type Instant, instant, later, parseCaseId } from '../model/scalars.ts'
import { DAY, formatInstant, parseInstant } from '../model/time.ts'
import { contextOf } from '../pipeline/context.ts'
import { NO_QUERY } from '../pipeline/query.ts'
import { reportUnder, type Story } from './profile-report.ts'
import { type Opened, reading } from './reading.ts'
import { asJson, EXIT, type Io, misused, printable, readArgs, type Verb } from './verb.ts'

/** Instants at which something happens; seconds of computing. */
const MOST_INSTANTS = 20_000

/** Further ahead nobody's rules are known. */
const FURTHEST = 1_100 * DAY

export const simulate: Verb = {
  name: 'simulate',
  usage:
    'until=2026-12-09T16:00Z [case=C-…] [--reveal] [--json] | --policy NAME|FILE.yaml [from=…] [until=…] [--json]',
  summary:
    'every mail that would go out until then if nobody acted, or after a report under a profile; words only with --reveal',
  run: async (args, io) => {
    const parsed = readArgs(args, {
      json: { type: 'boolean' },
      reveal: { type: 'boolean' },
      policy: { type: 'string' },
    })
    if (!parsed.ok) return misused(simulate, parsed.error, io)
    const { json, reveal, policy } = parsed.value.values
    const now = instant(Temporal.Now.instant().epochMilliseconds)
    const wanted = wantedOf(parsed.value.positionals, now)
    if (!wanted.ok) return misused(simulate, wanted.error, io)
    const form = json === true ? 'json' : 'text'
    const { until, from, case: theCase } = wanted.value
    if (policy !== undefined) {
      if (theCase !== undefined) return misused(simulate, 'a profile has no case', io)
      const story = await reportUnder(policy, from ?? now, until)
      if (story.ok) return show(story.value.foreseen, story.value.context, { form, words: 'shown' }, io)
      for (const line of story.error) io.problem(line)
      return EXIT.config
    }
    if (until === undefined) return misused(simulate, 'until= is missing', io)
    if (from !== undefined) return misused(simulate, 'from= goes with --policy', io)
    const words = reveal === true ? 'shown' : 'hidden'
    return reading(io, opened => {
      const foreseen = foreseeIn(opened, now, until, theCase)
      if (foreseen === undefined) {
        io.problem(`There is no case ${theCase}.`)
        return EXIT.failed
      }
      return show(foreseen.foreseen, foreseen.context, { form, words }, io)
    })
  },
}

type Wanted = {
  readonly until: Instant | undefined
  readonly from: Instant | undefined
  readonly case: CaseId | undefined
}

/** `until=…`, `from=…` and `case=…`; of each the last counts. */
function wantedOf(words: readonly string[], now: Instant): Result<Wanted, string> {
  let wanted: Wanted = { until: undefined, from: undefined, case: undefined }
  for (const word of words) {
    const [, name, value = ''] = /^(until|from|case)=(.*)$/.exec(word) ?? []
    if (name === undefined) return err(`"${word}" is none of until=, from=, case=`)
    if (name === 'case') {
      const id = parseCaseId(value)
      if (id === undefined) return err(`"${value}" is not a case like C-482107`)
      wanted = { ...wanted, case: id }
      continue
    }
    const at = parseInstant(value)
    if (!at.ok) return err(`${name}=${at.error}`)
    wanted = name === 'until' ? { ...wanted, until: at.value } : { ...wanted, from: at.value }
  }
  const { until, from = now } = wanted
  if (until !== undefined && until <= from) return err(`until= must be after ${formatInstant(from)}`)
  if (until !== undefined && until > later(from, FURTHEST)) return err('until= is more than three years away')
  return ok(wanted)
}

/** Undefined: there is no such case. */
function foreseeIn(
  { store, config, keyring }: Opened,
  now: Instant,
  until: Instant,
  only: CaseId | undefined,
): Story | undefined {
  const { settings } = config
  const open = only === undefined ? [...store.eachCase('open')] : []
  const disclosed = open.filter(one => one.toldAt !== undefined).map(({ id }) => id)
  const asked =
    only === undefined
      ? ({ also: 'scheduled-notices', pending: 'applications', cases: disclosed } as const)
      : { cases: [only] }
  const snapshot = store.readSnapshot({ ...NO_QUERY, ...asked, now, settings, ownKeys: keyring.own })
  if (only !== undefined && !snapshot.cases.has(only)) return undefined
  const cases = new Map([...snapshot.cases, ...open.map(one => [one.id, one] as const)])
  const tokens = new AddressTokens(store.key.derive('address tokens'), settings.addresses)
  const file = (sha256: Parameters<typeof store.blob>[0]) => store.blob(sha256) ?? new Uint8Array()
  const templates = readTemplates(config.templates.texts)
  const parts = { config, templates, keyring, tokens, file, chainHead: () => store.audit.head() }
  const context = contextOf(parts, now)
  return { foreseen: foresee({ ...snapshot, cases }, until, MOST_INSTANTS, only), context }
}

type Form = { readonly form: 'json' | 'text'; readonly words: 'shown' | 'hidden' }

function show(foreseen: Foreseen, context: ComposeContext, { form, words }: Form, io: Io): number {
  const word = (mail: Foreseen['mails'][number]) => worded(mail.order, { ...context, now: mail.at })
  if (form === 'text') {
    io.out(overview(foreseen))
    if (words === 'shown')
      for (const mail of foreseenMails(foreseen.mails, word))
        io.out(`\n${printable(mailText(mail, context.zone))}`.trimEnd())
    return EXIT.done
  }
  const mails = foreseen.mails.map(mail => {
    const { at, order } = mail
    const facts = { at: formatInstant(at), to: order.to, kind: order.content.kind, case: order.case }
    if (words === 'hidden') return facts
    const [{ subject, text } = { subject: '', text: '' }] = foreseenMails([mail], word)
    return { ...facts, subject, text }
  })
  io.out(asJson({ until: formatInstant(foreseen.until), reached: foreseen.reached, mails }))
  return EXIT.done
}
