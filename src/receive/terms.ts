// Picks the words of a report that few other reports hold: names of functions, variables and files, ids. In:
// text. Out: at most MAX_TERMS words in lower case, the first first. What is rare is counted elsewhere.

/** Kept of one report. */
const MAX_TERMS = 40
/** Words of one text that are looked at. */
const MAX_WORDS = 20_000
const LONGEST = 60

const id = /^(?:cve-[0-9]{4}-[0-9]{4,7}|ghsa(?:-[0-9a-z]{4}){3})$/i
const fileName =
  /^[\w./-]*[\w-]\.(?:go|c|h|cc|cpp|rs|py|js|ts|rb|java|kt|sh|ps1|php|cs|ya?ml|json|toml|xml|proto|tf|lua|sql|conf|service)(?::[0-9]+)?$/i
/** snake_case, camelCase, PascalCase of two words, and names with `::`, `->` or inner dots. */
const identifier =
  /^(?=.*[A-Za-z]{2})(?:[A-Za-z]\w*_\w+|[a-z]\w*[a-z0-9][A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|\w+(?:::|->)\w[\w:>-]*|[A-Za-z]\w*\.[a-zA-Z]\w*[A-Z]\w*)$/
/** Mail and web addresses say where, not what. */
const address = /@|:\/\/|^www\./

export function rareTerms(text: string): readonly string[] {
  const terms = new Set<string>()
  for (const word of text.split(/[\s"'`<>()[\]{},;|=!?*]+/, MAX_WORDS)) {
    if (word.length < 4 || word.length > LONGEST || address.test(word)) continue
    const bare = word.replace(/^[.:/-]{1,10}|[.:/-]{1,10}$/g, '')
    if (id.test(bare) || fileName.test(bare) || identifier.test(bare)) terms.add(bare.toLowerCase())
    if (terms.size === MAX_TERMS) break
  }
  return [...terms]
}
