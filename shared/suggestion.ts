import * as z from 'zod'
import { storeId } from './ids.ts'

const mostSuggestions = 20

export const suggestInput = z.strictObject({
  text: z.string().max(200).describe('What was written for an id'),
  limit: z.int().min(1).max(mostSuggestions).default(5).describe('How many are named at most'),
})
export type SuggestQuery = z.output<typeof suggestInput>

const suggestion = z
  .object({ storeId, name: z.string().nullable().describe('What it is called; null where no file says so') })
  .describe('A store that may be meant')
export type Suggestion = z.infer<typeof suggestion>

export const suggestions = z.array(suggestion).describe('Stores whose ids are near, the nearest first')
