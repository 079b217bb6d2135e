// `backup`: the database as one encrypted file, made by the daemon while it runs, or by this process without one.
import { resolve } from 'node:path'
import { ask } from './request.ts'
import { misused, type Verb } from './verb.ts'

export const backup: Verb = {
  name: 'backup',
  usage: 'FILE',
  summary: 'write the database, as of this moment and encrypted to the storage key, to a new file',
  run: async ([file, ...rest], io) => {
    if (file === undefined || file === '' || file.startsWith('-') || rest.length > 0)
      return misused(backup, 'one file is to be named', io)
    return ask({ kind: 'backup', file: resolve(file) }, io)
  },
}
