// GitHub's mails about an advisory, after its documentation of their header ("Email notification headers") and the
// Message-IDs it gives: they are machines' mails, never answered, and name their advisory.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { advisoryOf, parseGhsaId } from '../../src/receive/advisory.ts'
import type { OpenPgp } from '../../src/receive/offered.ts'
import { openMail } from '../../src/receive/open.ts'
import { nothingConfigured, now, wire } from './opening.ts'

const withoutKeys: OpenPgp<never> = {
  openMessage: async () => ({ ok: false, error: 'undecryptable' }),
  verifyDetached: async () => ({ kind: 'refused', fault: 'unknown-key', claimed: undefined }),
  inspect: async () => ({ certificates: [], refused: [] }),
}
const ID = 'GHSA-7rjr-3q55-vv33'
const PAGE = `https://github.com/vmware-tanzu/velero/security/advisories/${ID}`

const header = {
  From: 'Quinn <notifications@github.com>',
  'Reply-To': 'vmware-tanzu/velero <reply+AABBCC@reply.github.com>',
  To: 'vmware-tanzu/velero <velero@noreply.github.com>',
  Cc: 'Security <security@acme.example>, Subscribed <subscribed@noreply.github.com>',
  'Message-ID': '<vmware-tanzu/velero/repository-advisories/90210@github.com>',
  Subject: `[vmware-tanzu/velero] Path traversal on restore (${ID})`,
  'List-ID': 'vmware-tanzu/velero <velero.vmware-tanzu.github.com>',
  'List-Archive': 'https://github.com/vmware-tanzu/velero',
  'X-GitHub-Sender': 'quinn',
  'X-GitHub-Reason': 'subscribed',
  'X-Auto-Response-Suppress': 'All',
  Precedence: 'list',
}

async function opened(changed: Readonly<Record<string, string | undefined>>, text: string) {
  const fields = Object.entries({ ...header, ...changed }).filter(([, value]) => value !== undefined)
  const octets = wire(`${fields.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${text}\n`)
  const result = await openMail(octets, withoutKeys, [], nothingConfigured, now)
  assert.ok(result.ok)
  return result.value
}
const advisory = async (
  changed: Readonly<Record<string, string | undefined>>,
  text = `View it on GitHub:\n${PAGE}\n`,
) => advisoryOf((await opened(changed, text)).mail)

describe('a notification of GitHub', () => {
  test('names its advisory by the page of its repository, and is a machine’s', async () => {
    assert.equal(await advisory({}), ID)
    assert.equal((await opened({}, PAGE)).machine, 'automatic')
  })

  test('of a comment names it as well, in any capitals', async () => {
    const comment = {
      'Message-ID': '<vmware-tanzu/velero/repository-advisories/90210/comments/7@github.com>',
      'In-Reply-To': '<vmware-tanzu/velero/repository-advisories/90210@github.com>',
      Subject: 'Re: [vmware-tanzu/velero] Path traversal on restore',
    }
    assert.equal(
      await advisory(
        comment,
        `LGTM\n\n-- \n${PAGE.toUpperCase().replace('HTTPS', 'https')}#advisory-comment-7`,
      ),
      ID,
    )
  })

  test('whose text links nothing names it in the subject', async () => {
    assert.equal(await advisory({}, 'A new report.'), ID)
  })

  test('that mentions others too names its own', async () => {
    const other = 'https://github.com/someone/else/security/advisories/GHSA-2222-3333-4444'
    assert.equal(await advisory({ Subject: 'GHSA-5555-6666-7777' }, `Like ${other}.\n${PAGE}`), ID)
  })

  test('of an enterprise with data residency names it', async () => {
    const changed = {
      From: 'Quinn <notifications@acme.ghe.com>',
      'Message-ID': '<a/b/repository-advisories/1@acme.ghe.com>',
      'List-ID': 'a/b <b.a.acme.ghe.com>',
    }
    assert.equal(
      await advisory(changed, PAGE.replace('github.com/vmware-tanzu/velero', 'acme.ghe.com/a/b')),
      ID,
    )
  })
})

describe('no advisory is named by', () => {
  const issue = { 'Message-ID': '<vmware-tanzu/velero/issues/4821@github.com>' }
  const none: readonly (readonly [string, Readonly<Record<string, string | undefined>>, string])[] = [
    ['a person who writes of one', { From: 'Quinn <quinn@plain.example>' }, PAGE],
    ['a look-alike of GitHub', { From: 'GitHub <notifications@github.com.evil.example>' }, PAGE],
    ['two authors', { From: 'notifications@github.com, quinn@plain.example' }, PAGE],
    ['an issue with an id in its subject', issue, 'See the advisory.'],
    ['an issue that links to an advisory of its repository', issue, PAGE],
    ['an issue that links to another repository’s', issue, PAGE.replace('velero', 'other')],
    [
      'an alert about a dependency',
      {
        'Message-ID': '<a/b/alerts/1@github.com>',
        'List-ID': 'a/b <b.a.github.com>',
        Subject: `lodash (${ID})`,
      },
      `https://github.com/advisories/${ID}`,
    ],
    ['letters that no id has', { Subject: 'x' }, PAGE.replace(ID, 'GHSA-abcd-efgh-ijkl')],
  ]
  for (const [name, changed, text] of none)
    test(name, async () => assert.equal(await advisory(changed, text), undefined))

  test('an endless text', async () => {
    assert.equal(await advisory({ Subject: 'x' }, 'https://github.com/a/'.repeat(200_000)), undefined)
  })
})

test('an id is the whole text, and is kept in its own spelling', () => {
  assert.equal(parseGhsaId('ghsa-7RJR-3q55-VV33'), ID)
  for (const text of [`${ID}x`, ` ${ID}`, 'GHSA-7rjr-3q55', 'GHSA-7rjr-3q55-vv3a', '', `${ID}-2222`])
    assert.equal(parseGhsaId(text), undefined, text)
})
