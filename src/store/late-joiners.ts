// Contacts who came on a list after a notice had gone out, and never got it. Whether they are to, the policy and the
// embargo say; this only finds them.
import { OPEN_STATES } from '../model/case.ts'
import type { Contact } from '../model/contact.ts'
import { isMeant, type Notice } from '../model/notice.ts'
import type { ProjectName } from '../model/scalars.ts'
import { NOT_IN_SAFE_MODE } from './safe-mode.ts'
import type { States } from './state-rows.ts'

/** States of cases that are secret still, as SQL lists them. */
export const SECRET = OPEN_STATES.filter(state => state !== 'published')
  .map(state => `'${state}'`)
  .join()

/** Whether a copy is made for them: of what goes to users none is, at any time. */
const isReader = (
  { to, audience }: Notice,
  contact: Contact,
  { distributors }: Pick<States, 'distributors'>,
): boolean => to === 'distributors' && isMeant(audience, contact, distributors.get(contact.distributor))

export class LateJoiners {
  readonly #states: Pick<States, 'contacts' | 'distributors' | 'notices'>

  constructor(states: Pick<States, 'contacts' | 'distributors' | 'notices'>) {
    this.#states = states
  }

  /** Notices of cases that are not published, of which some active contact has no copy; the oldest first. */
  notices(project: ProjectName): readonly Notice[] {
    return this.#states.notices
      .where(
        `${NOT_IN_SAFE_MODE} AND project = :project AND state = 'released'
         AND case_id IN (SELECT id FROM cases WHERE state IN (${SECRET}))
         AND EXISTS (SELECT 1 FROM contacts c WHERE c.project = notices.project AND c.state = 'active'
           AND c.id NOT IN (SELECT contact_id FROM outbox WHERE notice_id = notices.id))
         ORDER BY send_at, id`,
        { project },
      )
      .filter(notice => this.of(notice).length > 0)
  }

  /** Those who joined after its instant: who was suspended then missed it. */
  of(notice: Notice): readonly Contact[] {
    const { id, project, sendAt } = notice
    return this.#states.contacts
      .where(
        `project = :project AND state = 'active'
         AND id NOT IN (SELECT contact_id FROM outbox WHERE notice_id = :id) ORDER BY id`,
        { id, project },
      )
      .filter(contact => {
        const {
          since,
          formerKeys: [first],
        } = contact
        if (!isReader(notice, contact, this.#states)) return false
        // Another key begins `since` anew; whoever had one before is no newcomer.
        const joined = first === undefined ? since : first.since
        return joined !== undefined && joined > sendAt
      })
  }
}
