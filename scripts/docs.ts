/** Writes the pages of docs/reference, which are made from the code so that they cannot drift from it. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { referencePages } from './docs/pages.ts'

const folder = new URL('../docs/reference/', import.meta.url)

mkdirSync(folder, { recursive: true })
for (const { file, text } of referencePages()) writeFileSync(new URL(file, folder), text)
