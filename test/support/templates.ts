// The templates of the package, as a start reads them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { templateNames } from '../../src/compose/declared.ts'
import { readTemplates, type Templates } from '../../src/compose/template.ts'
import { PACKAGED_TEMPLATES } from '../../src/config/templates.ts'

/** By name. */
export const packagedTexts: ReadonlyMap<string, string> = new Map(
  templateNames.map(name => [name, readFileSync(join(PACKAGED_TEMPLATES, `${name}.txt`), 'utf8')]),
)

export const packagedTemplates: Templates = readTemplates(packagedTexts)
