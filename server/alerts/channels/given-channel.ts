/** What settings of channels have in common, as it is written. */
import * as z from 'zod'
import { givenHeaders, givenName, givenUrl, givenZone } from '../../config-file/given.ts'
import { networkProblem } from '../../limits/trusted-proxies.ts'

export const channelNameKey = givenName.describe('What it is called in lists, and in routes')

export const givenSecret = z
  .string()
  .min(1, 'write a secret')
  .describe('`${NAME}` stands for a variable of the environment, `file:/run/secrets/x` for what a file has')

const network = z.string().superRefine((text, context) => {
  const problem = networkProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `"${text}" ${problem}` })
})

export const channelAllowPrivate = z
  .union([z.boolean(), z.array(network).min(1, 'write at least one, or false')], {
    error: 'write true, false, or a list of addresses and networks such as 10.1.0.0/16',
  })
  .default(false)
  .describe(
    'Whether it may lead to this machine or its network; or to which addresses and networks there, such as 10.1.0.0/16 (default: false)',
  )
export type AllowPrivate = z.output<typeof channelAllowPrivate>

const isWholeSecret = (text: string) => /^\$\{\w+\}$/.test(text) || /^file:(?:\/\/)?\//.test(text)

/** A URL; or, as it may be a secret itself, the name of a variable or file that has it. */
export const channelUrl = z
  .string('write a URL, or where it is a secret, such as ${URL} or file:/run/secrets/url')
  .refine(
    (text) => isWholeSecret(text) || givenUrl(['http:', 'https:'], '').safeParse(text).success,
    'write a URL such as https://example.org/alerts, or where it is a secret, such as ${URL} or file:/run/secrets/url',
  )
  .describe(
    'Where it leads, as http or https; `${NAME}` stands for a variable, `file:/run/secrets/x` for what a file has',
  )

export const channelHeaders = givenHeaders

export const channelZone = givenZone.describe(
  'The zone of the times that are told, and of quiet hours (default: UTC)',
)

/** As minutes from midnight. */
export const localTime = z
  .string('write a time such as "22:00"')
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time such as "22:00"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

export const channelQuiet = z
  .strictObject({
    from: localTime.describe('From when, such as "22:00"'),
    to: localTime.describe('Until when, such as "07:00"'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same: that would be never, or always')
  .optional()
  .describe(
    'Local times, `from` and `to`, in which only what is critical is told; the rest at their end, in one message (default: none)',
  )

/** Where a URL leads, without anything in it that could be a secret. */
export function shownTarget(url: string): string {
  if (isWholeSecret(url)) return url
  const [, origin = '', rest = ''] = /^(\w+:\/\/)(?:[^/?#@]*@)?(.*)$/s.exec(url) ?? []
  const host = rest.split(/[/?#]/, 1)[0]!
  return `${origin}${host}${rest === host || rest === `${host}/` ? '' : '/…'}`
}
