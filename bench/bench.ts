// `npm run bench`: every number that the project promises, measured in one run against the real daemon, a real
// Dovecot and a bare SMTP sink. The table goes to standard output, with `--json FILE` also to a file;
// `--only NAME` runs one part, `--small` all with little of everything. Only `--only peers` installs another list
// server and measures beside it, by the script that `--script FILE` names; `--size 10K`, `1M` or `10M`, once or twice,
// leaves the others out. Exits 1 if a target is missed.
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { missingDovecot } from '../test/support/dovecot.ts'
import { missingGnuPG } from '../test/support/gpg.ts'
import { measureFanOut } from './fan-out.ts'
import { measureIntake } from './intake.ts'
import { measureLarge } from './large.ts'
import { measureLatency } from './latency.ts'
import { measureList } from './list.ts'
import { isMet, lineOf, type Measured, measured } from './measure.ts'
import { measurePeers, missingPeers } from './peers.ts'
import { Site } from './site.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    small: { type: 'boolean' },
    size: { type: 'string', multiple: true },
    script: {
      type: 'string',
      default: fileURLToPath(new URL('../../shared/bench/peers.sh', import.meta.url)),
    },
  },
})
const small = values.small === true
const sizes = values.size

const PARTS: Readonly<Record<string, (site: Site) => Promise<readonly Measured[]>>> = {
  intake: site => measureIntake(site, small ? { crowd: 10, single: 3 } : { crowd: 100, single: 15 }),
  'fan-out': site => measureFanOut(site, small ? [3, 5] : [10, 100, 500]),
  large: site =>
    measureLarge(site, small ? { octets: 2_000_000, crowd: 2 } : { octets: 25 * 1024 * 1024, crowd: 10 }),
  latency: site => measureLatency(site, 100, small ? 1_000 : 100_000),
  list: site =>
    measureList(
      site,
      small ? { organisations: 10, applications: 10 } : { organisations: 500, applications: 500 },
    ),
}

async function measure(part: (site: Site) => Promise<readonly Measured[]>): Promise<readonly Measured[]> {
  const site = await Site.make()
  try {
    return await part(site)
  } finally {
    await site.close()
  }
}

const missing = missingDovecot() || missingGnuPG()
if (missing !== false) {
  process.stderr.write(`${missing}\n`)
  process.exit(69)
}
const results: Measured[] = [
  measured('processors', availableParallelism(), ''),
  // Others at work make every time longer; processor times and memory stay comparable.
  measured('load of the machine before', loadavg()[0] ?? Number.NaN, ''),
]
for (const one of results) process.stdout.write(`${lineOf(one)}\n`)
const take = (measures: readonly Measured[]) => {
  for (const one of measures) process.stdout.write(`${lineOf(one)}\n`)
  results.push(...measures)
}
for (const [name, part] of Object.entries(PARTS))
  if (values.only === undefined || values.only === name) take(await measure(part))
if (values.only === 'peers') {
  const { script } = values
  const why = missingPeers(script)
  const options = small ? { script, contacts: 20, sizes: ['10K'] } : { script, contacts: 100, sizes }
  if (why !== false) process.stdout.write(`${why}\n`)
  else for await (const measures of measurePeers(options)) take(measures)
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
process.exitCode = results.some(one => isMet(one) === false) ? 1 : 0
