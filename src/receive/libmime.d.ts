// What of libmime this program uses; the package carries no types.
declare module 'libmime' {
  const libmime: {
    /** Decodes RFC 2047 encoded words; what is none stays. */
    decodeWords(text: string): string
    /** Decodes the payload of one encoded word; an unknown charset is read as UTF-8, lossy. */
    decodeWord(charset: string, encoding: 'B' | 'Q', payload: string): string
    /** `value; name=value`, RFC 2231 continuations and charsets undone. */
    parseHeaderValue(value: string): {
      readonly value: string | false
      readonly params: Readonly<Record<string, string>>
    }
  }
  export = libmime
}
