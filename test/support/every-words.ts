// Words that stand in the mails of the story of every kind of mail, so that each can be looked for.
/** Words that strangers write. Each stands in one place, so that a finding tells which. */
export const STRANGERS_WORDS = {
  subject: 'canary-subject-5d1f',
  innerSubject: 'canary-innersubject-a3c9',
  body: 'canary-body-77b0',
  html: 'canary-html-4e2a',
  fileName: 'canary-filename-90ce',
  fileContent: 'canary-filecontent-1b6d',
  displayName: 'canary-displayname-c80f',
  reference: 'canary-reference-2f94',
  followUp: 'canary-followup-e651',
  post: 'canary-post-08ab',
  command: 'canary-command-b7d3',
  share: 'canary-share-5aa2',
  why: 'canary-reason-c31d',
  work: 'canary-work-9f04',
  leak: 'canary-leak-e28b',
  organisation: 'canary-organisation-b41a',
  applicant: 'canary-applicant-06fd',
  answer: 'canary-answer-d97c',
  vouch: 'canary-vouch-2e85',
} as const

/** Words that the team writes. */
export const TEAMS_WORDS = {
  reply: 'canary-reply-3a7e',
  note: 'canary-note-d512',
  why: 'canary-why-81cd',
  notice: 'canary-notice-6c08',
  patchName: 'canary-patchname-f29b',
  patch: 'canary-patch-914d',
  strike: 'canary-strike-7d6e',
  decline: 'canary-decline-a0b3',
} as const
