import { useRef, type SubmitEvent } from 'react'
import { interpolations } from '../../../shared/interpolation.ts'
import { correctionUses } from '../../../shared/correction-kind.ts'
import { defaultCompare, useReport } from '../use-report.ts'
import { useView } from '../use-view.ts'
import { useKeys } from './keys.ts'

const defaults = { interpolation: 'nearest', reach: '24h', corrections: 'applied', compare: defaultCompare }

const compares = [
  ['7d', 'a week before'],
  ['1d', 'a day before'],
  ['28d', 'four weeks before'],
  ['none', 'nothing'],
] as const

/** What change is told against. */
export function comparedText(compare = defaultCompare): string {
  return compares.find(([value]) => value === compare)?.[1] ?? `${compare} before`
}

/** Says from where and by which rules is looked, and lets that be changed. */
export function Viewpoint() {
  const { view, change } = useView()
  const { data: report } = useReport()
  const dialog = useRef<HTMLDialogElement>(null)
  const compare = useRef<HTMLSelectElement>(null)
  useKeys({
    c: () => {
      dialog.current?.showModal()
      compare.current?.focus()
    },
  })

  function apply(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    dialog.current?.close()
    const given = new FormData(event.currentTarget)
    const valueOf = (name: string) => (given.get(name) as string).trim() || undefined
    const chosen = (name: keyof typeof defaults) => {
      const value = valueOf(name)
      return value === defaults[name] ? undefined : value
    }
    const asOf = valueOf('asOf')
    change({
      asOf: asOf === report?.asOf && view.asOf === undefined ? undefined : asOf,
      interpolation: chosen('interpolation'),
      reach: chosen('reach'),
      corrections: chosen('corrections'),
      compare: chosen('compare'),
    })
  }

  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Viewpoint …
      </button>
      <dialog ref={dialog} aria-labelledby="viewpoint" className="viewpoint">
        <h2 id="viewpoint">Viewpoint</h2>
        <form method="dialog" onSubmit={apply} key={JSON.stringify([view, report?.asOf])}>
          <label>
            <span>As of</span>
            <input
              name="asOf"
              defaultValue={view.asOf ?? report?.asOf}
              placeholder="2023-01-25T18:13:22Z"
              spellCheck={false}
            />
            <small>The instant that is looked back from. Empty: the latest poll.</small>
          </label>
          <label>
            <span>A poll speaks</span>
            <select name="interpolation" defaultValue={view.interpolation ?? defaults.interpolation}>
              <option value={interpolations[0]}>for the time that is nearest to it</option>
              <option value={interpolations[1]}>for the time up to the next one</option>
            </select>
          </label>
          <label>
            <span>Reach</span>
            <input name="reach" defaultValue={view.reach ?? defaults.reach} spellCheck={false} />
            <small>How far from a poll its status counts, such as 90m or 24h.</small>
          </label>
          <label>
            <span>Corrections</span>
            <select name="corrections" defaultValue={view.corrections ?? defaults.corrections}>
              <option value={correctionUses[0]}>count</option>
              <option value={correctionUses[1]}>are ignored</option>
            </select>
          </label>
          <label>
            <span>Compare with</span>
            <select ref={compare} name="compare" defaultValue={view.compare ?? defaults.compare}>
              {view.compare !== undefined && !compares.some(([value]) => value === view.compare) && (
                <option value={view.compare}>{comparedText(view.compare)}</option>
              )}
              {compares.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <div className="actions">
            <button type="submit" className="main">
              Show
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}
