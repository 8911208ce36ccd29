/** The `redis` block of a plugin's config: where a Redis is and how to reach it. Names and defaults are Kong's. */

import { z } from 'zod'
import { checked, port } from '../entities/fields.ts'
import { checkHost, checkServerName } from '../entities/text-checks.ts'

const text = z.string().min(1)

export const redisConfig = z.strictObject({
  host: checked(checkHost).optional().describe('Host name or address of the Redis server.'),
  port: port.default(6379).describe('Port of the Redis server.'),
  timeout: z
    .int()
    .min(0)
    .max(2 ** 31 - 2)
    .default(2000)
    .describe('Milliseconds for connecting, and for the answer to a command.'),
  username: text.optional().describe('User of the Redis ACL; only with a password.'),
  password: z.string().optional().describe('Password of the user, or of the server where there is no user.'),
  database: z.int().default(0).describe('Number of the database.'),
  ssl: z.boolean().default(false).describe('Whether the connection is encrypted with TLS.'),
  ssl_verify: z.boolean().default(false).describe('Whether the certificate of the server must be valid.'),
  server_name: checked(checkServerName).optional().describe('Name to ask for, and to verify, in TLS.'),
})

export type RedisConfig = z.infer<typeof redisConfig>
