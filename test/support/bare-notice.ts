// What a notice has that a test does not care about.
import { EVERYBODY } from '../../src/model/notice.ts'
import { instant } from '../../src/model/scalars.ts'

export const BARE_NOTICE = {
  to: 'distributors',
  audience: EVERYBODY,
  may: [],
  forecast: undefined,
  releasedAt: undefined,
  version: 1,
  scheduledAt: instant(0),
  checked: undefined,
  further: [],
} as const
