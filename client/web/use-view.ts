import { useMemo } from 'react'
// wouter's own hooks take an escape for what it stands for, which is one time too many.
import { navigate, usePathname, useSearch } from 'wouter/use-browser-location'
import { changed, searchOf, viewOf, type View, type ViewKey } from './view.ts'

export type ViewChanges = { readonly [Key in ViewKey]?: View[Key] | undefined }

/** What is looked at, and how to look at something else. Typing replaces an entry of the history, all else adds one. */
export function useView(): {
  readonly view: View
  readonly change: (changes: ViewChanges, options?: { readonly replace?: boolean }) => void
} {
  const path = usePathname()
  const search = useSearch()
  return useMemo(() => {
    const view = viewOf(search)
    return {
      view,
      change: (changes, options = {}) => navigate(`${path}${searchOf(changed(view, changes))}`, options),
    }
  }, [path, search])
}
