// `compose`: a command mail ready to be signed and sent from any mail program. It checks what was typed and
// changes nothing.

import { readCommandMail } from '../decide/commands/grammar.ts'
import { VERBS } from '../decide/commands/registry.ts'
import { loadKeys } from '../instance/at-rest.ts'
import { commandText } from './cmd.ts'
import { refuse } from './reading.ts'
import { EXIT, misused, type Verb } from './verb.ts'

export const compose: Verb = {
  name: 'compose',
  usage: "'COMMAND' ['COMMAND' …]",
  summary: 'print commands as a mail that only has to be signed; each argument is a line',
  run: async (args, io) => {
    if (args.length === 0) return misused(compose, 'the command is missing', io)
    const loaded = await loadKeys(io.configFile)
    if (!loaded.ok) return refuse(io, loaded.error)
    const { instance, addresses } = loaded.value.config.settings
    const text = commandText(instance, args)
    const reading = readCommandMail(text, 'fixed', VERBS)
    if (reading.kind === 'invalid') {
      for (const { line, sentence } of reading.problems) io.problem(`line ${line}: ${sentence}`)
      return EXIT.refused
    }
    io.out(`To: ${addresses.command}\nSubject: embargod\n\n${text.trimEnd()}`)
    return EXIT.done
  },
}
