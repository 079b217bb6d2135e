// Proof of address and key, and acceptance (threats.md E04, E09, E11): who sends what token under which key, what comes
// of it, and what all wrong ones are answered.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { withProofs } from '../../../src/decide/membership/consequences.ts'
import { silent } from '../../../src/decide/outcomes.ts'
import type { Contact } from '../../../src/model/contact.ts'
import { type Event, OUTSIDER } from '../../../src/model/event.ts'
import { instant } from '../../../src/model/scalars.ts'
import { HOUR } from '../../../src/model/time.ts'
import { heardAgain } from '../../../src/pipeline/settling.ts'
import { FILED_MAILBOX } from '../../../src/receive/rescan.ts'
import { address, fingerprint, fresh, NOW } from '../given.ts'
import {
  A,
  ANN,
  after,
  application,
  contactAfter,
  dayLater,
  type Given,
  keyOf,
  kinds,
  member,
  OTHER_SHA256,
  offered,
  sent,
  TERMS,
  TOKEN,
  told,
  worldOf,
} from './proving.ts'

const RIGHT = `version=${TERMS.version} sha256=${TERMS.sha256}`
const STRANGER = fingerprint('9')
const PROVE = `prove ${A} ${TOKEN} ${RIGHT}`

test('the right token by the right key proves both and accepts, where asking to join does', () => {
  const decision = sent(PROVE, ANN)
  assert.deepEqual(kinds(decision), ['application-proven', 'application-accepted-terms'])
  const { proven, acceptance, challenge } = after(decision)
  assert.equal(challenge, undefined)
  assert.deepEqual(proven, { at: NOW, inbound: 1 })
  const { version, sha256 } = TERMS
  assert.deepEqual(acceptance, { version, sha256, at: NOW, how: 'implied', inbound: 1 })
  assert.match(told(decision).text, new RegExp(ANN))
})

test('where acceptance is a line of its own, both lines together do it, and the first alone only proves', () => {
  const given: Given = { policy: { acceptance: 'explicit' } }
  const both = sent(`prove ${A} ${TOKEN}\naccept-policy ${A} ${RIGHT}`, ANN, given)
  assert.deepEqual(kinds(both), ['application-proven', 'application-accepted-terms'])
  assert.equal(after(both, given).acceptance?.how, 'explicit')
  const alone = sent(`prove ${A} ${TOKEN}`, ANN, given)
  assert.deepEqual(kinds(alone), ['application-proven'])
  assert.equal(told(sent(PROVE, ANN, given)).status, 'E-SYNTAX')
})

test('a token in capitals, as a phone may write it, is the same', () => {
  assert.deepEqual(kinds(sent(PROVE.replace(TOKEN, TOKEN.toUpperCase()), ANN))[0], 'application-proven')
})

suite('whatever is wrong with a token is answered by one sentence, and counted', () => {
  const used = application({ challenge: undefined })
  const WRONG: Readonly<Record<string, readonly [line: string, given?: Given]>> = {
    'another token': [PROVE.replace(TOKEN, 'aaaaaaaaaaaaaaaa')],
    'none was sent': [PROVE, { application: used }],
    'an application that does not exist': [PROVE.replace(A, 'A-999999')],
    'an application that has ended': [PROVE, { application: application({ state: 'declined' }) }],
    'five wrong tokens that day': [PROVE, { snapshot: { wrongTokens: 5 } }],
  }
  for (const [name, [line, given = {}]] of Object.entries(WRONG))
    test(name, () => {
      // So that the key has a part in anything at all.
      const contacts = [member({ state: 'invited', fingerprint: ANN, certificate: new Uint8Array([1]) })]
      const decision = sent(line, ANN, { contacts, ...given })
      assert.deepEqual(kinds(decision), [])
      assert.equal(decision.outcome, 'refused')
      assert.match(told(decision).text, /^This proves nothing: /)
      assert.equal(told(decision).status, 'E-UNKNOWN')
      assert.deepEqual(decision.plan, { kind: 'wrong-token', by: ANN })
    })
  test('the right token by another key', () => {
    const contacts = [member({ state: 'invited', fingerprint: STRANGER, certificate: new Uint8Array([1]) })]
    const decision = sent(PROVE, STRANGER, { contacts })
    assert.deepEqual([kinds(decision), told(decision).status], [[], 'E-UNKNOWN'])
    assert.deepEqual(decision.plan, { kind: 'wrong-token', by: STRANGER })
  })
  test('a key that has no part in anything gets the line that strangers get', () => {
    const { mails } = sent(PROVE, STRANGER)
    assert.deepEqual(
      mails.map(({ content }) => content.kind),
      ['refusal'],
    )
  })
})

