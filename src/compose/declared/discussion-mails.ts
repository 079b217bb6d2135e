// What is mailed of posts: to those who read them, to the admins who let them through, and to who wrote them.
import { type Declarations, flag, id, lines, required, sometimes, text } from '../variables.ts'
import { offers, project, security, team } from './common.ts'

const post = id('the number of the post')
const theCase = sometimes(id('the number of the case, where it is about one'))
const writer = required(text('who wrote it: the number of a contact, the team, or the reporter'))
const organisation = sometimes(text('the organisation, where the reader may know it'))

export const DISCUSSION_MAILS = {
  post: {
    about: 'Passes on what somebody wrote to a distributors list; the same to everybody who reads it',
    marker: 'first',
    variables: {
      case: theCase,
      writer,
      organisation,
      project,
      security,
      gone: required(flag('the stored mail cannot be opened any more')),
    },
  },
  'post-waiting': {
    about: 'Shows the team a post that one of them has to let through',
    marker: 'first',
    variables: {
      post,
      case: theCase,
      writer,
      organisation,
      project,
      moderated: required(flag('the policy wants that')),
      held: required(flag('the case is held')),
      doubted: required(flag('somebody may not have kept the embargo')),
      unnamed: required(flag('it names no case, and its writer knows of one that not all know of')),
      limit: required(flag('its writer posted much today')),
      readers: required(text('how many people it would go to')),
      offers,
    },
  },
  'post-answer': {
    about: 'Tells a member why their mail to the list did not go out at once',
    marker: 'first',
    variables: {
      project,
      security,
      team,
      case: theCase,
      'no-discussion': required(flag('the policy has no discussion')),
      suspended: required(flag('their place is suspended')),
      over: required(flag('the embargo is over, or the case has ended')),
      'unknown-case': required(flag('it is about a case that they do not know of, or that does not exist')),
      'other-key': required(flag('it is encrypted, and not to the key of the list')),
      'several-cases': required(flag('it names several cases')),
      'secret-key': required(flag('there is a secret key in it')),
      shape: required(flag('not all of it is signed, or it has no plain text')),
      waits: required(flag('it waits for one of the team')),
      unnamed: required(flag('it waits since it names no case')),
      limit: required(flag('it waits since they wrote very often')),
      withheld: required(flag('the team does not pass it on')),
      reason: sometimes(lines('why, in the words of the team')),
    },
  },
} as const satisfies Declarations
