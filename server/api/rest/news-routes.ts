import type { News } from '../../../shared/news.ts'
import { ownNews } from '../../access/kept-answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { sendEvents, type Events } from './event-stream.ts'
import { defineRoute, type RestRoute } from './route.ts'

/** The operation that follows what there is of late. */
export function newsRoutes({ news, onError }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'followNews',
      needs: 'data:read',
      keepsBy: ['itself'],
      method: 'get',
      paths: ['/news'],
      tag: 'Service',
      summary:
        'The latest poll, import, change and report, now and whenever one of them is another, as server-sent events',
      description: 'Each event is named news and has them as its data. `curl -N` shows them.',
      responses: { 200: { description: 'The events', content: { 'text/event-stream': null } } },
      handle(_, context) {
        const latest = () => ownNews(context.get('principal'), news.watch(context.req.raw.signal))
        return sendEvents(context, () => eventsOf(latest()), onError)
      },
    }),
  ]
}

async function* eventsOf(news: AsyncGenerator<News, void>): Events {
  for await (const latest of news) yield `event: news\ndata: ${JSON.stringify(latest)}\n\n`
}
