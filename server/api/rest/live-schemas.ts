/** What the operations on what stores are now take and answer. */
import { downStore, downStores } from '../../../shared/store-now.ts'
import { pageOf } from '../../../shared/page.ts'
import { answerFormat, labelsQuery, pageQuery } from './schemas.ts'

export const downStoresQuery = pageQuery.extend({ labels: labelsQuery, format: answerFormat })
export const downStoresBody = downStores
  .extend(pageOf(downStore.meta({ id: 'DownStore' })).shape)
  .meta({ id: 'DownStoreList', description: downStores.description! })
