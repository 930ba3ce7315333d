import { runTool } from './command.mjs'

/**
 * Source, tests, scripts and the report's page by the compiler.
 * @type {import('../check.mjs').Part}
 */
export async function types(root) {
  const projects = ['tsconfig.test.json', 'web/tsconfig.json']
  const found = []
  for (const project of projects) {
    const { code, stdout, stderr } = await runTool(root, 'typescript/bin/tsc', [
      '-p',
      project,
      '--noEmit',
      '--pretty',
      'false',
    ])
    if (code !== 0) found.push(...`${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== ''))
  }
  return found
}
