// biome-ignore-all lint/suspicious/noTemplateCurlyInString: decK's template syntax is what is under test
import { describe, expect, test } from 'vitest'
import { substituteEnv } from '../../src/config/deck-env.ts'
import { loadBad, loadGood } from './catalog.ts'

const env = { DECK_HOST: 'h.test', DECK_PORT: '8080', DECK_ON: 'TRUE', DECK_F: '1.50', DECK_PEM: 'a\nb', OTHER: 'x' }

describe('environment variables in a file', () => {
  test.each([
    ['host: ${{ env "DECK_HOST" }}', 'host: h.test'],
    ['host: ${{env `DECK_HOST`}}', 'host: h.test'],
    ['a: ${{ env "DECK_PORT" | toInt }} b: ${{ env "DECK_HOST" }}', 'a: 8080 b: h.test'],
    ['${{ env "DECK_ON" | toBool }}', 'true'],
    ['${{ env "DECK_F" | toFloat }}', '1.5'],
    ['|\n${{ env "DECK_PEM" | indent 2 }}', '|\n  a\n  b'],
    ['  # ${{ env "NOT_DECK" }}', '  # ${{ env "NOT_DECK" }}'],
    ['$ {{ x }}', '$ {{ x }}'],
  ])('%j becomes %j', (text, result) => {
    expect(substituteEnv(text, env)).toEqual({ text: result, problems: [] })
  })

  test.each([
    ['${{ env "OTHER" }}', "environment variables in the state file must be prefixed with 'DECK_', found: 'OTHER'"],
    ['${{ env "DECK_NONE" }}', "environment variable 'DECK_NONE' present in state file but not set"],
    ['${{ env "DECK_HOST" | toInt }}', "environment variable 'DECK_HOST' is not an integer"],
    ['${{ env "DECK_HOST" | toFloat }}', "environment variable 'DECK_HOST' is not a number"],
    ['${{ env "DECK_HOST" | toBool | toInt }}', "environment variable 'DECK_HOST' is not a boolean"],
    ['${{ env "DECK_HOST" | upper }}', 'unknown template function: upper'],
    ['${{ secret "x" }}', 'unknown template expression: secret "x"'],
  ])('%s is refused', (text, message) => {
    expect(substituteEnv(`a: 1\nb: ${text}`, env).problems).toEqual([{ message, line: 2, column: 4 }])
  })

  test('go into the file before it is read, and only when an environment is given', () => {
    const text =
      '_format_version: "3.0"\nservices: [{ host: "${{ env "DECK_HOST" }}", port: ${{ env "DECK_PORT" | toInt }} }]'
    expect(loadGood(text, { env }).entities.services[0]).toMatchObject({ host: 'h.test', port: 8080 })
    expect(loadBad(text, { env: {} }).problems).toHaveLength(2)
    expect(loadBad(text).problems[0]?.message).not.toMatch(/environment/)
  })
})
