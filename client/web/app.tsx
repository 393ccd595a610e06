import { Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { Foot } from './parts/foot.tsx'
import { Head } from './parts/head.tsx'
import { Waiting } from './parts/notice.tsx'
import { Bars } from './parts/bars.tsx'
import { NotFound } from './screens/not-found.tsx'
import { Overview } from './screens/overview.tsx'
import { Stores } from './screens/stores.tsx'

export function App() {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Head />
      <Bars />
      <main id="main" className="frame" tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/" component={Overview} />
            <Route path="/stores" component={Stores} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </main>
      <Foot />
    </>
  )
}
