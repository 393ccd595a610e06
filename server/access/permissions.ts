import { roles, type Role } from '../../shared/role.ts'

/** What each permission lets its holder do. */
export const permissions = {
  'reports:read': 'read reports',
  'reports:request': 'request reports, and cancel them',
  'reports:delete': 'remove reports',
  'stores:read':
    'read stores, their rules, corrections, timelines, outages and incidents, and what they lost',
  'stores:write': 'change the rules and details of stores, and make corrections',
  'polls:read': 'read polls',
  'polls:write': 'push polls',
  'imports:read': 'read what became of imports',
  'imports:write': 'import files, and cancel imports',
  'data:read': 'read what there is, what changed it, and which figures to doubt',
  'data:delete': 'delete polls and stores',
  'sources:read': 'read what the server pulls and asks',
  'sources:run': 'have a source or a poller do its work',
  'alerts:read': 'read by what rules and channels is told what happened, and what was told',
  'alerts:run': 'test a channel of alerts, and have messages sent again',
  'alerts:write': 'change by what rules is told what happened',
  'keys:manage': 'make, list and revoke keys, and end sessions',
} as const
export type Permission = keyof typeof permissions

/** What an operation needs: a permission, or nothing at all. */
export type Needs = Permission | 'public'

const reads = [
  'reports:read',
  'stores:read',
  'polls:read',
  'imports:read',
  'data:read',
  'sources:read',
  'alerts:read',
] as const
const viewer: readonly Permission[] = [...reads, 'reports:request']
const ingester: readonly Permission[] = ['polls:write', 'imports:write', 'imports:read']
const operator: readonly Permission[] = [
  ...viewer,
  ...ingester,
  'reports:delete',
  'stores:write',
  'data:delete',
  'sources:run',
  'alerts:run',
  'alerts:write',
]

const byRole: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  ingester: new Set(ingester),
  operator: new Set(operator),
  admin: new Set([...operator, 'keys:manage']),
}

export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return byRole[role]
}

/** The role with the fewest permissions that has this one. */
export function leastRoleWith(permission: Permission): Role {
  return roles.find((role) => byRole[role].has(permission))!
}
