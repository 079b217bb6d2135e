// `init`: makes an instance from options alone, and says what it made and what comes next. It asks nothing
// and prints no secret.
import { join, resolve } from 'node:path'
import { wall } from '../instance/clock.ts'
import { INIT_USAGE, readInitRequest } from './init-request.ts'
import { makeInstance, type NewInstance, type OwnKey } from './new-instance.ts'
import { EXIT, type Io, printable, type Verb } from './verb.ts'

export const init: Verb = {
  name: 'init',
  usage: INIT_USAGE,
  summary: 'make configuration, keys and data directory; overwrites nothing',
  run: async (args, io) => {
    const request = readInitRequest(args)
    if (!request.ok) {
      complain(request.error, io)
      io.problem(`usage: embargod init ${INIT_USAGE}`)
      return EXIT.usage
    }
    const made = await makeInstance(io.configFile, request.value, wall())
    if (!made.ok) {
      complain(made.error.lines, io)
      io.problem('Nothing was made.')
      return EXIT[made.error.kind]
    }
    for (const line of describe(made.value)) io.out(printable(line))
    return EXIT.done
  },
}

function complain(lines: readonly string[], io: Io): void {
  for (const line of lines) io.problem(printable(line))
}

function describe({ config, places, own }: NewInstance): readonly string[] {
  const embargod =
    places.configFile === resolve('embargod.yaml') ? 'embargod' : `embargod --config ${places.configFile}`
  return [
    `made   ${places.configFile}`,
    `made   ${places.data}`,
    `made   ${places.keys}  back it up: what is stored can be read with the storage key only`,
    `made   ${places.admins}  copies of the admins' certificates`,
    `made   ${places.revocation}  move it off this host: whoever has it can make our keys useless`,
    ...own.map(key => `key    ${key.key.fingerprint}  ${useOf(key, places.keys)}`),
    ...config.settings.admins.map(
      ({ name, address, fingerprint }) => `admin  ${fingerprint}  ${name} <${address}>, compare by voice`,
    ),
    `next   ${embargod} check`,
    `then   ${embargod} run`,
  ]
}

const useOf = ({ use, name, address }: OwnKey, directory: string): string =>
  use === 'storage' ? 'seals what is stored' : `${address}, publish ${join(directory, `${name}.pub.asc`)}`
