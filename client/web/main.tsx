import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { askWhoIAm } from './caller.ts'
import { followNews } from './news.ts'
import { onReturn } from './server-state.ts'
import { comeBack, onDoubt, onSession } from './sign-in-state.ts'
import './style/index.css'
import { queryClient } from './trpc.ts'

onReturn(() => void queryClient.invalidateQueries({ predicate: ({ state }) => state.status === 'error' }))

onSession(() => void queryClient.resetQueries())
onDoubt(() => void askWhoIAm())

comeBack()

followNews()

createRoot(document.querySelector('#page')!).render(
  <QueryClientProvider client={queryClient}>
    <App />
  </QueryClientProvider>,
)
