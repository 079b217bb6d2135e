// C11: a `cancel` amid a fan-out, over the real outbox and a server that answers no mail for now: what is under way ends,
// and from the moment the cancel is carried out no further recipient is named to the server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dispatcher } from '../../src/deliver/dispatch.ts'
import { Submission } from '../../src/deliver/smtp.ts'
import type { Event } from '../../src/model/event.ts'
import { later } from '../../src/model/scalars.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'
import { isEnvironmentFault } from '../../src/store/database.ts'
import {
  caseId,
  copyFor,
  imported,
  NOW,
  newStore,
  noticeChanged,
  noticeId,
  opened,
  query,
  receive,
  reply,
  scheduled,
  settle,
} from '../store/support.ts'
import { startSubmission } from '../support/submission.ts'
import { until } from '../support/workspace.ts'

const MEMBERS = 30
const CONNECTIONS = 3
const N1 = noticeId(1)

test('a cancel amid the fan-out lets what is under way end, and nothing else of the notice goes', async t => {
  const { store } = await newStore(t)
  const contacts: Event[] = Array.from({ length: MEMBERS }, (_, n) => imported(n + 1))
  settle(store, [opened(caseId(1), receive(store)), ...contacts])
  settle(store, [scheduled(N1, caseId(1), NOW)])
  const notice = () => store.readSnapshot(query({ notices: [N1] })).notices.get(N1) ?? assert.fail()
  const copies = store.copies.lacking(notice(), NOW).map(one => copyFor(notice(), one))
  store.outbox.addNoticeCopies(notice(), copies, store.copies.basisOf(notice()), NOW)
  settle(store, [noticeChanged('notice-released', N1)])

  const server = await until(t, startSubmission())
  const gate = Promise.withResolvers<void>()
  const underWay = Promise.withResolvers<void>()
  let held = 0
  const hold = () => {
    held += 1
    if (held === CONNECTIONS) underWay.resolve()
    return gate.promise
  }
  for (let n = 1; n <= MEMBERS; n += 1)
    server.script({
      at: 'hold',
      recipient: `contact${n}@member${n}.example`,
      until: hold,
      mail: 'kept',
    })
  const ended = Promise.withResolvers<void>()
  let open = 0
  const submission = new Submission({
    server: { host: server.host, port: server.port, tls: 'none' },
    connections: CONNECTIONS,
  })
  const dispatcher = new Dispatcher({
    outbox: {
      exchange: (answers, room, now) => {
        const claimed = store.outbox.exchange(answers, room, now)
        open += claimed.length - answers.length
        if (open === 0 && answers.length > 0) ended.resolve()
        return claimed
      },
      nextDueAt: () => store.outbox.nextDueAt(),
    },
    submission,
    clock: { now: () => later(NOW, MINUTE) },
    connections: CONNECTIONS,
    inDoubtWait: HOUR,
    mailsPerMinute: undefined,
    onFailure: () => undefined,
    mayPass: isEnvironmentFault,
    onFatal: error => ended.reject(error),
    log: () => undefined,
  })
  t.after(() => dispatcher.stop())
  dispatcher.start()
  await underWay.promise

  settle(store, [noticeChanged('notice-cancelled', N1)])
  settle(store, [], { outgoing: [reply('something else')] })
  dispatcher.wake()
  gate.resolve()
  await ended.promise
  assert.equal(server.attempts.filter(({ to }) => to[0]?.startsWith('contact')).length, CONNECTIONS)
  const states = store.outbox.list({ notice: N1 }).map(({ state }) => state)
  assert.equal(states.filter(state => state === 'sent').length, CONNECTIONS)
  assert.equal(states.filter(state => state === 'cancelled').length, MEMBERS - CONNECTIONS)
  assert.deepEqual([store.copies.owed(NOW), store.outbox.nextDueAt()], [[], undefined])
})