test('a token is good for seven days; then whoever has it is sent another', () => {
  const last = instant(dayLater(7) - 1)
  assert.equal(kinds(sent(PROVE, ANN, { snapshot: { now: last } }))[0], 'application-proven')
  const late = sent(PROVE, ANN, { snapshot: { now: dayLater(7) } })
  assert.deepEqual(kinds(late), ['challenge-sent'])
  assert.match(told(late).text, /has expired; a new one is on its way/)
  assert.deepEqual(
    late.mails.map(({ to, content }) => [to, content.kind]).filter(([, kind]) => kind === 'challenge'),
    [['ann@new.example', 'challenge']],
  )
})

test('twice is nothing new', () => {
  const proven = application({ challenge: undefined, proven: { at: NOW, inbound: 1 as never } })
  assert.equal(told(sent(PROVE, ANN, { application: proven })).status, 'noop')
})

suite('an acceptance names the text that holds, and nothing else is said with it (E11)', () => {
  const WRONG: Readonly<Record<string, readonly [line: string, code: string]>> = {
    'of an older version': [`prove ${A} ${TOKEN} version=0 sha256=${OTHER_SHA256}`, 'E-POLICY'],
    'with the digest of another text': [`prove ${A} ${TOKEN} version=1 sha256=${OTHER_SHA256}`, 'E-POLICY'],
    'left out': [`prove ${A} ${TOKEN}`, 'E-POLICY'],
    'with a condition below': [`${PROVE}\n\nI accept, but I tell my customers.`, 'E-POLICY'],
    'with a condition in a comment': [`# but I tell my customers\n${PROVE}`, 'E-POLICY'],
  }
  for (const [name, [line, code]] of Object.entries(WRONG))
    test(name, () => {
      const decision = sent(line, ANN)
      assert.deepEqual([kinds(decision), told(decision).status, decision.plan], [[], code, undefined])
    })
  test('the refusal shows the text and offers the line that is right', () => {
    const decision = sent(`prove ${A} ${TOKEN} version=0 sha256=${OTHER_SHA256}`, ANN)
    assert.match(told(decision).text, /It is version 1:\n\| Tell nobody\./)
    const [again = ''] = offered(decision)
    assert.equal(again, `embargod acme\nprove ${A} ${TOKEN} version=1 \\\nsha256=${TERMS.sha256}\n`)
    assert.deepEqual(kinds(sent(again.replace(/^.*\n/, ''), ANN)).length, 2)
  })
})

suite('a key that somebody else uses proves nothing (E09)', () => {
  const proves = (contacts: readonly Contact[]) => told(sent(PROVE, ANN, { contacts })).status
  test('of a member', () => assert.equal(proves([member({ fingerprint: ANN })]), 'E-KEY'))
  test('of a member who is suspended', () =>
    assert.equal(proves([member({ fingerprint: ANN, state: 'suspended' })]), 'E-KEY'))
  test('but not of who has left', () =>
    assert.equal(proves([member({ fingerprint: ANN, state: 'left' })]), 'ok'))
})

