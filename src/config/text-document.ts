/** Reads YAML or JSON text and remembers where every value stood. */

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import type { PathSegment } from './types.ts'

/** Aliases may multiply a text; past this many expansions it counts as an attack. */
const maxAliasCount = 20_000

export interface Position {
  /** From 1. */
  readonly line: number
  readonly column: number
}

export interface TextProblem extends Partial<Position> {
  readonly message: string
}

export interface TextDocument {
  readonly value: unknown
  /** Where the value at the path stands; for a value that is missing, where the one around it does. */
  locate(path: readonly PathSegment[]): Position | undefined
}

/** Reads the text. JSON is read as JSON, and by the parser of YAML only once a position is asked for. */
export function readDocument(text: string): { document: TextDocument } | { problems: TextProblem[] } {
  const json = readJson(text)
  if (json === undefined) return readYaml(text)
  let located: ReturnType<typeof readYaml> | undefined
  const locate = (path: readonly PathSegment[]) => {
    // YAML minds tabs; JSON has none but between its values, so the places stay the same.
    located ??= readYaml(text.replaceAll('\t', ' '))
    return 'document' in located ? located.document.locate(path) : undefined
  }
  return { document: { value: json, locate } }
}

/** Undefined where the text is not JSON, or not a table or list. */
function readJson(text: string): unknown {
  if (!/^\uFEFF?\s*[{[]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return value
  } catch {
    return undefined
  }
}

function readYaml(text: string): { document: TextDocument } | { problems: TextProblem[] } {
  const lines = new LineCounter()
  try {
    const parsed = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false })
    if (parsed.errors.length > 0) {
      return {
        problems: parsed.errors.map((error) => ({ message: error.message, ...positionAt(lines, error.pos[0]) })),
      }
    }
    const value: unknown = parsed.toJS({ maxAliasCount })
    const locate = (path: readonly PathSegment[]) => {
      const offset = offsetOf(parsed.contents, path, (node) => (isAlias(node) ? node.resolve(parsed) : node))
      return offset === undefined ? undefined : positionAt(lines, offset)
    }
    return { document: { value, locate } }
  } catch (error) {
    // Thrown for too many aliases, and for nesting deeper than the stack.
    return { problems: [{ message: error instanceof Error ? error.message : String(error) }] }
  }
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

type Follow = (node: Node) => Node | undefined

function offsetOf(root: Node | null, path: readonly PathSegment[], follow: Follow): number | undefined {
  let offset = root?.range?.[0]
  let node = root === null ? undefined : follow(root)
  for (const segment of path) {
    const step = node === undefined ? undefined : stepInto(node, segment, follow)
    if (step === undefined) return offset
    offset = step.offset ?? offset
    node = step.node === undefined ? undefined : follow(step.node)
  }
  return offset
}

interface Step {
  readonly offset: number | undefined
  readonly node: Node | undefined
}

function stepInto(node: Node, segment: PathSegment, follow: Follow): Step | undefined {
  if (isSeq(node)) {
    const item = typeof segment === 'number' ? node.items[segment] : undefined
    return isNode(item) ? { offset: item.range?.[0], node: item } : undefined
  }
  return isMap(node) ? stepIntoMap(node, String(segment), follow) : undefined
}

function stepIntoMap(map: YAMLMap, key: string, follow: Follow): Step | undefined {
  for (const pair of map.items) {
    if (isScalar(pair.key) && String(pair.key.value) === key) {
      return { offset: pair.key.range?.[0], node: isNode(pair.value) ? pair.value : undefined }
    }
  }
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.source !== '<<' || !isNode(pair.value)) continue
    const merged = follow(pair.value)
    const sources = isSeq(merged) ? merged.items : [merged]
    for (const source of sources) {
      const target = isNode(source) ? follow(source) : undefined
      const found = isMap(target) ? stepIntoMap(target, key, follow) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}
