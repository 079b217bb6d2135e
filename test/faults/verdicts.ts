// Prints, as JSON, what is made of addresses, verbs and instants in which a locale or a time zone could have a
// say: Turkish letters i, hours that a zone skips or repeats, leap seconds. Run by locale.test.ts.
import { read } from '../../src/decide/command-run.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { parseEmailAddress, sameMailbox } from '../../src/model/scalars.ts'
import { formatInstant, formatReadable, parseInstant } from '../../src/model/time.ts'

const INSTANTS = [
  '2026-12-09T16:00Z',
  '2026-12-09T16:00[Europe/Berlin]',
  '2026-12-09T16:00',
  '2026-12-09',
  '2026-03-29T02:30[Europe/Berlin]',
  '2026-10-25T02:30[Europe/Berlin]',
  '2026-10-25T02:30Z',
  '2016-12-31T23:59:60Z',
  '2026-12-09T16:00+01:00',
  '2026-12-09T16:00[Mars/Olympus]',
]
const ADDRESSES = [
  'INFO@EXAMPLE.ORG',
  'info@example.org',
  'ınfo@example.org',
  'İnfo@example.org',
  'x@İ.example',
]
const TEXTS = ['TAKE C-482107', 'take c-482107', 'lıst', 'LİST', 'REJECT C-482107 as=SPAM <<\nx\n.', 'HELP']

const instants = INSTANTS.map(text => {
  const parsed = parseInstant(text)
  if (!parsed.ok) return parsed.error
  return `${formatInstant(parsed.value)} ${formatReadable(parsed.value, 'UTC')}`
})
const addresses = ADDRESSES.map(text => parseEmailAddress(text))
const [first] = addresses
const alike = addresses.map(one => one.ok && first?.ok === true && sameMailbox(one.value, first.value))
const commands = TEXTS.map(text => read(plaintext(`embargod acme\n${text}\n`), 'fixed'))
process.stdout.write(JSON.stringify({ instants, addresses, alike, commands }))
