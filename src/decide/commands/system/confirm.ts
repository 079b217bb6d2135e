// `confirm` as the registry lists it. It is a mail of its own, `confirm INSTANCE TOKEN`, and the chain in
// src/decide/command-mail.ts carries it out; as a line among commands it is an error that says so.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { defineCommand } from '../command.ts'

export const confirm = defineCommand({
  verb: 'confirm',
  usage: 'confirm INSTANCE TOKEN',
  summary: 'carry out what waits under a token; alone in its mail',
  roles: ['admin'],
  nature: 'reversible',
  parse: () => ok(undefined),
  decide: () =>
    err({
      code: 'E-SYNTAX',
      text: plaintext('confirm stands alone: send a mail whose first line is confirm INSTANCE TOKEN'),
    }),
})