suite('who is sent a token', () => {
  const opened: Event = {
    kind: 'application-opened',
    at: NOW,
    actor: OUTSIDER,
    application: A,
    project: application().project,
    receivedAt: NOW,
    inbound: 1 as never,
    address: application().address,
    answers: application().answers,
    key: keyOf(ANN),
  }
  const author = application().address
  const decided = (events: readonly Event[], given: Given = {}, by = author) => {
    const world = {
      ...worldOf(given),
      ...(given.application === undefined ? { applications: new Map() } : {}),
    }
    return withProofs({ ...silent('application', 'x'), events }, world, fresh, by)
  }
  const sentTo = (decision: ReturnType<typeof decided>) =>
    decision.mails.map(({ to, encryptTo, content, application: thread }) => [
      to,
      encryptTo.kind,
      content.kind,
      thread,
    ])

  test('whoever applies with a key, at their address and under that key alone', () => {
    const decision = decided([opened])
    assert.deepEqual(sentTo(decision), [['ann@new.example', 'offered', 'challenge', A]])
    assert.deepEqual(decision.events.slice(1), [
      {
        kind: 'challenge-sent',
        at: NOW,
        actor: { kind: 'scheduler', name: 'scheduler' },
        application: A,
        token: fresh.challenges[0],
      },
    ])
    const [offer] = decision.mails[0]?.offers ?? []
    assert.equal(
      offer?.body,
      `embargod acme\nprove ${A} ${fresh.challenges[0]} version=1 \\\nsha256=${TERMS.sha256}\n`,
    )
  })
  test('with explicit acceptance on a line of its own', () => {
    const [order] = decided([opened], { policy: { acceptance: 'explicit' } }).mails
    assert.match(
      order?.offers?.[0]?.body ?? '',
      /^embargod acme\naccept-policy A-771234 version=1 \\\nsha256=\S+\nprove A-771234 \S+\n$/,
    )
  })
  test('nobody without a key, or once it is proven', () => {
    assert.deepEqual(sentTo(decided([{ ...opened, key: undefined }])), [])
    const heard: Event = { kind: 'application-circulated', at: NOW, actor: OUTSIDER, application: A }
    const proven = application({ proven: { at: NOW, inbound: 1 as never } })
    assert.deepEqual(sentTo(decided([heard], { application: proven })), [])
  })
  test('not again while one is out, again for another key, and again when it has expired', () => {
    const heard: Event = { kind: 'application-circulated', at: NOW, actor: OUTSIDER, application: A }
    assert.deepEqual(sentTo(decided([heard], { application: application() })), [])
    const other: Event = {
      kind: 'application-key-set',
      at: NOW,
      actor: OUTSIDER,
      application: A,
      key: keyOf(STRANGER),
    }
    assert.equal(sentTo(decided([other], { application: application() })).length, 1)
    const old = { application: application(), snapshot: { now: dayLater(7) } }
    assert.equal(sentTo(decided([heard], old)).length, 1)
  })
  test('at most so many a day to one address, one domain, and in all', () => {
    for (const challenged of [
      { address: 5, domain: 5, all: 5 },
      { address: 0, domain: 50, all: 50 },
      { address: 0, domain: 0, all: 300 },
    ])
      assert.deepEqual(sentTo(decided([opened], { snapshot: { challenged } })), [])
    const many = { snapshot: { challenged: { address: 5, domain: 5, all: 5 } } }
    assert.equal(sentTo(decided([opened], many, address('other@elsewhere.example'))).length, 1)
  })
  test('nobody for a mail that is read again after a restore, and no token is then taken for sent', () => {
    const read = {
      id: 1 as never,
      mailbox: FILED_MAILBOX,
      uidValidity: 1,
      uid: 1,
      receivedAt: NOW,
    }
    const again = heardAgain(decided([opened]), read, worldOf({}), undefined)
    assert.deepEqual([again.mails, kinds(again)], [[], ['application-opened']])
  })
  test('two applications in one decision get two tokens', () => {
    const second = { ...opened, application: 'A-771235' as never }
    const { events } = decided([opened, second])
    assert.deepEqual(
      events.flatMap(event => (event.kind === 'challenge-sent' ? [event.token] : [])),
      fresh.challenges,
    )
  })
})

