import { useIsFetching } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { HatchPattern } from './charts/hatch.tsx'
import { Bars } from './parts/bars.tsx'
import { Caught } from './parts/caught.tsx'
import { Foot } from './parts/foot.tsx'
import { Head, NameHead } from './parts/head.tsx'
import { Waiting } from './parts/notice.tsx'
import { isToSearch, useSearchKey } from './parts/search-key.ts'
import { useCaller, useMay } from './caller.ts'
import { useMustSignIn } from './sign-in-state.ts'
import { NotFound } from './screens/not-found.tsx'
import { Overview } from './screens/overview/overview.tsx'

// All but the first screen come when they are wanted.
const Stores = lazy(async () => ({ default: (await import('./screens/stores/stores.tsx')).Stores }))
const Store = lazy(async () => ({ default: (await import('./screens/store/store.tsx')).Store }))
const Reports = lazy(async () => ({ default: (await import('./screens/reports/reports.tsx')).Reports }))
const Alerts = lazy(async () => ({ default: (await import('./screens/alerts/alerts.tsx')).Alerts }))
const Month = lazy(async () => ({ default: (await import('./screens/month/month.tsx')).Month }))
const Data = lazy(async () => ({ default: (await import('./screens/data/data.tsx')).Data }))

const SignIn = lazy(async () => ({ default: (await import('./screens/sign-in/sign-in.tsx')).SignIn }))
const NothingToSee = lazy(async () => ({
  default: (await import('./screens/sign-in/sign-in.tsx')).NothingToSee,
}))

export function App() {
  const [path] = useLocation()
  const caller = useCaller()
  const mustSignIn = useMustSignIn() || caller?.role === null
  const mayLook = useMay('data:read')
  if (!mustSignIn && mayLook) return <Screens />
  return (
    <>
      <NameHead />
      <Caught attempt={path}>
        <Suspense fallback={<Waiting />}>{mustSignIn ? <SignIn /> : <NothingToSee />}</Suspense>
      </Caught>
    </>
  )
}

function Screens() {
  const [path] = useLocation()
  useNewScreen(path)
  useSearchKey()
  const isBusy = useIsFetching() > 0
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <HatchPattern />
      <Head />
      <Bars />
      <main id="main" className="frame" tabIndex={-1} aria-busy={isBusy}>
        <Caught attempt={path}>
          <Suspense fallback={<Waiting />}>
            <Switch>
              <Route path="/" component={Overview} />
              <Route path="/stores" component={Stores} />
              <Route path="/stores/:id" component={Store} />
              <Route path="/reports" component={Reports} />
              <Route path="/alerts" component={Alerts} />
              <Route path="/month" component={Month} />
              <Route path="/data" component={Data} />
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Caught>
      </main>
      <Foot />
    </>
  )
}

/** Another screen begins at its top, for those who see it and for those who hear it. */
function useNewScreen(path: string): void {
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    if (!isToSearch()) document.querySelector<HTMLElement>('#main')?.focus()
    scrollTo(0, 0)
  }, [path])
}
