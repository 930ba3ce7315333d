import { quoted } from '../spec/finding.ts'
import { driversOf, memberOf } from '../spec/spec-id.ts'
import { isContainer, type Rule } from './rule.ts'

/** `members` of a driver names a spec that is nowhere: the driver would wait for it. */
export const unknownMember: Rule = {
  code: 'unknown-member',
  severity: 'error',
  chant: ['dependency'],
  about: 'every',
  check: ({ spec }, { ids, groups, didYouMean }) =>
    (spec.members ?? []).flatMap((id, item) =>
      ids.has(id) || groups.membersOf(id).length > 0
        ? []
        : [
            {
              where: { field: 'members', item },
              message: `\`members\` names ${quoted(id)}, and no spec has this id.`,
              advice: `${didYouMean(id, ids)}Name a spec of .chant/specs by its whole id, or take it out.`,
            },
          ],
    ),
}

/** By its name a member of a group, whose driver has no file. */
export const memberWithoutDriver: Rule = {
  code: 'member-without-driver',
  severity: 'warning',
  chant: ['group'],
  about: 'unfinished',
  check: ({ spec }, { ids }) => {
    const member = memberOf(spec.id)
    // `x.2.1` is in the group of `x`, whether `x.2` has a file of its own or not.
    if (member === undefined || driversOf(spec.id).some((driver) => ids.has(driver))) return []
    return [
      {
        where: { line: 1, column: 1 },
        message: `Its id makes it member ${member.number} of ${member.driver}, and there is no such spec.`,
        advice: `Add ${member.driver}.md with \`type: driver\`, or rename the file so that no number stands behind its last dot.`,
      },
    ]
  },
}

/** chant says so of every `members: []`, whatever the names of other specs say. */
export const emptyMembers: Rule = {
  code: 'empty-members',
  severity: 'warning',
  chant: ['type'],
  about: 'unfinished',
  check: ({ spec }) =>
    isContainer(spec) && spec.members?.length === 0
      ? [
          {
            where: { field: 'members' },
            message: '`members` is empty.',
            advice:
              'Name the members, or take the field out: specs named `<id>.1`, `<id>.2` are members by their names.',
          },
        ]
      : [],
}

/** A driver that nobody is a member of: there is nothing to work and nothing that could complete it. */
export const driverWithoutMembers: Rule = {
  code: 'driver-without-members',
  severity: 'warning',
  chant: ['type'],
  about: 'unfinished',
  check: ({ spec }, { groups }) =>
    isContainer(spec) && spec.members?.length !== 0 && groups.membersOf(spec.id).length === 0
      ? [
          {
            where: { field: 'type' },
            message: `It is a ${spec.type} without members, so there is nothing to work.`,
            advice: `Add ${spec.id}.1.md, name members in \`members\`, or change \`type\`.`,
          },
        ]
      : [],
}
