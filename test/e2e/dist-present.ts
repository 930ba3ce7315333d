import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Folder of the action.yml: these tests start what is built there, never the sources. */
export const ACTION = join(import.meta.dirname, '..', '..')

const missing = ['main.js', 'post.js'].filter((entry) => !existsSync(join(ACTION, 'dist', entry)))
if (missing.length > 0) {
  throw new Error(`dist/ has no ${missing.join(' and no ')}: run \`npm run build\` before the end-to-end tests`)
}
