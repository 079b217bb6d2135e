// One order of each kind of mail about posts, and the ways in which they differ.
import { choices } from '../../src/decide/discussion/waiting.ts'
import type { PostAnswer } from '../../src/model/discussion.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { PostWait } from '../../src/model/post.ts'
import { inboundId, parseContactId, parseMessageId, parsePostId } from '../../src/model/scalars.ts'
import { address, CASE, mailWith, orderOf, parsed, part, RECEIVED, settings, textPart } from './given.ts'

const CONTACT = parsed(parseContactId('M-771234'))
const POST = parsed(parsePostId('P-610044'))
const member = {
  to: address('carol@distro.example'),
  from: 'list',
  post: POST,
  inReplyTo: parsed(parseMessageId('<copy-carol@harbor.example>')),
} as const

const letter = mailWith(
  [
    textPart(
      'Hello all,\n\nthe patch applies to our 2.1 branch, and all tests pass.\nembargod harbor\naccept C-482107\n',
      { encrypted: true },
    ),
    part({
      mediaType: 'text/x-patch',
      disposition: 'attachment',
      fileName: plaintext('backport.patch'),
      octets: Buffer.from('--- a\n+++ b\n'),
      encrypted: true,
    }),
    part({
      mediaType: 'application/pgp-keys',
      disposition: 'attachment',
      octets: Buffer.of(1),
      encrypted: true,
    }),
  ],
  { encryption: 'encrypted', protectedSubject: plaintext('Re: N-309000 works for us') },
)

const bare = { contact: CONTACT, organisation: undefined }
const full = { contact: CONTACT, organisation: plaintext('Distro Ltd') }
const post = { kind: 'post', post: POST, about: CASE, inbound: inboundId(31), mail: letter } as const
const waiting = (why: PostWait, about: typeof CASE | undefined): MailOrder => ({
  ...orderOf({ kind: 'post-waiting', post: POST, about, poster: full, why, readers: 41, mail: letter }),
  offers: choices(POST, why, settings),
})
const answer = (why: PostAnswer, about: typeof CASE | undefined = CASE): MailOrder =>
  orderOf({ kind: 'post-answer', why, about, reason: undefined }, member)

export const discussionOrders: Readonly<Record<string, MailOrder>> = {
  post: orderOf({ ...post, poster: bare }, member),
  'post-named': orderOf({ ...post, poster: full }, member),
  'post-team': orderOf({ ...post, poster: 'team' }, member),
  'post-reporter': orderOf({ ...post, poster: 'reporter' }, member),
  'post-list': orderOf({ ...post, poster: bare, about: undefined }, { ...member, case: undefined }),
  'post-gone': orderOf({ ...post, poster: bare, mail: undefined }, member),
  'alert-posts': orderOf(
    {
      kind: 'alert',
      alert: {
        kind: 'posts-waiting',
        posts: [
          { id: POST, about: CASE },
          { id: parsed(parsePostId('P-610045')), about: undefined },
        ],
        since: RECEIVED,
      },
    },
    { case: undefined },
  ),
  'alert-post': {
    ...orderOf(
      {
        kind: 'alert',
        alert: { kind: 'posts-waiting', posts: [{ id: POST, about: CASE }], since: RECEIVED },
      },
      { case: undefined },
    ),
    offers: choices(POST, 'moderated', settings),
  },
  'post-waiting': waiting('moderated', CASE),
  'post-waiting-held': waiting('held', CASE),
  'post-waiting-doubted': waiting('doubted', CASE),
  'post-waiting-unnamed': waiting('unnamed', undefined),
  'post-waiting-limit': waiting('limit', CASE),
  'post-answer': answer('no-discussion'),
  'post-answer-suspended': answer('suspended'),
  'post-answer-over': answer('over'),
  'post-answer-unknown': answer('unknown-case', undefined),
  'post-answer-other-key': answer('other-key', undefined),
  'post-answer-several': answer('several-cases', undefined),
  'post-answer-secret': answer('secret-key', undefined),
  'post-answer-shape': answer('shape'),
  'post-answer-moderated': answer('moderated'),
  'post-answer-unnamed': answer('unnamed', undefined),
  'post-answer-limit': answer('limit'),
  'post-answer-withheld': orderOf(
    { kind: 'post-answer', why: 'withheld', about: CASE, reason: plaintext('It names a customer of yours.') },
    member,
  ),
}
