// The import arrows of the architecture: a stage knows the model and itself, each library is met in one
// folder, and what is pure imports nothing that could tell it the time.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../src', import.meta.url))

/** What each room may import of the others; its own files always. Rooms not named are the wiring. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  decide: ['model', 'cvss'],
  cvss: ['model'],
  compose: ['model'],
  openpgp: ['model'],
  store: ['model'],
  config: ['model', 'digest.ts'],
  receive: ['model', 'log.ts'],
  deliver: ['model', 'log.ts'],
  'log.ts': ['model'],
  'digest.ts': ['model'],
  sandbox: ['model', 'receive', 'openpgp'],
}

/** Packages, and the one room that meets each. */
const MET_IN: Readonly<Record<string, readonly string[]>> = {
  openpgp: ['openpgp'],
  'ae-cvss-calculator': ['cvss'],
  'better-sqlite3': ['store'],
  imapflow: ['receive'],
  mailparser: ['receive'],
  nodemailer: ['deliver', 'compose'],
  mustache: ['compose'],
  yaml: ['config'],
  'node-cron': ['daemon'],
}

const PURE = ['model', 'decide']

type Import = { readonly file: string; readonly room: string; readonly target: string }

const imports: readonly Import[] = globSync('**/*.ts', { cwd: ROOT }).flatMap(file => {
  const found = readFileSync(join(ROOT, file), 'utf8').matchAll(
    /^(?:import|export)\b[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)/gms,
  )
  const room = file.split('/', 1)[0] ?? file
  return [...found].map(([, fixed, target = fixed ?? '']) => ({ file, room, target }))
})

test('there are imports to look at', () => assert.ok(imports.length > 100))

test('a stage imports the model and itself, never another stage', () => {
  const wrong = imports.filter(({ file, room, target }) => {
    const allowed = MAY_IMPORT[room]
    if (allowed === undefined || !target.startsWith('.')) return false
    const reached = relative(ROOT, join(ROOT, dirname(file), target)).split('/', 1)[0] ?? ''
    return reached !== room && !allowed.includes(reached)
  })
  assert.deepEqual(wrong, [])
})

test('a library is met in one place', () => {
  const wrong = imports.filter(({ room, target }) => {
    const rooms = MET_IN[target.split('/', 1)[0] ?? '']
    return rooms !== undefined && !rooms.includes(room)
  })
  assert.deepEqual(wrong, [])
})

test('model and decide import no package and nothing of Node, and read no clock', () => {
  const wrong = imports.filter(({ room, target }) => PURE.includes(room) && !target.startsWith('.'))
  assert.deepEqual(wrong, [])
  for (const file of globSync('{model,decide}/**/*.ts', { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    assert.doesNotMatch(text, /Temporal\.Now|Date\.now|new Date|Math\.random|crypto\./, file)
  }
})

test('no project is named in the program', () => {
  const names = globSync('*.yaml', { cwd: join(ROOT, '../config/profiles') }).map(name =>
    name.replace('.yaml', ''),
  )
  assert.ok(names.length > 0)
  for (const file of globSync('**/*.ts', { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, file), 'utf8').toLowerCase()
    for (const name of names) assert.ok(!text.includes(name), `${file} names ${name}`)
  }
})
