import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

/**
 * `node scripts/report-assets.ts`: bundles `web/`, the script and the style of report.html, into `src/report/html/assets.ts`. That file is
 * committed, because the source runs as it is, and the action reads no file for its report. A test compares it with what this writes.
 */

const root = join(import.meta.dirname, '..')
export const assetsFile = join(root, 'src/report/html/assets.ts')

/** What `assets.ts` has to hold. The same for the same source and version of esbuild. */
export async function reportAssets(): Promise<string> {
  const common: BuildOptions = { absWorkingDir: root, bundle: true, write: false, legalComments: 'none' }
  // The script stays as it is, for those who want to see what runs in their browser.
  const scripts = await build({
    ...common,
    entryPoints: ['web/main.ts'],
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    tsconfigRaw: {},
  })
  const styles = await build({ ...common, entryPoints: ['web/report.css'], minify: true, target: 'esnext' })
  const [script = '', style = ''] = [scripts, styles].map((built) => built.outputFiles?.[0]?.text)
  for (const text of [script, style]) {
    if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error('the text would end the element that it stands in')
  }
  return [
    '// Written by scripts/report-assets.ts from web/. Do not edit.',
    '// biome-ignore-all format: generated',
    '// biome-ignore-all lint: generated',
    '',
    ...lines('SCRIPT', script),
    `export const SCRIPT_HASH = '${hash(script)}'`,
    '',
    ...lines('STYLE', style),
    `export const STYLE_HASH = '${hash(style)}'`,
    '',
  ].join('\n')
}

const lines = (name: string, text: string): readonly string[] => [
  `export const ${name} = [`,
  ...text.split('\n').map((line) => `  ${JSON.stringify(line)},`),
  "].join('\\n')",
]

/** As Content-Security-Policy wants it. */
const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

if (import.meta.main) writeFileSync(assetsFile, await reportAssets())
