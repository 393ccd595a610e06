import { trustOf } from '../../limits/trusted-proxies.ts'
import { isPublicAddress } from '../../outgoing/addresses.ts'
import type { AllowPrivate } from './given-channel.ts'

/** Whom a channel may connect to. */
export function mayConnectBy(allowPrivate: AllowPrivate): (address: string) => boolean {
  if (allowPrivate === true) return () => true
  if (allowPrivate === false) return isPublicAddress
  const isAllowed = trustOf(allowPrivate)
  return (address) => isPublicAddress(address) || isAllowed(address)
}
