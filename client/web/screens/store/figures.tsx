import { useQuery } from '@tanstack/react-query'
import { measures, reportWindows } from '../../../../shared/report-columns.ts'
import { capitalised, duration, hours, percent } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { windowTexts } from '../../parts/screen-head.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import { judgingOf } from './judging.ts'

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
      <Sideways heading="figures">
        <table className="narrow">
          <thead>
            <tr>
              <Column>Window</Column>
              <Column isNumber>Uptime</Column>
              {measures.map(({ name }) => (
                <Column key={name} isNumber>
                  {{ uptime: 'Up', downtime: 'Down', unknown: 'Unknown', excused: 'Excused' }[name]}
                </Column>
              ))}
            </tr>
          </thead>
          <tbody>
            {reportWindows.map(({ name }) => (
              <tr key={name}>
                <th scope="row">{capitalised(windowTexts[name])}</th>
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
      </Sideways>
    </section>
  )
}
