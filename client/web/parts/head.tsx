import { useRoute } from 'wouter'
import { SignedIn } from './signed-in.tsx'
import { ViewLink } from './view-link.tsx'

const screens = [
  { to: '/', name: 'Overview', pattern: '/' },
  { to: '/stores', name: 'Stores', pattern: '/stores/*?' },
  { to: '/reports', name: 'Reports', pattern: '/reports' },
  { to: '/month', name: 'Month', pattern: '/month' },
  { to: '/alerts', name: 'Alerts', pattern: '/alerts' },
  { to: '/data', name: 'Data', pattern: '/data' },
] as const

export function Head() {
  return (
    <header className="head">
      <div className="frame">
        <ViewLink to="/" className="brand">
          <Mark />
          store-monitor
        </ViewLink>
        <nav aria-label="Screens">
          <ul>
            {screens.map((screen) => (
              <li key={screen.to}>
                <Screen {...screen} />
              </li>
            ))}
          </ul>
        </nav>
        <SignedIn />
      </div>
    </header>
  )
}

/** Where one cannot go anywhere yet. */
export function NameHead() {
  return (
    <header className="head">
      <div className="frame">
        <span className="brand">
          <Mark />
          store-monitor
        </span>
      </div>
    </header>
  )
}

function Screen({ to, name, pattern }: (typeof screens)[number]) {
  const [isHere] = useRoute(pattern)
  return (
    <ViewLink to={to} aria-current={isHere ? 'page' : undefined}>
      {name}
    </ViewLink>
  )
}

/** Four days of a store. */
function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <g fill="currentColor">
        <rect x="1" y="11" width="3.5" height="6" />
        <rect x="6" y="11" width="3.5" height="6" />
        <rect x="11" y="3" width="3.5" height="14" />
        <rect x="16" y="11" width="3.5" height="6" />
      </g>
    </svg>
  )
}
