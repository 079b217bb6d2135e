// What is known of a mail besides itself, should it open a case: which way it came, what it seems to hold, what it
// may be the same as. In: an opened mail. Out: an Arrival. Nothing of it is trusted for authority.
import type { Config } from '../config/config.ts'
import { projectOf } from '../decide/report.ts'
import type { Arrival } from '../model/decision.ts'
import type { OpenedMail } from '../model/mail.ts'
import type { Instant } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
import { advisoryOf } from '../receive/advisory.ts'
import { extract } from '../receive/extract.ts'
import { listInFront } from '../receive/lists.ts'
import type { SimilarCases } from './similar.ts'

/** Wanted content is that of the project's policy; at a shared address, of the default one. */
export function arrivalOf(
  mail: OpenedMail,
  receivedAt: Instant,
  { settings, intake }: Pick<Config, 'settings' | 'intake'>,
  similar: SimilarCases,
): Arrival {
  const project = projectOf(settings)
  const found = extract(mail, policyOf(settings, project).intake.proposedContent, receivedAt)
  return {
    channel: listInFront(mail.header.fields, intake.lists) === undefined ? 'direct' : 'list',
    advisory: advisoryOf(mail),
    extract: found,
    similar: similar.to(found, project),
  }
}
