// Where wall clock and time since boot last agreed, kept beside the data key: without it, a restart would
// take a wall clock that has jumped for the truth.
import type { Database } from './database.ts'
import { metaText, putMeta } from './meta.ts'

type Agreement = { readonly boot: string; readonly offset: number }

export type ClockMemory = {
  readonly agreement: () => Agreement | undefined
  readonly keepAgreement: (agreement: Agreement) => void
}

const NAME = 'clock-agreement'
const shape = /^(-?[0-9]{1,16}) ([ -~]{1,100})$/

export function clockMemory(database: Database): ClockMemory {
  return {
    agreement: () => {
      const [, offset, boot] = shape.exec(metaText(database, NAME) ?? '') ?? []
      return boot === undefined ? undefined : { boot, offset: Number(offset) }
    },
    keepAgreement: ({ boot, offset }) => {
      database.write(() => putMeta(database, NAME, `${Math.round(offset)} ${boot}`))
    },
  }
}
