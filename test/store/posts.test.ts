// Posts in the store: what of them decisions look at, what a mail answers, whose copy goes, and what a purge leaves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../src/model/event.ts'
import type { PostWait } from '../../src/model/post.ts'
import { type CaseId, later, type PostId, parsePostId } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import {
  address,
  caseId,
  claim,
  contactId,
  fingerprint,
  imported,
  messageId,
  NOW,
  newStore,
  opened,
  operator,
  outgoing,
  project,
  query,
  receive,
  settle,
} from './support.ts'

const CASE = caseId(1)
const scheduler = { kind: 'scheduler', name: 'scheduler' } as const
const postId = (n: number): PostId => {
  const id = parsePostId(`P-${String(n).padStart(6, '0')}`)
  assert.ok(id)
  return id
}

type Rest = { readonly about?: CaseId | 'nothing'; readonly waits?: PostWait; readonly parent?: PostId }

/** A post by the first contact, with the copies that it went out in. */
function post(
  store: Store,
  n: number,
  { about = CASE, waits, parent }: Rest,
  readers: readonly number[] = [],
) {
  const inbound = receive(store)
  const own = messageId(`written-${n}`)
  const event: Event = {
    kind: 'post-received',
    post: postId(n),
    at: NOW,
    actor: { kind: 'member', name: contactId(1), fingerprint: fingerprint(1) },
    project,
    about: about === 'nothing' ? undefined : about,
    inbound,
    poster: { kind: 'member', contact: contactId(1) },
    by: fingerprint(1),
    messageId: own,
    parent,
    waits,
  }
  settle(store, [event], {
    inbound,
    messageId: own,
    outgoing: readers.map(reader => copyOf(n, inbound, about === 'nothing' ? undefined : about, reader)),
  })
  return { own, inbound }
}

const copyOf = (n: number, inbound: ReturnType<typeof receive>, about: CaseId | undefined, reader: number) =>
  outgoing(
    {
      kind: 'post',
      post: postId(n),
      about,
      inbound,
      poster: { contact: contactId(1), organisation: undefined },
      mail: undefined,
    },
    {
      to: address(`contact${reader}@member${reader}.example`),
      encryptTo: { kind: 'enrolled', fingerprint: fingerprint(reader) },
      case: about,
      contact: contactId(reader),
      contactVersion: 1,
      post: postId(n),
    },
    { kind: 'encrypted', octets: Buffer.from(`ciphertext ${n} for ${reader}`), subkey: 'AB'.repeat(8) },
  )

async function given(t: Parameters<typeof newStore>[0]) {
  const { store } = await newStore(t)
  settle(store, [opened(CASE, receive(store)), imported(1), imported(2), imported(3)])
  return store
}

const sendsTo = (store: Store): readonly string[] => {
  const taken: string[] = []
  for (let one = claim(store, NOW); one !== 'nothing'; one = claim(store, NOW)) taken.push(one.to)
  return taken
}

test('a copy goes to a contact as they were when it was made, or not at all', async t => {
  const changes: readonly (readonly [string, Event])[] = [
    [
      'suspended',
      {
        at: NOW,
        actor: scheduler,
        contact: contactId(2),
        kind: 'contact-suspended',
        why: 'admin',
        until: undefined,
      },
    ],
    [
      'of another key',
      {
        at: NOW,
        actor: scheduler,
        contact: contactId(2),
        kind: 'key-changed',
        key: { fingerprint: fingerprint(9), certificate: new Uint8Array([9]), keyIds: [] },
      },
    ],
  ]
  for (const [name, change] of changes) {
    const store = await given(t)
    post(store, 1, {}, [2, 3])
    settle(store, [change])
    assert.deepEqual(sendsTo(store), ['contact3@member3.example'], name)
    const [row] = store.outbox.list({ state: 'held' })
    assert.deepEqual([row?.contact, row?.why], [contactId(2), 'contact-changed'], name)
  }
})

