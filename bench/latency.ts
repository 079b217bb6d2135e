// How long a signed command takes from its fetch to its answer at the submission server (IDLE is Dovecot's time),
// with few and with very many cases in the store; and how long a start and `case list` take then.
import { gpgMimeSigned } from '../test/support/mail.ts'
import { cli } from '../test/support/verbs.ts'
import { atMost, type Measured, measured, median } from './measure.ts'
import { people } from './people.ts'
import { Running } from './running.ts'
import { COMMAND, caseId, type Site } from './site.ts'

type With = { readonly command: number; readonly measures: readonly Measured[] }

/** `few` and `many` cases. */
export async function measureLatency(site: Site, few: number, many: number): Promise<readonly Measured[]> {
  const [reporter] = await people('writer', 0, 1)
  if (reporter === undefined) return []
  await site.addCases(0, few, reporter)
  const before = await withCases(site, few)
  await site.addCases(few, many - few, reporter)
  const after = await withCases(site, many)
  const ratio = atMost(`  with ${many} cases to with ${few}`, after.command / before.command, '', 1.5)
  return [...before.measures, ...after.measures, ratio]
}

async function withCases(site: Site, cases: number): Promise<With> {
  const daemon = await Running.start(site.config)
  site.catchUp()
  const times: number[] = []
  for (let n = 0; n < 15; n += 1) {
    const text = `embargod acme\nshow ${caseId(n)}\nnote ${caseId(n)} <<\nSeen.\n.\n`
    const command = await gpgMimeSigned(site.alice, { to: COMMAND, text })
    await site.deliver(command)
    const answer = await site.nextMail()
    const received = (await daemon.logged(line => line.event === 'received', n + 1)).at(-1)
    times.push(answer.at - (received?.at ?? 0))
  }
  const memory = daemon.memory()
  await daemon.stop()
  const begun = performance.now()
  await cli('--config', site.config, 'case', 'show', caseId(0))
  const shown = performance.now() - begun
  const command = median(times)
  return {
    command,
    measures: [
      measured(`command to answer with ${cases} cases`, command, 'ms'),
      measured('  start of the daemon', daemon.startup, 'ms'),
      measured('  case show', shown, 'ms'),
      measured('  peak memory, daemon', memory.daemonPeak, 'MB'),
    ],
  }
}
