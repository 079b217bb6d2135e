// A policy in plain words, sentence by sentence, made from its data alone: what `policy show` answers. In go the keys
// of a profile, out comes text for people; each key that is there has its sentence.
import {
  type Clock,
  type Condition,
  type Embargo,
  listStages,
  type Milestone,
  type Policy,
  type Slots,
  type Stage,
} from '../model/policy.ts'
import { membershipWords, sharingWords, termsWords } from './membership-words.ts'
import { everyWords, type Line, listed, section, spanWords, weekday } from './policy-phrases.ts'

/** One sentence a line, sections apart; nothing of what the policy leaves out. */
export const policyInWords = (policy: Policy): string =>
  [
    people(policy),
    reports(policy),
    severity(policy),
    fix(policy),
    section('Clocks', policy.clocks.map(clockWords)),
    embargo(policy.embargo),
    policy.slots === undefined ? [] : slotWords(policy.slots, policy),
    notices(policy),
    discussionWords(policy),
    membershipWords(policy),
    sharingWords(policy),
    termsWords(policy),
  ]
    .map(lines => lines.filter(line => line !== undefined).join('\n'))
    .filter(text => text !== '')
    .join('\n\n')

function people({
  name,
  displayName,
  team,
  calendar,
  lead,
  fixTeam,
  intake,
  links,
}: Policy): readonly Line[] {
  const { zone, weekend, holidays } = calendar
  const needs = { terms: 'have agreed to the terms', access: 'have access' }
  return [
    `${displayName} (profile ${name}). Reports are answered by: ${team}.`,
    links.policy && `The policy itself: ${links.policy}`,
    intake.share === 'on-accept'
      ? 'Maintainers see a case as soon as it is accepted.'
      : 'Maintainers see a case once somebody shares it.',
    lead &&
      `${lead.volunteer === undefined ? 'Nobody is asked to lead until somebody does it by hand' : `Somebody volunteers to lead within ${spanWords(lead.volunteer)}; else the next in turn is asked`}, and has ${spanWords(lead.answer)} to answer.`,
    fixTeam.needs.length === 0
      ? undefined
      : `The fix team is there once all of it ${fixTeam.needs.map(need => needs[need]).join(' and ')}.`,
    fixTeam.terms && `Its terms: ${fixTeam.terms}`,
    `Days begin and end in ${zone}. No business days: ${weekend.map(weekday).join(', ')}${holidays.length === 0 ? '' : `; ${holidays.join(', ')}`}.`,
  ]
}

function reports({ intake, links }: Policy): readonly Line[] {
  return [
    ...section(
      'A report should contain',
      intake.proposedContent.map(({ text }) => text),
    ),
    ...section('Out of scope', intake.outOfScope),
    links.tracker && `Bugs without harm to security go to ${links.tracker}`,
    links.advisories && `Advisories appear at ${links.advisories}`,
  ]
}

function severity({ severity: { versions, decidedBy }, priorities, slow }: Policy): readonly Line[] {
  return [
    `Severity is a vector of CVSS ${listed(versions, 'or')}; the ${decidedBy} has the final word.`,
    ...section(
      'Priorities, the first that fits',
      priorities.map(
        ({ name, text, when }) => `${name}: ${text}. ${conditionWords(when) ?? 'All other cases.'}`,
      ),
    ),
    slow &&
      `A fix may be slowed down${slow.below === undefined ? '' : ` below a score of ${slow.below.toFixed(1)}`}: ${slow.text}`,
  ]
}

/** In which release and lines a fix comes; empty: the policy does not say. */
export function fixWords({ fix: { release, backport } }: Policy): readonly string[] {
  const lines = { 'all-supported': 'all supported lines', latest: 'the latest line alone' }
  return [
    ...(release === undefined ? [] : [`A fix comes in: ${release}.`]),
    ...(backport === undefined ? [] : [`A fix goes into ${lines[backport]}.`]),
  ]
}

/** Which versions are supported; empty: the policy does not say. */
export function supportWords({ versions: { supported, text } }: Policy): readonly string[] {
  const which = { latest: 'the latest version alone', listed: 'the versions that are listed' }
  return [
    ...(supported === undefined ? [] : [`Supported: ${which[supported]}.`]),
    ...(text === undefined ? [] : [text]),
  ]
}

