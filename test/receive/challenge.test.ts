// Machines that keep mail back until somebody proves to be a person: what they write, and what people write who report
// such things.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isChallenge } from '../../src/receive/challenge.ts'

for (const [name, text] of [
  [
    'TMDA',
    'This message was created automatically by mail delivery software (TMDA).\n\nYour message attached below is being held because the address\n<x@y.example> has not been verified.\n\nTo release your pending message for\ndelivery, please send an empty message to the following address.',
  ],
  [
    'Boxbe',
    'Hello,\n\nYour message about "N-300001: early disclosure" was waitlisted.\n\nPlease add yourself to my Guest List so your messages will be delivered to my Inbox.',
  ],
  [
    'EarthLink',
    'I apologize for this automatic reply to your email.\n\nTo control spam, I now allow incoming messages only from senders I have approved beforehand.\n\nIf you would like to be added to my list of approved senders, please fill out the short request form.',
  ],
  ['Spam Arrest', 'Just this once, click the link below so I can receive your emails.'],
  ['another', 'Your message has been held until you confirm that you sent it.'],
] as const)
  test(`${name} challenges`, () => assert.ok(isChallenge([], text)))

test('TMDA says so in its header, too', () => {
  const field = { name: 'X-Delivery-Agent', value: 'TMDA/1.1.12 (Macallan)' }
  assert.ok(isChallenge([field], 'Hello.'))
  assert.ok(!isChallenge([{ ...field, value: 'Postfix, not tmda' }], 'Hello.'))
})

for (const text of [
  'The login asks to verify that you are human. A confirmation can be replayed.',
  'Please confirm that you got my message.',
  'The message queue holds messages until you confirm each delivery, and forgets the sender.',
  'An approved sender can bypass the check.',
])
  test(`a person who writes "${text}" does not`, () => assert.ok(!isChallenge([], text)))

test('a long hostile text costs little', () => {
  const started = process.cpuUsage()
  for (const text of ['your message '.repeat(100_000), ' '.repeat(1_000_000), 'my list of '.repeat(90_000)])
    isChallenge([], text)
  assert.ok(process.cpuUsage(started).user < 500_000)
})
