// What the decision on one input needs to see, before it is known what that is.
import type { SnapshotQuery } from '../store/snapshot.ts'

export type Query = Omit<SnapshotQuery, 'now' | 'settings' | 'ownKeys'>

export const NO_QUERY: Query = {
  cases: [],
  notices: [],
  statements: [],
  states: [],
  advisory: undefined,
  thread: [],
  messageId: undefined,
  signature: undefined,
  token: undefined,
  author: undefined,
  person: undefined,
  also: 'nothing',
  queueRow: undefined,
  claimed: undefined,
}
