// Names of the files that travel with our mail, made from names that someone else chose.

const MAX_STEM = 60
const MAX_EXTENSION = 10
const shape = /^(.{0,240}?)(\.[A-Za-z0-9]{1,10})?$/

/**
 * A name of ASCII letters, digits, dots, dashes and underscores: no path, no leading dot or dash, never
 * empty, and none of those in `taken`, to which it is added.
 */
export function safeFileName(wished: string | undefined, fallback: string, taken: Set<string>): string {
  const base = (wished ?? '').split(/[/\\]/).at(-1)?.slice(-240) ?? ''
  const ascii = base.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/\.{2,}/g, '.')
  const [, written = '', extension = ''] = shape.exec(ascii) ?? []
  const clean = written.replace(/^[._-]+|[._-]+$/g, '').slice(0, MAX_STEM)
  const [, spare = '', spareExtension = ''] = shape.exec(fallback) ?? []
  const stem = clean || spare
  const ending = extension.slice(0, MAX_EXTENSION + 1) || (clean === '' ? spareExtension : '')
  let name = `${stem}${ending}`
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}${ending}`
  taken.add(name.toLowerCase())
  return name
}
