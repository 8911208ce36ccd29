/** Prints what is wrong with a file for people to read. */

import { pathText } from './problems.ts'
import type { ConfigProblem } from './types.ts'

/**
 * One line per problem, in the order of the file.
 *
 * @example
 * reportProblems(problems, 'kong.yml') // kong.yml:12:5  services[0] "my-service": host: required field missing
 */
export function reportProblems(problems: readonly ConfigProblem[], file: string): string {
  return problems.map((problem) => reportProblem(problem, file)).join('\n')
}

function reportProblem(problem: ConfigProblem, file: string): string {
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column ?? 1}`
  const hint = problem.hint === undefined ? '' : ` (did you mean '${problem.hint}'?)`
  const subject = subjectOf(problem)
  return `${place}  ${subject === '' ? '' : `${subject}: `}${problem.message}${hint}`
}

/** `services[0] "my-service": host`, or the field alone where there is no entity. */
function subjectOf({ segments, entityDepth, entityName, field }: ConfigProblem): string {
  if (entityDepth === 0) return field === 'error' ? '' : pathText(segments)
  const name = entityName === undefined ? '' : ` ${JSON.stringify(entityName)}`
  const inside = pathText(segments.slice(entityDepth))
  return `${pathText(segments.slice(0, entityDepth))}${name}${inside === '' ? '' : `: ${inside}`}`
}
