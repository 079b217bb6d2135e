// Own words beside the commands of a mail: they make of an acceptance one with conditions (threats.md E11). What is
// quoted, a signature, our marker and what a phone adds are nobody's words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommandMail } from '../../src/decide/commands/grammar.ts'

const VERBS = ['accept-policy', 'prove', 'help']
const ACCEPT = 'embargod acme\naccept-policy version=1 \\\nsha256=ab\n'

const besides = (text: string): string => {
  const read = readCommandMail(text, 'fixed', VERBS)
  assert.equal(read.kind, 'commands', text)
  return read.kind === 'commands' ? read.besides : ''
}

const NOTHING: Readonly<Record<string, string>> = {
  'the commands alone': ACCEPT,
  'blank lines around them': `\n\n${ACCEPT}\n\n`,
  'quoted lines above': `> please accept\n\n${ACCEPT}`,
  'an answer with our mail below': `${ACCEPT}\nOn Mon, 5 Jan 2026 at 10:00, list@acme.example wrote:\n> Please accept\n> it.\n`,
  'our marker and all below it': `${ACCEPT}\n--- embargod: write above this line ---\n\nPlease accept it.\n`,
  'a signature': `${ACCEPT}\n-- \nCarol, on call\n`,
  'an older mail in its frame': `${ACCEPT}\n-----Original Message-----\nPlease accept it.\n`,
  'the header of an older mail': `${ACCEPT}\nFrom: list\nSent: Monday\nTo: Carol\n\nPlease accept it.\n`,
  'what a phone adds': `${ACCEPT}\nSent from my phone\n`,
  'a stop word': `${ACCEPT}\nthanks\n`,
}
for (const [name, text] of Object.entries(NOTHING))
  test(`${name}: nothing besides`, () => assert.equal(besides(text), 'nothing'))

const WORDS: Readonly<Record<string, string>> = {
  'a paragraph below': `${ACCEPT}\nI accept, but tell my customers.\n`,
  'a comment': `embargod acme\n# but not for our customers\naccept-policy version=1 sha256=ab\n`,
  'words below a stop word': `${ACCEPT}\nthanks\n\nI will tell my customers, though.\n`,
  'words below the quoted mail': `${ACCEPT}\n> You accept all of it.\n\nNot the second paragraph.\n`,
  'words between quoted lines': `${ACCEPT}\n> You accept all of it.\nNo.\n> Thank you.\n`,
}
for (const [name, text] of Object.entries(WORDS))
  test(`${name}: words`, () => assert.equal(besides(text), 'words'))
