/** Prints `N passed, N failed` from Vitest's JSON report; no test at all is a failure. */

import { readFileSync } from 'node:fs'
import { z } from 'zod'

const report = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), numFailedTestSuites: z.number() })
const { numPassedTests, numFailedTests, numFailedTestSuites } = report.parse(
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')),
)
// A file that fails to load has no tests to count.
const failed = numFailedTests === 0 ? numFailedTestSuites : numFailedTests
console.log(`${numPassedTests} passed, ${failed} failed`)
if (numPassedTests === 0) process.exitCode = 1
