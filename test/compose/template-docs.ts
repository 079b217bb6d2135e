// The tables of docs/templates.md, from the declarations. After a change of those: node test/compose/template-docs.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { ADMISSION_MAILS } from '../../src/compose/declared/admission-mails.ts'
import { APPLICATION_MAILS } from '../../src/compose/declared/applications.ts'
import { CASE_MAILS } from '../../src/compose/declared/case-mails.ts'
import { DATE_MAILS } from '../../src/compose/declared/date-mails.ts'
import { DISCUSSION_MAILS } from '../../src/compose/declared/discussion-mails.ts'
import { ENDING_MAILS } from '../../src/compose/declared/ending-mails.ts'
import { LETTERS } from '../../src/compose/declared/letters.ts'
import { MEMBER_MAILS } from '../../src/compose/declared/member-mails.ts'
import { PROOF_MAILS } from '../../src/compose/declared/proof-mails.ts'
import { SERVICE_MAILS } from '../../src/compose/declared/service-mails.ts'
import { SHARING_MAILS } from '../../src/compose/declared/sharing-mails.ts'
import { DECLARED, templateNames } from '../../src/compose/declared.ts'
import type { Variables } from '../../src/compose/variables.ts'

export const DOCS = new URL('../../docs/templates.md', import.meta.url)

const FIRST = '## To reporters\n'
const chapters = [
  ['## To reporters', LETTERS],
  ['## To those who work on a case', CASE_MAILS],
  ['## The date of a case', DATE_MAILS],
  ['## Sharing and leaks', SHARING_MAILS],
  ['## What is said on a list', DISCUSSION_MAILS],
  ['## The end of an embargo', ENDING_MAILS],
  ['## About requests to join a list', APPLICATION_MAILS],
  ['## Decisions on requests to join', ADMISSION_MAILS],
  ['## Proof and acceptance', PROOF_MAILS],
  ['## Contacts on a list', MEMBER_MAILS],
  ['## Answers, alerts, the list', SERVICE_MAILS],
] as const

const HEAD = ['| variable | form | must be there | what it is |', '| --- | --- | --- | --- |']

const rows = (variables: Variables, depth: string): readonly string[] =>
  Object.entries(variables).flatMap(([name, variable]) => {
    const must = variable.use === 'required' ? 'yes' : ''
    const seldom = 'given' in variable && variable.given === 'sometimes'
    const form = seldom ? `${variable.form}, sometimes` : variable.form
    const row = `| ${depth}\`${name}\` | ${form} | ${must} | ${variable.about} |`
    return [row, ...('of' in variable ? rows(variable.of, `${depth}– `) : [])]
  })

/** All that follows what the page says in words of its own. */
export const tables = (): string =>
  chapters
    .flatMap(([title, declared]) => [
      title,
      ...templateNames
        .filter(name => Object.hasOwn(declared, name))
        .flatMap(name => {
          const shown = rows(DECLARED[name].variables, '')
          const table = shown.length === 0 ? [] : [[...HEAD, ...shown].join('\n')]
          return [`### ${name}`, `${DECLARED[name].about}.`, ...table]
        }),
    ])
    .join('\n\n')

/** The page with these tables. */
export const withTables = (page: string): string => `${page.slice(0, page.indexOf(FIRST))}${tables()}\n`

if (import.meta.main) writeFileSync(DOCS, withTables(readFileSync(DOCS, 'utf8')))
