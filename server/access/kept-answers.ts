/** Answers to keys of groups, without what they would tell of other stores. */
import type { News } from '../../shared/news.ts'
import type { Db } from '../database/connect.ts'
import { listLabels } from '../database/store-columns.ts'
import type { Principal } from './principal.ts'

/** A hint names the labels that any stores have. */
export function withoutHint<Answer extends { readonly hint: string | null }>(
  { groups }: Principal,
  answer: Answer,
): Answer {
  return groups.length === 0 ? answer : { ...answer, hint: null }
}

export async function withOwnLabels<Answer extends { readonly labels: readonly string[] }>(
  db: Db,
  { groups }: Principal,
  answer: Answer,
): Promise<Answer> {
  return groups.length === 0 ? answer : { ...answer, labels: await listLabels(db, groups) }
}

/** When there are polls, and nothing of imports, changes and reports, which may be of others. */
export async function* ownNews(
  { groups }: Principal,
  news: AsyncGenerator<News, void>,
): AsyncGenerator<News, void> {
  for await (const latest of news) {
    yield groups.length === 0 ? latest : { ...latest, lastImport: null, lastChange: null, lastReport: null }
  }
}
