import { useSyncExternalStore } from 'react'

const ROW_HEIGHT = 40
/** On a phone a row has two lines. */
const PHONE_ROW_HEIGHT = 60

const phone = '(max-width: 40rem)'

/** As `--row-height` of the style. */
export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, () => matchMedia(phone).matches) ? PHONE_ROW_HEIGHT : ROW_HEIGHT
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(phone)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
