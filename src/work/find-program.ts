import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program by path, or by name on PATH; undefined where there is none that can be run. */
export function findProgram(file: string, path: string | undefined): string | undefined {
  return placesOf(file, path).find(canRun)
}

/** Why there is none, as the end of a sentence. */
export function whyNotFound(file: string, path: string | undefined): string {
  const isPath = file.includes('/')
  const there = placesOf(file, path).find((place) => statOf(place)?.isFile())
  if (there !== undefined) return `${isPath ? 'is' : `was found as ${there}, which is`} not executable (\`chmod +x\`)`
  if (!isPath) return 'was not found on PATH'
  return statOf(file) === undefined ? 'is not there' : 'is no file'
}

const placesOf = (file: string, path: string | undefined): readonly string[] =>
  file.includes('/')
    ? [file]
    : (path ?? '')
        .split(delimiter)
        .filter((folder) => folder !== '')
        .map((folder) => join(folder, file))

/** PATH may name files, and folders that are closed to us. */
function statOf(file: string): ReturnType<typeof statSync> {
  try {
    return statSync(file)
  } catch {
    return undefined
  }
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
