import type { Rule } from './rule.ts'

/** A decision that nobody has taken. */
export const approvalWithoutName: Rule = {
  code: 'approval-without-name',
  severity: 'error',
  chant: ['approval'],
  about: 'every',
  check: ({ spec: { id, approval } }) =>
    approval && approval.status !== 'pending' && approval.by === undefined
      ? [
          {
            where: { field: 'approval', key: 'status' },
            message: `\`approval.status\` is ${approval.status}, and \`approval.by\` does not say by whom.`,
            advice: `Add \`by\`, or let chant write both: ${commandFor(approval.status, id)}.`,
          },
        ]
      : [],
}

/** A decision without its time. */
export const approvalWithoutTime: Rule = {
  code: 'approval-without-time',
  severity: 'error',
  chant: ['approval'],
  about: 'every',
  check: ({ spec: { id, approval } }) =>
    approval && approval.status !== 'pending' && approval.at === undefined
      ? [
          {
            where: { field: 'approval', key: 'status' },
            message: `\`approval.status\` is ${approval.status}, and \`approval.at\` does not say when.`,
            advice: `Add \`at\`, or let chant write both: ${commandFor(approval.status, id)}.`,
          },
        ]
      : [],
}

/** Somebody's name stands under a decision that is still open. */
export const approvalUndecided: Rule = {
  code: 'approval-undecided',
  severity: 'error',
  chant: ['approval'],
  about: 'every',
  check: ({ spec: { approval } }) =>
    approval?.status === 'pending' && approval.by !== undefined
      ? [
          {
            where: { field: 'approval', key: 'by' },
            message: '`approval.by` names somebody, and `approval.status` is still pending.',
            advice: 'Set `status` to `approved` or `rejected`, or take `by` out.',
          },
        ]
      : [],
}

const commandFor = (status: string, id: string): string =>
  status === 'rejected' ? `\`chant reject ${id} --by <name> --reason <why>\`` : `\`chant approve ${id} --by <name>\``
