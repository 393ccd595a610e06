import type { ComponentProps } from 'react'
import { Link } from 'wouter'
import { useView, type ViewChanges } from '../use-view.ts'
import { changed, lasting, searchOf } from '../view.ts'

/** A link to another screen that keeps the viewpoint, and `with` what else it is to show. */
export function ViewLink({
  to,
  with: changes = {},
  ...rest
}: { to: string; with?: ViewChanges } & Omit<ComponentProps<'a'>, 'href'>) {
  const { view } = useView()
  return <Link {...rest} href={`${to}${searchOf(changed(lasting(view), changes))}`} />
}
