// Text whose lines run on (RFC 3676): lines as they were sent go in, the paragraphs that their writer typed come out.

export type Paragraph = {
  /** Of its first line, counted from 1 in the text as sent. */
  readonly number: number
  /** Behind the marks of a quotation, if it is one. */
  readonly text: string
}

/** `standsAlone`: of a line without its marks, whether it never runs on, whatever a mail program did to it. */
export function unflow(
  written: readonly string[],
  layout: 'flowed' | 'flowed-delsp',
  standsAlone: (content: string) => boolean = () => false,
): readonly Paragraph[] {
  const paragraphs: { readonly number: number; readonly depth: number; readonly pieces: string[] }[] = []
  let open: { readonly depth: number; readonly pieces: string[] } | undefined
  for (const [index, line] of written.entries()) {
    const depth = quoteDepth(line)
    const stuffed = line.startsWith(' ', depth) ? 1 : 0
    const content = line.slice(depth + stuffed)
    const alone = content === '' || content === '-- ' || standsAlone(content)
    const runsOn = !alone && content.endsWith(' ')
    const piece = runsOn && layout === 'flowed-delsp' ? content.slice(0, -1) : content
    if (open?.depth === depth && !alone) open.pieces.push(piece)
    else {
      const prefix = depth === 0 ? '' : line.slice(0, depth + stuffed)
      open = { depth, pieces: [prefix, piece] }
      paragraphs.push({ number: index + 1, ...open })
    }
    if (!runsOn) open = undefined
  }
  return paragraphs.map(({ number, pieces }) => ({ number, text: pieces.join('') }))
}

function quoteDepth(line: string): number {
  let depth = 0
  while (line[depth] === '>') depth += 1
  return depth
}
