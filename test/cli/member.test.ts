// `member import` with what is no usable key: the operator is told why, and nobody is alarmed.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const CANARY = 'canary-organisation'

test('a key file that cannot be used is refused with the reason, and mails no admin', { skip }, async t => {
  const acme = await Installation.make(t)
  const file = join(acme.folder, 'bad.asc')
  const arguments_ = ['--project', 'velero', '--organisation', CANARY, '--name', 'On Call']
  const imported = async (content: string) => {
    await writeFile(file, content)
    return acme.cli('member', 'import', ...arguments_, '--address', 'oncall@one.example', '--key', file)
  }
  for (const content of ['not a key\n', '']) {
    const refused = await imported(content)
    assert.equal(refused.code, 65)
    assert.match(refused.problem, /Nothing was changed\. What is attached as a key cannot be read/)
  }
  assert.deepEqual(JSON.parse((await acme.cli('outbox', 'list', '--json')).out), [])
  assert.deepEqual(JSON.parse((await acme.cli('shunt', 'list', '--json')).out), [])
  assert.equal((await imported((await acme.alice.exportArmored()).toString())).code, 0)
  await checkInvariants(acme, { canaries: [CANARY] })
})
