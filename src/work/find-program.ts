import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program by path, or by name on PATH; undefined where there is none that can be run. */
export function findProgram(file: string, path: string | undefined): string | undefined {
  if (file.includes('/')) return canRun(file) ? file : undefined
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, file))
    .find(canRun)
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
