// Mail through the lists in front of us (`intake.lists`), in the shapes that list programs give it: it stays a
// person's, and its author is the person (product.md §1). Shapes after public archives of each program.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OpenPgp } from '../../src/receive/offered.ts'
import { type OpenedInbound, openMail } from '../../src/receive/open.ts'
import { address, nothingConfigured, now, wire } from './opening.ts'

const LIST = address('security@project.example')
const settings = {
  ...nothingConfigured,
  ownAddresses: [address('intake@project.example')],
  lists: [address('other@project.example'), LIST],
}
const withoutKeys: OpenPgp<never> = {
  openMessage: async () => ({ ok: false, error: 'undecryptable' }),
  verifyDetached: async () => ({ kind: 'refused', fault: 'unknown-key', claimed: undefined }),
  inspect: async () => ({ certificates: [], refused: [] }),
}

async function opened(header: string): Promise<OpenedInbound> {
  const octets = wire(`${header}\nTo: security@project.example\nSubject: A hole\n\nThe parser overflows.\n`)
  const result = await openMail(octets, withoutKeys, [], settings, now)
  assert.ok(result.ok)
  return result.value
}

const googleGroups = `Precedence: list
Mailing-list: list security@project.example; contact security+owners@project.example
List-ID: <security.project.example>
X-Spam-Checked-In-Group: security@project.example
X-Google-Group-Id: 357212215037
List-Post: <https://groups.google.com/a/project.example/group/security/post>, <mailto:security@project.example>
List-Help: <https://support.google.com/a/project.example/bin/topic.py?topic=25838>, <mailto:security+help@project.example>
List-Archive: <https://groups.google.com/a/project.example/group/security/>
List-Unsubscribe: <mailto:googlegroups-manage+357212215037+unsubscribe@googlegroups.com>`

const mailman3 = `Message-ID-Hash: 5ZQ2XKJ4VJ7Z3YBLQ3UEN5VUUQV4XPPL
X-Message-ID-Hash: 5ZQ2XKJ4VJ7Z3YBLQ3UEN5VUUQV4XPPL
X-MailFrom: ann@example.org
X-Mailman-Rule-Misses: dmarc-mitigation; no-senders; approved; loop; banned-address; header-match
X-Mailman-Version: 3.3.8
Precedence: list
List-Id: Reports of vulnerabilities <security.project.example>
List-Archive: <https://lists.project.example/archives/list/security@project.example/>
List-Help: <mailto:security-request@project.example?subject=help>
List-Owner: <mailto:security-owner@project.example>
List-Post: <mailto:security@project.example>
List-Unsubscribe: <mailto:security-leave@project.example>`

const shapes: readonly (readonly [string, string])[] = [
  [
    'Google Groups',
    `Sender: security@project.example
From: Ann <ann@example.org>
X-Original-Sender: ann@example.org
X-Original-Authentication-Results: mx.google.com; dkim=pass header.i=@example.org
${googleGroups}`,
  ],
  [
    'Google Groups, where the author’s domain has a strict DMARC policy',
    `From: "'Ann' via Security" <security@project.example>
X-Original-Sender: ann@example.org
X-Original-From: Ann <ann@example.org>
Reply-To: Ann <ann@example.org>
${googleGroups}`,
  ],
  ['Mailman 3', `From: Ann <ann@example.org>\n${mailman3}`],
  [
    'Mailman 3, which has taken From for itself',
    `From: Ann via Security <security@project.example>
Reply-To: Ann <ann@example.org>
${mailman3}`,
  ],
  [
    'Mailman 3, where answers go to the list as well',
    `From: Ann via Security <security@project.example>
Reply-To: Ann <ann@example.org>, Security <security@project.example>
${mailman3}`,
  ],
  [
    'Mailman 2',
    `From: Ann via Security <security@project.example>
Reply-To: Ann <ann@example.org>
X-BeenThere: security@project.example
X-Mailman-Version: 2.1.39
Precedence: list
List-Id: <security.project.example>
Errors-To: security-bounces@project.example
Sender: "Security" <security-bounces@project.example>`,
  ],
  [
    'Sympa',
    `From: "Ann" (via security Mailing List) <security@project.example>
X-Original-From: Ann <ann@example.org>
Reply-To: Ann <ann@example.org>
X-Loop: security@project.example
Precedence: list
List-Id: <security.project.example>
List-Post: <mailto:security@project.example>`,
  ],
  [
    'ezmlm',
    `From: Ann <ann@example.org>
Mailing-List: contact security-help@project.example; run by ezmlm
Precedence: bulk
List-Post: <mailto:security@project.example>
Delivered-To: mailing list security@project.example`,
  ],
]

describe('mail through a list in front of us', () => {
  for (const [name, header] of shapes)
    test(`is the person’s who wrote it: ${name}`, async () => {
      const { machine, mail } = await opened(header)
      assert.equal(machine, 'human')
      assert.deepEqual(mail.header.authors, ['ann@example.org'])
    })

  test('is nobody’s where the list does not say who wrote it, and never the list’s', async () => {
    for (const replyTo of [
      '',
      'Reply-To: security@project.example\n',
      'Reply-To: a@x.org, b@x.org\n',
      'Reply-To: "a\n',
    ]) {
      const { mail } = await opened(
        `From: Ann via Security <security@project.example>\n${replyTo}${mailman3}`,
      )
      assert.deepEqual(mail.header.authors, [], replyTo)
    }
  })

  test('is a machine’s if a machine wrote it', async () => {
    for (const more of ['Auto-Submitted: auto-replied', 'Return-Path: <>', 'X-Autoreply: yes'])
      assert.notEqual(
        (await opened(`From: Ann <ann@example.org>\n${more}\n${googleGroups}`)).machine,
        'human',
      )
    const program = `From: Jira via Security <security@project.example>\nReply-To: no-reply@example.org\n${mailman3}`
    assert.equal((await opened(program)).machine, 'automatic')
  })

  test('of another list is not a person’s', async () => {
    const other = `From: Ann <ann@example.org>\n${mailman3.replaceAll('security', 'announce')}`
    assert.equal((await opened(other)).machine, 'automatic')
  })

  test('X-Original-From says nothing where no list of ours stands in From', async () => {
    const { mail } = await opened('From: Ann <ann@example.org>\nX-Original-From: Bob <bob@example.org>')
    assert.deepEqual(mail.header.authors, ['ann@example.org'])
  })
})