function fix(policy: Policy): readonly Line[] {
  const known = {
    'all-asap': 'everything is due at once, the disclosure too',
    'disclose-now': 'the disclosure is due at once; the clocks stay',
    none: 'clocks and disclosure stay as they are',
  }
  return [
    ...fixWords(policy),
    ...supportWords(policy),
    `If a case is public already, ${known[policy.public.effect]}.`,
  ]
}

function clockWords(clock: Clock): string {
  const { name, kind, start, until, earliest, within, after, when, yields, told, nags, text } = clock
  const time = earliest === undefined ? 'within' : `after ${spanWords(earliest)} and within`
  const { before, every, escalate } = nags
  const ahead = before.length === 0 ? '' : `${listed(before.map(spanWords), 'and')} before, `
  return [
    `${name}, ${kind === 'promise' ? 'a promise' : 'an aim, no promise'}: ${time} ${spanWords(within)} from ${milestoneWords(start)}, "${text}".`,
    `It ends with: ${milestoneWords(until)}.`,
    when && conditionWords(when),
    after.length > 0 ? `It waits for: ${after.map(milestoneWords).join(', or ')}.` : undefined,
    yields.includes('upstream') ? "An upstream project's later date moves it." : undefined,
    yields.includes('slow') ? 'It stops while the case is slowed down.' : undefined,
    told === 'reporter' ? 'The reporter is told of it.' : 'Only the team knows of it.',
    `Reminders: ${ahead}when it is due, then ${everyWords(every)}${escalate === undefined ? '' : `; ${spanWords(escalate)} after that the maintainers, too`}.`,
  ]
    .filter(line => line !== undefined)
    .join(' ')
}

function embargo({
  start,
  maximum,
  preferred,
  overrun,
  reasons,
  quorumBeyond,
  yields,
  remind,
}: Embargo): readonly Line[] {
  const others = quorumBeyond === 1 ? 'another person confirms it' : `${quorumBeyond} others confirm it`
  const taken = { warn: 'taken, with a warning', block: 'refused' }
  const beyond =
    overrun === 'publish'
      ? 'A later date is refused, and the embargo of an accepted case is lifted then.'
      : quorumBeyond > 0
        ? `A later date waits until ${others}; where there is nobody else it is ${taken[overrun]}.`
        : `A later date is ${taken[overrun]}.`
  return [
    maximum === undefined
      ? 'Embargo: the policy names no longest time.'
      : `Embargo: at most ${spanWords(maximum)} from ${milestoneWords(start)}.`,
    preferred === undefined
      ? undefined
      : `${spanWords(preferred)} from ${milestoneWords(start)} are proposed.`,
    maximum === undefined ? undefined : beyond,
    yields.includes('upstream') ? "An upstream project's later date moves that." : undefined,
    ...section(
      'Reasons to extend it',
      reasons.map(({ name, text }) => `${name}: ${text}`),
    ),
    reasons.length === 0 ? 'Any reason that is written out may extend it.' : undefined,
    `Reminders: ${remind.before.length === 0 ? '' : `${listed(remind.before.map(spanWords), 'and')} before, `}when it ends, then ${everyWords(remind.every)} until somebody acts.`,
  ]
}

function slotWords({ hours, weekdays, blackout, holidays }: Slots, { calendar }: Policy): readonly Line[] {
  return [
    `Disclosures happen on ${weekdays.map(weekday).join(', ')}${hours === undefined ? '' : `, from ${hours.from} to ${hours.to} ${calendar.zone}`}${holidays === 'avoided' ? ', not on holidays' : ', holidays too'}.`,
    ...section(
      'Never',
      blackout.map(({ from, to, why }) => `${from} to ${to}: ${why}`),
    ),
  ]
}

