// C03: a bounce of our mail must come back to us, tell whose it is, and carry as little as can be.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { EveryKind } from '../support/every-kind.ts'
import type { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { inboundOf } from '../support/oracle.ts'

const SHAPE = /^security\+b\.([a-z2-7]{32})@acme\.example$/

/** Letters that two tokens share at their beginning. */
function sharedPrefix(a: string, b: string): number {
  let shared = 0
  while (shared < a.length && a[shared] === b[shared]) shared += 1
  return shared
}

/** What a machine writes to an address of ours. */
const automatic = (to: string): Buffer =>
  plainMail({
    from: 'Some Machine <machine@relay.example>',
    to,
    subject: 'Out of office',
    text: 'I am away.\n',
    headers: [['Auto-Submitted', 'auto-replied']],
  })

export async function returnAddress(t: TestContext, acme: Installation, { mails }: EveryKind): Promise<void> {
  const senders = mails.map(({ attempt }) => attempt.from)
  const tokens = senders.map(sender => SHAPE.exec(sender)?.[1] ?? `none: ${sender}`)

  await t.test('no two are alike, whatever the kind', () => {
    for (const token of tokens) assert.match(token, /^[a-z2-7]{32}$/)
    assert.equal(new Set(tokens).size, mails.length)
  })

  await t.test('they are not sequential: neighbours share nothing and no order shows', () => {
    const sorted = tokens.toSorted()
    const nearest = sorted.slice(1).map((token, i) => sharedPrefix(token, sorted[i] ?? ''))
    // Some forty tokens make a thousand pairs: chance lets two of them share thirty bits once in 2^20 runs.
    assert.ok(Math.max(...nearest) < 6, `${Math.max(...nearest)} letters shared`)
    const ascending = tokens.slice(1).filter((token, i) => token > (tokens[i] ?? '')).length
    assert.ok(ascending > 0 && ascending < tokens.length - 1, `${ascending} of ${tokens.length} ascend`)
  })

  await t.test('a bounce is to carry the header alone (RET=HDRS), as the server offers DSN', () => {
    assert.deepEqual([...new Set(mails.map(({ attempt }) => attempt.dsn.ret))], ['HDRS'])
  })

  await t.test('ours are known as ours; one that somebody made up is not', async () => {
    const [ours = ''] = senders
    const token = SHAPE.exec(ours)?.[1] ?? ''
    const madeUp = ours.replace(token, `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)
    const before = (await inboundOf(acme)).length
    await acme.deliver(automatic(ours))
    await acme.deliver(automatic(madeUp))
    await acme.logged(/"event":"settled","inbound":.*(?:automatic-at-return-address|new-case-machine)/, 2)
    const [atOurs, atMadeUp] = (await inboundOf(acme)).slice(before)
    assert.equal(atOurs?.outcome, 'bounce')
    assert.equal(atMadeUp?.outcome, 'report-noack')
  })
}
