// Threat C08: nobody else on the host reads the data directory.
import assert from 'node:assert/strict'
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ensurePrivateDirectory } from '../../src/config/permissions.ts'
import { tempDir } from '../support/workspace.ts'
import { writePrivate } from './support.ts'

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777

describe('the data directory', () => {
  test('is made with mode 0700 where there is none', async context => {
    const directory = join(await tempDir(context), 'lib', 'data')
    assert.ok((await ensurePrivateDirectory(directory)).ok)
    assert.equal(await modeOf(directory), 0o700)
  })

  test('is accepted as it is with private files in it', async context => {
    const directory = join(await tempDir(context), 'data')
    await writePrivate(join(directory, 'embargod.db'), '')
    await writePrivate(join(directory, 'keys', 'mail.asc'), '')
    await chmod(join(directory, 'keys', 'mail.asc'), 0o400)
    assert.ok((await ensurePrivateDirectory(directory)).ok)
  })

  test('is refused, and left as it is, with laxer modes anywhere in it', async context => {
    const directory = join(await tempDir(context), 'data')
    await writePrivate(join(directory, 'embargod.db'), '')
    await mkdir(join(directory, 'keys'))
    await writeFile(join(directory, 'keys', 'mail.asc'), '')
    await chmod(directory, 0o750)
    await chmod(join(directory, 'embargod.db'), 0o640)
    await chmod(join(directory, 'keys'), 0o701)
    await chmod(join(directory, 'keys', 'mail.asc'), 0o604)
    const checked = await ensurePrivateDirectory(directory)
    assert.deepEqual(checked.ok ? [] : checked.error, [
      `${directory} is open to other users (mode 0750): run chmod 700 ${directory}`,
      `${directory}/embargod.db is open to other users (mode 0640): run chmod 600 ${directory}/embargod.db`,
      `${directory}/keys is open to other users (mode 0701): run chmod 700 ${directory}/keys`,
      `${directory}/keys/mail.asc is open to other users (mode 0604): run chmod 600 ${directory}/keys/mail.asc`,
    ])
    assert.equal(await modeOf(directory), 0o750)
  })

  test('counts a link as what it leads to', async context => {
    const outside = await tempDir(context)
    const directory = join(outside, 'data')
    await writePrivate(join(directory, 'private'), '')
    await writeFile(join(outside, 'lax'), '')
    await chmod(join(outside, 'lax'), 0o644)
    await symlink(join(outside, 'lax'), join(directory, 'link'))
    await symlink(join(outside, 'gone'), join(directory, 'dangling'))
    const checked = await ensurePrivateDirectory(directory)
    assert.deepEqual(checked.ok ? [] : checked.error, [
      `${directory}/link is open to other users (mode 0644): run chmod 600 ${directory}/link`,
    ])
  })

  test('cannot be a file', async context => {
    const file = join(await tempDir(context), 'data')
    await writePrivate(file, '')
    assert.deepEqual(await ensurePrivateDirectory(file), {
      ok: false,
      error: [`${file} is, or lies behind, something that is not a directory`],
    })
  })
})
