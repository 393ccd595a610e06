import { query, type JsonValue } from 'jsonpath-rfc9535'
import type { Rule, Said } from '../../config-file/poller-setting.ts'
import type { NoAnswerReason } from '../../../shared/poller.ts'
import { begins, parseJson, textOf } from '../pulling/json-field.ts'

export interface StoreAnswer {
  readonly status: number
  readonly text: string
}

/** What an answer says of a store: what it is, or why nothing is known of it. */
export type Verdict =
  { readonly isActive: boolean } | { readonly reason: NoAnswerReason; readonly message: string }

/** A rule is applied in one order: the status, then what is in an answer that is a success. */
export function verdictOf({ status: byStatus, json, text }: Rule, answer: StoreAnswer): Verdict {
  const { status } = answer
  const said = byStatus?.[String(status)] ?? byStatus?.[`${Math.floor(status / 100)}xx`]
  if (said !== undefined) return verdictOfSaid(said, `status ${status}`)
  if (status < 200 || status > 299) return none('status', `status ${status}`)
  if (json !== undefined) return verdictOfJson(json, answer.text)
  if (text !== undefined) return verdictOfText(text, answer.text)
  return none('no-match', `status ${status} is in no rule`)
}

function verdictOfSaid(said: Said, what: string): Verdict {
  return said === 'none'
    ? none('none', `${what}, which is no answer by the rule`)
    : { isActive: said === 'active' }
}

function verdictOfJson({ path, values }: NonNullable<Rule['json']>, text: string): Verdict {
  let answered: JsonValue
  try {
    answered = parseJson(text) as JsonValue
  } catch {
    return none('no-match', `the answer is not JSON: it begins ${begins(text)}`)
  }
  const found = query(answered, path)
  if (found.length === 0) return none('no-match', `there is nothing at ${path}`)
  const value = textOf(found[0])
  const said = Object.hasOwn(values, value) ? values[value] : undefined
  return said === undefined
    ? none('no-match', `${path} is ${begins(value)}, which is not among values`)
    : verdictOfSaid(said, `${path} is ${begins(value)}`)
}

function verdictOfText({ active, inactive }: NonNullable<Rule['text']>, text: string): Verdict {
  const isActive = active !== undefined && text.includes(active)
  const isInactive = inactive !== undefined && text.includes(inactive)
  if (isActive !== isInactive) return { isActive }
  return none('no-match', isActive ? 'both texts are in the answer' : 'neither text is in the answer')
}

function none(reason: NoAnswerReason, message: string): Verdict {
  return { reason, message }
}
