import { useCaller } from '../../caller.ts'
import { useTitle } from '../../parts/title.ts'
import { Channels } from './channels.tsx'
import { Digests } from './digests.tsx'
import { Incidents } from './incidents.tsx'
import { Messages } from './messages.tsx'
import { Rules } from './rules.tsx'
import { Silences } from './silences.tsx'
import { Told } from './told.tsx'

/** What is told of what happens, by what, and whether it arrives. */
export function Alerts() {
  useTitle('Alerts')
  const caller = useCaller()
  // What is told is of stores of all groups.
  const mayLook = caller !== undefined && caller.labels.length === 0
  return (
    <>
      <div className="screen-head">
        <h1>Alerts</h1>
      </div>
      <Incidents />
      {mayLook && (
        <>
          <Told />
          <Channels />
          <Silences />
          <Rules />
          <Digests />
          <Messages />
        </>
      )}
    </>
  )
}
