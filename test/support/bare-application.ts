// A request to join of which nothing more is known: tests say only what matters to them.
import type { Application } from '../../src/model/application.ts'

export const BARE_APPLICATION: Omit<
  Application,
  'id' | 'project' | 'receivedAt' | 'heardAt' | 'address' | 'key'
> = {
  revision: 1,
  version: 1,
  state: 'open',
  answers: { organisation: undefined, name: undefined, criteria: {} },
  challenge: undefined,
  proven: undefined,
  acceptance: undefined,
  vouches: [],
  objections: [],
  circulatedAt: undefined,
  completeAt: undefined,
  thread: [],
  end: undefined,
  reminded: {},
}
