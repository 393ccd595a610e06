import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { usePrinting } from './use-printing.ts'

/** About as wide as paper; the style has it fill the rest. */
const PAPER_WIDTH = 680

/** What is drawn as wide as there is room. */
export function Sized({
  children,
  className,
}: {
  children: (width: number) => ReactNode
  className?: string
}) {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const isPrinting = usePrinting()
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)))
    observer.observe(element.current!)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={element} className={className}>
      {width > 0 && children(isPrinting ? PAPER_WIDTH : width)}
    </div>
  )
}
