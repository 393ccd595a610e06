import type { ReactNode } from 'react'
import { windowNames, type WindowName } from '../../../shared/row-columns.ts'
import { instant } from '../format.ts'
import { useReport } from '../use-report.ts'
import { useView } from '../use-view.ts'
import { Switch } from './switch.tsx'
import { useTitle } from './title.ts'
import { Viewpoint } from './viewpoint.tsx'

export const windowTexts: Readonly<Record<WindowName, string>> = {
  LastHour: 'last hour',
  LastDay: 'last day',
  LastWeek: 'last week',
}

export const defaultWindow: WindowName = 'LastWeek'

/** What a screen is called, of when it is, and from where it looks. */
export function ScreenHead({ title, children }: { title: string; children?: ReactNode }) {
  useTitle(title)
  const { data: report } = useReport()
  return (
    <div className="screen-head">
      <div>
        <h1>{title}</h1>
        {report && (
          <p className="quiet">
            As of <time dateTime={report.asOf}>{instant(report.asOf)}</time>
          </p>
        )}
      </div>
      <div className="tools">
        {children}
        <WindowSwitch />
        <Viewpoint />
      </div>
    </div>
  )
}

function WindowSwitch() {
  const { view, change } = useView()
  const { window = defaultWindow } = view
  return (
    <Switch
      name="window"
      legend="Window"
      choices={windowNames.map((name) => ({ value: name, text: windowTexts[name].replace('last ', '') }))}
      chosen={window}
      onChoose={(name) => change({ window: name === defaultWindow ? undefined : name })}
    />
  )
}
