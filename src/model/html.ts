// A stranger's HTML as plain text, for reading only: tags go, a few of them break lines, entities become
// characters. One pass over the input; nothing is fetched, run or trusted, and the original goes along.

/** Elements whose content is no text. */
const SILENT = ['script', 'style', 'title', 'head']
const BREAKING = new Set(
  'address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul'.split(
    ' ',
  ),
)
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}
const tagName = /^<\/?([A-Za-z][A-Za-z0-9]{0,20})/
const entity = /&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([a-z]{2,4}));/g

/** The words of an HTML document; a tag that never ends ends the text. */
export function textOfHtml(html: string): string {
  const lower = html.toLowerCase()
  let text = ''
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    text += unescaped(html.slice(at, open === -1 ? html.length : open)).replace(/\s+/g, ' ')
    if (open === -1) break
    const comment = html.startsWith('<!--', open)
    const close = comment ? html.indexOf('-->', open) : html.indexOf('>', open)
    if (close === -1) break
    const name = tagName.exec(html.slice(open, open + 24))?.[1]?.toLowerCase()
    at = close + (comment ? 3 : 1)
    if (name === undefined) continue
    if (BREAKING.has(name)) text += '\n'
    if (SILENT.includes(name) && html[open + 1] !== '/') {
      const end = lower.indexOf(`</${name}`, at)
      if (end === -1) break
      at = end
    }
  }
  return tidied(text)
}

const tidied = (text: string): string =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter((line, index, all) => line !== '' || all[index - 1] !== '')
    .join('\n')
    .trim()

const unescaped = (text: string): string =>
  text.replace(entity, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const point = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
