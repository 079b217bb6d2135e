// The words of every mail: those of the package, and of the instance where it has its own. Files become texts by
// name here; what makes a good one, the service that is handed in knows.
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSmallFile } from './file.ts'
import { fileFault } from './permissions.ts'
import type { Judge } from './servers.ts'
import type { ConfigProblem } from './source.ts'

export type TemplateService = {
  /** Of every kind of mail. */
  readonly names: readonly string[]
  /** What is wrong with a text, each at its line, from 1, in a sentence that follows the file's name. */
  readonly faultsOf: (
    name: string,
    text: string,
  ) => readonly { readonly line: number; readonly text: string }[]
}

export type LoadedTemplates = {
  /** Of every template, by its name; checked. */
  readonly texts: ReadonlyMap<string, string>
  /** Names of those that are the instance's own. */
  readonly own: readonly string[]
}

/** The templates that come with the package. */
export const PACKAGED_TEMPLATES = fileURLToPath(new URL('../../config/templates', import.meta.url))

const ENDING = '.txt'

/** By name; what is wrong is reported, and left out. */
export async function loadTemplates(
  ownDirectory: string | undefined,
  service: TemplateService,
  judge: Judge & { readonly pass: (problems: readonly ConfigProblem[]) => void },
): Promise<LoadedTemplates> {
  const files = new Map(service.names.map(name => [name, join(PACKAGED_TEMPLATES, `${name}${ENDING}`)]))
  const report = (file: string, line: number | undefined, text: string) =>
    judge.pass([{ file, line, key: '', text }])
  const own: string[] = []
  if (ownDirectory !== undefined) {
    const directory = resolve(judge.directory, ownDirectory)
    try {
      for (const file of (await readdir(directory)).filter(one => one.endsWith(ENDING)).sort()) {
        const name = file.slice(0, -ENDING.length)
        if (files.has(name)) {
          files.set(name, join(directory, file))
          own.push(name)
        } else
          report(join(directory, file), undefined, `is no template; there are: ${service.names.join(', ')}`)
      }
    } catch (error) {
      judge.report(['templates'], `${directory} ${fileFault(error)}`)
    }
  }
  const texts = new Map<string, string>()
  for (const [name, file] of files) {
    const octets = await readSmallFile(file, 0)
    if (!octets.ok) {
      report(file, undefined, octets.error.text.replace(`${file} `, ''))
      continue
    }
    const text = new TextDecoder().decode(octets.value)
    for (const fault of service.faultsOf(name, text)) report(file, fault.line, fault.text)
    texts.set(name, text)
  }
  return { texts, own }
}

/** The package's own, by name: for what is shown without an instance. */
export async function packagedTexts(service: TemplateService): Promise<ReadonlyMap<string, string>> {
  const silent = { directory: '.', report: () => {}, pass: () => {} }
  return (await loadTemplates(undefined, service, silent)).texts
}
