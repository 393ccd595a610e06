/** How local times are written, for messages. */
export const localTimeForms = 'HH:MM or HH:MM:SS, 00:00 to 23:59:59, or 9:30 PM'
export const endTimeForms = 'HH:MM or HH:MM:SS, 00:00 to 24:00, or 9:30 PM'

const form = /^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?:\s*([ap])\.?m\.?)?$/i

/**
 * A local time as `HH:MM:SS`, or undefined where `text` is none. Takes `H:MM`, `HH:MM` and `HH:MM:SS`, also of the
 * twelve-hour clock with `AM` or `PM`, in which 12:00 AM is midnight.
 */
export function parseLocalTime(text: string): string | undefined {
  const [, hourText, minute, second = '00', half] = form.exec(text.trim()) ?? []
  if (hourText === undefined) return undefined
  const hour = half === undefined ? hourOfDay(Number(hourText)) : hourOfHalf(Number(hourText), half)
  return hour === undefined ? undefined : `${String(hour).padStart(2, '0')}:${minute}:${second}`
}

/** As `parseLocalTime`; takes `24:00` too. */
export function parseEndTime(text: string): string | undefined {
  return /^24:00(?::00)?$/.test(text.trim()) ? '24:00:00' : parseLocalTime(text)
}

function hourOfDay(hour: number): number | undefined {
  return hour <= 23 ? hour : undefined
}

function hourOfHalf(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}
