// Mails that ask for a proof of address and key, or for an acceptance: the whole answer to sign, and the embargo policy in
// full, as text and as a file whose SHA-256 anyone can compute.
import type { Content, Suggestion } from '../model/order.ts'
import type { Terms } from '../model/policy.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import type { Leaf, Wording } from './mime.ts'
import { grouped, when } from './phrases.ts'
import { render, type Templates } from './template.ts'
import { termsText } from './text.ts'

/** `zone`: the one that the instant is shown in, beside UTC. */
export function challenge(
  templates: Templates,
  { proving, id, fingerprint, until, accepts }: Extract<Content, { kind: 'challenge' }>,
  offers: readonly Suggestion[],
  project: string,
  settings: Settings,
  zone: string,
): Wording {
  const { subject, text } = render(templates, 'challenge', {
    id,
    project,
    [proving]: true,
    fingerprint: grouped(fingerprint),
    until: when(until, zone),
    ...answer(offers, settings),
    ...(accepts && { [accepts.how]: true, terms: shown(accepts.terms) }),
  })
  const files = accepts === undefined ? [] : [termsFile(accepts.terms)]
  return { subject, leaves: [{ kind: 'text', text }, ...files] }
}

export function reacceptance(
  templates: Templates,
  { contact, stage, terms, former, by }: Extract<Content, { kind: 'reacceptance' }>,
  offers: readonly Suggestion[],
  project: string,
  settings: Settings,
  zone: string,
): Wording {
  const { subject, text } = render(templates, 'reacceptance', {
    id: contact,
    project,
    [stage]: true,
    former,
    by: when(by, zone),
    ...answer(offers, settings),
    ...shown(terms),
  })
  return { subject, leaves: [{ kind: 'text', text }, termsFile(terms)] }
}

const answer = (offers: readonly Suggestion[], settings: Settings) => ({
  offers: suggestionBlock(offers, settings) ?? { verbatim: '' },
  command: settings.addresses.command,
})

const shown = (terms: Terms) => ({
  version: terms.version,
  file: fileName(terms),
  sha256: { verbatim: `    ${terms.sha256}` },
  text: { verbatim: termsText(terms.text) },
})

const fileName = ({ version }: Terms): string =>
  `embargo-policy-${version.replace(/[^A-Za-z0-9._-]+/g, '-')}.txt`

/** Octet for octet what was hashed. */
const termsFile = (terms: Terms): Leaf => ({
  kind: 'file',
  mediaType: 'text/plain; charset="utf-8"',
  fileName: fileName(terms),
  octets: Buffer.from(terms.text),
})
