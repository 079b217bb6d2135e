// `check`: looks at everything a start depends on and says, a line each, what is well and what to do about
// the rest. It takes no lock, prints no secret, and changes nothing; mail it sends to our own addresses only.
import { stat } from 'node:fs/promises'
import { type Config, loadConfig } from '../config/config.ts'
import { ensurePrivateDirectory, errorCode } from '../config/permissions.ts'
import { formatProblem } from '../config/source.ts'
import { wall } from '../instance/clock.ts'
import { configServices } from '../instance/config-services.ts'
import { copyRules } from '../instance/copy-rules.ts'
import { Keyring } from '../instance/keyring.ts'
import { readServers } from '../instance/servers.ts'
import type { Instant } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'
import { openStore } from '../store/store.ts'
import { checkKeys, checkLocks, checkTeam } from './check-keys.ts'
import { checkFiled, checkRoundTrip } from './check-mail.ts'
import { checkImap, checkSmtp } from './check-servers.ts'
import { exitCodeOf, type Finding, findingAsJson, formatFinding } from './finding.ts'
import { type Lost, lostOctets, wordsFor } from './lost-octets.ts'
import { misused, printable, readArgs, type Verb } from './verb.ts'

/** The newest mails whose octets are opened; `inbound verify` opens all. */
const MOST_OPENED = 1_000

export const check: Verb = {
  name: 'check',
  usage: '[--no-mail | --wait SECONDS] [--json]',
  summary:
    'look at configuration, keys, team, mail servers and database, and send a mail to each address of ours; safe beside the daemon',
  run: async (args, io) => {
    const parsed = readArgs(args, {
      json: { type: 'boolean' },
      'no-mail': { type: 'boolean' },
      wait: { type: 'string', default: '60' },
    })
    if (!parsed.ok) return misused(check, parsed.error, io)
    const { wait, 'no-mail': without } = parsed.value.values
    if (!/^[1-9][0-9]{0,3}$/.test(wait)) return misused(check, '--wait takes seconds, 1 to 9999', io)
    const patience = without === true ? undefined : Number(wait) * SECOND
    if (parsed.value.positionals.length > 0) return misused(check, 'it takes no arguments', io)
    const json = parsed.value.values.json === true
    const findings: Finding[] = []
    for await (const finding of look(io.configFile, patience, wall())) {
      findings.push(finding)
      if (!json) io.out(printable(formatFinding(finding)))
    }
    // What becomes visible is written as JSON writes it too.
    if (json) io.out(printable(JSON.stringify(findings.map(findingAsJson), null, 2)))
    return exitCodeOf(findings)
  },
}

/** `patience`: how long mail is waited for, in milliseconds; undefined: none is sent. */
async function* look(
  configFile: string,
  patience: number | undefined,
  now: Instant,
): AsyncGenerator<Finding> {
  const loaded = await loadConfig(configFile, configServices)
  if (!loaded.ok) {
    for (const problem of loaded.error)
      yield { verdict: 'wrong', about: 'config', text: formatProblem(problem) }
    return
  }
  const config = loaded.value
  yield { verdict: 'ok', about: 'config', text: `${configFile}, instance ${config.settings.instance}` }
  const { own } = config.templates
  if (own.length > 0)
    yield { verdict: 'ok', about: 'config', text: `words of your own for ${own.join(', ')}` }
  yield* await checkDirectory(config.dataDirectory)
  const keyring = await Keyring.load(config)
  if (keyring.ok) yield* await checkKeys(config, keyring.value, now)
  else yield* await checkLocks(config, keyring.error)
  yield* await checkTeam(config, now)
  if (keyring.ok) yield* await checkDatabase(config, keyring.value, now)
  const servers = await readServers(config)
  if (!servers.ok) {
    yield { verdict: 'wrong', about: 'config', text: servers.error }
    return
  }
  const { imap, smtp } = servers.value
  const reached = await Promise.all([checkImap(config, imap), checkSmtp(smtp)])
  yield* reached
  if (!keyring.ok || reached.some(({ verdict }) => verdict !== 'ok' && verdict !== 'warn')) return
  const trip = { config, servers: servers.value, keyring: keyring.value, now }
  yield* await checkFiled(trip)
  if (patience !== undefined) yield* await checkRoundTrip({ ...trip, patience })
}

/** Does not make the directory: that must be done by the user whom the daemon runs as. */
async function checkDirectory(directory: string): Promise<readonly Finding[]> {
  const missing = await stat(directory).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT',
  )
  if (missing)
    return [{ verdict: 'warn', about: 'data', text: `${directory} does not exist; the first start makes it` }]
  const judged = await ensurePrivateDirectory(directory)
  if (judged.ok) return [{ verdict: 'ok', about: 'data', text: `${directory} is private` }]
  return judged.error.map(text => ({ verdict: 'wrong', about: 'data', text }))
}

async function checkDatabase(config: Config, keyring: Keyring, now: Instant): Promise<readonly Finding[]> {
  const opened = await openStore({
    directory: config.dataDirectory,
    mode: 'read',
    rules: copyRules(config),
    wrap: octets => keyring.encryptForStorage(octets, now),
    unwrap: octets => keyring.decryptFromStorage(octets, now),
  })
  if (opened.ok) {
    const store = opened.value
    const { seq, hash } = store.audit.head()
    const text = `opens; its audit chain has ${seq} rows, head ${hash}`
    const lost = await lostOctets({ store, keyring }, now, MOST_OPENED)
    store.close()
    const sound: Finding = { verdict: 'ok', about: 'database', text }
    return lost.length === 0 ? [sound] : [sound, octetsLost(lost)]
  }
  const { code, sentence } = opened.error
  if (code === 'missing' || code === 'no-directory')
    return [{ verdict: 'ok', about: 'database', text: 'none yet; the first start makes it' }]
  return [{ verdict: 'wrong', about: 'database', text: sentence }]
}

const octetsLost = (lost: readonly Lost[]): Finding => ({
  verdict: 'wrong',
  about: 'database',
  text: `the stored octets of ${wordsFor(lost)} are gone or altered: fetch them again with embargod inbound refetch`,
})
