// A project's security policy as data: what a profile (config/profiles/<name>.yaml) says. No project's
// name occurs in the program; whatever differs between projects is a field here.
import type { Sha256 } from './scalars.ts'

/** `3bd` business days, `72h` hours, `14d` days of the policy's calendar. */
export type Span = { readonly count: number; readonly unit: 'minute' | 'hour' | 'day' | 'business-day' }

export type Calendar = {
  /** IANA zone in which days begin and end. */
  readonly zone: string
  /** ISO weekdays on which nobody works, 1 Monday to 7 Sunday. */
  readonly weekend: readonly number[]
  /** ISO dates that are not business days. */
  readonly holidays: readonly string[]
}

/**
 * Facts of a case that clocks start from, wait for and end with; each has the instant at which it came to be.
 * `conversation`: the first words of a person to the reporter. `decided`: accepted, or a reasoned exit.
 * `fix-team`: somebody is on it, with all that the policy's `fixTeam.needs` names.
 */
export const MILESTONES = [
  'received',
  'lead',
  'conversation',
  'plan',
  'decided',
  'accepted',
  'severity',
  'fix-team',
  'fix-ready',
  'mitigation',
  'communication',
  'cve',
  'public',
  'published',
] as const
/** `notice:…`: a notice of that stage went out. */
export type Milestone = (typeof MILESTONES)[number] | `notice:${string}`

/** For which cases a rule holds; what is left out is not asked for, and an unknown severity fits no bound. */
export type Condition = {
  /** CVSS base scores, 0.0 to 10.0. */
  readonly severity: { readonly atLeast: number | undefined; readonly below: number | undefined } | undefined
  /** One of these tags at least. */
  readonly tags: readonly string[]
  readonly mitigation: 'straightforward' | undefined
}

/** Who hears of a clock that is about to end or has ended. */
export type Nags = {
  /** So long before it is due. The lead hears of it; without one, all admins. */
  readonly before: readonly Span[]
  /** All admins hear of it when it is due, and again after each of these. */
  readonly every: Span
  /** So long after it was due the maintainers hear of it, too. */
  readonly escalate: Span | undefined
}

/** Something the policy says will happen within a time. An aim is never worded as a promise. */
export type Clock = {
  readonly name: string
  readonly kind: 'promise' | 'aim'
  /** What it counts from. */
  readonly start: Milestone
  /** What ends it. */
  readonly until: Milestone
  /** Of `1d..7d` the first: nobody need be done before. */
  readonly earliest: Span | undefined
  readonly within: Span
  /** Of these one at least must be there before anybody can do it; empty: it waits for nothing. */
  readonly after: readonly Milestone[]
  readonly when: Condition | undefined
  /** Whether an upstream project's later date moves it, and whether `slow` stops it. */
  readonly yields: readonly ('upstream' | 'slow')[]
  /** `reporter`: the acknowledgement names it, too. */
  readonly told: 'reporter' | 'team'
  readonly nags: Nags
  /** What happens then, as the reporter reads it: `we start a conversation with you and …`. */
  readonly text: string
}

/** One thing that a report should contain. */
export type WantedContent = {
  /** In the policy's words. */
  readonly text: string
  /** Words and phrases of which a report that contains it is likely to hold one; empty: nobody can tell. */
  readonly signs: readonly string[]
}

/** Something with a name for commands and a text for people. */
export type Named = { readonly name: string; readonly text: string }

/** Cases that come first; the first rule that fits names the priority. */
export type Priority = Named & { readonly when: Condition }

/** When a disclosure may happen. */
export type Slots = {
  /** Local times of the calendar's zone, `from` included, `to` not, like `14:00`. */
  readonly hours: { readonly from: string; readonly to: string } | undefined
  /** ISO weekdays. */
  readonly weekdays: readonly number[]
  /** ISO dates, both ends included. */
  readonly blackout: readonly { readonly from: string; readonly to: string; readonly why: string }[]
  /** Whether the calendar's holidays are left out. */
  readonly holidays: 'avoided' | 'allowed'
}

/** What somebody who hears of a case early may do before it is public, besides preparing their own fix. */
export const LEAVES = ['rebuild', 'deploy-hosted', 'tell-customers'] as const
export type Leave = (typeof LEAVES)[number]

/** One step of early disclosure; `name` is what `notice … stage=` says, `text` what each copy opens with. */
export type Stage = Named & {
  /** `users`: in clear, and so no more of the case than its severity, its date and what to do until then. */
  readonly to: 'distributors' | 'users'
  /** Who decides that it goes. */
  readonly decidedBy: 'team' | 'lead'
  /** The cases that it is meant for; another one asks for `anyway=yes`. */
  readonly when: Condition | undefined
  /** Other admins who must confirm it. */
  readonly quorum: number
  readonly patches: 'needed' | 'allowed' | 'none'
  readonly may: readonly Leave[]
}

