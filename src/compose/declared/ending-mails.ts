// What is mailed when the team ends an embargo that somebody did not keep.
import { type Declarations, flag, group, id, lines, required, sometimes, text } from '../variables.ts'
import { command, offers, project, team, theCase } from './common.ts'

export const ENDING_MAILS = {
  'embargo-broken': {
    about: 'Tells the team that an embargo is broken, and what there is to do',
    marker: 'first',
    variables: {
      case: theCase,
      project,
      by: required(text('who ended it')),
      word: sometimes(text('how long before that word of it came')),
      notice: sometimes(text('how long before that the first notice went out')),
      reason: lines('why, in the words of who ended it, behind bars'),
      stopped: group('something does not go out any more', {
        notices: required(text('the numbers of the notices')),
        copies: required(text('how many copies stay here')),
      }),
      waits: required(flag('the case is held: nobody outside hears of it before its release')),
      members: sometimes(text('else: how many contacts are told, if any')),
      incident: sometimes(id('the number of the incident in which the team looks back')),
      retrospective: flag('the policy wants that the team looks back together'),
      who: lines('who had what of the case, behind bars'),
      offers,
      command,
    },
  },
  'embargo-over': {
    about: 'Tells a member that an embargo is over before its date',
    marker: 'first',
    variables: {
      case: theCase,
      project,
      date: sometimes(text('when it was to end')),
      public: flag('it is public already'),
      team,
    },
  },
} as const satisfies Declarations
