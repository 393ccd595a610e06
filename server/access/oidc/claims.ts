/** What a provider says of somebody, and whose session that makes. */
import { AppError } from '../../../shared/app-error.ts'
import type { StoreLabel } from '../../../shared/group.ts'
import { writtenLabel } from '../../../shared/label.ts'
import type { OidcSetting } from '../../config-file/oidc-setting.ts'
import type { SessionOwner } from '../../database/sessions.ts'

export type Claims = Readonly<Record<string, unknown>>

const LONGEST_NAME = 200
const MOST_TOLD = 10

/** The claims that are looked at. */
export function wantedClaims({ claim, nameClaim, mapping }: OidcSetting): ReadonlySet<string> {
  const mapped = new Set(mapping.map((one) => one.claim ?? claim))
  if (mapped.has('email')) mapped.add('email_verified')
  return mapped.add(nameClaim)
}

/** The values of a claim as texts; none where it is not there. */
export function valuesOf(claims: Claims, name: string): readonly string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : valueAt(claims, name.split('.'))
  return [value].flat().flatMap((one) => {
    if (typeof one === 'string') return [one]
    return typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : []
  })
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return valueAt((value as Claims)[name], rest)
}

/** Whose session it is. Throws a `forbidden` AppError where nothing that is said leads to a role. */
export function ownerBy(setting: OidcSetting, label: string, claims: Claims): SessionOwner {
  const name = nameBy(setting, claims)
  const trusted = (claim: string) => (isUnproved(claims, claim) ? [] : valuesOf(claims, claim))
  const mapped = setting.mapping.find(({ claim = setting.claim, value }) => trusted(claim).includes(value))
  if (mapped !== undefined) {
    const { role, groups = [] } = mapped
    return { way: 'oidc', keyNumber: null, keyId: null, name, role, labels: groups }
  }
  const looked = [...new Set(setting.mapping.map(({ claim = setting.claim }) => claim))]
  const missing = looked.map((claim) => claimInWords(claims, claim)).join(', and ')
  throw new AppError(
    'forbidden',
    `${label} knows you as ${name}, and nothing that it says of you leads to a role here: ${missing}. ` +
      'Ask whoever runs this server to map a value to a role (oidc.mapping in its configuration file)',
    { title: 'No role' },
  )
}

/** Whether a session that was begun so could be begun now. */
export function isMapped(
  { mapping }: OidcSetting,
  { role, labels }: Pick<SessionOwner, 'role' | 'labels'>,
): boolean {
  return mapping.some((one) => one.role === role && textOf(one.groups ?? []) === textOf(labels))
}

function textOf(labels: readonly StoreLabel[]): string {
  return JSON.stringify(labels.map(writtenLabel).sort())
}

function claimInWords(claims: Claims, claim: string): string {
  const values = valuesOf(claims, claim)
  if (values.length === 0) return `the claim "${claim}" is missing`
  if (isUnproved(claims, claim)) return 'the claim "email" counts only with email_verified'
  const told = values.slice(0, MOST_TOLD).map((value) => `"${value.slice(0, LONGEST_NAME)}"`)
  const more = values.length > MOST_TOLD ? ` and ${values.length - MOST_TOLD} more` : ''
  return `the claim "${claim}" has ${told.join(', ')}${more}, none of which is mapped`
}

/** An address that nobody has proved to have would make one somebody else. */
function isUnproved(claims: Claims, claim: string): boolean {
  return claim === 'email' && valuesOf(claims, 'email_verified')[0] !== 'true'
}

function nameBy({ nameClaim }: OidcSetting, claims: Claims): string {
  const isOthers = nameClaim === 'email' && valuesOf(claims, 'email_verified')[0] === 'false'
  const names = [...(isOthers ? [] : valuesOf(claims, nameClaim)), ...valuesOf(claims, 'sub')]
  const name = names.map((one) => one.trim()).find(isName)
  if (name !== undefined) return name
  throw new AppError('forbidden', `the claim "${nameClaim}" is missing, and "sub" is no name`)
}

function isName(text: string): boolean {
  return text !== '' && text.length <= LONGEST_NAME && !/\p{Cc}/u.test(text)
}
