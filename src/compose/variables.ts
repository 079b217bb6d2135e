// What a template can say: the variables of a kind of mail, each with its form, and the type of the values that
// the program gives for them. From these follow the check at the start and docs/templates.md.

type Named = { readonly about: string; readonly use: 'required' | 'free' }

export type Variable =
  /** `id`: ASCII of ours, fit for a subject; `text`: words within a line of ours. */
  | (Named & { readonly form: 'id' | 'text'; readonly given: 'always' | 'sometimes' })
  /** Lines laid out by the program, as somebody's words are: they stand alone and are not touched. */
  | (Named & { readonly form: 'block'; readonly given: 'always' | 'sometimes' })
  | (Named & { readonly form: 'flag' })
  /** `group`: variables that are there together or not at all. */
  | (Named & { readonly form: 'list' | 'group'; readonly of: Variables })

export type Variables = { readonly [name: string]: Variable }

/** What a kind of mail is for and can say, by the name of its template's file without `.txt`. */
export type Declarations = {
  readonly [name: string]: {
    readonly about: string
    /** `first`: the line above which commands are read stands before the text; never in the template. */
    readonly marker: 'first' | 'none'
    readonly variables: Variables
  }
}

/** Lines that stand in a mail as they are. */
export type Block = { readonly verbatim: string }

/** Undefined for no lines at all. */
export const block = (lines: string | undefined): Block | undefined =>
  lines === undefined || lines === '' ? undefined : { verbatim: lines }

type Optional = { readonly form: 'flag' | 'group' } | { readonly given: 'sometimes' }
type ValueOf<V> = V extends { readonly form: 'flag' }
  ? boolean
  : V extends { readonly form: 'block' }
    ? Block
    : V extends { readonly form: 'list'; readonly of: infer Inner extends Variables }
      ? readonly View<Inner>[]
      : V extends { readonly form: 'group'; readonly of: infer Inner extends Variables }
        ? View<Inner>
        : string

/** The values of one mail; what it does not have is left out. */
export type View<V extends Variables> = {
  readonly [K in keyof V as V[K] extends Optional ? never : K]: ValueOf<V[K]>
} & { readonly [K in keyof V as V[K] extends Optional ? K : never]?: ValueOf<V[K]> | undefined }

/** A mail is no use without it: a template that leaves it out is refused. */
export const required = <V extends Variable>(variable: V) => ({ ...variable, use: 'required' as const })

/** Not every mail of the kind has it. */
export const sometimes = <F extends 'id' | 'text' | 'block', U extends Named['use']>({
  form,
  about,
  use,
}: {
  readonly form: F
  readonly about: string
  readonly use: U
}) => ({ form, about, use, given: 'sometimes' as const })

const always = 'always' as const
const free = { use: 'free' as Named['use'] }
const needed = { use: 'required' as Named['use'] }

export const id = (about: string) => ({ form: 'id' as const, about, given: always, ...free })
export const text = (about: string) => ({ form: 'text' as const, about, given: always, ...free })
/** Required: nobody's words, link or fingerprint is lost to a change of texts. */
export const lines = (about: string) => ({ form: 'block' as const, about, given: always, ...needed })
export const flag = (about: string) => ({ form: 'flag' as const, about, ...free })
export const list = <const V extends Variables>(about: string, of: V) => ({
  form: 'list' as const,
  about,
  of,
  ...needed,
})
export const group = <const V extends Variables>(about: string, of: V) => ({
  form: 'group' as const,
  about,
  of,
  ...needed,
})
