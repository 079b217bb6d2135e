// CVSS vectors: those of the specifications' own examples with the scores given there, and every way in which
// one can be wrong.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseSeverity, ratingOf } from '../../src/cvss/cvss.ts'
import { METRICS_3, METRICS_4 } from '../../src/cvss/metrics.ts'

/** From the examples that FIRST publishes with each version, and scores its calculators show. */
const SCORED: readonly (readonly [vector: string, score: number])[] = [
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
  ['CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
  ['CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N', 4.8],
  ['CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 6.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N', 8.3],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N', 8.7],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N', 6.9],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 4.6],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N', 5.1],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N', 5.9],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
]

suite('a vector that is right', () => {
  for (const [vector, score] of SCORED)
    test(`${vector} scores ${score}`, () => {
      const parsed = parseSeverity(vector)
      assert.deepEqual(parsed, { ok: true, value: { version: vector.slice(5, 8), vector, score } })
    })

  test('keeps its optional metrics, and its score is the base score all the same', () => {
    const vector = `${SCORED[4]?.[0]}/E:U/RL:O/RC:U/CR:L/MAV:P`
    assert.deepEqual(parseSeverity(vector), { ok: true, value: { version: '3.1', vector, score: 9.8 } })
    const four = `${SCORED[10]?.[0]}/E:U/MVC:N/MSI:S/U:Clear`
    assert.deepEqual(parseSeverity(four), { ok: true, value: { version: '4.0', vector: four, score: 10 } })
  })

  test('of version 3 may have any order and comes back in that of the specification', () => {
    const parsed = parseSeverity('CVSS:3.1/A:H/I:H/C:H/E:P/S:U/UI:N/PR:N/AC:L/AV:N')
    assert.ok(parsed.ok)
    assert.equal(parsed.value.vector, 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P')
  })

  test('of every combination of base values has a score between 0 and 10 with one decimal', () => {
    for (const [version, { mandatory }] of [
      ['3.0', METRICS_3],
      ['3.1', METRICS_3],
      ['4.0', METRICS_4],
    ] as const)
      for (let seed = 0; seed < 300; seed += 1) {
        const pairs = mandatory.map(
          ({ name, values }, at) => `${name}:${values[(seed * 7 + (seed >> at) + at) % values.length]}`,
        )
        const parsed = parseSeverity(`CVSS:${version}/${pairs.join('/')}`)
        assert.ok(parsed.ok, pairs.join('/'))
        const { score } = parsed.value
        assert.ok(score >= 0 && score <= 10 && Number(score.toFixed(1)) === score, `${pairs} ${score}`)
      }
  })
})

suite('a vector that is wrong', () => {
  const good = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
  const four = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'
  const WRONG: readonly (readonly [vector: string, sentence: RegExp])[] = [
    ['', /begins with CVSS:3\.0/],
    ['high', /begins with CVSS:3\.0/],
    ['AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', /begins with/],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', /begins with/],
    ['CVSS:2.0/AV:N/AC:L/Au:N/C:C/I:C/A:C', /begins with/],
    ['CVSS:3.2/AV:N', /begins with/],
    ['CVSS:toString/AV:N', /begins with/],
    [good.toLowerCase(), /upper case/],
    [good.replace('AV', 'av'), /AV, not av/],
    [good.replace('S:U', 'S:u'), /S is one of U, C, not "u"/],
    [good.replace('/A:H', ''), /lacks A$/],
    ['CVSS:3.1', /lacks AV, AC, PR, UI, S, C, I, A$/],
    [`${good}/A:H`, /A stands twice/],
    [`${good}/A:N`, /A stands twice/],
    [`${good}/`, /no metric ""/],
    [`${good}/AT:N`, /3\.1 has no metric "AT"/],
    [`${good}/__proto__:N`, /no metric "__proto__"/],
    [good.replace('AV:N', 'AV:X'), /AV is one of N, A, L, P/],
    [good.replace('AV:N', 'AV:N:N'), /not "N:N"/],
    [good.replace('AV:N', 'AV'), /not ""/],
    [` ${good}`, /begins with/],
    [`${good} `, /not "H "/],
    [good.replace('/', '//'), /no metric ""/],
    [good.replace('3.1', '4.0'), /has no metric "C"|lacks|S is one of/],
    [four.replace('4.0', '3.1'), /has no metric "AT"/],
    [four.replace('AV:N/AC:L', 'AC:L/AV:N'), /fixed order, here CVSS:4\.0\/AV:N\/AC:L\/AT/],
    [`${four}/U:clear`, /U is one of X, Clear/],
    [`${four}/E:F`, /E is one of X, A, P, U/],
    [`${good}${'/E:P'.repeat(100)}`, /more than 300/],
  ]
  for (const [vector, sentence] of WRONG)
    test(`"${vector.slice(0, 60)}" is refused`, () => {
      const parsed = parseSeverity(vector)
      assert.ok(!parsed.ok)
      assert.match(parsed.error, sentence)
    })
})

test('a base score has the word of the qualitative scale', () => {
  const words = [0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10].map(ratingOf)
  assert.deepEqual(words, ['none', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical'])
})