/** The stages in which distributors are told; empty: the project has no list of them. */
export const listStages = ({ notices }: { readonly notices: Pick<Notices, 'stages'> }): readonly Stage[] =>
  notices.stages.filter(({ to }) => to === 'distributors')

export type Notices = {
  /** Empty: `notice` is refused. */
  readonly stages: readonly Stage[]
  /** Of a contact whom no copy could be encrypted to at the instant: whether the notice is refused. */
  readonly blind: 'warn' | 'block'
  /** Time in which an organisation answers; whoever said nothing is asked again each `every`. Undefined: nobody is. */
  readonly answers: { readonly within: Span; readonly every: Span; readonly most: number } | undefined
  /** Of the organisations told, how many must agree to a date before it is the list's. */
  readonly agreement: 'most' | 'all'
}

/** Members writing to each other about a case. */
export type Discussion = {
  /** `moderated`: an admin lets each post through. */
  readonly posts: 'relayed' | 'moderated'
}

export type Embargo = {
  /** What its longest time counts from. */
  readonly start: Milestone
  /** Longest time to public disclosure; undefined: the policy names none. */
  readonly maximum: Span | undefined
  /** What is proposed when nobody says otherwise. */
  readonly preferred: Span | undefined
  /**
   * Beyond the maximum: `warn` takes a date and says so, `block` refuses it where `quorumBeyond` asks nobody to
   * confirm it, `publish` refuses it and lifts the embargo of an accepted case when the maximum is reached.
   */
  readonly overrun: 'warn' | 'block' | 'publish'
  /** Why it may be extended; empty: anything written out. */
  readonly reasons: readonly Named[]
  /** Others who must confirm a date beyond the maximum; never more than there are. */
  readonly quorumBeyond: number
  /** Whether an upstream project's later date moves the maximum. */
  readonly yields: readonly 'upstream'[]
  /** Admins are reminded so long before the agreed instant, at it, and then each `every` until somebody acts. */
  readonly remind: { readonly before: readonly Span[]; readonly every: Span }
}

/** One thing that a distributor must be, have or do to join. */
export type Criterion = WantedContent & {
  /** What fulfils it: the applicant's own words, their acceptance of the terms, or somebody's word for them. */
  readonly by: 'answer' | 'acceptance' | 'vouch'
}

/** The embargo policy that members accept, word for word. */
export type Terms = {
  /** As people call it: a date or a number. */
  readonly version: string
  readonly text: string
  /** Of the text in UTF-8 with one LF at the end of each line. */
  readonly sha256: Sha256
}

