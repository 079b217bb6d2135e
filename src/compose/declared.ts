// Every kind of mail that has a template, what it is for and what it can say. A new kind is declared here, has its file
// in config/templates, and its table in docs/templates.md, which test/compose/template-docs.ts writes.
import { ADMISSION_MAILS } from './declared/admission-mails.ts'
import { APPLICATION_MAILS } from './declared/applications.ts'
import { CASE_MAILS } from './declared/case-mails.ts'
import { DATE_MAILS } from './declared/date-mails.ts'
import { DISCUSSION_MAILS } from './declared/discussion-mails.ts'
import { ENDING_MAILS } from './declared/ending-mails.ts'
import { LETTERS } from './declared/letters.ts'
import { MEMBER_MAILS } from './declared/member-mails.ts'
import { PROOF_MAILS } from './declared/proof-mails.ts'
import { SERVICE_MAILS } from './declared/service-mails.ts'
import { SHARING_MAILS } from './declared/sharing-mails.ts'

/** By the name of its file, without `.txt`. */
export const DECLARED = {
  ...LETTERS,
  ...CASE_MAILS,
  ...APPLICATION_MAILS,
  ...PROOF_MAILS,
  ...ADMISSION_MAILS,
  ...MEMBER_MAILS,
  ...SHARING_MAILS,
  ...DATE_MAILS,
  ...DISCUSSION_MAILS,
  ...ENDING_MAILS,
  ...SERVICE_MAILS,
}

export type TemplateName = keyof typeof DECLARED

export const isTemplateName = (name: string): name is TemplateName => Object.hasOwn(DECLARED, name)

export const templateNames: readonly TemplateName[] = Object.keys(DECLARED).filter(isTemplateName)
