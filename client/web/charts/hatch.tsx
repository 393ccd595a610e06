/** In a legend: what is not observed. */
export function Hatched() {
  return (
    <svg width="14" height="14" aria-hidden="true">
      <rect width="14" height="14" fill="url(#hatch)" />
    </svg>
  )
}

/** The pattern of what is unknown, once for all charts: `fill="url(#hatch)"`. */
export function HatchPattern() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="unseen">
      <defs>
        <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="4" height="4" fill="var(--unknown-ground)" />
          <rect width="1.5" height="4" fill="var(--unknown)" />
        </pattern>
      </defs>
    </svg>
  )
}
