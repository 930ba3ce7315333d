import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Nothing of the browser's own goes to the network, and it runs as root in a container. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** For what hangs: everything of a browser takes long beside other tests on a busy machine. Milliseconds. */
export const PATIENCE_MS = 120_000

/** The first Chromium on PATH, or where `CHROMIUM` says. */
export function findChromium(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name)))
  return [process.env['CHROMIUM'], ...places].find((file) => file !== undefined && isExecutable(file))
}

/** A headless Chromium with a profile of its own, or why there is none. */
export async function startChromium(): Promise<Browser | string> {
  const executablePath = findChromium()
  if (executablePath === undefined) return 'there is no Chromium on PATH (apt-get install chromium)'
  const playwright = await import('playwright-core').catch(() => undefined)
  if (!playwright) return 'the package playwright-core is not installed'
  return await playwright.chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
