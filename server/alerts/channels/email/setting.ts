import * as z from 'zod'
import {
  channelAllowPrivate,
  channelNameKey,
  channelQuiet,
  channelZone,
  givenSecret,
} from '../given-channel.ts'

const address = z
  .string()
  .regex(/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/, 'write an address such as ann@example.org')

export const emailSetting = z
  .strictObject({
    name: channelNameKey,
    type: z.literal('email').describe('Mail, by a server that takes it (SMTP)'),
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/, 'write the name of a mail server, such as mail.example.org')
      .describe('The mail server'),
    port: z
      .int('write a port')
      .min(1, 'write 1 to 65535')
      .max(65_535, 'write 1 to 65535')
      .default(587)
      .describe('Its port (default: 587)'),
    tls: z
      .enum(['starttls', 'implicit', 'none'], 'write starttls, implicit or none')
      .default('starttls')
      .describe('How it is secured: by STARTTLS, from the first byte (port 465), or not (default: starttls)'),
    user: z.string().min(1).optional().describe('Who signs in there (default: nobody)'),
    password: givenSecret
      .optional()
      .describe(
        'With what: `${NAME}` stands for a variable of the environment, `file:/run/secrets/x` for what a file has',
      ),
    from: address.describe('From whom mails are'),
    to: z
      .array(address, 'write a list of addresses')
      .min(1, 'write at least one address')
      .max(50, 'at most 50')
      .describe('To whom they go'),
    unsubscribe: z
      .string()
      .regex(
        /^(?:mailto:[^\s<>]+@|https:\/\/)[^\s<>]+$/,
        'write mailto:somebody@example.org or an https address',
      )
      .optional()
      .describe('What List-Unsubscribe says: mailto: or https (default: a mail to `from`)'),
    zone: channelZone,
    quiet: channelQuiet,
    allowPrivate: channelAllowPrivate,
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ['user'],
    error: 'user and password are written both, or none of them',
  })
  .describe('Tells people by mail')
export type EmailSetting = z.output<typeof emailSetting>
