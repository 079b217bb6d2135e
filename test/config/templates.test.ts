// An instance's own words: taken instead of the package's, and refused with file and line.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { packagedTexts } from '../support/templates.ts'
import { complete, load, problemsOf, writeInstance, writePrivate } from './support.ts'

const own = `${complete}templates: words\n`

async function withFiles(context: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await writeInstance(context, own)
  for (const [name, text] of Object.entries(files)) await writePrivate(join(directory, 'words', name), text)
  return directory
}

test('without a directory all words are those of the package', async context => {
  const config = await load(await writeInstance(context, complete))
  assert.ok(config.ok)
  assert.deepEqual(config.value.templates, { texts: packagedTexts, own: [] })
})

test('a template of that name is taken instead of the package’s, and any other file is left alone', async context => {
  const text = 'Subject: {{case}}: got it\n\nWe got it: {{case}}.\n'
  const reply = `${text}\n{{reply}}\n`
  const config = await load(
    await withFiles(context, { 'reply.txt': reply, 'reply.txt~': '{{', README: '{{' }),
  )
  assert.ok(config.ok)
  assert.deepEqual(config.value.templates, {
    texts: new Map([...packagedTexts, ['reply', reply]]),
    own: ['reply'],
  })
})

test('every fault is a line with its place', async context => {
  const directory = await withFiles(context, {
    'reply.txt': 'Subject: {{case}}\n\nHello {{nmae}},\n\n{{reply}}\n',
    'replies.txt': 'Subject: x\n\nx\n',
    'key.txt': 'Our key\n',
  })
  const [unknown = '', ...others] = await problemsOf(directory)
  assert.match(
    unknown,
    /^words\/replies\.txt: is no template; there are: acknowledgement, acknowledgement-list, /,
  )
  assert.deepEqual(others, [
    'words/key.txt:1: must begin with a line "Subject: …", an empty line, and then the text',
    'words/reply.txt:3: has {{nmae}}, which is not known here; allowed: case, reply, team',
    'words/reply.txt:3: must say {{case}} in every mail: the number of the case',
  ])
})

test('a directory that is not there is refused, and not taken for an empty one', async context => {
  const problems = await problemsOf(await writeInstance(context, own))
  assert.deepEqual(problems, [`embargod.yaml:${own.split('\n').length - 1}: templates: words does not exist`])
})
