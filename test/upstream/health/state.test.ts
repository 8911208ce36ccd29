import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshHealth, type HealthState, isUsable, type Outcome, report } from '../../../src/upstream/health/state.ts'

const limits: Record<Outcome, number> = { success: 2, tcp: 2, http: 3, timeout: 1 }

function after(outcomes: string, from = true, each = limits) {
  const named: Record<string, Outcome> = { s: 'success', t: 'tcp', h: 'http', o: 'timeout' }
  return [...outcomes].reduce((health, letter) => {
    const outcome = named[letter]
    if (outcome === undefined) throw new Error(letter)
    return report(health, outcome, each[outcome])
  }, freshHealth(from))
}

describe('from healthy', () => {
  it.each<[string, HealthState, string]>([
    ['', 'healthy', 'nothing was reported'],
    ['sss', 'healthy', 'successes add nothing'],
    ['t', 'mostly_healthy', 'one failure is below its limit'],
    ['tt', 'unhealthy', 'failures of one kind reach theirs'],
    ['th', 'mostly_healthy', 'kinds of failure are counted apart'],
    ['thh', 'mostly_healthy', 'and stay below'],
    ['thhh', 'unhealthy', 'until one reaches its limit'],
    ['o', 'unhealthy', 'a limit of one is reached at once'],
    ['tst', 'mostly_healthy', 'a success clears the failures'],
    ['ts', 'mostly_healthy', 'but one does not make a full recovery'],
    ['tss', 'healthy', 'as many as asked for do'],
    ['tsts', 'mostly_healthy', 'a failure clears the successes'],
  ])('%j makes it %s: %s', (outcomes, state) => {
    expect(after(outcomes).state).toBe(state)
  })
})

describe('from unhealthy', () => {
  it.each<[string, HealthState, string]>([
    ['ttohh', 'unhealthy', 'failures add nothing'],
    ['s', 'mostly_unhealthy', 'one success is below the limit'],
    ['ss', 'healthy', 'as many as asked for bring it back'],
    ['sts', 'mostly_unhealthy', 'a failure clears the successes'],
    ['stt', 'unhealthy', 'failures at their limit end the hope'],
  ])('%j makes it %s: %s', (outcomes, state) => {
    expect(after(outcomes, false).state).toBe(state)
  })
})

it('a limit of 0 turns its counter off', () => {
  const off = { success: 0, tcp: 0, http: 0, timeout: 0 }
  expect(after('thotho', true, off)).toEqual(freshHealth(true))
  expect(after('ssss', false, off)).toEqual(freshHealth(false))
  // So failures add up over any number of successes in between, as with Kong's default of passive checks.
  expect(after('tsssst', true, { ...limits, success: 0 }).state).toBe('unhealthy')
})

it('only the two better states take traffic', () => {
  const states: HealthState[] = ['healthy', 'mostly_healthy', 'mostly_unhealthy', 'unhealthy']
  expect(states.map(isUsable)).toEqual([true, true, false, false])
})

it('keeps no successes beside failures, and no count at its limit outside the full state', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('s', 't', 'h', 'o'), { maxLength: 40 }), fc.boolean(), (letters, from) => {
      const { state, success, tcp, http, timeout } = after(letters.join(''), from)
      expect(success === 0 || tcp + http + timeout === 0).toBe(true)
      if (state === 'mostly_healthy' || state === 'mostly_unhealthy') {
        expect(success < 2 && tcp < 2 && http < 3 && timeout < 1).toBe(true)
      }
    }),
    { numRuns: 200 },
  )
})