test('a copy tells nobody of a case as a notice does', async t => {
  const store = await given(t)
  post(store, 1, {}, [2])
  sendsTo(store)
  assert.deepEqual(store.outbox.toldOf(CASE), [])
})

test('what a mail answers is found by a copy of ours, and by the own mail of its writer', async t => {
  const store = await given(t)
  const { own } = post(store, 1, {}, [2, 3])
  const [copy] = store.outbox.list({ case: CASE, limit: 1 })
  assert.ok(copy)
  for (const id of [copy.messageId, own]) {
    const { threadParent, ownCopies, posts, cases } = store.readSnapshot(
      query({ answers: [messageId('strange'), id], thread: [id] }),
    )
    assert.equal(threadParent, postId(1))
    assert.ok(cases.has(CASE))
    assert.equal(posts.get(postId(1))?.messageId, own)
    assert.deepEqual(
      ownCopies.get(postId(1))?.map(({ to }) => to),
      ['contact2@member2.example', 'contact3@member3.example'],
    )
  }
  assert.equal(store.readSnapshot(query({ thread: [own] })).threadParent, undefined, 'not asked for')
})

test('a post that is named brings its case, and the copies of what it answers', async t => {
  const store = await given(t)
  post(store, 1, {}, [2, 3])
  post(store, 2, { waits: 'moderated', parent: postId(1) })
  const { posts, cases, ownCopies } = store.readSnapshot(query({ posts: [postId(2)] }))
  assert.deepEqual([...posts.keys()].sort(), [postId(1), postId(2)])
  assert.ok(cases.has(CASE))
  assert.equal(ownCopies.get(postId(1))?.length, 2)
})

test('those that wait are seen with their case until somebody decides', async t => {
  const store = await given(t)
  post(store, 1, {})
  post(store, 2, { waits: 'moderated' })
  post(store, 3, { waits: 'moderated', about: 'nothing' })
  const waiting = () => [...store.readSnapshot(query({ cases: [CASE] })).posts.keys()]
  assert.deepEqual(waiting(), [postId(2)])
  settle(store, [{ kind: 'post-relayed', post: postId(2), at: NOW, actor: operator }])
  assert.deepEqual(waiting(), [])
  assert.deepEqual(store.journal.misfolded(), [])
})

test('what is passed on of a case that is held since waits for its release, of which nobody is alerted', async t => {
  const store = await given(t)
  post(store, 1, {}, [2, 3])
  post(store, 2, { about: 'nothing' }, [2])
  const fact = { case: CASE, at: NOW, actor: operator, reason: 'x' as never }
  settle(store, [{ kind: 'case-held', ...fact }])
  assert.deepEqual(sendsTo(store), ['contact2@member2.example'])
  assert.deepEqual(store.outbox.untold(), [])
  settle(store, [{ kind: 'case-released', ...fact }])
  assert.deepEqual(sendsTo(store), ['contact2@member2.example', 'contact3@member3.example'])
})

test('posts of a key are counted for a day', async t => {
  const store = await given(t)
  post(store, 1, {})
  post(store, 2, { waits: 'limit' })
  const today = (n: number, now = NOW) =>
    store.readSnapshot(query({ now, signature: { primary: fingerprint(n), hashValue: 'x' } })).postsToday
  assert.equal(today(1), 2)
  assert.equal(today(2), 0)
  assert.equal(today(1, later(NOW, DAY)), 0)
})

test('with a case its posts are purged: their octets, their journal and their copies', async t => {
  const store = await given(t)
  const { inbound } = post(store, 1, { waits: 'moderated' })
  settle(store, [{ kind: 'post-withheld', post: postId(1), at: NOW, actor: operator, reason: 'x' as never }])
  post(store, 2, {}, [2])
  settle(store, [{ kind: 'case-purged', case: CASE, at: NOW, actor: operator }])
  assert.equal(store.inbound.raw(inbound), undefined)
  assert.deepEqual(store.journal.eventsOf(postId(1)), [])
  assert.deepEqual(sendsTo(store), [])
  assert.deepEqual(store.journal.misfolded(), [])
})
