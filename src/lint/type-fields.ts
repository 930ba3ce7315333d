import type { Rule } from './rule.ts'

/** chant finds out of date documentation by the files it tracks. */
export const missingTracks: Rule = {
  code: 'missing-tracks',
  severity: 'warning',
  chant: ['type'],
  about: 'unfinished',
  check: ({ spec }) =>
    spec.type === 'documentation' && spec.tracks.length === 0
      ? [
          {
            where: { field: 'type' },
            message: 'A documentation spec says in `tracks` which files it describes; this one does not.',
            advice:
              'Add `tracks` with their paths or globs: chant notices by it when the documentation is out of date.',
          },
        ]
      : [],
}

/** Documentation and research end in files, and only the spec knows which. */
export const missingTargetFiles: Rule = {
  code: 'missing-target-files',
  severity: 'warning',
  chant: ['type'],
  about: 'unfinished',
  check: ({ spec }) =>
    (spec.type === 'documentation' || spec.type === 'research') && spec.targetFiles.length === 0
      ? [
          {
            where: { field: 'type' },
            message: `A ${spec.type} spec says in \`target_files\` what it is to write; this one does not.`,
            advice: 'Add `target_files` with the paths: they are put into the prompt.',
          },
        ]
      : [],
}

/** Research without anything to start from. */
export const missingOrigin: Rule = {
  code: 'missing-origin',
  severity: 'warning',
  chant: ['type'],
  about: 'unfinished',
  check: ({ spec }) =>
    spec.type === 'research' && spec.informedBy.length === 0 && spec.origin.length === 0
      ? [
          {
            where: { field: 'type' },
            message: 'A research spec names what it reads in `informed_by` or `origin`; this one has neither.',
            advice: 'Add `informed_by` with texts to read, or `origin` with data to look into.',
          },
        ]
      : [],
}
