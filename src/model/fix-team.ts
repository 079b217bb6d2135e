// What the policy asks of an engineer before they count, and who still lacks what of it. Pure.
import type { Case } from './case.ts'
import type { Engineer } from './person.ts'
import type { Policy } from './policy.ts'

export type Lack = { readonly name: string; readonly lacks: Policy['fixTeam']['needs'] }

/** Whether what the case is about may be told to them. */
export const hasAgreed = ({ terms }: Engineer, { fixTeam: { needs } }: Policy): boolean =>
  terms !== undefined || !needs.includes('terms')

/** Those of the fix team who lack something, in its order. */
export const lacksOf = ({ fixTeam }: Case, { fixTeam: { needs } }: Policy): readonly Lack[] =>
  fixTeam
    .map(engineer => ({ name: engineer.name, lacks: needs.filter(need => engineer[need] === undefined) }))
    .filter(({ lacks }) => lacks.length > 0)

const phrases: Readonly<Record<Lack['lacks'][number], string>> = {
  terms: 'has not agreed to the terms',
  access: 'has no access to the code',
}

/** `erin has not agreed to the terms and has no access to the code`. */
export const lackPhrase = ({ name, lacks }: Lack): string =>
  `${name} ${lacks.map(one => phrases[one]).join(' and ')}`
