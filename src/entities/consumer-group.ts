/** Groups of consumers, for plugins that treat their members alike, and who is in which. */

import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { common, reference, tagged, text } from './fields.ts'

const group = z.strictObject({ ...tagged, name: text })

export type ConsumerGroup = z.infer<typeof group>

export const consumerGroups = defineEntity({
  name: 'consumer_groups',
  endpointKey: 'name',
  schema: group,
})

const membership = z.strictObject({ ...common, consumer_group: reference, consumer: reference })

export type ConsumerGroupMembership = z.infer<typeof membership>

export const consumerGroupConsumers = defineEntity({
  name: 'consumer_group_consumers',
  cacheKey: ['consumer_group', 'consumer'],
  references: {
    consumer_group: { entity: 'consumer_groups', required: true, onDelete: 'cascade' },
    consumer: { entity: 'consumers', required: true, onDelete: 'cascade' },
  },
  schema: membership,
})
