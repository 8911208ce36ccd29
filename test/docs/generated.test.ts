import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import { fieldsOf } from '../../scripts/docs/fields.ts'
import { referencePages } from '../../scripts/docs/pages.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'

describe('the reference pages', () => {
  it.each(referencePages())('docs/reference/$file says what the code says, or `npm run docs` was forgotten', (page) => {
    expect(readFileSync(new URL(`../../docs/reference/${page.file}`, import.meta.url), 'utf8')).toBe(page.text)
  })
})

describe('the config of a plugin', () => {
  it.each([...bundledPlugins, ...bundledAiPlugins])('of $name says what each field means', ({ config }) => {
    const silent = fieldsOf(config).filter(({ name, description }) => !name.includes('.') && description === '')
    expect(silent).toEqual([])
  })
})
