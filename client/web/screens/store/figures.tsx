import { useQuery } from '@tanstack/react-query'
import { measures, reportWindows } from '../../../../shared/report-columns.ts'
import { duration, hours, percent } from '../../format.ts'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import { judgingOf } from './judging.ts'

const windowTexts = { LastHour: 'Last hour', LastDay: 'Last day', LastWeek: 'Last week' } as const

/** What the report has of the store. */
export function Figures({ storeId, asOf }: { storeId: string; asOf: string }) {
  const { view } = useView()
  const { data: row } = useQuery(
    trpc.store.uptime.queryOptions(
      { ...judgingOf({ ...view, asOf }), storeId },
      { placeholderData: (before) => before },
    ),
  )
  if (row === undefined) return null
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">In the report</h2>
      <div className="sideways" tabIndex={0} role="group" aria-labelledby="figures">
        <table className="narrow">
          <thead>
            <tr>
              <th scope="col">Window</th>
              <th scope="col" className="number">
                Uptime
              </th>
              {measures.map(({ name }) => (
                <th key={name} scope="col" className="number">
                  {{ uptime: 'Up', downtime: 'Down', unknown: 'Unknown', excused: 'Excused' }[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {reportWindows.map(({ name }) => (
              <tr key={name}>
                <th scope="row">{windowTexts[name]}</th>
                <td className="number">{percent(row[`uptime${name}Percent`])}</td>
                {measures.map((measure) => (
                  <td key={measure.name} className="number">
                    {(name === 'LastHour' ? duration : hours)(row[`${measure.name}${name}Ms`])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
