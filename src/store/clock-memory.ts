// Where wall clock and time since boot last agreed, kept beside the data key: without it, a restart would
// take a wall clock that has jumped for the truth.
import type { Database } from './database.ts'

type Agreement = { readonly boot: string; readonly offset: number }

export type ClockMemory = {
  readonly agreement: () => Agreement | undefined
  readonly keepAgreement: (agreement: Agreement) => void
}

const NAME = 'clock-agreement'
const shape = /^(-?[0-9]{1,16}) ([ -~]{1,100})$/

export function clockMemory(database: Database): ClockMemory {
  const get = database.prepare<[string], Uint8Array>('SELECT value FROM meta WHERE name = ?').pluck()
  return {
    agreement: () => {
      const [, offset, boot] = shape.exec(Buffer.from(get.get(NAME) ?? []).toString('latin1')) ?? []
      return boot === undefined ? undefined : { boot, offset: Number(offset) }
    },
    keepAgreement: ({ boot, offset }) => {
      const value = Buffer.from(`${Math.round(offset)} ${boot}`, 'latin1')
      database.write(() =>
        database
          .prepare<[string, Uint8Array]>('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
          .run(NAME, value),
      )
    },
  }
}
