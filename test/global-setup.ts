/** Runs once before all tests: what Debian must install is there before two files ask for it at once. */

import { startRedis } from './support/redis.ts'

export default async function setup(): Promise<void> {
  const redis = await startRedis()
  await redis.stop()
}
