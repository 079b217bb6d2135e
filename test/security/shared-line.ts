// One instance for all attacks that are tested in the test's own process: making one costs more than many mails.
import { test } from 'node:test'
import { Line } from '../support/line.ts'

const ends: (() => void | Promise<void>)[] = []
let making: Promise<Line> | undefined

/** Where what is made along the way is handed over, to be closed when all is done. */
export const atTheEnd = { after: (end: () => void | Promise<void>): void => void ends.push(end) }

export const sharedLine = (): Promise<Line> => {
  making ??= Line.make(atTheEnd)
  return making
}

// What was started last ends first.
test.after(async () => {
  const failures: unknown[] = []
  for (const end of ends.toReversed()) await Promise.try(end).catch(error => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures)
})
