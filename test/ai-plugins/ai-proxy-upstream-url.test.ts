/** Where a model is called is for the configuration to say, and for no request. */

import { describe, expect, it } from 'vitest'
import aiProxy from '../../ai-plugins/ai-proxy/index.ts'

const withAddress = (upstream_url: string) =>
  aiProxy.config.safeParse({
    route_type: 'llm/v1/chat',
    model: { provider: 'openai', name: 'm', options: { upstream_url } },
  })

describe('upstream_url', () => {
  it.each(['https://$(headers.host)/v1', 'https://$(query_params.x).example.com', 'https://user@$(headers.x):1/'])(
    'takes no template for its host: %s',
    (address) => {
      const result = withAddress(address)
      expect(result.success).toBe(false)
      expect(JSON.stringify(result.error?.issues)).toContain('the host must not hold a template')
    },
  )

  it('takes one for its path', () => {
    expect(withAddress('https://example.com/models/$(uri_captures.model)').success).toBe(true)
  })
})
