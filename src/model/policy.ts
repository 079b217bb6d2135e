// A project's security policy as data: what a profile (config/profiles/<name>.yaml) says. No project's
// name occurs in the program; whatever differs between projects is a field here.

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

/** Something the policy says will happen within a time from the report. An aim is never worded as a promise. */
export type Clock = {
  readonly name: string
  readonly kind: 'promise' | 'aim'
  readonly within: Span
  /** What the reporter reads: `we start a conversation with you and …`. */
  readonly text: string
}

/** One thing that a report should contain. */
export type WantedContent = {
  /** In the policy's words. */
  readonly text: string
  /** Words and phrases of which a report that contains it is likely to hold one; empty: nobody can tell. */
  readonly signs: readonly string[]
}

/** A kind of notice; `text` says in a few words what it is for. */
export type Stage = { readonly name: string; readonly text: string }

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
  }
  readonly links: {
    /** Where bugs without security impact go. */
    readonly tracker: string | undefined
    /** Where advisories appear. */
    readonly advisories: string | undefined
    readonly policy: string | undefined
  }
  readonly clocks: readonly Clock[]
  readonly embargo: {
    /** Longest time from the report to public disclosure. */
    readonly maximum: Span
  }
  /** Empty: the project has no distributors list, and `notice` is refused. */
  readonly notices: { readonly stages: readonly Stage[] }
}
