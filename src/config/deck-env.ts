/** Puts environment variables into a file's text where it says `${{ env "DECK_X" }}`, as decK does. */

export interface EnvProblem {
  readonly message: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

const expression = /\$\{\{\s*(.*?)\s*\}\}/g
const prefix = 'DECK_'

/**
 * Replaces every `${{ … }}` outside of comment lines. `env "DECK_X"` gives a variable, and `| toInt`, `| toFloat`,
 * `| toBool`, `| indent 4` change it on its way.
 */
export function substituteEnv(text: string, env: NodeJS.ProcessEnv): { text: string; problems: EnvProblem[] } {
  const problems: EnvProblem[] = []
  const lines = text.split('\n').map((line, index) => {
    if (line.trimStart().startsWith('#') || !line.includes('${{')) return line
    return line.replace(expression, (whole, pipeline: string, offset: number) => {
      const result = evaluate(pipeline, env)
      if ('value' in result) return result.value
      problems.push({ message: result.error, line: index + 1, column: offset + 1 })
      return whole
    })
  })
  return { text: lines.join('\n'), problems }
}

type Evaluated = { value: string } | { error: string }

function evaluate(pipeline: string, env: NodeJS.ProcessEnv): Evaluated {
  const [source = '', ...functions] = splitPipes(pipeline)
  const call = /^env\s+(?:"([^"]*)"|`([^`]*)`)$/.exec(source)
  const name = call?.[1] ?? call?.[2]
  if (name === undefined) return { error: `unknown template expression: ${source}` }
  if (!name.startsWith(prefix)) {
    return { error: `environment variables in the state file must be prefixed with 'DECK_', found: '${name}'` }
  }
  const value = env[name]
  if (value === undefined) return { error: `environment variable '${name}' present in state file but not set` }
  let result: Evaluated = { value }
  for (const step of functions) {
    if ('error' in result) return result
    result = apply(step, result.value, name)
  }
  return result
}

function splitPipes(pipeline: string): string[] {
  return pipeline.split('|').map((step) => step.trim())
}

function apply(step: string, value: string, name: string): Evaluated {
  const indent = /^indent\s+(\d{1,3})$/.exec(step)
  if (indent !== null) {
    const margin = ' '.repeat(Number(indent[1]))
    return {
      value: value
        .split('\n')
        .map((line) => margin + line)
        .join('\n'),
    }
  }
  switch (step) {
    case 'toInt':
      return /^[+-]?\d+$/.test(value) ? { value: String(Number(value)) } : notA('an integer', name)
    case 'toFloat':
      return value.trim() !== '' && Number.isFinite(Number(value))
        ? { value: String(Number(value)) }
        : notA('a number', name)
    case 'toBool':
      if (/^(1|t|true)$/i.test(value)) return { value: 'true' }
      return /^(0|f|false)$/i.test(value) ? { value: 'false' } : notA('a boolean', name)
    default:
      return { error: `unknown template function: ${step}` }
  }
}

/** Names the variable and keeps its value to itself, as it may be a secret. */
function notA(kind: string, name: string): Evaluated {
  return { error: `environment variable '${name}' is not ${kind}` }
}
