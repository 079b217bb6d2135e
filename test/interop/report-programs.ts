// Reports as mail programs write them that are installed here: each runs for itself and hands its mail to what it
// takes for sendmail. A program that is missing is skipped.
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, type RunInput, run } from '../support/program.ts'
import { makeFolder, removeFolder } from '../support/workspace.ts'
import { type ReportShape, TO, type Writer } from './shape-writing.ts'

const PATIENCE = 20_000

/** Runs in a new folder; what `use` resolves to is the mail. */
async function inFolder(use: (folder: string) => Promise<Buffer>): Promise<Buffer> {
  const folder = await makeFolder()
  try {
    return await use(folder)
  } finally {
    await removeFolder(folder)
  }
}

async function output(program: string, args: readonly string[], input: RunInput = {}): Promise<Buffer> {
  const { code, stdout, stderr } = await run(program, args, input)
  if (code !== 0) throw new Error(`${program}: ${stderr}`)
  return stdout
}

/** What a person types when the terminal shows these words. */
const typing: readonly (readonly [RegExp, string])[] = [
  [/To: /, '\r'],
  [/Subject:.{0,8} Report/, '\r'],
  [/Compose/, 'y'],
  [/keys matching/, '\r'],
]

/** Mutt or NeoMutt at a terminal: written in an editor, a file attached, signed and encrypted, sent. */
const composed = (
  program: 'mutt' | 'neomutt',
  words: string,
  { reporter, ourKey }: Writer,
): Promise<Buffer> =>
  inFolder(async folder => {
    const file = (name: string) => join(folder, name)
    await writeFile(join(reporter.home, 'gpg.conf'), 'trust-model always\n')
    await writeFile(file('sendmail'), '#!/bin/sh\ncat > "$REPORT"\n', { mode: 0o700 })
    await writeFile(file('words'), `${words}\n`)
    await writeFile(file('poc.txt'), 'a file\n')
    const settings = {
      from: reporter.address,
      sendmail: file('sendmail'),
      folder,
      record: '',
      editor: 'true',
      pgp_default_key: reporter.fingerprint,
      pgp_sign_as: reporter.fingerprint,
    }
    const flags = ['crypt_use_gpgme', 'crypt_autosign', 'crypt_autoencrypt', 'crypt_protected_headers_write']
    const lines = [
      ...Object.entries(settings).map(([name, value]) => `set ${name}="${value}"`),
      ...flags.map(name => `set ${name}=yes`),
      'set abort_unmodified=no',
      'set copy=no',
      `crypt-hook ${TO} ${ourKey}`,
      'set crypt_confirmhook=no',
    ]
    await writeFile(file('muttrc'), `${lines.join('\n')}\n`)
    const command = `stty rows 40 cols 120; ${program} -F muttrc -n -s Report -i words -a poc.txt -- ${TO}`
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: {
        ...process.env,
        HOME: folder,
        GNUPGHOME: reporter.home,
        REPORT: file('report'),
        LC_ALL: 'C.UTF-8',
        TERM: 'xterm',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let shown = ''
    const awaited = new Map(typing)
    terminal.stdout.on('data', (octets: Buffer) => {
      shown += octets.toString('latin1')
      const step = [...awaited].find(([words]) => words.test(shown))
      if (step === undefined) return
      awaited.delete(step[0])
      shown = ''
      terminal.stdin.write(step[1])
    })
    const deadline = setTimeout(() => terminal.kill(), PATIENCE)
    await new Promise(resolve => terminal.once('close', resolve))
    clearTimeout(deadline)
    return readFile(file('report'))
  })

const python = `
import sys
from email.message import EmailMessage
from email.policy import SMTP
mail = EmailMessage(policy=SMTP)
mail['From'], mail['To'], mail['Subject'] = sys.argv[1], sys.argv[2], 'L\\u00fccke \\u2014 Report'
mail.set_content(sys.stdin.read() + '\\nl\\u00e4nger als \\u201esieben\\u201c Bit\\n')
mail.add_alternative('<p>see the plain text</p>', subtype='html')
mail.add_attachment(b'\\x00\\xff', maintype='application', subtype='octet-stream', filename='L\\u00fccke.bin')
sys.stdout.buffer.write(bytes(mail))
`

type Program = ReportShape & { readonly needs: readonly string[] }

const programs: readonly Program[] = [
  ...(['mutt', 'neomutt'] as const).map(
    (program): Program => ({
      name: `${program} at a terminal: encrypted, signed, a file attached, the subject protected`,
      needs: [program, 'script'],
      write: (words, writer) => composed(program, words, writer),
      protection: 'encrypted',
      state: 'encrypted',
    }),
  ),
  {
    name: 'Python’s email: 8 bits, HTML beside it, a file name in RFC 2231',
    needs: ['python3'],
    write: (words, { reporter }) => output('python3', ['-c', python, reporter.mailbox, TO], { stdin: words }),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'mpack: a file and what it is',
    needs: ['mpack'],
    write: (words, { reporter }) =>
      inFolder(async folder => {
        const file = (name: string) => join(folder, name)
        await writeFile(file('words'), `${words}\n`)
        await writeFile(file('poc.bin'), Buffer.from([0, 255, 1]))
        const options = ['-s', 'Report', '-d', file('words'), '-o', file('report')]
        await output('mpack', [...options, file('poc.bin')])
        return Buffer.concat([
          Buffer.from(`From: ${reporter.mailbox}\nTo: ${TO}\n`),
          await readFile(file('report')),
        ])
      }),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'uuencode in the text',
    needs: ['uuencode'],
    write: async (words, { reporter }) => {
      const encoded = await output('uuencode', ['poc.bin'], { stdin: Buffer.alloc(100, 255) })
      return Buffer.from(`From: ${reporter.mailbox}\nTo: ${TO}\nSubject: Report\n\n${words}\n\n${encoded}`)
    },
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'sq: inline PGP, encrypted',
    needs: ['sq'],
    write: (words, { reporter, ourCertificate }) =>
      inFolder(async folder => {
        await writeFile(join(folder, 'acme.asc'), ourCertificate)
        const message = await output('sq', ['encrypt', '--recipient-cert', join(folder, 'acme.asc')], {
          stdin: words,
        })
        return Buffer.from(`From: ${reporter.mailbox}\nTo: ${TO}\nSubject: Report\n\n${message}`)
      }),
    protection: 'encrypted',
    state: 'encrypted',
  },
]

/** Reason to skip a program's mail, false where it is there. */
export const missing = ({ needs }: Program): string | false =>
  needs.some(name => findProgram(name) === undefined) &&
  `install ${needs.join(' and ')}: apt-get install mutt neomutt bsdutils python3 mpack sharutils sq`

export const PROGRAMS: readonly Program[] = programs
