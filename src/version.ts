/** The version in package.json (a test compares); a bundle cannot read that file. */
export const VERSION = '0.1.0'
