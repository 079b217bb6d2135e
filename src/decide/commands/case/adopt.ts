// `adopt`: what a reporter said in the thread, unverified, counts from now on, because an admin says so.
import type { Case, Statement } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { counts, sayingPhrase } from '../../../model/saying.ts'
import { parseStatementId, type StatementId } from '../../../model/scalars.ts'
import { defineCommand, effect, refuse, takeArguments, type World } from '../command.ts'
import { caseFact } from './case-verbs.ts'

export const adopt = defineCommand({
  verb: 'adopt',
  usage: 'adopt S-…',
  summary: 'let count what a reporter said without a command of theirs',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the statement (S-…)'],
      named: [],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const [word = ''] = taken.value.positional
    const id = parseStatementId(word)
    return id === undefined ? err(`"${word}" is not a statement like S-482107`) : ok(id)
  },
  decide: (id, world) => {
    const found = statementNamed(id, world)
    if (found === undefined) return refuse('E-UNKNOWN', `There is no statement ${id}; check the number.`)
    const { theCase, statement } = found
    if (statement.adoptedBy !== undefined)
      return effect('noop', plaintext(`${statement.adoptedBy} adopted ${id} already.`))
    if (statement.by === 'address' && theCase.reporter.key !== undefined)
      return refuse(
        'E-KEY',
        `${theCase.id} has a key by now, and only that speaks for its reporter. Ask them to say it again, signed.`,
      )
    if (!counts(statement.saying, theCase))
      return refuse('E-STATE', `${theCase.id} is ${theCase.state}, so that ${id} changes nothing any more.`)
    return effect(
      'ok',
      plaintext(`The reporter of ${theCase.id} ${sayingPhrase(statement.saying)}, by ${id}.`),
      {
        facts: { case: theCase.id, statement: id },
        events: [{ ...caseFact(theCase, world), kind: 'statement-adopted', statement: id }],
      },
    )
  },
})

type Found = { readonly theCase: Case; readonly statement: Statement }

function statementNamed(id: StatementId, world: World): Found | undefined {
  for (const theCase of world.cases.values()) {
    const statement = theCase.statements.find(one => one.id === id)
    if (statement !== undefined) return { theCase, statement }
  }
  return undefined
}
