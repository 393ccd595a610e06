import { useTitle } from '../parts/title.ts'

export function Stores() {
  useTitle('Stores')
  return <h1>Stores</h1>
}
