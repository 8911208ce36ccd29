import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'
import requireTeamHeader from './require-team-header.ts'

const running: TestGateway[] = []

async function start(config: object): Promise<TestGateway> {
  const gateway = await createTestGateway({
    plugins: [requireTeamHeader],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 'api', url: upstreamUrl, routes: [{ name: 'all', paths: ['/'] }] }],
      plugins: [{ name: 'require-team-header', config }],
    }),
  })
  running.push(gateway)
  return gateway
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.close()))
})

describe('require-team-header', () => {
  it('refuses a request that names no team', async () => {
    const gateway = await start({ teams: ['search', 'support'] })
    const answer = await gateway.request({ path: '/' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ message: 'the header X-Team must name a team: search, support' })
    expect(gateway.seen).toEqual([])
  })

  it('refuses a team that is not in the list', async () => {
    const gateway = await start({ teams: ['search'] })
    const answer = await gateway.request({ path: '/', headers: { 'x-team': 'sales' } })
    expect(answer.status).toBe(400)
  })

  it('lets a team pass and keeps the header to itself', async () => {
    const gateway = await start({ teams: ['search'] })
    const answer = await gateway.request({ path: '/', headers: { 'x-team': 'search' } })
    expect(answer.status).toBe(200)
    expect(gateway.seen[0]?.headers).not.toHaveProperty('x-team')
  })

  it('sends the header on where it is told to', async () => {
    const gateway = await start({ teams: ['search'], hide: false, header_name: 'X-Cost-Center' })
    await gateway.request({ path: '/', headers: { 'x-cost-center': 'search' } })
    expect(gateway.seen[0]?.headers).toMatchObject({ 'x-cost-center': 'search' })
  })

  it('refuses a configuration without teams', async () => {
    await expect(start({ teams: [] })).rejects.toThrow('config.teams')
  })
})