export type Membership = {
  /** At which address requests to join come in. */
  readonly requests: 'distributors' | 'security'
  /** In the policy's order. */
  readonly criteria: readonly Criterion[]
  readonly terms: Terms
  /** `implied`: asking to join is accepting, and the proof of the key signs it, too. */
  readonly acceptance: 'implied' | 'explicit'
  readonly vouch:
    | {
        /** Organisations on the list, other than the applicant's, that must vouch. */
        readonly count: number
        /** Whom it is for; `person`: who names a further contact of theirs vouches for that one's key, too. */
        readonly covers: 'person' | 'organisation'
        /** Times that an organisation may vouch in a year; undefined: as often as it likes. */
        readonly perYear: number | undefined
        /** How long it must have been on the list; undefined: from its first day. */
        readonly after: Span | undefined
        /** While fewer organisations than `below` are on the list, admins let members in without it, by `quorum` others. */
        readonly bootstrap: { readonly below: number; readonly quorum: number } | undefined
      }
    | undefined
  readonly review: {
    /** When an application is to be decided on, counted from its first mail; undefined: nobody is reminded. */
    readonly within: Span | undefined
    /** ISO weekday on which the admins get the list of all that is pending; undefined: they get none. */
    readonly weekly: number | undefined
    /** An application that lacks something and of which nothing was heard for so long ends. */
    readonly lapse: Span
    /** Time in which admins and those who were asked may object, from when nothing is missing; undefined: none. */
    readonly objection: Span | undefined
    /** Other admins who must confirm an approval. */
    readonly quorum: number
    /** After which who was declined may ask again; undefined: at once. */
    readonly again: Span | undefined
  }
  readonly contacts: {
    /** What an address may be: a person's, one that several people read, or either. */
    readonly kind: 'role' | 'person' | 'any'
    /** Of one organisation at most. */
    readonly most: number
    /** Whether an admin must approve each further contact. */
    readonly approval: 'team' | 'none'
    /** From the proof of a new key or contact until copies go to it. */
    readonly coolingOff: Span
  }
  /** Organisations at most; undefined: as many as are approved. */
  readonly most: number | undefined
  /** Into which organisations can be put, so that notices can be meant for one; empty: there is one alone. */
  readonly classes: readonly Named[]
  /** Who reads behind an address is said so often; `within`: time to say it. Undefined: nobody asks. */
  readonly attestation:
    | { readonly every: Span; readonly within: Span; readonly silent: 'suspend' | 'keep' }
    | undefined
  /** Changed terms are accepted again within this time; `silent`: what happens to who does not. */
  readonly reacceptance: { readonly within: Span; readonly silent: 'suspend' | 'keep' }
  /** So long before a key ends its owner and the admins are warned. */
  readonly keyWarnings: readonly Span[]
  /** What somebody who joins late gets of notices that went out already. */
  readonly lateJoiners: 'nothing' | 'embargoed'
  /** Whether members may see which organisations are on the list. */
  readonly roster: 'hidden' | 'organisations'
  /** What members do in return, and who hears of it; undefined: nothing is expected. */
  readonly contributing: { readonly tasks: readonly Named[]; readonly told: 'list' | 'team' } | undefined
  readonly leak: {
    /** With so many strikes an organisation is to be removed. */
    readonly strikes: number
    /** Whether it may ever come back. */
    readonly removal: 'permanent' | 'removed'
    /** Whether the team looks back at a leak together. */
    readonly retrospective: 'held' | 'none'
  }
  /** Somebody broke an embargo: until when the team decides whether to publish, and what it does when in doubt. */
  readonly breakEmbargo: { readonly within: Span; readonly doubt: 'publish' | 'continue' }
}

/** Who lets members share further. */
export type Sharing = {
  readonly approvedBy: 'team' | 'list'
  /** Organisations that must agree, where it is the list; never more than there are others. */
  readonly count: number
  /** By when it is to be decided. */
  readonly within: Span
}

export type Policy = {
  readonly name: string
  /** As people write it, with its capitals. */
  readonly displayName: string
  /** Who answers reports, as the policy calls them. */
  readonly team: string
  readonly calendar: Calendar
  readonly intake: {
    /** What a report should contain, in the policy's order. */
    readonly proposedContent: readonly WantedContent[]
    readonly outOfScope: readonly string[]
    /** `on-accept`: the maintainers see a case as soon as it is accepted. */
    readonly share: 'by-hand' | 'on-accept'
  }
  readonly links: {
    /** Where bugs without security impact go. */
    readonly tracker: string | undefined
    /** Where advisories appear. */
    readonly advisories: string | undefined
    readonly policy: string | undefined
  }
  readonly severity: {
    /** CVSS versions that are taken. */
    readonly versions: readonly ('3.0' | '3.1' | '4.0')[]
    /** Who has the final word. */
    readonly decidedBy: 'team' | 'lead'
  }
  readonly priorities: readonly Priority[]
  readonly lead:
    | {
        /** Time for a volunteer; then the next in turn is asked. Undefined: nobody is ever asked. */
        readonly volunteer: Span | undefined
        /** Time to answer, after which the next one is asked. */
        readonly answer: Span
      }
    | undefined
  readonly fixTeam: {
    /** What an engineer needs before they count. */
    readonly needs: readonly ('terms' | 'access')[]
    /** What they agree to. */
    readonly terms: string | undefined
  }
  /** Undefined: `slow` is refused. */
  readonly slow: { readonly below: number | undefined; readonly text: string } | undefined
  readonly fix: {
    /** In which release. */
    readonly release: string | undefined
    /** Which other lines get it. */
    readonly backport: 'all-supported' | 'latest' | undefined
  }
  readonly versions: {
    readonly supported: 'latest' | 'listed' | undefined
    readonly text: string | undefined
  }
  readonly public: {
    /** What happens to the clocks of a case that is public already. */
    readonly effect: 'all-asap' | 'disclose-now' | 'none'
  }
  readonly clocks: readonly Clock[]
  readonly embargo: Embargo
  readonly slots: Slots | undefined
  readonly notices: Notices
  /** Undefined: nothing that a member posts reaches another. */
  readonly discussion: Discussion | undefined
  /** Undefined: nobody can join. */
  readonly membership: Membership | undefined
  /** Undefined: nothing is shared further. */
  readonly sharing: Sharing | undefined
}
