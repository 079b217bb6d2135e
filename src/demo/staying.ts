// After the story: the daemon and the servers stay up for a mail program. Mail to us reaches the mailbox, any
// other the folder of whom it is for; the people's keys lie in files. Out come the lines that say how.
import type { Person } from './mail-program.ts'
import type { Cast, Stage } from './scene.ts'
import { LOOPBACK, PASSWORD, USER } from './servers.ts'

/** Starts the daemon again and opens the servers; the lines say what to enter, all of it throwaway. */
export async function stay({ embargod, names, servers }: Stage, cast: Cast): Promise<readonly string[]> {
  const domain = names.security.slice(names.security.lastIndexOf('@'))
  servers.passOn(address => address.toLowerCase().endsWith(domain))
  await embargod.start()
  const { distributors, ...others } = cast
  const people = [...Object.values(others), ...distributors]
  return [
    'embargod runs on. In a mail program, as one account:',
    `  IMAP  ${LOOPBACK}, port ${servers.imapPort}, no TLS, user ${USER}, password "${PASSWORD}"`,
    `  SMTP  ${LOOPBACK}, port ${servers.smtpPort}, no TLS, no login`,
    'Each person has a folder, named by address, and a secret key without passphrase:',
    ...(await Promise.all(people.map(one => lineOf(one, embargod)))),
    `The key of ${names.security}: ${embargod.publishedKey('mail')}`,
    `Write to ${names.security} as anybody; signed, as the team or a distributor, to the command address their mails name.`,
    'Ctrl-C ends it, and removes all but the mails.',
  ]
}

async function lineOf(person: Person, embargod: Stage['embargod']): Promise<string> {
  const file = await embargod.write(`${person.name}.secret.asc`, person.secretKey())
  return `  ${person.address.padEnd(24)}  ${file}`
}
