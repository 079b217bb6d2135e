// What an admin should look at before they let somebody in: an address that is, or looks like, that of somebody we know
// (threats.md E06, E07), mail at a provider for anyone, an organisation of one. Nobody but the admins learns of it.
import type { Application } from '../../model/application.ts'
import type { ApplicationFlag } from '../../model/application-flag.ts'
import { hiddenIn, skeletonOf } from '../../model/confusable.ts'
import type { Snapshot } from '../../model/decision.ts'
import { domainOf, type EmailAddress, foldedMailbox } from '../../model/scalars.ts'

/** Worst first. */
export function flagsOf(
  { address, answers, project }: Application,
  { contacts, settings }: Pick<Snapshot, 'contacts' | 'settings'>,
): readonly ApplicationFlag[] {
  const known = contacts.filter(contact => contact.project === project)
  const isGone = (state: string) => state === 'left' || state === 'removed'
  const people = [
    ...known.filter(({ state }) => !isGone(state)).map(one => ({ of: one.id, address: one.address })),
    ...settings.admins.map(one => ({ of: one.name, address: one.address })),
    ...settings.projects.flatMap(({ maintainers }) =>
      maintainers.map(one => ({ of: one.name, address: one.address })),
    ),
  ]
  const labels = hiddenIn(address)
  const { organisation, name } = answers
  return [
    ...known.flatMap(({ id, state, address: theirs }): readonly ApplicationFlag[] =>
      isSame(theirs, address) && (state === 'left' || state === 'removed')
        ? [{ kind: 'was-member', of: id, how: state }]
        : [],
    ),
    ...known
      .filter(
        one =>
          one.state === 'removed' &&
          !isSame(one.address, address) &&
          domainOf(one.address) === domainOf(address) &&
          !settings.mailProviders.includes(domainOf(address)),
      )
      .slice(0, 1)
      .map(({ id }) => ({ kind: 'domain-of-removed', of: id }) as const),
    ...people.flatMap(({ of, address: theirs }): readonly ApplicationFlag[] => {
      if (isSame(theirs, address)) return [{ kind: 'same-mailbox', of }]
      return skeletonOf(theirs) === skeletonOf(address) ? [{ kind: 'looks-like', of }] : []
    }),
    ...(labels.length === 0 ? [] : [{ kind: 'hidden-letters', labels } as const]),
    ...(settings.mailProviders.includes(domainOf(address)) ? [{ kind: 'mail-provider' } as const] : []),
    ...(organisation !== undefined && plain(organisation.open()) === plain(name?.open() ?? '')
      ? [{ kind: 'one-person' } as const]
      : []),
  ]
}

const isSame = (a: EmailAddress, b: EmailAddress): boolean => foldedMailbox(a) === foldedMailbox(b)

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
