// A processor profile of the daemon → the share of crypto, SQLite, SMTP, IMAP and the rest. A sample belongs to
// the innermost function on its stack that tells what it works for. The thread pool is not in it.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Node = {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}
type Profile = {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export type Share = { readonly name: string; readonly percent: number }

const PARTS: readonly (readonly [string, RegExp])[] = [
  ['crypto', /node_modules\/openpgp\/|\/src\/openpgp\/|^node:internal\/crypto/],
  ['SQLite', /node_modules\/better-sqlite3\/|\/src\/store\//],
  ['SMTP', /node_modules\/nodemailer\/|\/src\/deliver\//],
  ['IMAP', /node_modules\/imapflow\/|\/src\/receive\//],
]

/** Of the processor time of the one profile in a folder, without idling and without loading modules. */
export async function sharesIn(folder: string): Promise<readonly Share[]> {
  const [file = ''] = await readdir(folder)
  const profile: Profile = JSON.parse(await readFile(join(folder, file), 'utf8'))
  const parts = partsOf(profile.nodes)
  const times = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    const part = parts.get(id) ?? 'rest'
    times.set(part, (times.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0))
  }
  times.delete('none')
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  const names = [...PARTS.map(([name]) => name), 'collecting garbage', 'rest']
  return names.map(name => ({ name, percent: (100 * (times.get(name) ?? 0)) / total }))
}

function partsOf(nodes: readonly Node[]): ReadonlyMap<number, string> {
  const parts = new Map<number, string>()
  const byId = new Map(nodes.map(node => [node.id, node]))
  const [root] = nodes
  const open = root === undefined ? [] : [{ node: root, inherited: 'rest' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const part = partOf(next.node, next.inherited)
    parts.set(next.node.id, part)
    for (const id of next.node.children ?? []) {
      const node = byId.get(id)
      if (node !== undefined) open.push({ node, inherited: part })
    }
  }
  return parts
}

function partOf({ callFrame: { functionName, url } }: Node, inherited: string): string {
  if (functionName === '(idle)' || inherited === 'none') return 'none'
  if (functionName === '(garbage collector)') return 'collecting garbage'
  if (/^node:internal\/modules\//.test(url)) return 'none'
  return PARTS.find(([, shape]) => shape.test(url))?.[0] ?? inherited
}
