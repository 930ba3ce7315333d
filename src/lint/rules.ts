import { approvalUndecided, approvalWithoutName, approvalWithoutTime } from './approval.ts'
import { alsoArchived } from './archive.ts'
import { manyCriteria, manyFiles, manyWords, modelWaste } from './complexity.ts'
import { coupling } from './coupling.ts'
import { missingCriteria } from './criteria.ts'
import { dependencyCycle, unknownDependency } from './dependencies.ts'
import { uneditableField } from './editable.ts'
import { mistakenField } from './field-names.ts'
import { missingContext, missingOutputSchema } from './files.ts'
import { driverWithoutMembers, emptyMembers, memberWithoutDriver, unknownMember } from './members.ts'
import { unknownPrompt } from './prompt.ts'
import type { Rule } from './rule.ts'
import { missingTitle, titleInCode } from './title.ts'
import { missingOrigin, missingTargetFiles, missingTracks } from './type-fields.ts'

/** Every rule, in the order of docs/lint.md. What makes a file unreadable as a spec is found where it is parsed. */
export const RULES: readonly Rule[] = [
  missingTitle,
  unknownDependency,
  dependencyCycle,
  unknownPrompt,
  uneditableField,
  unknownMember,
  approvalWithoutName,
  approvalWithoutTime,
  approvalUndecided,
  missingOutputSchema,
  titleInCode,
  missingCriteria,
  manyCriteria,
  manyFiles,
  manyWords,
  modelWaste,
  coupling,
  mistakenField,
  missingContext,
  missingTracks,
  missingTargetFiles,
  missingOrigin,
  emptyMembers,
  driverWithoutMembers,
  memberWithoutDriver,
  alsoArchived,
]
