import { execFile } from 'node:child_process'

/**
 * Runs a tool of node_modules with the Node that runs us, and waits for its end whatever its exit code.
 * @param {string} root
 * @param {string} script path in node_modules of the tool's JavaScript
 * @param {string[]} args
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function runTool(root, script, args) {
  return new Promise((resolve, reject) => {
    const options = { cwd: root, maxBuffer: 64 << 20, env: { ...process.env, NO_COLOR: '1' } }
    const child = execFile(process.execPath, [`node_modules/${script}`, ...args], options, (error, stdout, stderr) => {
      if (child.exitCode === null) reject(error ?? new Error(`${script} did not run`))
      else resolve({ code: child.exitCode, stdout, stderr })
    })
  })
}
