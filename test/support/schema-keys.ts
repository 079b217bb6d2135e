// The keys of a schema made of zod, as paths: `calendar.zone`, `clocks[].name`.
import type * as z from 'zod'

type Definition = {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly out?: z.core.$ZodType
  readonly element?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
}

/** Keys that hold values, and lists of maps besides their own keys. */
export function keysOf(schema: z.core.$ZodType, path: string = ''): readonly string[] {
  const { shape, innerType, in: from, out, element, options } = schema._zod.def as Definition
  if (shape !== undefined)
    return Object.entries(shape).flatMap(([key, inner]) =>
      keysOf(inner, path === '' ? key : `${path}.${key}`),
    )
  if (innerType !== undefined) return keysOf(innerType, path)
  // Of what is prepared before it is read, the keys are those that are read.
  const read = from?._zod.def.type === 'transform' ? out : from
  if (read !== undefined) return keysOf(read, path)
  if (element !== undefined) {
    const items = `${path}[]`
    return [path, ...keysOf(element, items).filter(key => key !== items)]
  }
  const deeper = options?.flatMap(option => keysOf(option, path)).filter(key => key !== path) ?? []
  return [...(path.endsWith('[]') && deeper.length > 0 ? [] : [path]), ...new Set(deeper)]
}
