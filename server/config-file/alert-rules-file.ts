import { AppError } from '../../shared/app-error.ts'
import { alertRules, type AlertRules } from '../../shared/alert-rules.ts'
import { checkedBy } from './checked-file.ts'
import { readYamlFile } from './yaml-file.ts'

/** The rules that a file of YAML or JSON has. Throws an `invalid` AppError that names what is wrong, and where. */
export async function readAlertRulesFile(path: string): Promise<AlertRules> {
  const yaml = await readYamlFile(path, 'file of rules')
  // An export that failed leaves an empty file, which would put the usual rules in the place of others.
  if (yaml.value === null)
    throw new AppError('invalid', `${path} says nothing: write rules, as "alerts export" does`)
  return checkedBy(alertRules, path, yaml)
}

/** Rules as such a file. */
export async function alertRulesText(rules: AlertRules, format: 'yaml' | 'json'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(rules, undefined, 2)}\n`
  const { stringify } = await import('yaml')
  return stringify(rules)
}
