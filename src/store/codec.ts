// Values of the model ↔ text, exactly: Plaintext, octets and fields that are present but undefined come back
// as they were. For what is sealed only, since it opens every Plaintext; it never reads foreign input.
import { Plaintext, plaintext } from '../model/plaintext.ts'

/** Marks an encoded value that JSON has no word for; a field whose own name begins so gets one more. */
const MARK = '$'

/** @throws TypeError on anything but null, undefined, booleans, finite numbers, strings, arrays, plain objects,
 * octets and Plaintext. */
export const encode = (value: unknown): string => JSON.stringify(toJson(value))

/** The inverse of `encode`; octets come back as Uint8Array. */
export const decode = (text: string): unknown => fromJson(JSON.parse(text))

function toJson(value: unknown): unknown {
  if (value === undefined) return { [MARK]: 'undefined' }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value instanceof Plaintext) return { [MARK]: 'text', is: value.open() }
  if (value instanceof Uint8Array) return { [MARK]: 'octets', is: value.toBase64() }
  if (Array.isArray(value)) return value.map(toJson)
  if (isPlainObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name.startsWith(MARK) ? MARK + name : name,
        toJson(inner),
      ]),
    )
  throw new TypeError('not plain data of the model')
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson)
  if (!isPlainObject(value)) return value
  const is = value['is']
  if (value[MARK] === 'undefined') return undefined
  if (value[MARK] === 'text' && typeof is === 'string') return plaintext(is)
  if (value[MARK] === 'octets' && typeof is === 'string') return Uint8Array.fromBase64(is)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.startsWith(MARK) ? name.slice(1) : name,
      fromJson(inner),
    ]),
  )
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
