/** The command line of the bench. */

import { parseArgs } from 'node:util'

/** What a run is to do. */
export interface Options {
  /** Short cells: for work on the bench itself. */
  readonly quick: boolean
  /** Names of stacks and workloads; of each kind that is named, only those are run. Empty: all. */
  readonly only: readonly string[]
}

export const USAGE = `npm run bench -- [--quick] [--only name,name]

  --quick   short cells, whose numbers mean little: for work on the bench itself
  --only    only these stacks and workloads, for example: --only nginx,tollgate,json-1k,sse

A full run writes bench/RESULTS.md; one with an option writes bench/.cache/last.md.
`

/** Reads the arguments; throws a TypeError on what it does not know, and an Error on an unknown name. */
export function readOptions(args: readonly string[], names: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) return 'help'
  const only = (values.only ?? '').split(',').filter((name) => name !== '')
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`unknown name ${unknown}; there are: ${names.join(', ')}`)
  return { quick: values.quick === true, only }
}

/** Of `items`, those that `only` names, or all if it names none of them. */
export function choose<T extends { readonly name: string }>(
  items: readonly T[],
  only: readonly string[],
): readonly T[] {
  const chosen = items.filter((item) => only.includes(item.name))
  return chosen.length > 0 ? chosen : items
}
