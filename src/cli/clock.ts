// `clock trust`: the operator vouches that the host's clock is right, after it jumped or after audit rows
// were written in what turned out to be the future.
import { ask } from './request.ts'
import { misused, type Verb } from './verb.ts'

export const clock: Verb = {
  name: 'clock',
  usage: 'trust',
  summary: "vouch that the host's clock is right as it is now; releases what waits for that",
  run: async (args, io) =>
    args.length === 1 && args[0] === 'trust' ? ask({ kind: 'trust-clock' }, io) : misused(clock, 'trust', io),
}
