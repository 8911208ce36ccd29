/** Finds the candidates that a request's host and path leave, so that thousands of routes are not thousands of tests. */

import { type Candidate, tryCandidate } from './candidate.ts'
import type { PathHit } from './match-paths.ts'
import type { RoutedRequest } from './request.ts'

export interface Hit {
  readonly candidate: Candidate
  readonly path: PathHit
}

/** Candidates by the prefix that the path must have; every list is in the order of ranks. */
interface PathIndex {
  readonly byPrefix: Map<string, Candidate[]>
  /** Lengths of the prefixes, in UTF-16 units. */
  readonly lengths: Set<number>
  /** Those without a path, or with a regular expression of which no match has a start that is known. */
  readonly others: Candidate[]
}

/** Candidates by the host that the request must have, each list of which is by path again. */
export interface CandidateIndex {
  readonly byHost: Map<string, PathIndex>
  readonly others: PathIndex
}

/** @param candidates In the order of ranks. */
export function indexCandidates(candidates: readonly Candidate[]): CandidateIndex {
  const index: CandidateIndex = { byHost: new Map(), others: emptyPathIndex() }
  for (const candidate of candidates) {
    if (candidate.hosts === null) addByPath(index.others, candidate)
    for (const host of candidate.hosts ?? []) {
      const paths = index.byHost.get(host) ?? emptyPathIndex()
      index.byHost.set(host, paths)
      addByPath(paths, candidate)
    }
  }
  return index
}

function emptyPathIndex(): PathIndex {
  return { byPrefix: new Map(), lengths: new Set(), others: [] }
}

function addByPath(index: PathIndex, candidate: Candidate): void {
  if (candidate.prefixes === null) index.others.push(candidate)
  for (const prefix of new Set(candidate.prefixes)) {
    const list = index.byPrefix.get(prefix)
    if (list === undefined) index.byPrefix.set(prefix, [candidate])
    else list.push(candidate)
    index.lengths.add(prefix.length)
  }
}

/** The candidate of the lowest rank that the request matches. */
export function findCandidate(index: CandidateIndex, request: RoutedRequest): Hit | null {
  const byHost = index.byHost.get(request.host)
  const best = byHost === undefined ? null : searchPaths(byHost, request, null)
  return searchPaths(index.others, request, best)
}

function searchPaths(index: PathIndex, request: RoutedRequest, found: Hit | null): Hit | null {
  const { path } = request.input
  let best = found
  for (const length of index.lengths) {
    if (length > path.length) continue
    const list = index.byPrefix.get(path.slice(0, length))
    if (list !== undefined) best = searchList(list, request, best)
  }
  return searchList(index.others, request, best)
}

/** Lists need no merging: one that is in order can be left where its ranks pass the best so far. */
function searchList(list: readonly Candidate[], request: RoutedRequest, best: Hit | null): Hit | null {
  for (const candidate of list) {
    if (best !== null && candidate.rank >= best.candidate.rank) return best
    const path = tryCandidate(candidate, request)
    if (path !== null) return { candidate, path }
  }
  return best
}
