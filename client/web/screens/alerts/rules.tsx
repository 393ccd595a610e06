import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import type { AlertRulesGiven, AlertRulesVersion } from '../../../../shared/alert-rules.ts'
import type { AlertRule } from '../../../../shared/alert-rule.ts'
import type { Simulation } from '../../../../shared/incident.ts'
import { useMay } from '../../caller.ts'
import { count, counted, instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Field, FormDialog, type TextOf } from '../../parts/form-dialog.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { remembered, YourName } from '../../parts/your-name.tsx'
import { client, queryClient, trpc } from '../../trpc.ts'
import { conditionInWords } from './incident-in-words.ts'

/** What is told of, and by what rules. */
export function Rules() {
  const mayChange = useMay('alerts:write')
  const { data, error } = useQuery(trpc.alertRule.read.queryOptions())
  return (
    <section aria-labelledby="rules">
      <div className="section-head">
        <h2 id="rules">Rules</h2>
        {data && mayChange && <Change inForce={data} />}
      </div>
      {error && <Failed error={error} />}
      {data && (
        <>
          <p className="quiet">{versionInWords(data)}</p>
          <Sideways heading="rules">
            <table>
              <thead>
                <tr>
                  <Column>What</Column>
                  <Column>Of</Column>
                  <Column>Severity</Column>
                  <Column>Where</Column>
                </tr>
              </thead>
              <tbody>
                {data.rules.rules.map((rule, place) => (
                  <Line key={place} rule={rule} />
                ))}
              </tbody>
            </table>
          </Sideways>
        </>
      )}
    </section>
  )
}

function versionInWords({ version, at, by, reason }: AlertRulesVersion): string {
  if (version === 0) return 'The usual ones: nobody has said anything else.'
  const said = [by === null ? null : `by ${by}`, reason].filter((part) => part !== null).join(': ')
  return `Version ${version}, of ${instant(at)} ${said}`
}

function Line({ rule }: { rule: AlertRule }) {
  const { condition, enabled, store, group, severity, note, ...thresholds } = rule
  const where = Object.entries(thresholds).map(([name, value]) => `${name} ${[value].flat().join(', ')}`)
  return (
    <tr className={enabled ? undefined : 'quiet'}>
      <th scope="row">{conditionInWords({ condition })}</th>
      <td className="long">{store ?? group?.join(' and ') ?? 'all stores'}</td>
      <td>{enabled ? severity : 'not told'}</td>
      <td className="long">
        {where.join(', ')}
        {note !== undefined && <span className="quiet"> {note}</span>}
      </td>
    </tr>
  )
}

/** The document as text: what a file of rules has, too. */
function Change({ inForce }: { inForce: AlertRulesVersion }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const textId = useId()
  const set = useMutation({
    mutationFn: async (said: { readonly by: string | null; readonly reason: string | null }) =>
      client.alertRule.set.mutate({ rules: await documentOf(text), ...said }),
    onSuccess: () => {
      dialog.current?.close()
      return queryClient.invalidateQueries()
    },
  })
  const trying = useMutation({
    mutationFn: async () => client.incident.simulate.query({ rules: await documentOf(text) }),
  })

  function send(textOf: TextOf): void {
    set.mutate({ by: remembered(textOf('author')), reason: textOf('reason') || null })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="Change …"
      title="Rules of what is told"
      action="Put in force"
      sending={set}
      onSend={send}
      onOpen={() => void written(inForce).then(setText)}
    >
      <p className="quiet">
        As YAML or JSON; what is left out is as usual. What was told stays as it was told.
      </p>
      <label htmlFor={textId}>Rules</label>
      <textarea
        id={textId}
        rows={16}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="button" disabled={trying.isPending} onClick={() => trying.mutate()}>
        Try on the last seven days
      </button>
      {trying.error && <Failed error={trying.error} retry={() => trying.reset()} />}
      {trying.data && <Tried simulation={trying.data} />}
      <Field name="Why">
        <input name="reason" maxLength={500} />
      </Field>
      <YourName />
    </FormDialog>
  )
}

/** How much would have been told by each rule. */
function Tried({ simulation: { days, rules, stores } }: { simulation: Simulation }) {
  const totals = rules.map((rule, place) => {
    const ofRule = days.filter((day) => day.rule === place)
    const sum = (of: 'opened' | 'held') => ofRule.reduce((all, day) => all + day[of], 0)
    return { rule, opened: sum('opened'), held: sum('held') }
  })
  return (
    <div role="status">
      <p>Of {counted(stores, 'store')}, and nothing was sent:</p>
      <table>
        <thead>
          <tr>
            <Column>What</Column>
            <Column isNumber>Told</Column>
            <Column isNumber>Held back</Column>
          </tr>
        </thead>
        <tbody>
          {totals.map(({ rule, opened, held }, place) => (
            <tr key={place}>
              <th scope="row">
                {conditionInWords(rule)}{' '}
                <span className="quiet">{rule.store ?? rule.group?.join(' and ')}</span>
              </th>
              <td className="number">{count(opened)}</td>
              <td className="number">{count(held)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Loaded when it is needed: most never write rules. */
async function documentOf(text: string): Promise<AlertRulesGiven> {
  const { parse } = await import('yaml')
  return (parse(text) ?? {}) as AlertRulesGiven
}

async function written({ rules }: AlertRulesVersion): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(rules)
}
