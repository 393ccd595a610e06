/** Sends files to be imported. */
import type { ImportProgress, ImportRecord } from '../../shared/import.ts'
import { errorOfFetch, errorOfResponse } from '../errors.ts'
import { sendFile } from '../transfer.ts'

const url = location.origin

/** The record of a file's import; throws an AppError where nothing of it went in. */
export function upload(
  file: File,
  onProgress: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportRecord> {
  return sendFile({ url, fetch: answered }, file, {
    source: file.name,
    onProgress,
    ...(signal ? { signal } : {}),
  })
}

async function answered(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    throw errorOfFetch(error, url)
  }
  if (!response.ok) throw await errorOfResponse(response)
  return response
}
