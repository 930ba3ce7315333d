import { runTool } from './command.mjs'

/**
 * Source, tests and scripts by the compiler.
 * @type {import('../check.mjs').Part}
 */
export async function types(root) {
  const { code, stdout, stderr } = await runTool(root, 'typescript/bin/tsc', [
    '-p',
    'tsconfig.test.json',
    '--noEmit',
    '--pretty',
    'false',
  ])
  if (code === 0) return []
  return `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '')
}
