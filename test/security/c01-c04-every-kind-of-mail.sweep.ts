// C01 to C04, and what other programs read: one installation sends every kind of mail it knows, and each row
// looks at all of it.
import { test } from 'node:test'
import { readElsewhere } from '../interop/sent.ts'
import { sendEveryKind } from '../support/every-kind.ts'
import { STRANGERS_WORDS, TEAMS_WORDS } from '../support/every-words.ts'
import { missingCompiler } from '../support/host-faults.ts'
import { Installation } from '../support/installation.ts'
import { checkInvariants } from '../support/oracle.ts'
import { subjectOutside } from './c01-subject-outside.ts'
import { strangersWords } from './c02-strangers-words.ts'
import { returnAddress } from './c03-return-address.ts'
import { oneRecipient } from './c04-one-recipient.ts'
import { answersComeBack } from './c18-headers.ts'
import { skip as missing } from './support.ts'

const skip = missing || missingCompiler()

test('every kind of mail', { skip }, async t => {
  const acme = await Installation.make(t)
  const sent = await sendEveryKind(acme, t)

  await t.test('C01 has an outer subject that is constant but for a random id', row =>
    subjectOutside(row, sent),
  )
  await t.test('C02 quotes nothing that came in, if it answers people we do not know', row =>
    strangersWords(row, sent),
  )
  await t.test('C04 names nobody but its recipient and us', row => oneRecipient(row, sent))
  await t.test('C18, D04 comes back to us, and says whether a machine wrote it', row =>
    answersComeBack(row, sent),
  )
  await t.test('is read by GnuPG and by Sequoia', row => readElsewhere(row, acme, sent))
  // Last, for it puts more mail into the mailbox.
  await t.test('C03 has a return address of its own on our domain, and asks for headers only', row =>
    returnAddress(row, acme, sent),
  )

  await checkInvariants(acme, {
    canaries: [...Object.values(STRANGERS_WORDS), ...Object.values(TEAMS_WORDS)],
  })
})
