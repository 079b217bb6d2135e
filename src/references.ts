// What a signed text names, so that it can be looked up before the text is decided on. Finds too much rather
// than too little; what a reference means is the grammar's business.
import { type CaseId, type NoticeId, parseCaseId, parseNoticeId } from './model/scalars.ts'

export type Named = {
  readonly cases: readonly CaseId[]
  readonly notices: readonly NoticeId[]
  /** Of the first line that reads `confirm INSTANCE TOKEN`. */
  readonly token: string | undefined
}

/** As many as fifty commands can name. */
const MOST = 100

export function namedIn(text: string): Named {
  const found = text.matchAll(/\b[CN][-‐‑–][0-9]{6}\b/gi)
  const references = [...found.take(MOST)].map(([one]) => one.replace(/[‐‑–]/, '-'))
  const [, token] = /^[ \t]*confirm[ \t\u00a0]+[^\s]{1,60}[ \t\u00a0]+([A-Za-z2-7]{1,60})/im.exec(text) ?? []
  return {
    cases: [...new Set(references.map(parseCaseId))].filter(id => id !== undefined),
    notices: [...new Set(references.map(parseNoticeId))].filter(id => id !== undefined),
    token: token?.toLowerCase(),
  }
}
