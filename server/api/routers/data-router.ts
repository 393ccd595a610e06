import { changeListInput } from '../../../shared/change.ts'
import { checkInput } from '../../../shared/check.ts'
import { ownNews } from '../../access/kept-answers.ts'
import { listChanges } from '../../database/changes.ts'
import { procedureFor, router } from '../procedure.ts'

export const dataRouter = router({
  /** The latest poll, import, change and report, now and at each change. */
  news: procedureFor('data:read', 'itself').subscription(({ ctx, signal }) =>
    ownNews(ctx.principal, ctx.news.watch(signal)),
  ),
  /** Which figures to doubt, and what to do about it. */
  check: procedureFor('data:read')
    .input(checkInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { checkData } = await import('../../insight/check.ts')
      return checkData(ctx.db, input)
    }),
  /** Everything that changed the data, newest first. */
  changes: procedureFor('data:read')
    .input(changeListInput.prefault({}))
    .query(({ ctx, input }) => listChanges(ctx.db, input)),
})
