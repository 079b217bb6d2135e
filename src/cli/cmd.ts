// `cmd`: commands as an admin would mail them, from whoever runs the host. Audited as the operator's.
import { loadKeys } from '../instance/at-rest.ts'
import { refuse } from './reading.ts'
import { ask } from './request.ts'
import { misused, type Verb } from './verb.ts'

export const cmd: Verb = {
  name: 'cmd',
  usage: "'COMMAND' ['COMMAND' …]",
  summary: "carry out commands, as 'take C-482107'; each argument is a line",
  run: async (args, io) => {
    if (args.length === 0) return misused(cmd, 'the command is missing', io)
    const loaded = await loadKeys(io.configFile)
    if (!loaded.ok) return refuse(io, loaded.error)
    const { instance } = loaded.value.config.settings
    return ask({ kind: 'command', text: commandText(instance, args) }, io)
  },
}

/** The whole text of a command mail; `confirm TOKEN` is one of its own. */
export function commandText(instance: string, lines: readonly string[]): string {
  const [, token] = /^\s*confirm\s+(\S+)\s*$/i.exec(lines.join('\n')) ?? []
  return token === undefined
    ? `embargod ${instance}\n${lines.join('\n')}\n`
    : `confirm ${instance} ${token}\n`
}
