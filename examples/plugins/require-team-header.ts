/** require-team-header: every request names the team it is for, so that logs can tell what each team uses. */

import { definePlugin, z } from 'tollgate'

const config = z.strictObject({
  header_name: z.string().min(1).default('X-Team').describe('Header that names the team.'),
  teams: z.array(z.string().min(1)).min(1).describe('Teams that may call.'),
  hide: z.boolean().default(true).describe('Whether the header is removed before the request goes upstream.'),
})

export default definePlugin({
  name: 'require-team-header',
  // Behind authentication (key-auth is 1250) and in front of ai-proxy (770).
  priority: 900,
  config,

  access(kong, { header_name: name, teams, hide }) {
    const team = kong.request.getHeader(name)
    if (team === undefined || !teams.includes(team)) {
      kong.response.error(400, `the header ${name} must name a team: ${teams.join(', ')}`)
      return
    }
    if (hide) kong.service.request.clearHeader(name)
    kong.log.setSerializeValue('team', team)
  },
})
