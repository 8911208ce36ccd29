import { describe, expect, it } from 'vitest'
import { type HealthListener, UpstreamHealth } from '../../../src/upstream/health/upstream-health.ts'
import { upstream } from '../balancer/support.ts'

function health(checks: Record<string, unknown>, onChange?: HealthListener) {
  return new UpstreamHealth('up', upstream({ healthchecks: checks }).healthchecks, undefined, onChange)
}

const passive = {
  passive: { unhealthy: { http_failures: 2, tcp_failures: 2, timeouts: 2 }, healthy: { successes: 1 } },
}

describe('passive checks', () => {
  it('are off, and hear nothing, where no limit is set', () => {
    const checked = health({})
    const address = checked.of('10.0.0.1', 80, 'a')
    expect(checked.enabled).toBe(false)
    for (let i = 0; i < 10; i++) checked.failed(address, 'tcp')
    checked.answered(address, 500)
    expect(address).toMatchObject({ usable: true, health: { state: 'healthy', tcp: 0, http: 0 } })
  })

  it.each([
    [500, { http: 1 }],
    [429, { http: 1 }],
    [504, { timeout: 1 }],
    [418, { http: 0, timeout: 0, success: 0 }],
    [200, { state: 'healthy', success: 0 }],
  ])('count a status of %i as %j', (status, expected) => {
    const checked = health(passive)
    const address = checked.of('10.0.0.1', 80, 'a')
    checked.answered(address, status)
    expect(address.health).toMatchObject(expected)
  })

  it('take a target out, tell of it once, and take no failure for news after that', () => {
    const changes: unknown[] = []
    const checked = health(passive, (change) => changes.push(change))
    const address = checked.of('10.0.0.1', 80, 'a')
    for (let i = 0; i < 5; i++) checked.failed(address, 'timeout')
    expect(address.usable).toBe(false)
    expect(changes).toEqual([{ upstream: 'up', ip: '10.0.0.1', port: 80, hostname: 'a', healthy: false }])
    checked.answered(address, 200)
    expect(address.usable).toBe(true)
    expect(changes).toHaveLength(2)
  })
})

it('active checks judge by their own statuses and limits', () => {
  const checked = health({
    active: {
      healthy: { interval: 1, successes: 1, http_statuses: [204] },
      unhealthy: { http_failures: 1, tcp_failures: 1 },
    },
  })
  expect(checked.activeEnabled).toBe(true)
  const address = checked.of('10.0.0.1', 80, 'a')
  checked.probed(address, 503)
  expect(address.usable).toBe(false)
  checked.probed(address, 200)
  expect(address.usable).toBe(false)
  checked.probed(address, 204)
  expect(address.usable).toBe(true)
  checked.probed(address, 'tcp')
  expect(address.usable).toBe(false)
  checked.probed(address, true)
  expect(address.usable).toBe(true)
})

it('keeps one record for an address, and forgets those that are gone', () => {
  const checked = health(passive)
  const kept = checked.of('10.0.0.1', 80, 'a')
  checked.of('10.0.0.1', 80, 'b')
  expect(checked.of('10.0.0.1', 80, 'a')).toBe(kept)
  checked.retain(new Set([kept]))
  expect([...checked.addresses()]).toEqual([kept])
})
