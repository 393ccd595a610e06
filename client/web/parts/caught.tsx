import { Component, useEffect, type ReactNode } from 'react'
import { onReturn, useServerIsGone } from '../server-state.ts'

interface Props {
  /** Another one is another attempt. */
  readonly attempt: string
  readonly children: ReactNode
}

/** Says that a screen broke, as after an update of the server, whose files have other names. */
export class Caught extends Component<Props, { readonly failedAt: string | undefined }> {
  override state = { failedAt: undefined as string | undefined }

  static getDerivedStateFromProps({ attempt }: Props, state: { failedAt: string | undefined }) {
    return state.failedAt === undefined || state.failedAt === '' || state.failedAt === attempt
      ? null
      : { failedAt: undefined }
  }

  override componentDidCatch(): void {
    this.setState({ failedAt: this.props.attempt })
  }

  static getDerivedStateFromError() {
    return { failedAt: '' }
  }

  override render(): ReactNode {
    if (this.state.failedAt === undefined) return this.props.children
    return <Broken />
  }
}

function Broken() {
  const isGone = useServerIsGone()
  // The address has all of the view.
  useEffect(() => onReturn(() => location.reload()), [])
  return (
    <div className="notice bad" role="alert">
      <span>
        {isGone
          ? 'This screen is not here yet: it is shown as soon as the server answers.'
          : 'This screen could not be shown. The server may have been updated since the page was opened.'}
      </span>
      {!isGone && (
        <button type="button" className="plain" onClick={() => location.reload()}>
          Load the page again
        </button>
      )}
    </div>
  )
}