suite('a contact whom the organisation named, and a key that is to follow another', () => {
  const invited = member({
    state: 'invited',
    fingerprint: ANN,
    certificate: new Uint8Array([1]),
    challenge: { token: TOKEN, at: NOW },
    acceptance: undefined,
    since: undefined,
  })
  const NEXT = fingerprint('8')
  const changing = member({
    nextKey: {
      key: keyOf(NEXT),
      by: 'change',
      askedAt: NOW,
      token: TOKEN,
      provenAt: undefined,
      effectiveAt: undefined,
    },
  })

  test('the contact proves both, accepts, and waits for the others to say no', () => {
    const given = { contacts: [invited] }
    const decision = sent(`prove ${invited.id} ${TOKEN} ${RIGHT}`, ANN, given)
    assert.deepEqual(kinds(decision), ['contact-proven', 'contact-accepted-terms'])
    const { state, activeAt, acceptance } = contactAfter(decision, given)
    assert.deepEqual([state, activeAt, acceptance?.how], ['cooling', NOW + 24 * HOUR, 'implied'])
  })
  test('where acceptance is a line of its own, no contact is proven without it', () => {
    const given: Given = { contacts: [invited], policy: { acceptance: 'explicit' } }
    const alone = sent(`prove ${invited.id} ${TOKEN}`, ANN, given)
    assert.deepEqual([kinds(alone), told(alone).status], [[], 'E-POLICY'])
    const both = `accept-policy ${invited.id} version=1 \\\nsha256=${TERMS.sha256}\nprove ${invited.id} ${TOKEN}\n`
    assert.deepEqual(offered(alone), [`embargod acme\n${both}`])
    const decision = sent(both, ANN, given)
    assert.deepEqual(kinds(decision), ['contact-accepted-terms', 'contact-proven'])
    assert.equal(contactAfter(decision, given).acceptance?.how, 'explicit')
  })
  test('the new key is proven by itself, and used a day later', () => {
    const given = { contacts: [changing] }
    const decision = sent(`prove ${changing.id} ${TOKEN}`, NEXT, given)
    assert.deepEqual(kinds(decision), ['key-proven'])
    const { nextKey, fingerprint: pinned } = contactAfter(decision, given)
    assert.deepEqual([nextKey?.effectiveAt, pinned], [NOW + 24 * HOUR, changing.fingerprint])
    assert.equal(told(sent(`prove ${changing.id} ${TOKEN}`, changing.fingerprint, given)).status, 'E-ROLE')
  })
  test('an old token of theirs is refused with who can send another', () => {
    const late = { contacts: [changing], snapshot: { now: dayLater(8) } }
    const decision = sent(`prove ${changing.id} ${TOKEN}`, NEXT, late)
    assert.deepEqual([kinds(decision), told(decision).status], [[], 'E-STALE'])
  })
})

suite('accept-policy', () => {
  const silentMember = member({ acceptance: undefined })
  const accept = (given: Given, line = `accept-policy ${RIGHT}`, by = silentMember.fingerprint) =>
    sent(line, by, given)

  test('by a member, without a number, is theirs alone', () => {
    const given = {
      contacts: [silentMember],
      application: application({ key: keyOf(silentMember.fingerprint) }),
    }
    const decision = accept(given)
    assert.deepEqual(kinds(decision), ['contact-accepted-terms'])
    assert.equal(contactAfter(decision, given).acceptance?.how, 'explicit')
  })
  test('ends a suspension that waited for it, and no other', () => {
    for (const [why, ends] of [
      ['acceptance', ['contact-accepted-terms', 'contact-resumed']],
      ['admin', ['contact-accepted-terms']],
    ] as const) {
      const suspended = { why, at: NOW, by: 'scheduler', until: undefined, reason: undefined }
      assert.deepEqual(
        kinds(accept({ contacts: [{ ...silentMember, state: 'suspended', suspended }] })),
        ends,
      )
    }
  })
  test('twice is nothing new', () =>
    assert.equal(told(accept({ contacts: [member()] }, undefined, member().fingerprint)).status, 'noop'))
  test('of another text, with conditions, or for somebody else changes nothing', () => {
    const contacts = [silentMember, { ...member(), id: 'M-000002' as never, fingerprint: fingerprint('2') }]
    for (const [line, code] of [
      [`accept-policy version=1 sha256=${OTHER_SHA256}`, 'E-POLICY'],
      [`accept-policy version=2 sha256=${TERMS.sha256}`, 'E-POLICY'],
      [`accept-policy ${RIGHT}\n\nbut not on weekends`, 'E-POLICY'],
      [`accept-policy M-000002 ${RIGHT}`, 'E-UNKNOWN'],
      [`accept-policy ${A} ${RIGHT}`, 'E-UNKNOWN'],
    ] as const) {
      const decision = accept({ contacts }, line)
      assert.deepEqual([kinds(decision), told(decision).status], [[], code], line)
    }
  })
  test('what is refused offers the whole line that is right', () => {
    const decision = accept({ contacts: [silentMember] }, `accept-policy version=0 sha256=${OTHER_SHA256}`)
    assert.deepEqual(offered(decision), [
      `embargod acme\naccept-policy ${silentMember.id} version=1 \\\nsha256=${TERMS.sha256}\n`,
    ])
  })
})
