// What a notice has that a test does not care about.
import { EVERYBODY } from '../../src/model/notice.ts'

export const BARE_NOTICE = {
  to: 'distributors',
  audience: EVERYBODY,
  may: [],
  forecast: undefined,
  releasedAt: undefined,
} as const
