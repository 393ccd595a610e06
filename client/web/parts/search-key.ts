import { navigate } from 'wouter/use-browser-location'
import { useView } from '../use-view.ts'
import { lasting, searchOf } from '../view.ts'
import { useKeys } from './keys.ts'

/** In the history: the screen was opened to search. */
const searching = 'search'

export function isToSearch(): boolean {
  return history.state === searching
}

/** `/` leads to the field that stores are searched by, from whatever screen. */
export function useSearchKey(): void {
  const { view } = useView()
  useKeys({
    '/': () => {
      const field = document.querySelector<HTMLInputElement>('main [type="search"]')
      if (field === null) navigate(`/stores${searchOf(lasting(view))}`, { state: searching })
      else begin(field)
    },
  })
}

/** What is written replaces what there is. */
export function begin(field: HTMLInputElement): void {
  field.focus()
  field.select()
}
