/** A server name of TLS, and the certificate that is shown for it. */

import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { checked, reference, tagged } from './fields.ts'
import { checkServerName } from './text-checks.ts'

const shape = z.strictObject({ ...tagged, name: checked(checkServerName), certificate: reference })

export type Sni = z.infer<typeof shape>

export const snis = defineEntity({
  name: 'snis',
  endpointKey: 'name',
  references: { certificate: { entity: 'certificates', required: true, nestedAs: 'snis' } },
  schema: shape,
})
