// The README is true: its table of commands is the registry's, its npm commands exist.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ROLES } from '../src/decide/authority.ts'
import { COMMANDS } from '../src/decide/commands/registry.ts'
import { VERBS } from '../src/main.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the table of commands says what the registry does, of whom as of what', () => {
  const rows = COMMANDS.map(({ usage, summary, nature, roles }) => {
    const asks = nature === 'irreversible' ? '; asks for a confirmation' : ''
    const who = roles.includes('anyone') ? 'anyone' : ROLES.filter(role => roles.includes(role)).join(', ')
    return `| \`${usage.replaceAll('|', '\\|')}\` | ${who} | ${summary}${asks} |`
  })
  for (const row of rows) assert.ok(readme.includes(`${row}\n`), `missing: ${row}`)
  const section = readme.split(/^## /m).find(one => one.startsWith('Commands by mail')) ?? ''
  assert.equal(section.match(/^\| `/gm)?.length, rows.length)
})

test('every npm command it names exists', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const named = [...readme.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name)
  assert.ok(named.length > 0)
  for (const name of named) assert.ok(name in scripts, `package.json has no script ${name}`)
})

test('every verb of the command line is named', async () => {
  for (const [name, load] of VERBS) {
    assert.equal((await load()).name, name)
    assert.match(readme, new RegExp(`\`?${name}\\b`), name)
  }
})
