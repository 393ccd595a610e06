/** What is told to people and programs elsewhere: events are recorded, and their messages sent until they have arrived. */
import { randomUUID } from 'node:crypto'
import type { AlertChannel, OutboxMessage } from '../../shared/alert.ts'
import type { AlertsSetting } from '../config-file/alerts-setting.ts'
import { readChannels } from '../database/alert-channels.ts'
import type { Db } from '../database/connect.ts'
import { getOutboxMessage } from '../database/outbox.ts'
import { reviveDead } from '../database/outbox-outcomes.ts'
import { allShown, settingNamed } from '../named-settings.ts'
import { claimGroup } from '../database/outbox-groups.ts'
import { claimMessage, type ClaimedMessage } from '../database/outbox-claims.ts'
import type { Observe } from '../observe/happened.ts'
import { repeatedly, type Repeated } from '../repeatedly.ts'
import type { AlertEvent } from './alert-event.ts'
import type { Channel, ChannelContext } from './channels/channel.ts'
import { isForPeople, openChannel } from './channels/list.ts'
import { createDeliverer, type DelivererParts } from './deliverer.ts'
import { messageIdOf } from './message-id.ts'
import { tellFurther } from './further/tell-further.ts'
import { nextGroup } from './next-group.ts'
import { quietUntilMs } from './quiet-hours.ts'
import { recordEvents, recordRouted } from './record-events.ts'
import { createRouting } from './routing.ts'
import { shownChannel } from './shown-channel.ts'

export interface AlertsParts
  extends
    Pick<DelivererParts, 'reading' | 'writing' | 'now' | 'random' | 'onNotice' | 'onError' | 'tooLate'>,
    ChannelContext {
  readonly setting: AlertsSetting
  readonly observe: Observe
}

/** Disposing it ends what it is at. */
export interface Alerts extends AsyncDisposable {
  channels(): Promise<AlertChannel[]>
  /** Records what happened in a transaction, and what is to be told of it, which is then sent. */
  record(tx: Db, events: readonly AlertEvent[]): Promise<void>
  /** Records a message that is marked as a test, and tries to deliver it now: what became of it. */
  test(name: string): Promise<OutboxMessage>
  /** Has a dead letter sent again, and those that were given up with it. Throws where there is none. */
  replay(messageId: string): Promise<OutboxMessage>
  /** Sends what is due, and returns when that has been tried. */
  deliverDue(): Promise<void>
  /** Records what is due of incidents that are open: that they are told again, or to others. */
  tellFurther(): Promise<void>
  /** Does both from now on. */
  start(): void
  /** Looks soon for what is due, as something was recorded. */
  sendSoon(): void
  stop(): void
}

const LOOK_EVERY_MS = 1000
const LOOK_FURTHER_EVERY_MS = 60_000
/** A test is sent at once by whoever is asked for it; by others, if that one is gone by then. */
const TEST_LATER_MS = 60_000

export function createAlerts(parts: AlertsParts): Alerts {
  const { setting, reading, writing, now, onError } = parts
  const opened = new Map<string, Promise<Channel>>()
  const settingOf = (name: string) => settingNamed('channel', setting.channels, name)
  const open = (name: string): Promise<Channel> => {
    const channel = opened.get(name) ?? openChannel(settingOf(name), parts)
    opened.set(name, channel)
    return channel
  }
  const routing = createRouting(setting)

  function claim(channel: string, owner: string): Promise<ClaimedMessage | undefined> {
    const nowMs = now()
    const ofChannel = settingOf(channel)
    if (!isForPeople(ofChannel)) return claimMessage(writing, { channel, owner, nowMs })
    return claimGroup(writing, {
      channel,
      owner,
      nowMs,
      decide: (pending, sent) =>
        nextGroup(pending, sent, {
          nowMs,
          everyMs: routing.everyMs,
          quietUntilMs: quietUntilMs(ofChannel.quiet, ofChannel.zone, nowMs),
        }),
      messageIdOf: (rows) => messageIdOf(channel, rows),
    })
  }

  const deliverer = createDeliverer({
    ...parts,
    channels: setting.channels.map(({ name }) => name),
    people: new Set(setting.channels.filter(isForPeople).map(({ name }) => name)),
    open,
    claim,
  })
  let looking: Repeated | undefined
  let lookingFurther: Repeated | undefined

  async function tellAllFurther(): Promise<void> {
    while (await tellFurther(writing, routing, now()));
  }

  return {
    async channels() {
      const stored = await readChannels(reading)
      return allShown(setting.channels, stored, (name, channel, row) =>
        shownChannel(name, channel, setting.routes, row),
      )
    },
    record: (tx, events) => recordRouted(tx, events, routing, now()),
    async test(name) {
      settingOf(name)
      const at = now()
      const event = {
        incident: `test-${randomUUID()}`,
        sequence: 1,
        kind: 'test' as const,
        at,
        payload: {
          severity: 'info' as const,
          condition: 'test',
          summary: `This is a test of the channel ${name}: nothing has happened`,
        },
      }
      const routed = { channel: name, route: null, dueAt: at + TEST_LATER_MS }
      await writing.transaction().execute((tx) => recordEvents(tx, [event], () => [routed], at))
      const messageId = messageIdOf(name, [event])
      await deliverer.attempt(messageId)
      return getOutboxMessage(writing, messageId)
    },
    async replay(messageId) {
      const revived = await writing.transaction().execute(async (tx) => {
        await reviveDead(tx, messageId, now())
        return getOutboxMessage(tx, messageId)
      })
      looking?.soon()
      return revived
    },
    deliverDue: () => deliverer.deliverDue(),
    tellFurther: tellAllFurther,
    start() {
      if (setting.channels.length === 0) return
      // Not awaited: a receiver that hangs would hold up all others.
      const look = async () => void deliverer.deliverDue().catch(onError)
      looking = repeatedly(look, { everyMs: LOOK_EVERY_MS, onError })
      lookingFurther = repeatedly(tellAllFurther, { everyMs: LOOK_FURTHER_EVERY_MS, onError })
    },
    sendSoon: () => looking?.soon(),
    stop: () => deliverer.stop(),
    async [Symbol.asyncDispose]() {
      deliverer.stop()
      await lookingFurther?.[Symbol.asyncDispose]()
      await looking?.[Symbol.asyncDispose]()
      await deliverer[Symbol.asyncDispose]()
      for (const channel of opened.values()) (await channel.catch(() => undefined))?.[Symbol.dispose]()
    },
  }
}
