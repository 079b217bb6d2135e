// What of a command mail is the sender's own: nothing quoted or forwarded runs (threats.md A07).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MARKER } from '../../../src/compose/links.ts'
import { acme, ignoredOf, problemsOf, read, sourcesOf } from './reading.ts'

test('A07: nothing below the marker runs, wherever it stands', () => {
  for (const marker of [
    MARKER,
    `  ${MARKER}  `,
    MARKER.toUpperCase(),
    '\u2014- embargod:\u00a0write above this line \u2014-',
    `Sent from my phone ${MARKER}`,
    `| ${MARKER}`,
    `take C-3 "${MARKER}"`,
    `# ${MARKER}`,
  ]) {
    assert.deepEqual(sourcesOf(acme('take C-1', marker, 'hold C-2')), ['take C-1'], marker)
    assert.deepEqual(read(`${marker}\nembargod acme\nhold C-2`), { kind: 'none' }, marker)
    assert.match(
      problemsOf(acme('take C-1', 'note C-1 <<', 'text', marker, '.', 'hold C-2'))[0] ?? '',
      /^3 its text/,
    )
  }
})

test('A07: our marker behind > is a quoted line', () => {
  const text = `On Tue, 9 Dec 2026 at 16:00, Acme <security@example.org> wrote:\n> ${MARKER}\n> accept C-9\n\n${acme('take C-1')}`
  assert.deepEqual(sourcesOf(text), ['take C-1'])
})

test('A07: a top-poster\u2019s quoted mail never runs, in any language', () => {
  for (const attribution of [
    ['On Tue, 9 Dec 2026 at 16:00, Acme Security <security@example.org> wrote:'],
    ['On Tue, 9 Dec 2026 at 16:00, Acme Security', '<security@example.org> wrote:'],
    ['Am 09.12.26 um 16:00 schrieb Acme Security:'],
    ['Le mar. 9 d\u00e9c. 2026 \u00e0 16:00, Acme a \u00e9crit\u00a0:'],
    ['El mar, 9 dic 2026 a las 16:00, Acme (<security@example.org>) escribi\u00f3:'],
    ['2026\u5e7412\u67089\u65e5 Acme \u5199\u9053\uff1a'],
    ['On 9 Dec 2026, at 16:00, Acme wrote:', ''],
    [],
  ]) {
    const text = acme('take C-1', '', ...attribution, '> accept C-2', '> ', '> reject C-3', '', 'hold C-4')
    assert.deepEqual(sourcesOf(text), ['take C-1'], attribution.join())
    assert.deepEqual(
      sourcesOf(acme('take C-1', ...attribution, '> accept C-2')),
      ['take C-1'],
      attribution.join(),
    )
  }
})

test('A07: mail quoted without > by Outlook and others never runs', () => {
  for (const lines of [
    ['-----Original Message-----', 'From: Bob'],
    ['-------- Urspr\u00fcngliche Nachricht --------', 'Von: Bob'],
    ['---------- Forwarded message ---------'],
    ['________________________________', 'From: Bob', 'Sent: Tuesday', 'To: Acme', 'Subject: C-482107'],
    ['________________________________'],
    [
      'From: Bob <bob@example.org>',
      'Sent: Tuesday, 9 December 2026',
      'To: Acme',
      'Subject: [C-482107] status',
    ],
    ['Von: Bob', 'Gesendet: Dienstag', 'An: Acme', 'Betreff: C-482107'],
    ['*De\u00a0:* Bob', '*Envoy\u00e9\u00a0:* mardi', '*\u00c0\u00a0:* Acme', '*Objet\u00a0:* C-482107'],
  ])
    assert.deepEqual(
      sourcesOf(acme('take C-1', '', ...lines, '', 'accept C-2', '', 'hold C-3')),
      ['take C-1'],
      lines.join(),
    )
  assert.match(problemsOf(acme('acept: C-1', 'reject: C-2', 'hold: C-3'))[0] ?? '', /^2 "acept:"/)
})

test('A07: a discussion or a forwarded mail that holds a command runs nothing', () => {
  for (const text of [
    'I would say:\n> embargod acme\n> accept C-2',
    'Shall we?\n\nembargod acme\naccept C-2',
    '-------- Forwarded Message --------\nSubject: x\n\nembargod acme\naccept C-2',
    '-----Original Message-----\nembargod acme\naccept C-2',
    'On 9 Dec 2026 Bob wrote:\n\nembargod acme\naccept C-2',
    '-- \nembargod acme\naccept C-2',
  ])
    assert.deepEqual(read(text), { kind: 'none' }, text)
})

test('a bottom-poster is read below what is quoted', () => {
  for (const above of [
    '> accept C-9\n',
    ' > accept C-9\n>> more\n\n',
    'On 9 Dec 2026, Acme wrote:\n> accept C-9\n\n',
    '\nAcme Security <security@example.org>\nwrote:\n> accept C-9\n> \n',
    'Am 09.12.2026 schrieb Acme:\n\n> accept C-9\n',
  ]) {
    assert.deepEqual(sourcesOf(`${above}${acme('take C-1')}`), ['take C-1'], above)
    assert.equal(ignoredOf(`${above}${acme('take C-1', '> hold C-2', 'hold C-3')}`), 2, above)
  }
})

test('the opening is never taken for an attribution', () => {
  assert.equal(read('embargod acme 2026\nBob wrote:\n> x\n\nembargod acme\nhold C-1').kind, 'invalid')
  assert.equal(read('embargod acme:\n> x\n\nembargod acme\nhold C-1').kind, 'invalid')
})

test('what a phone sends is read', () => {
  assert.deepEqual(
    sourcesOf('\r\n\r\nEmbargod acme\r\nAccept c-482107\u00a0\r\n\r\nSent from my phone\r\n'),
    ['accept C-482107'],
  )
  for (const footer of [
    'Sent from my iPhone',
    'Get Outlook for Android',
    'Gesendet mit der GMX Mail App',
    'Envoy\u00e9 de mon t\u00e9l\u00e9phone',
  ])
    assert.equal(ignoredOf(acme('Accept C-482107', '', footer)), 1, footer)
})
