import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configSource } from '../../src/cli/config-source.ts'
import { tempDir } from '../support/temp-dir.ts'

const folder = tempDir()
afterAll(() => folder.remove())

describe('the configuration of a start', () => {
  it('is the file where one is named, with its variables expanded', () => {
    const file = join(folder.path, 'kong.yml')
    writeFileSync(file, '_format_version: "3.0"\n')
    const source = configSource({ declarative_config: file, declarative_config_string: 'ignored' })
    expect(source).toEqual({
      text: '_format_version: "3.0"\n',
      name: file,
      file,
      expands: true,
      providers: null,
      notes: [],
    })
  })

  it('says which file cannot be read', () => {
    const file = join(folder.path, 'missing.yml')
    expect(() => configSource({ declarative_config: file, declarative_config_string: null })).toThrow(file)
  })

  it('is the text of the settings where there is no file', () => {
    const source = configSource({ declarative_config: null, declarative_config_string: '{}' })
    expect(source).toMatchObject({ text: '{}', name: 'declarative_config_string', file: null, expands: true })
  })

  it('is made of the environment where there is neither, and expands nothing', () => {
    const source = configSource(
      { declarative_config: null, declarative_config_string: null },
      { MISTRAL_API_KEY: 'm-secret' },
    )
    expect(source).toMatchObject({ name: 'the environment', file: null, expands: false })
    expect(source.providers?.map(({ name }) => name)).toEqual(['mistral'])
    expect(source.text).toContain('{vault://env/mistral-api-key}')
    expect(source.text).not.toContain('m-secret')
  })
})
