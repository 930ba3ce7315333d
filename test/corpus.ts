import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface CorpusFile {
  /** The file name without `.md`. */
  readonly name: string
  readonly file: string
  readonly text: string
}

/** Real spec files, kept beside the repository and not in it, or where CHANT_CORPUS says. */
const corpus = process.env['CHANT_CORPUS'] ?? resolve(import.meta.dirname, '../../shared/corpus')

/** Folders of specs as they were at one time; none where there is no corpus. */
export const corpusFolders: readonly string[] = existsSync(corpus)
  ? ['first', 'last'].map((folder) => join(corpus, folder))
  : []

export const NO_CORPUS = 'no corpus of real specs beside the repository (../shared/corpus) or at CHANT_CORPUS'

export const corpusFiles = (): readonly CorpusFile[] =>
  corpusFolders.flatMap((folder) =>
    readdirSync(folder).map((name) => ({
      name: name.replace(/\.md$/, ''),
      file: join(folder, name).slice(corpus.length + 1),
      text: readFileSync(join(folder, name), 'utf8'),
    })),
  )
