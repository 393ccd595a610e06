import type { Command } from 'commander'

/** What options are called where the API has other names. */
const otherNames: Readonly<Record<string, string>> = { from: 'since', to: 'until', labels: 'group' }

/** A message that names fields of the API (`asOf: …; reach: …`), with the flags that were written for them. */
export function withFlags(message: string, command: Command): string {
  const flagOf = new Map(command.options.map((option) => [option.attributeName(), option.long]))
  return message.replaceAll(/(?<=^|; )([a-z]\w*)(?=: )/gi, (field) => {
    const flag = flagOf.get(otherNames[field] ?? field) ?? flagOf.get(field)
    return flag ?? field
  })
}