function notices(policy: Policy): readonly Line[] {
  const { blind, answers, agreement, stages } = policy.notices
  const words = section('Early disclosure, by stages', stages.map(stageWords))
  if (listStages(policy).length === 0) return [...words, 'There is no list of distributors.']
  const most = { most: 'more than half', all: 'all' }
  return [
    ...words,
    blind === 'block'
      ? 'A notice is refused while one whom it is meant for could not be sent an encrypted copy.'
      : 'A notice goes although one whom it is meant for cannot be sent an encrypted copy; the team is told.',
    answers &&
      `Each organisation answers within ${spanWords(answers.within)}; whoever said nothing is asked then, ${answers.most === 1 ? 'once' : `and again ${everyWords(answers.every)}, ${answers.most} times in all`}.`,
    `A date is the list's once ${most[agreement]} of the organisations that were told agree and none objects.`,
  ]
}

function discussionWords(policy: Policy): readonly Line[] {
  const { discussion } = policy
  if (discussion === undefined)
    return listStages(policy).length === 0
      ? []
      : ['Members of the list do not write to each other through it.']
  const goes = {
    relayed: 'goes on to all who may know what it is about',
    moderated: 'goes on to all who may know what it is about once an admin lets it through',
  }
  return [`What a member signs and sends to the list ${goes[discussion.posts]}.`]
}

const PATCHES = {
  needed: 'Patches must go along.',
  allowed: 'Patches may go along.',
  none: 'No files go along.',
}
const MAY = {
  rebuild: 'rebuild packages with the fix, unpublished',
  'deploy-hosted': 'deploy the fix where they host it themselves',
  'tell-customers': 'tell customers that a fix comes',
}

const LEAD_DECIDES: Readonly<Record<Stage['to'], string>> = {
  distributors:
    'The lead decides on it; one who is no admin says yes with notify, and an admin sends it then.',
  users: 'The lead decides on it.',
}

function stageWords({ name, text, to, decidedBy, when, quorum, patches, may }: Stage): string {
  return [
    `${name}, to ${to}: ${text}.`,
    decidedBy === 'lead' ? LEAD_DECIDES[to] : undefined,
    when && `${conditionWords(when)} For any other, notice asks for anyway=yes.`,
    quorum === 0
      ? undefined
      : `${quorum === 1 ? 'Another admin confirms' : `${quorum} other admins confirm`} it.`,
    to === 'users' ? 'In clear: how severe it is, when, and what they can do until then.' : PATCHES[patches],
    may.length === 0
      ? undefined
      : `Before it is public they may ${listed(
          may.map(leave => MAY[leave]),
          'and',
        )}.`,
  ]
    .filter(line => line !== undefined)
    .join(' ')
}

/** `Only for cases with a score of at least 7.0.`; undefined: for all. */
export function conditionWords({ severity: score, tags, mitigation }: Condition): Line {
  const parts = [
    score?.atLeast === undefined ? undefined : `a score of at least ${score.atLeast.toFixed(1)}`,
    score?.below === undefined ? undefined : `a score below ${score.below.toFixed(1)}`,
    tags.length === 0 ? undefined : `${tags.length === 1 ? 'the tag' : 'one of the tags'} ${tags.join(', ')}`,
    mitigation && `a ${mitigation} mitigation`,
  ].filter(part => part !== undefined)
  return parts.length === 0 ? undefined : `Only for cases with ${listed(parts, 'and')}.`
}

const milestones: Readonly<Record<Exclude<Milestone, `notice:${string}`>, string>> = {
  received: 'the report',
  lead: 'a lead',
  conversation: 'the first words to the reporter',
  plan: 'a plan for the reporter',
  decided: 'the decision whether it is a vulnerability',
  accepted: 'its acceptance',
  severity: 'the final severity',
  'fix-team': 'a fix team that can work',
  'fix-ready': 'a tested fix',
  mitigation: 'what users can do until they have the fix',
  communication: 'a plan of who is told what and when',
  cve: 'a CVE id, or the request for one',
  public: 'knowledge of it in public',
  published: 'its publication',
}

const milestoneWords = (milestone: Milestone): string => {
  const stage = /^notice:(.+)$/.exec(milestone)?.[1]
  return stage === undefined ? milestones[milestone as keyof typeof milestones] : `the notice ${stage}`
}
